// A set of values that rules ask for by its name: what a file listed, and what a tap adds and takes away while it runs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

constexpr std::size_t dataset_values_limit = 1'000'000;  // of one file
constexpr std::size_t dataset_value_limit = 4096;        // bytes of one
constexpr std::size_t datasets_limit = 256;              // names of a ruleset

// Numbers stand in packs: append only, never renumber.
enum class DatasetType : std::uint8_t {
  unknown = 0,  // another rule says it
  text = 1,
  md5 = 2,
  sha256 = 3,
  ipv4 = 4,
  ipv6 = 5,
  ip = 6,
};

struct DatasetValue {
  std::string bytes;  // as they stand in a buffer; addresses as the 16 bytes of IPv6
  std::uint16_t reputation = 0;

  auto operator<=>(const DatasetValue&) const = default;
};
using DatasetValues = std::vector<DatasetValue>;  // ascending, each once

// Sorts; of two that are equal the last stays.
[[nodiscard]] DatasetValues dataset_values(std::vector<DatasetValue> values);
[[nodiscard]] const DatasetValue* find_value(const DatasetValues& values, std::string_view bytes) noexcept;

// All of them as one text, and back; nothing where it is none that was written so.
[[nodiscard]] std::string joined_values(const DatasetValues& values);
[[nodiscard]] std::optional<DatasetValues> split_values(std::string_view joined);

// dataset and datarep: what a rule asks of a set.
struct DatasetCheck {
  enum class Command : std::uint8_t { isset = 0, isnotset = 1, set = 2, unset = 3, reputation = 4 };
  enum class Comparison : std::uint8_t { less = 0, greater = 1, equal = 2 };

  Command command{};
  std::string name;
  DatasetType type{};
  bool subdomains = false;  // a name is in the set where one above it is
  Comparison comparison{};  // reputation
  std::uint16_t reputation = 0;
  std::shared_ptr<const DatasetValues> values;  // of a file; null where the rule names none
};

}  // namespace sluice
