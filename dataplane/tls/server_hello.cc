#include "dataplane/tls/server_hello.hh"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr std::size_t session_id_limit = 32;

// IANA, TLS ExtensionType Values
constexpr std::uint16_t extension_alpn = 16;
constexpr std::uint16_t extension_pre_shared_key = 41;
constexpr std::uint16_t extension_supported_versions = 43;

// RFC 8446 section 4.1.3: SHA-256 of "HelloRetryRequest".
constexpr std::array<std::uint8_t, 32> retry_random{0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                                    0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                                    0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

constexpr std::uint8_t major_of(std::uint16_t version) noexcept { return static_cast<std::uint8_t>(version >> 8); }

constexpr auto error(TlsError reason) noexcept { return tl::unexpected{reason}; }

tl::expected<void, TlsError> read_extensions(ServerHello& hello) noexcept {
  Reader reader{hello.extensions};
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
    } else if (type == extension_pre_shared_key) {
      hello.selects_psk = true;
    }
    if (!data.ok()) return error(TlsError::malformed);
  }
  return {};
}

}  // namespace

bool ServerHello::hides_the_rest() const noexcept {
  constexpr std::uint16_t tls_1_3 = 0x0304;
  constexpr std::uint16_t dtls_1_3 = 0xfefc;
  const auto major = major_of(selected_version);
  return selected_version == tls_1_3 || selected_version == dtls_1_3 || major == 0x7f || major == 0xfb;
}

tl::expected<ServerHello, TlsError> read_server_hello(Bytes body) noexcept {
  Reader reader{body};
  ServerHello hello;
  hello.legacy_version = hello.selected_version = reader.be16();
  hello.random = reader.take(retry_random.size());
  hello.is_retry_request =
      std::equal(hello.random.begin(), hello.random.end(), retry_random.begin(), retry_random.end());
  // The first drafts of TLS 1.3 (before 22) have neither session id nor compression method.
  const auto major = major_of(hello.legacy_version);
  const bool is_early_draft = major == 0x7f;
  if (reader.ok() && major != 3 && major != 0xfe && !is_early_draft) return error(TlsError::not_this);
  if (!is_early_draft && reader.vector8().size() > session_id_limit) return error(TlsError::malformed);
  hello.cipher_suite = reader.be16();
  if (!is_early_draft) reader.skip(1);  // compression method
  if (!reader.ok()) return error(TlsError::malformed);
  if (reader.left() == 0) return hello;
  hello.extensions = reader.vector16();
  if (!reader.ok()) return error(TlsError::malformed);
  if (const auto read = read_extensions(hello); !read) return error(read.error());
  return hello;
}

}  // namespace sluice
