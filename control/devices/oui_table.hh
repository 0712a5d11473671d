// Who was given the first part of a hardware address: IEEE's lists MA-L, MA-M and MA-S, as the operator or Debian's
// package ieee-data puts them on the disk. None is shipped.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

using HardwareAddress = std::array<std::uint8_t, 6>;

// Drawn by the device and not given by its maker: locally administered, and no group (IEEE 802-2014 section 8.4).
[[nodiscard]] bool is_random(HardwareAddress address) noexcept;

class OuiTable {
 public:
  static constexpr std::size_t row_limit = 1'000'000;

  // A file, or a folder in which the files oui.csv, mam.csv and oui36.csv are, or some of them. The error says which
  // file and line, and what to do.
  [[nodiscard]] static tl::expected<OuiTable, std::string> load(const std::string& path);
  // One list as text, added to what is there.
  [[nodiscard]] tl::expected<void, std::string> add(std::string_view csv);

  // The organisation, as the lists have it; of two that fit the one with the longer prefix. Empty: none, or an address
  // that nobody was given.
  [[nodiscard]] std::string_view vendor_of(HardwareAddress address) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }

 private:
  struct Row {
    std::uint64_t prefix = 0;  // in the upper bits of 48
    std::uint8_t bits = 0;
    std::uint32_t name = 0;  // where it begins in names_
    std::uint32_t name_size = 0;
  };

  std::vector<Row> rows_;  // by bits and prefix
  std::string names_;
};

}  // namespace sluice
