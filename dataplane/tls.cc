#include "dataplane/tls.hh"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sluice {
namespace {

constexpr std::uint8_t content_handshake = 22;  // RFC 8446 section 5.1
constexpr std::uint8_t client_hello = 1;        // RFC 8446 section 4
constexpr std::uint8_t server_hello = 2;
constexpr std::uint8_t major_version = 3;  // SSL 3.0 to TLS 1.3 alike
constexpr std::uint8_t minor_version_limit = 4;
constexpr std::size_t handshake_header = 4;
constexpr std::size_t random_size = 32;
constexpr std::size_t session_id_limit = 32;

// Bodies without session id, with one cipher suite and one compression method, without extensions.
constexpr std::size_t client_hello_least = 2 + random_size + 1 + 4 + 2;
constexpr std::size_t server_hello_least = 2 + random_size + 1 + 2 + 1;

// IANA, TLS ExtensionType Values
constexpr std::uint16_t extension_server_name = 0;
constexpr std::uint16_t extension_alpn = 16;
constexpr std::uint16_t extension_supported_versions = 43;
constexpr std::uint16_t extension_encrypted_client_hello = 0xfe0d;

constexpr std::uint8_t host_name = 0;  // RFC 6066 section 3

constexpr std::uint8_t major_of(std::uint16_t version) noexcept { return static_cast<std::uint8_t>(version >> 8); }

constexpr auto error(TlsError reason) noexcept { return tl::unexpected{reason}; }

struct Record {
  Bytes fragment;
  bool whole = false;
};

// RFC 8446 section 5.1. need_more where not even the header is there.
tl::expected<Record, TlsError> read_record(Reader& reader) noexcept {
  if (reader.left() == 0) return error(TlsError::need_more);
  const auto type = reader.u8();
  if (type != content_handshake) return error(TlsError::record);
  const auto version = reader.be16();
  const std::size_t length = reader.be16();
  if (!reader.ok()) return error(TlsError::need_more);
  // Handshake fragments of length zero are forbidden there.
  if (major_of(version) != major_version || length == 0 || length > tls_record_limit) return error(TlsError::record);
  const bool whole = length <= reader.left();
  return Record{reader.take(std::min(length, reader.left())), whole};
}

// RFC 8446 section 4: size of the message that starts here, with its header.
tl::expected<std::size_t, TlsError> message_size(Bytes head, std::uint8_t wanted) noexcept {
  Reader reader{head};
  if (reader.left() == 0) return error(TlsError::need_more);
  if (reader.u8() != wanted) return error(TlsError::not_this);
  const std::size_t length = reader.be24();
  if (!reader.ok()) return error(TlsError::need_more);
  if (handshake_header + length > tls_hello_limit) return error(TlsError::not_this);
  return handshake_header + length;
}

// The wanted message at the start of the stream, freed from its records: a view of the first record where it holds
// all of it, else of `scratch`.
tl::expected<Bytes, TlsError> handshake_message(Bytes stream, std::uint8_t wanted,
                                                std::span<std::uint8_t> scratch) noexcept {
  if (probe_tls(stream) == Probe::no) return error(TlsError::not_this);
  Reader reader{stream};
  auto record = read_record(reader);
  if (!record) return error(record.error());
  auto message = record->fragment;
  std::size_t joined = 0;  // bytes of the message in scratch
  for (;;) {
    const auto size = message_size(message, wanted);
    if (!size && size.error() != TlsError::need_more) return error(size.error());
    if (size && message.size() >= *size) return message.first(*size);
    if (!record->whole) return error(TlsError::need_more);

    // RFC 8446 section 5.1: the rest follows in records of the same type, with nothing in between.
    if (joined == 0) {
      joined = std::min(message.size(), scratch.size());
      if (joined != 0) std::memcpy(scratch.data(), message.data(), joined);
    }
    if (joined == scratch.size() || (size && *size > scratch.size())) return error(TlsError::message_too_long);
    record = read_record(reader);
    if (!record) return error(record.error());
    const auto more = std::min(record->fragment.size(), scratch.size() - joined);
    if (more != 0) std::memcpy(scratch.data() + joined, record->fragment.data(), more);
    joined += more;
    message = scratch.first(joined);
  }
}

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

// Order of versions; 0 = none that TLS has: GREASE, DTLS and what nobody assigned.
constexpr std::uint32_t version_rank(std::uint16_t version) noexcept {
  constexpr std::uint16_t tls_1_2 = 0x0303;
  switch (major_of(version)) {
    case 3: return version <= tls_1_2 ? version : 0x10000U + version;
    case 0x7f:  // drafts of TLS 1.3 (RFC 8446, draft versions, section 4.2.1.1)
    case 0xfb:  // drafts of TLS 1.3 as Facebook's clients marked them
      return version;
    default: return 0;
  }
}

// RFC 8446 section 4.2.1
bool read_supported_versions(Bytes data, std::uint16_t& highest) noexcept {
  Reader reader{data};
  Reader list{reader.vector8()};
  std::uint16_t best = 0;
  while (list.left() != 0) {
    const auto version = list.be16();
    if (version_rank(version) > version_rank(best)) best = version;
  }
  if (best != 0) highest = best;
  return reader.ok() && list.ok();
}

// The extensions that we read, for finding doubles.
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
        good = read_server_name(data, hello.sni);
        break;
      case extension_alpn:
        single = first_time(seen.alpn);
        good = read_alpn(data, hello.alpn);
        break;
      case extension_supported_versions:
        single = first_time(seen.supported_versions);
        good = read_supported_versions(data, hello.highest_version);
        break;
      case extension_encrypted_client_hello: hello.has_encrypted_client_hello = true; break;
      default: break;
    }
    if (!single) return error(TlsError::duplicate_extension);
    if (!good) return error(TlsError::malformed);
  }
  return {};
}

tl::expected<void, TlsError> read_extensions(Bytes extensions, ServerHello& hello) noexcept {
  Reader reader{extensions};
  while (reader.left() != 0) {
    const auto type = reader.be16();
    Reader data{reader.vector16()};
    if (!reader.ok()) return error(TlsError::malformed);
    if (type == extension_supported_versions) {
      hello.selected_version = data.be16();
    } else if (type == extension_alpn) {
      Reader list{data.vector16()};
      hello.alpn = as_text(list.vector8());
      if (!list.ok()) return error(TlsError::malformed);
    }
    if (!data.ok()) return error(TlsError::malformed);
  }
  return {};
}

// RFC 8446 section 4.1.2; extensions are optional before TLS 1.3 (RFC 5246 section 7.4.1.2). Bytes after the
// extension block are left alone.
tl::expected<ClientHello, TlsError> read_client_hello(Bytes message) noexcept {
  Reader reader{message};
  reader.skip(handshake_header);
  ClientHello hello;
  hello.handshake_size = message.size();
  hello.legacy_version = hello.highest_version = reader.be16();
  reader.skip(random_size);
  const auto session_id = reader.vector8();
  hello.cipher_suites = reader.vector16();
  const auto compression_methods = reader.vector8();
  if (!reader.ok() || session_id.size() > session_id_limit || hello.cipher_suites.size() % 2 != 0 ||
      hello.cipher_suites.empty() || compression_methods.empty()) {
    return error(TlsError::malformed);
  }
  if (major_of(hello.legacy_version) != major_version) return error(TlsError::not_this);
  if (reader.left() == 0) return hello;
  hello.extensions = reader.vector16();
  if (!reader.ok()) return error(TlsError::malformed);
  if (const auto read = read_extensions(hello); !read) return error(read.error());
  return hello;
}

// RFC 8446 section 4.1.3
tl::expected<ServerHello, TlsError> read_server_hello(Bytes message) noexcept {
  Reader reader{message};
  reader.skip(handshake_header);
  ServerHello hello;
  hello.selected_version = reader.be16();
  reader.skip(random_size);
  const auto session_id = reader.vector8();
  hello.cipher_suite = reader.be16();
  reader.skip(1);  // compression method
  if (!reader.ok() || session_id.size() > session_id_limit) return error(TlsError::malformed);
  if (major_of(hello.selected_version) != major_version) return error(TlsError::not_this);
  if (reader.left() == 0) return hello;
  const auto extensions = reader.vector16();
  if (!reader.ok()) return error(TlsError::malformed);
  if (const auto read = read_extensions(extensions, hello); !read) return error(read.error());
  return hello;
}

}  // namespace

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

Probe probe_tls(Bytes stream) noexcept {
  // RFC 8446 section 5.1
  Reader reader{stream};
  if (reader.left() == 0) return Probe::maybe;
  if (reader.u8() != content_handshake) return Probe::no;
  if (reader.left() == 0) return Probe::maybe;
  if (reader.u8() != major_version) return Probe::no;
  if (reader.left() == 0) return Probe::maybe;
  if (reader.u8() > minor_version_limit) return Probe::no;
  if (reader.left() < 2) return Probe::maybe;
  const std::size_t length = reader.be16();
  if (length == 0 || length > tls_record_limit) return Probe::no;

  // RFC 8446 section 4. A first record may be as short as one byte: what the record does not hold is not asked for.
  const auto at_the_end = length <= reader.left() ? Probe::yes : Probe::maybe;
  Reader message{reader.take(std::min(length, reader.left()))};
  if (message.left() == 0) return at_the_end;
  const auto type = message.u8();
  if (type != client_hello && type != server_hello) return Probe::no;
  if (message.left() < 3) return at_the_end;
  const std::size_t size = message.be24();
  const auto least = type == client_hello ? client_hello_least : server_hello_least;
  if (size < least || handshake_header + size > tls_hello_limit) return Probe::no;
  if (message.left() == 0) return at_the_end;
  return message.u8() == major_version ? Probe::yes : Probe::no;
}

tl::expected<ClientHello, TlsError> parse_tls_client_hello(Bytes stream, std::span<std::uint8_t> scratch) noexcept {
  return handshake_message(stream, client_hello, scratch).and_then(read_client_hello);
}

tl::expected<ClientHello, TlsError> parse_client_hello(Bytes handshake_message) noexcept {
  const auto size = message_size(handshake_message, client_hello);
  if (!size) return error(size.error());
  if (handshake_message.size() < *size) return error(TlsError::need_more);
  return read_client_hello(handshake_message.first(*size));
}

tl::expected<ServerHello, TlsError> parse_tls_server_hello(Bytes stream, std::span<std::uint8_t> scratch) noexcept {
  return handshake_message(stream, server_hello, scratch).and_then(read_server_hello);
}

}  // namespace sluice
