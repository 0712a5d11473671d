#include "control/devices/oui_table.hh"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <tuple>

#include "rules/text/csv.hh"
#include "rules/text/list_file.hh"

namespace sluice {
namespace {

constexpr unsigned address_bits = 48;
// Longest first: a block of MA-S lies in one that IEEE gave to itself.
constexpr std::array<std::uint8_t, 3> prefix_bits{36, 28, 24};
constexpr std::array<const char*, 3> file_names{"oui.csv", "mam.csv", "oui36.csv"};

std::uint64_t number_of(HardwareAddress address) noexcept {
  std::uint64_t number = 0;
  for (const auto byte : address) number = number << 8U | byte;
  return number;
}

constexpr std::uint64_t mask_of(unsigned bits) noexcept {
  return ((std::uint64_t{1} << bits) - 1) << (address_bits - bits);
}

struct Prefix {
  std::uint64_t number = 0;
  std::uint8_t bits = 0;
};

// "0050C2", "8CC8F44", "70B3D5A0C": four bits a digit.
std::optional<Prefix> prefix_of(std::string_view assignment) {
  const auto bits = static_cast<std::uint8_t>(assignment.size() * 4);
  if (assignment.size() > 9 || std::find(prefix_bits.begin(), prefix_bits.end(), bits) == prefix_bits.end())
    return std::nullopt;
  std::uint64_t number = 0;
  const auto* const end = assignment.data() + assignment.size();
  const auto [last, error] = std::from_chars(assignment.data(), end, number, 16);
  if (error != std::errc{} || last != end) return std::nullopt;
  return Prefix{number << (address_bits - bits), bits};
}

// Blocks whose holder stays unnamed, or that are given on in smaller ones.
bool names_nobody(std::string_view organisation) {
  return organisation.empty() || organisation == "Private" || organisation == "IEEE Registration Authority";
}

}  // namespace

bool is_random(HardwareAddress address) noexcept { return (address[0] & 0x03U) == 0x02U; }

tl::expected<OuiTable, std::string> OuiTable::load(const std::string& path) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(path, error)) {
    for (const auto* name : file_names)
      if (auto file = std::filesystem::path{path} / name; std::filesystem::exists(file, error))
        files.push_back(std::move(file));
    if (files.empty())
      return tl::make_unexpected(fmt::format("{}: holds none of {}: install ieee-data, or name a folder with them",
                                             path, fmt::join(file_names, ", ")));
  } else {
    files.emplace_back(path);
  }
  OuiTable table;
  for (const auto& file : files) {
    const auto text = read_list_file(file);
    if (!text) return tl::make_unexpected(text.error().text());
    if (text->size() > list_size_limit)
      return tl::make_unexpected(fmt::format("{}: larger than {} bytes", file.string(), list_size_limit));
    if (auto added = table.add(*text); !added)
      return tl::make_unexpected(fmt::format("{}: {}", file.string(), added.error()));
  }
  return table;
}

tl::expected<void, std::string> OuiTable::add(std::string_view csv) {
  CsvReader reader{csv};
  const auto header = reader.next();
  if (!header || !*header || (*header)->cells.size() < 3 || (*header)->cells[1].text != "Assignment" ||
      (*header)->cells[2].text != "Organization Name")
    return tl::make_unexpected("line 1: no list of IEEE: the columns have to be Registry,Assignment,Organization Name");
  while (const auto next = reader.next()) {
    if (!*next) return tl::make_unexpected(fmt::format("line {}: {}", next->error().line, next->error().message));
    const auto& cells = (*next)->cells;
    const auto prefix = cells.size() < 3 ? std::nullopt : prefix_of(cells[1].text);
    if (!prefix)
      return tl::make_unexpected(
          fmt::format("line {}: the assignment has to be 6, 7 or 9 hexadecimal digits", (*next)->line));
    const auto organisation = trimmed(cells[2].text);
    if (names_nobody(organisation)) continue;
    if (rows_.size() == row_limit) return tl::make_unexpected(fmt::format("more than {} rows", row_limit));
    rows_.push_back({prefix->number, prefix->bits, static_cast<std::uint32_t>(names_.size()),
                     static_cast<std::uint32_t>(organisation.size())});
    names_ += organisation;
  }
  std::stable_sort(rows_.begin(), rows_.end(), [](const Row& one, const Row& other) {
    return std::tuple{one.bits, one.prefix} < std::tuple{other.bits, other.prefix};
  });
  return {};
}

std::string_view OuiTable::vendor_of(HardwareAddress address) const noexcept {
  constexpr std::uint8_t given_to_nobody = 0x03;  // groups, and what devices draw
  if ((address[0] & given_to_nobody) != 0) return {};
  for (const auto bits : prefix_bits) {
    const auto wanted = std::tuple{bits, number_of(address) & mask_of(bits)};
    const auto row = std::lower_bound(rows_.begin(), rows_.end(), wanted, [](const Row& one, const auto& key) {
      return std::tuple{one.bits, one.prefix} < key;
    });
    if (row != rows_.end() && std::tuple{row->bits, row->prefix} == wanted)
      return std::string_view{names_}.substr(row->name, row->name_size);
  }
  return {};
}

}  // namespace sluice
