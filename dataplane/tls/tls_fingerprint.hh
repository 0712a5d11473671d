// Fingerprints of hellos: JA3 and JA3S as github.com/salesforce/ja3 defines them (fields in the order sent, GREASE of
// RFC 8701 left out, MD5), and of FoxIO's family JA4 the one of TLS clients alone (its technical description of JA4;
// BSD 3-clause). Nothing is allocated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dataplane/base/bytes.hh"
#include "dataplane/tls/client_hello.hh"
#include "dataplane/tls/server_hello.hh"

namespace sluice {

// What is kept of the text that a JA3 is the digest of, in bytes; a longer one is left out, its digest is not.
constexpr std::size_t ja3_text_limit = 2048;
// Cipher suites, or extensions, that are sorted for a JA4; a hello with more of them has none.
constexpr std::size_t ja4_list_limit = 4096;

struct Ja3 {
  std::array<char, 32> hash{};  // hex
  std::array<char, ja3_text_limit> buffer;
  std::size_t size = 0;  // of the text in the buffer; 0 where it did not fit

  [[nodiscard]] std::string_view hash_text() const noexcept { return {hash.data(), hash.size()}; }
  [[nodiscard]] std::string_view text() const noexcept { return {buffer.data(), size}; }
};

// RFC 8701 section 2: 0x0a0a, 0x1a1a, ... 0xfafa.
[[nodiscard]] constexpr bool is_grease(std::uint16_t value) noexcept {
  return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

// "version,ciphers,extensions,groups,point formats" and its digest.
void write_ja3(const ClientHello& hello, Ja3& out) noexcept;
// "version,cipher,extensions".
void write_ja3s(const ServerHello& hello, Ja3& out) noexcept;

// "t13d1516h2_8daaf6152771_e5627efa2ab1"; empty beyond ja4_list_limit.
struct Ja4 {
  std::array<char, 36> text{};
  bool is_known = false;

  [[nodiscard]] std::string_view view() const noexcept { return {text.data(), is_known ? text.size() : 0}; }
};
[[nodiscard]] Ja4 ja4_of(const ClientHello& hello) noexcept;

}  // namespace sluice
