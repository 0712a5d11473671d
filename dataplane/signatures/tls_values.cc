#include "dataplane/signatures/tls_values.hh"

#include <array>

#include "dataplane/base/digest.hh"
#include "dataplane/tls/x509.hh"
#include "rules/names/address.hh"

namespace sluice {
namespace {

constexpr std::size_t random_time_size = 4;  // RFC 5246 section 7.4.1.2: gmt_unix_time

void put_random(Bytes random, MessageValues& values) noexcept {
  values.put(Buffer::tls_random, random);
  if (random.size() < random_time_size) return;
  values.put(Buffer::tls_random_time, random.first(random_time_size));
  values.put(Buffer::tls_random_bytes, random.subspan(random_time_size));
}

void put_version(std::uint16_t version, SslState state, MessageValues& values) noexcept {
  values.put(MessageNumber::tls_version, version);
  values.put(MessageNumber::ssl_version, version);
  values.put(MessageNumber::ssl_state, static_cast<std::uint64_t>(state));
}

void put_ja3(const Ja3& ja3, Buffer hash, Buffer text, MessageValues& values) noexcept {
  values.put(hash, ja3.hash_text());
  if (ja3.size != 0) values.put(text, ja3.text());
}

void put_name(Bytes name, Buffer buffer, MessageValues& values) noexcept {
  if (!values.wants(buffer)) return;
  std::array<char, x509_name_text_limit> room;
  values.write(x509_name_text(name, room));
  values.finish(buffer);
}

// "0A:1B:2C"
void put_serial(Bytes serial, MessageValues& values) noexcept {
  constexpr std::string_view digits = "0123456789ABCDEF";
  if (!values.wants(Buffer::tls_cert_serial)) return;
  for (const auto byte : serial) {
    if (!values.written().empty()) values.write(':');
    values.write(digits[byte >> 4]);
    values.write(digits[byte & 0xf]);
  }
  values.finish(Buffer::tls_cert_serial);
}

void put_alternative_names(Bytes names, MessageValues& values) noexcept {
  if (!values.wants(Buffer::tls_subjectaltname)) return;
  X509AlternativeNames reading{names};
  while (const auto name = reading.next()) {
    if (name->kind == X509AlternativeName::Kind::address) {
      std::array<char, Address::text_limit> room;
      const auto address =
          name->value.size() == 4 ? Address::v4(name->value.first<4>()) : Address::v6(name->value.first<16>());
      values.write(address.text_to(room));
    } else {
      values.write(as_text(name->value));
    }
    values.finish(Buffer::tls_subjectaltname);
  }
}

std::uint64_t since_epoch(std::int64_t seconds) noexcept {
  return certificate_epoch + static_cast<std::uint64_t>(seconds);
}

}  // namespace

void put_client_hello(const ClientHello& hello, const Ja3& ja3, MessageValues& values) noexcept {
  if (hello.legacy_version == 0) return;  // Google's QUIC hello is no TLS
  put_version(hello.highest_version, SslState::client_hello, values);
  put_random(hello.random, values);
  for (const auto protocol : hello.alpn) values.put(Buffer::tls_alpn, protocol);
  if (values.wants(Buffer::ja3_hash) || values.wants(Buffer::ja3_string))
    put_ja3(ja3, Buffer::ja3_hash, Buffer::ja3_string, values);
  if (!values.wants(Buffer::ja4_hash)) return;
  const auto ja4 = ja4_of(hello);
  if (!ja4.is_known) return;
  values.write(ja4.view());
  values.finish(Buffer::ja4_hash);
}

void put_quic(const QuicFacts& facts, MessageValues& values) noexcept {
  const std::array<char, 4> version{static_cast<char>(facts.version >> 24), static_cast<char>(facts.version >> 16),
                                    static_cast<char>(facts.version >> 8), static_cast<char>(facts.version)};
  values.write({version.data(), version.size()});
  values.finish(Buffer::quic_version);
  if (!facts.user_agent.empty()) values.put(Buffer::quic_ua, facts.user_agent);
}

void put_server_hello(const ServerHello& hello, const Ja3& ja3s, MessageValues& values) noexcept {
  put_version(hello.selected_version, SslState::server_hello, values);
  put_random(hello.random, values);
  if (!hello.alpn.empty()) values.put(Buffer::tls_alpn, hello.alpn);
  put_ja3(ja3s, Buffer::ja3s_hash, Buffer::ja3s_string, values);
}

void put_certificate(Bytes der, std::string_view sha1, ChainPlace place, Tick now, MessageValues& values) noexcept {
  values.put(Buffer::tls_certs, der);
  if (place.is_last) values.put(MessageNumber::tls_cert_chain_len, std::uint64_t{place.number} + 1);
  const auto certificate = parse_x509(der);
  if (certificate) put_name(certificate->subject, Buffer::tls_cert_subject, values);
  if (place.number != 0) return;
  if (values.wants(Buffer::tls_cert_fingerprint)) {
    for (; !sha1.empty(); sha1.remove_prefix(2)) {
      if (!values.written().empty()) values.write(':');
      values.write(sha1.substr(0, 2));
    }
    values.finish(Buffer::tls_cert_fingerprint);
  }
  if (!certificate) return;
  put_name(certificate->issuer, Buffer::tls_cert_issuer, values);
  put_serial(certificate->serial, values);
  put_alternative_names(certificate->alternative_names, values);
  if (certificate->not_before) values.put(MessageNumber::tls_cert_notbefore, since_epoch(*certificate->not_before));
  if (!certificate->not_after) return;
  values.put(MessageNumber::tls_cert_notafter, since_epoch(*certificate->not_after));
  const bool is_over = nanoseconds_since_epoch(now) / 1'000'000'000 > *certificate->not_after;
  values.put(MessageNumber::tls_cert_expired, is_over ? 1 : 0);
}

}  // namespace sluice
