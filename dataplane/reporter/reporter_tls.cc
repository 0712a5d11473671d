#include <algorithm>
#include <array>

#include "dataplane/base/digest.hh"
#include "dataplane/reporter/reporter.hh"
#include "dataplane/tls/x509.hh"

namespace sluice {
namespace {

// What an event keeps of the alternative names of one certificate, in bytes: a chain has to fit an EventQueue.
constexpr std::size_t certificate_names_limit = 2048;

template <std::size_t Size>
std::string_view view(const std::array<char, Size>& text) noexcept {
  return {text.data(), text.size()};
}

std::uint64_t as_unsigned(std::int64_t value) noexcept { return static_cast<std::uint64_t>(value); }

// Of each of a hello's lists an event keeps so many bytes, two a number: browsers send some twenty.
constexpr std::size_t hello_list_limit = 256;

void put_numbers(EventWriter& event, Field field, Bytes pairs) noexcept {
  if (!pairs.empty()) event.text(field, as_text(pairs.first(std::min(pairs.size(), hello_list_limit))));
}

// The types alone; `block`: RFC 8446 section 4.2.
void put_extensions(EventWriter& event, Field field, Bytes block) noexcept {
  std::array<std::uint8_t, hello_list_limit> types;
  std::size_t used = 0;
  Reader reader{block};
  while (reader.left() >= 4 && used < types.size()) {
    const auto type = reader.take(2);
    (void)reader.vector16();
    if (!reader.ok()) break;
    types[used++] = type[0];
    types[used++] = type[1];
  }
  put_numbers(event, field, Bytes{types}.first(used));
}

EventType handshake_type(const Flow& flow) noexcept {
  return flow.protocol == Protocol::quic ? EventType::quic : EventType::tls;
}

// "0A1B": two digits a byte, of at most 32 bytes (RFC 5280 section 4.1.2.2 allows 20).
struct SerialText {
  std::array<char, 64> buffer{};
  std::string_view text;
  explicit SerialText(Bytes serial) noexcept {
    write_hex(serial, buffer);
    text = {buffer.data(), 2 * std::min(serial.size(), buffer.size() / 2)};
  }
};

// False where names had to be left out.
bool name_fields(EventWriter& event, Bytes alternative_names) noexcept {
  X509AlternativeNames names{alternative_names};
  std::size_t used = 0;
  while (const auto name = names.next()) {
    std::array<char, Address::text_limit> buffer;
    auto text = as_text(name->value);
    if (name->kind == X509AlternativeName::Kind::address)
      text = (name->value.size() == 4 ? Address::v4(name->value.first<4>()) : Address::v6(name->value.first<16>()))
                 .text_to(buffer);
    used += text.size();
    if (used > certificate_names_limit) return false;
    event.text(Field::cert_name, text);
  }
  return true;
}

}  // namespace

void Reporter::hello_fields(EventWriter& event, const Passage& at, const ClientHello& hello) noexcept {
  for (const auto protocol : hello.alpn) event.text(Field::tls_alpn, protocol);
  put_numbers(event, Field::tls_ciphers_offered, hello.cipher_suites);
  put_extensions(event, Field::tls_extensions, hello.extensions);
  put_numbers(event, Field::tls_signature_algorithms, hello.signature_algorithms);
  if (hello.legacy_version == 0) return;  // Google's QUIC hello is no TLS
  event.integer(Field::tls_version_offered, hello.highest_version);
  event.integer(Field::tls_version_legacy, hello.legacy_version);
  event.text(Field::ja3_hash, ja3_.hash_text());
  if (ja3_.size != 0) event.text(Field::ja3_text, ja3_.text());
  if (const auto ja4 = ja4_of(hello); ja4.is_known) event.text(Field::ja4, ja4.view());
  encrypted_dns_field(event, at.flow);
  if (!hello.has_encrypted_client_hello) return;
  event.integer(Field::tls_ech, static_cast<std::uint64_t>(at.flow.sight.real_ech ? EchView::real : EchView::unknown));
  if (hello.ech_config_id) event.integer(Field::tls_ech_config_id, *hello.ech_config_id);
}

void Reporter::hello_findings(const Passage& at, const ClientHello& hello, Field name_field,
                              const Hits& content) noexcept {
  name(at, name_field, hello.sni, Stage::name_in_handshake, Scope::flow);
  fresh_signature_alerts(at, content, name_field, hello.sni);
  if (hello.legacy_version == 0) return;
  if (ruleset_->has(RuleKind::ja3)) {
    Hits hits;
    ruleset_->match_fingerprint(ja3_.hash_text(), hits);
    fresh_alerts(at, hits, Field::ja3_hash, ja3_.hash_text(), Stage::name_in_handshake);
  }
  if (ruleset_->has(RuleKind::ja4)) {
    Hits hits;
    const auto ja4 = ja4_of(hello);
    ruleset_->match_fingerprint(ja4.view(), hits);
    fresh_alerts(at, hits, Field::ja4, ja4.view(), Stage::name_in_handshake);
  }
}

void Reporter::tls(const Passage& at, const ClientHello& hello) noexcept {
  note_hello(at, hello);
  if (wants_ja3()) write_ja3(hello, ja3_);
  if (record_ == Record::all) record_hello(at, 0, hello);
  Hits content;
  signatures_.tls_hello(at, hello, ja3_, content);
  hello_findings(at, hello, Field::tls_sni, content);
}

// A hello that comes again (HelloRetryRequest, HelloVerifyRequest) is news only where it says something else.
void Reporter::record_hello(const Passage& at, std::uint32_t quic_version, const ClientHello& hello) noexcept {
  const auto name_field = quic_version == 0 ? Field::tls_sni : Field::quic_sni;
  if (const auto before = waiting(at.flow)) {
    const auto text = [&](Field field) {
      const auto found = before->find(field);
      return found ? found->text() : std::string_view{};
    };
    if (text(Field::ja3_hash) == ja3_.hash_text() && text(name_field) == hello.sni) return;
    if (!text(Field::ja3_hash).empty()) release(at.flow, at.packet.number);
  }
  EventWriter event{buffer_};
  resume(event, at);
  if (quic_version != 0) event.integer(Field::quic_version, quic_version);
  if (!hello.sni.empty()) event.text(name_field, hello.sni);
  hello_fields(event, at, hello);
  wait(event, at);
}

void Reporter::server_hello(const Passage& at, const ServerHello& hello) noexcept {
  // A HelloRetryRequest comes before the hello that counts.
  if (hello.is_retry_request) return;
  write_ja3s(hello, ja3_);
  if (record_ == Record::all) record_server_hello(at, hello);
  Hits content;
  signatures_.server_hello(at, hello, ja3_, content);
  fresh_signature_alerts(at, content, Field::tls_sni, {});
}

// A second one is no part of a handshake.
void Reporter::record_server_hello(const Passage& at, const ServerHello& hello) noexcept {
  if (const auto before = waiting(at.flow); before && before->find(Field::tls_version_selected)) return;
  EventWriter event{buffer_};
  resume(event, at);
  event.integer(Field::tls_version_selected, hello.selected_version);
  event.integer(Field::tls_cipher_selected, hello.cipher_suite);
  put_extensions(event, Field::tls_server_extensions, hello.extensions);
  if (!hello.alpn.empty()) event.text(Field::tls_server_alpn, hello.alpn);
  if (hello.selects_psk && hello.hides_the_rest()) event.integer(Field::tls_session_resumed, 1);
  event.text(Field::ja3s_hash, ja3_.hash_text());
  if (ja3_.size != 0) event.text(Field::ja3s_text, ja3_.text());
  wait(event, at);
}

void Reporter::tls_resumed(const Passage& at) noexcept {
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  resume(event, at);
  event.integer(Field::tls_session_resumed, 1);
  wait(event, at);
}

void Reporter::certificate(const Passage& at, Bytes der, bool from_client, ChainPlace place) noexcept {
  const auto sha1 = hex_of(sha1_of(der));
  const auto sha256 = hex_of(sha256_of(der));
  if (record_ == Record::all) {
    EventWriter event{buffer_};
    resume(event, at);
    event.text(Field::cert_sha1, view(sha1));
    event.text(Field::cert_sha256, view(sha256));
    if (from_client) event.integer(Field::cert_from_client, 1);
    const auto certificate = parse_x509(der);
    if (!certificate) {
      at.packet.anomalies.add(Anomaly::tls_invalid_handshake_message);
      at.packet.anomalies.add(certificate.error() == X509Error::cut_length ? Anomaly::tls_certificate_invalid_length
                                                                           : Anomaly::tls_invalid_certificate);
    }
    if (certificate) {
      std::array<char, x509_name_text_limit> buffer;
      event.text(Field::cert_serial, SerialText{certificate->serial}.text);
      const auto subject = x509_name_text(certificate->subject, buffer);
      event.text(Field::cert_subject, subject);
      at.flow.sight.certificate_name |= !from_client && !(subject.empty() && certificate->alternative_names.empty());
      event.text(Field::cert_issuer, x509_name_text(certificate->issuer, buffer));
      if (certificate->not_before) event.integer(Field::cert_not_before, as_unsigned(*certificate->not_before));
      if (certificate->not_after) event.integer(Field::cert_not_after, as_unsigned(*certificate->not_after));
      if (certificate->is_self_signed()) event.integer(Field::cert_self_signed, 1);
      if (!name_fields(event, certificate->alternative_names)) ++counters_->events_truncated;
    } else if (!at.packet.uninspected) {
      at.packet.uninspected = UninspectedReason::parse_error;  // its digests stand all the same
    }
    wait(event, at);
  }
  const auto match = [&](RuleKind kind, Field field, std::string_view digest) {
    if (!ruleset_->has(kind)) return;
    Hits hits;
    ruleset_->match_fingerprint(digest, hits);
    fresh_alerts(at, hits, field, digest, Stage::name_in_handshake);
  };
  match(RuleKind::cert_sha1, Field::cert_sha1, view(sha1));
  match(RuleKind::cert_sha256, Field::cert_sha256, view(sha256));
  Hits content;
  signatures_.certificate(at, der, view(sha1), place, content);
  fresh_signature_alerts(at, content, Field::tls_sni, {});
}

void Reporter::quic(const Passage& at, const QuicFacts& facts, const ClientHello& hello) noexcept {
  note_hello(at, hello);
  if (wants_ja3()) write_ja3(hello, ja3_);
  if (record_ == Record::all) record_hello(at, facts.version, hello);
  Hits content;
  signatures_.quic_hello(at, facts, hello, ja3_, content);
  hello_findings(at, hello, Field::quic_sni, content);
}

std::optional<Event> Reporter::waiting(const Flow& flow) noexcept {
  return flow.waiting == no_index ? std::nullopt : Event::parse(queues_.at(flow.waiting).front());
}

void Reporter::resume(EventWriter& event, const Passage& at) noexcept {
  const auto type = handshake_type(at.flow);
  const auto before = waiting(at.flow);
  if (!before || before->header().type != type) {
    release(at.flow, at.packet.number);  // of what this one came after
    event.begin(header(type, at));
    return tunnel_fields(event, at.flow);
  }
  auto& queue = queues_.at(at.flow.waiting);
  event.resume(queue.front());
  queue.pop();
}

void Reporter::wait(EventWriter& event, const Passage& at) noexcept {
  if (keep(at.flow, event)) return;
  ++counters_->events_unpaired;
  send(event, handshake_type(at.flow), at.packet.number);
}

}  // namespace sluice
