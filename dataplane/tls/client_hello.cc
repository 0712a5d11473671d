#include "dataplane/tls/client_hello.hh"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::uint8_t client_hello = 1;  // RFC 8446 section 4
constexpr std::uint8_t tls_major = 3;     // SSL 3.0 to TLS 1.3 alike
constexpr std::uint8_t dtls_major = 0xfe;
constexpr std::size_t random_size = 32;
constexpr std::size_t session_id_limit = 32;

// IANA, TLS ExtensionType Values
constexpr std::uint16_t extension_server_name = 0;
constexpr std::uint16_t extension_groups = 10;
constexpr std::uint16_t extension_point_formats = 11;
constexpr std::uint16_t extension_signature_algorithms = 13;
constexpr std::uint16_t extension_alpn = 16;
constexpr std::uint16_t extension_supported_versions = 43;
constexpr std::uint16_t extension_encrypted_client_hello = 0xfe0d;

constexpr std::uint8_t host_name = 0;  // RFC 6066 section 3

constexpr std::uint8_t major_of(std::uint16_t version) noexcept { return static_cast<std::uint8_t>(version >> 8); }

constexpr auto error(TlsError reason) noexcept { return tl::unexpected{reason}; }

// RFC 6066 section 3. An empty extension_data is what servers send; in a ClientHello it names nobody.
bool read_server_name(Bytes data, std::string_view& name) noexcept {
  if (data.empty()) return true;
  Reader reader{data};
  Reader list{reader.vector16()};
  if (!reader.ok()) return false;
  while (list.left() != 0) {
    const auto type = list.u8();
    const auto value = list.vector16();
    if (!list.ok()) return false;
    if (type == host_name && name.empty()) name = as_text(value.first(std::min(value.size(), tls_server_name_limit)));
  }
  return true;
}

// RFC 7301 section 3.1
bool read_alpn(Bytes data, AlpnNames& names) noexcept {
  Reader reader{data};
  names.raw = reader.vector16();
  Reader list{names.raw};
  while (list.left() != 0) (void)list.vector8();
  return reader.ok() && list.ok();
}

// Order of versions; 0 = none that the protocol has: GREASE, the other protocol's and what nobody assigned.
constexpr std::uint32_t version_rank(std::uint16_t version, HelloCarrier carrier) noexcept {
  constexpr std::uint16_t tls_1_2 = 0x0303;
  if (carrier == HelloCarrier::dtls) return major_of(version) == dtls_major ? 0x10000U - version : 0;
  switch (major_of(version)) {
    case 3: return version <= tls_1_2 ? version : 0x10000U + version;
    case 0x7f:  // drafts of TLS 1.3 (RFC 8446, draft versions, section 4.2.1.1)
    case 0xfb:  // drafts of TLS 1.3 as Facebook's clients marked them
      return version;
    default: return 0;
  }
}

// RFC 8446 section 4.2.1
bool read_supported_versions(Bytes data, HelloCarrier carrier, std::uint16_t& highest) noexcept {
  Reader reader{data};
  Reader list{reader.vector8()};
  std::uint16_t best = 0;
  while (list.left() != 0) {
    const auto version = list.be16();
    if (version_rank(version, carrier) > version_rank(best, carrier)) best = version;
  }
  if (best != 0) highest = best;
  return reader.ok() && list.ok();
}

// A list of pairs behind its length; where it is not well formed, nobody offers anything by it.
Bytes pairs(Bytes data) noexcept {
  Reader reader{data};
  const auto list = reader.vector16();
  return reader.ok() && list.size() % 2 == 0 ? list : Bytes{};
}

// draft-ietf-tls-esni-25 section 5: type (0 = outer), KDF and AEAD, config_id, enc and payload.
std::optional<std::uint8_t> outer_config_id(Bytes data) noexcept {
  Reader reader{data};
  const bool is_outer = reader.u8() == 0;
  reader.skip(4);
  const auto config_id = reader.u8();
  (void)reader.vector16();
  (void)reader.vector16();
  return reader.ok() && is_outer ? std::optional{config_id} : std::nullopt;
}

// The extensions of which a double would change what we report.
struct Seen {
  bool server_name = false;
  bool alpn = false;
  bool supported_versions = false;
};

bool first_time(bool& seen) noexcept { return !std::exchange(seen, true); }

// RFC 8446 section 4.2
tl::expected<void, TlsError> read_extensions(ClientHello& hello) noexcept {
  Reader reader{hello.extensions};
  Seen seen;
  while (reader.left() != 0) {
    const auto type = reader.be16();
    const auto data = reader.vector16();
    if (!reader.ok()) return error(TlsError::malformed);
    bool good = true;
    bool single = true;
    switch (type) {
      case extension_server_name:
        single = first_time(seen.server_name);
        hello.has_server_name = true;
        good = read_server_name(data, hello.sni);
        break;
      case extension_alpn:
        single = first_time(seen.alpn);
        good = read_alpn(data, hello.alpn);
        break;
      case extension_supported_versions:
        single = first_time(seen.supported_versions);
        good = read_supported_versions(data, hello.carrier, hello.highest_version);
        break;
      case extension_groups: hello.groups = pairs(data); break;
      case extension_signature_algorithms: hello.signature_algorithms = pairs(data); break;
      case extension_point_formats: {
        Reader formats{data};
        hello.point_formats = formats.vector8();
        break;
      }
      case extension_encrypted_client_hello:
        hello.has_encrypted_client_hello = true;
        hello.ech_config_id = outer_config_id(data);
        break;
      default: break;
    }
    if (!single) return error(TlsError::duplicate_extension);
    if (!good) return error(TlsError::malformed);
  }
  return {};
}

}  // namespace

// RFC 8446 section 4.1.2; extensions are optional before TLS 1.3 (RFC 5246 section 7.4.1.2). Bytes after the
// extension block are left alone.
tl::expected<ClientHello, TlsError> read_client_hello(Bytes body, HelloCarrier carrier) noexcept {
  Reader reader{body};
  ClientHello hello;
  hello.carrier = carrier;
  hello.handshake_size = tls_handshake_header + body.size();
  hello.legacy_version = hello.highest_version = reader.be16();
  hello.random = reader.take(random_size);
  const auto session_id = reader.vector8();
  if (carrier == HelloCarrier::dtls) (void)reader.vector8();  // cookie (RFC 6347 section 4.2.1)
  hello.cipher_suites = reader.vector16();
  const auto compression_methods = reader.vector8();
  if (!reader.ok() || session_id.size() > session_id_limit || hello.cipher_suites.size() % 2 != 0 ||
      hello.cipher_suites.empty() || compression_methods.empty()) {
    return error(TlsError::malformed);
  }
  if (major_of(hello.legacy_version) != (carrier == HelloCarrier::dtls ? dtls_major : tls_major))
    return error(TlsError::not_this);
  if (reader.left() == 0) return hello;
  hello.extensions = reader.vector16();
  if (!reader.ok()) return error(TlsError::malformed);
  if (const auto read = read_extensions(hello); !read) return error(read.error());
  return hello;
}

tl::expected<ClientHello, TlsError> parse_client_hello(Bytes handshake_message) noexcept {
  Reader reader{handshake_message};
  if (reader.left() == 0) return error(TlsError::need_more);
  if (reader.u8() != client_hello) return error(TlsError::not_this);
  const std::size_t length = reader.be24();
  if (!reader.ok()) return error(TlsError::need_more);
  if (tls_handshake_header + length > tls_hello_limit) return error(TlsError::not_this);
  if (reader.left() < length) return error(TlsError::need_more);
  return read_client_hello(reader.take(length), HelloCarrier::quic);
}

AlpnNames::Iterator& AlpnNames::Iterator::operator++() noexcept {
  Reader reader{rest_};
  (void)reader.vector8();
  rest_ = reader.rest();
  load();
  return *this;
}

void AlpnNames::Iterator::load() noexcept {
  Reader reader{rest_};
  name_ = as_text(reader.vector8());
  if (!reader.ok()) rest_ = rest_.last(0);
}

}  // namespace sluice
