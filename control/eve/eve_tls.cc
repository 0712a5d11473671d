#include "control/eve/eve_tls.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <utility>

namespace sluice {
namespace {

// Pairs of hex digits with colons between, as Suricata writes fingerprints (lower case) and serials (upper case).
std::string with_colons(std::string_view hex, bool upper) {
  std::string text;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (i != 0 && i % 2 == 0) text += ':';
    text += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(hex[i]))) : hex[i];
  }
  return stored_text(text);
}

// Without a zone: certificates are in UTC.
std::string certificate_time(const EventField& field) {
  // The years 0 to 9999 (RFC 5280 section 4.1.2.5), of which a Tick holds no more than 292 around 1970.
  constexpr std::int64_t first = -62'167'219'200;
  constexpr std::int64_t last = 253'402'300'799;
  const auto seconds = std::clamp(static_cast<std::int64_t>(field.integer()), first, last);
  const std::chrono::sys_seconds moment{std::chrono::seconds{seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{moment - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

Json certificates(const Event& event) {
  Json list = Json::array();
  for (const auto& field : event) {
    if (field.field == Field::cert_sha1) list.push_back({{"sha1", stored_text(field.text())}});
    auto* const certificate = last(list);
    if (certificate == nullptr) continue;
    switch (field.field) {
      case Field::cert_sha256: put_text(*certificate, "sha256", field); break;
      case Field::cert_serial: put(*certificate, "serial", with_colons(field.text(), true)); break;
      case Field::cert_subject: put_text(*certificate, "subject", field); break;
      case Field::cert_issuer: put_text(*certificate, "issuer", field); break;
      case Field::cert_not_before: put(*certificate, "not_before", certificate_time(field)); break;
      case Field::cert_not_after: put(*certificate, "not_after", certificate_time(field)); break;
      case Field::cert_self_signed: put(*certificate, "self_signed", true); break;
      case Field::cert_from_client: put(*certificate, "from_client", true); break;
      case Field::cert_name: (*certificate)["names"].push_back(stored_text(field.text())); break;
      default: break;
    }
  }
  return list;
}

// What Suricata says of the server's own certificate, the first one that the server sent.
void put_leaf(Json& tls, const Json& certificates) {
  for (const auto& certificate : certificates) {
    if (certificate.contains("from_client")) continue;
    const auto copy = [&](const char* to, const char* from) {
      if (certificate.contains(from)) put(tls, to, certificate[from]);
    };
    copy("subject", "subject");
    copy("issuerdn", "issuer");
    copy("serial", "serial");
    put(tls, "fingerprint", with_colons(certificate["sha1"].get<std::string>(), false));
    copy("notbefore", "not_before");
    copy("notafter", "not_after");
    copy("subjectaltname", "names");
    return;
  }
}

// RFC 8701: values that stand for nothing, which Suricata leaves out of a handshake.
bool is_grease(unsigned value) { return (value & 0x0f0fU) == 0x0a0aU && value >> 8 == (value & 0xffU); }

// Numbers of two bytes each.
void put_numbers(Json& object, std::string_view key, const EventField& field) {
  Json numbers = Json::array();
  Reader reader{field.value};
  while (reader.left() >= 2)
    if (const unsigned value = reader.be16(); !is_grease(value)) numbers.push_back(value);
  put(object, key, std::move(numbers));
}

// https://www.iana.org/assignments/tls-extensiontype-values, in Suricata's spelling.
std::string_view extension_text(unsigned type) {
  switch (type) {
    case 0: return "server_name";
    case 1: return "max_fragment_length";
    case 5: return "status_request";
    case 10: return "supported_groups";
    case 11: return "ec_point_formats";
    case 13: return "signature_algorithms";
    case 14: return "use_srtp";
    case 15: return "heartbeat";
    case 16: return "alpn";
    case 17: return "status_request_v2";
    case 18: return "signed_certificate_timestamp";
    case 21: return "padding";
    case 22: return "encrypt_then_mac";
    case 23: return "extended_master_secret";
    case 27: return "compress_certificate";
    case 28: return "record_size_limit";
    case 34: return "delegated_credentials";
    case 35: return "session_ticket";
    case 41: return "pre_shared_key";
    case 42: return "early_data";
    case 43: return "supported_versions";
    case 44: return "cookie";
    case 45: return "psk_key_exchange_modes";
    case 47: return "certificate_authorities";
    case 48: return "oid_filters";
    case 49: return "post_handshake_auth";
    case 50: return "signature_algorithms_cert";
    case 51: return "key_share";
    case 57: return "quic_transport_parameters";
    case 65281: return "renegotiation_info";
    default: return "";
  }
}

// Each with its values where those are texts that the event has.
Json quic_extensions(const Event& event, const EventField& types) {
  Json list = Json::array();
  Reader reader{types.value};
  while (reader.left() >= 2) {
    const unsigned type = reader.be16();
    Json extension = Json::object();
    if (const auto name = extension_text(type); !name.empty()) extension["name"] = name;
    extension["type"] = type;
    const auto wanted = type == 0 ? Field::quic_sni : Field::tls_alpn;
    if (type == 0 || type == 16)
      for (const auto& field : event)
        if (field.field == wanted) extension["values"].push_back(stored_text(field.text()));
    list.push_back(std::move(extension));
  }
  return list;
}

// Both fingerprints of a kind that has a digest and the text that it was made from.
void put_ja3(Json& object, std::string_view key, const Event& event, Field hash, Field text) {
  const auto digest = event.find(hash);
  if (!digest) return;
  Json ja3 = {{"hash", stored_text(digest->text())}};
  if (const auto found = event.find(text)) put_text(ja3, "string", *found);
  put(object, key, std::move(ja3));
}

}  // namespace

Json tls_object(const Event& event) {
  Json tls = Json::object();
  Json alpns = Json::array();
  Json handshake = Json::object();
  Json server = Json::object();
  put_leaf(tls, certificates(event));
  for (const auto& field : event) {
    switch (field.field) {
      case Field::tls_session_resumed: put(tls, "session_resumed", true); break;
      case Field::tls_sni: put_text(tls, "sni", field); break;
      case Field::tls_version_selected:
        put(tls, "version", tls_version_text(field.integer()));
        put(server, "version", tls_version_text(field.integer()));
        break;
      case Field::tls_alpn: alpns.push_back(stored_text(field.text())); break;
      case Field::tls_server_alpn: put(tls, "server_alpns", Json::array({stored_text(field.text())})); break;
      case Field::tls_version_legacy: put(handshake, "version", tls_version_text(field.integer())); break;
      case Field::tls_cipher_selected: put(server, "cipher", field.integer()); break;
      case Field::tls_ciphers_offered: put_numbers(handshake, "ciphers", field); break;
      case Field::tls_extensions: put_numbers(handshake, "exts", field); break;
      case Field::tls_signature_algorithms: put_numbers(handshake, "sig_algs", field); break;
      case Field::tls_server_extensions: put_numbers(server, "exts", field); break;
      case Field::ja4: put_text(tls, "ja4", field); break;
      default: break;
    }
  }
  if (!alpns.empty()) put(tls, "client_alpns", std::move(alpns));
  if (!handshake.empty()) put(tls, "client_handshake", std::move(handshake));
  if (!server.empty()) put(tls, "server_handshake", std::move(server));
  put_ja3(tls, "ja3", event, Field::ja3_hash, Field::ja3_text);
  put_ja3(tls, "ja3s", event, Field::ja3s_hash, Field::ja3s_text);
  if (auto list = certificates(event); !list.empty()) put(tls, "certificates", std::move(list));
  return tls;
}

Json quic_object(const Event& event) {
  Json quic = Json::object();
  for (const auto& field : event) {
    if (field.field == Field::quic_version) put(quic, "version", quic_version_text(field.integer()));
    if (field.field == Field::quic_sni) put_text(quic, "sni", field);
    if (field.field == Field::ja4) put_text(quic, "ja4", field);
    if (field.field == Field::tls_extensions) put(quic, "extensions", quic_extensions(event, field));
  }
  put_ja3(quic, "ja3", event, Field::ja3_hash, Field::ja3_text);
  put_ja3(quic, "ja3s", event, Field::ja3s_hash, Field::ja3s_text);
  return quic;
}

void put_own_of_handshake(Json& own, const Event& event) {
  if (const auto version = event.find(Field::tls_version_offered))
    put(own, "tls_version_offered", tls_version_text(version->integer()));
  const auto view = event.find(Field::tls_ech);
  if (!view) return;
  const bool is_real = static_cast<EchView>(view->integer()) == EchView::real;
  Json ech = {{"view", is_real ? "real" : "GREASE or unknown"}};
  if (const auto id = event.find(Field::tls_ech_config_id)) put(ech, "config_id", id->integer());
  put(own, "ech", std::move(ech));
}

std::string tls_version_text(std::uint64_t version) {
  switch (version) {
    case 0x0002:
    case 0x0200: return "SSLv2";
    case 0x0300: return "SSLv3";
    case 0x0301: return "TLSv1";
    case 0x0302: return "TLS 1.1";
    case 0x0303: return "TLS 1.2";
    case 0x0304: return "TLS 1.3";
    case 0xfeff: return "DTLS 1.0";
    case 0xfefd: return "DTLS 1.2";
    case 0xfefc: return "DTLS 1.3";
    default: break;
  }
  // Drafts of TLS 1.3; Suricata takes those before the 16th together.
  constexpr std::uint64_t draft_major = 0x7f;
  constexpr std::uint64_t first_named_draft = 16;
  const auto draft = version & 0xff;
  if (version >> 8 != draft_major) return fmt::format("0x{:04x}", version);
  return draft < first_named_draft ? "TLS 1.3 draft-<16" : fmt::format("TLS 1.3 draft-{}", draft);
}

std::string quic_version_text(std::uint64_t version) {
  switch (version) {
    case 0x51303339: return "Q039";
    case 0x51303433: return "Q043";
    case 0x51303434: return "Q044";
    case 0x51303435: return "Q045";
    case 0x51303436: return "Q046";
    default: return fmt::format("{:x}", version);
  }
}

}  // namespace sluice
