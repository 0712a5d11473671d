// What senders wrap their data in: base64 and gzip or zlib. Input may be cut; what stands before the cut comes out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

constexpr std::size_t unpacked_limit = std::size_t{256} * 1024;  // bytes

struct Unpacked {
  std::string bytes;
  bool is_whole = false;  // the end was reached, within the limit
};

// RFC 4648 sections 4 and 5, with or without padding, white space ignored; ends at the first other character. Empty
// where less than 8 characters of base64 stand there: anything is base64 if it is short enough.
[[nodiscard]] std::string base64_decoded(std::string_view text);

// RFC 1950 or 1952, told apart by their headers; empty for anything else.
[[nodiscard]] Unpacked unpacked(std::string_view bytes);

}  // namespace sluice
