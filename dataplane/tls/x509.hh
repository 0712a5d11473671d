// X.509 certificates (RFC 5280 section 4.1) as far as they say whose they are: no signature is verified, no chain
// built. Views point into the bytes that were given; nothing is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"

namespace sluice {

enum class X509Error : std::uint8_t {
  truncated,   // an element is longer than what holds it
  cut_length,  // the bytes of a length are not all there
  length,      // a length in a form that DER does not have, or above 2^24
  structure,   // another element than RFC 5280 has there
};

// What is kept of a name in text form, bytes.
constexpr std::size_t x509_name_text_limit = 1024;
// Extensions that are looked through for the alternative names.
constexpr std::size_t x509_extensions_limit = 64;

struct X509Certificate {
  Bytes serial;   // content of the INTEGER
  Bytes issuer;   // the Name, with its header
  Bytes subject;  // the same
  // Seconds since 1970; nothing where it is no time (RFC 5280 section 4.1.2.5).
  std::optional<std::int64_t> not_before;
  std::optional<std::int64_t> not_after;
  Bytes alternative_names;  // content of GeneralNames (section 4.2.1.6); empty = none

  // Issuer and subject are the same bytes: what RFC 5280 section 3.2 calls self-issued. Whether the certificate was
  // signed by its own key is not checked.
  [[nodiscard]] bool is_self_signed() const noexcept;
};

// One certificate, and nothing behind it.
[[nodiscard]] tl::expected<X509Certificate, X509Error> parse_x509(Bytes der) noexcept;

// "C=US, O=Example, CN=www.example.com": the attributes in their order, " + " between those of one RDN, without
// escapes; CN, C, L, ST, O, OU, DC, Email and some more by name, others by number ("2.5.4.97"). BMPString and
// UniversalString become UTF-8, all other strings stay the bytes that they are. Written to `out`, cut at its end and at
// the first damage.
[[nodiscard]] std::string_view x509_name_text(Bytes name, std::span<char> out) noexcept;

struct X509AlternativeName {
  enum class Kind : std::uint8_t { dns, address };
  Kind kind{};
  Bytes value;  // a name as sent, or the 4 or 16 bytes of an address
};

// The DNS names and addresses among the alternative names; others are passed over. Nothing after the last one, or after
// the first damage.
class X509AlternativeNames {
 public:
  explicit X509AlternativeNames(Bytes names) noexcept : rest_(names) {}
  [[nodiscard]] std::optional<X509AlternativeName> next() noexcept;

 private:
  Reader rest_;
};

}  // namespace sluice
