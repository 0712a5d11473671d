// A domain name out of a DNS message, decompressed, as text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/dns/dns_error.hh"

namespace sluice {

// On the wire, length octets and the root label included (RFC 1035 section 2.3.4).
constexpr std::size_t dns_name_wire_limit = 255;
// As text, every octet of labels of 63, 63, 63 and 61 escaped, three dots between them.
constexpr std::size_t dns_name_text_limit = (63 + 63 + 63 + 61) * 4 + 3;
// Compression pointers followed for one name: as many as a name can have labels.
constexpr std::size_t dns_pointer_limit = 127;

// Labels joined by '.', without a trailing dot, the case as sent, escapes as in dns_text.hh; the root is "".
class DnsName {
 public:
  DnsName() noexcept {}  // leaves the text unwritten: a kilobyte of zeros a name is not free
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

  // Reads the name at `offset` of the message (RFC 1035 sections 3.1 and 4.1.4) and returns the offset of what
  // follows it. Pointers count from the start of `message` and must point before the labels that they end.
  // Errors: need_more, bad_label, bad_pointer, name_too_long; the name then is "".
  [[nodiscard]] tl::expected<std::size_t, DnsError> read(Bytes message, std::size_t offset) noexcept;

 private:
  std::array<char, dns_name_text_limit> text_;
  std::uint16_t size_ = 0;
};

}  // namespace sluice
