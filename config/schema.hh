// The options as sluice.fbs declares them, read from the compiled schema that is built into the program.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/format.hh"

namespace sluice::config {

enum class OptionKind : std::uint8_t { boolean, integer, word, text, table };

struct Option {
  std::string name;
  OptionKind kind{};
  bool list = false;
  bool required = false;
  Format format = Format::none;
  std::int64_t minimum = 0;  // integer
  std::int64_t maximum = 0;
  std::size_t maximum_items = 0;           // list
  std::string default_value;               // as JSON text; empty where required, and for a table
  std::string apply;                       // "reload" or "restart"; empty for a table
  std::vector<std::string> words;          // word: all that may stand there
  std::vector<std::string> documentation;  // one line each
  std::vector<Option> options;             // table: its options, in the order of declaration
};

// The root table, everything below it included.
[[nodiscard]] Option schema();

// What the number counts, from the end of the option's name: "ms", "MiB", "bytes", "entries", or nothing.
[[nodiscard]] std::string_view unit(const Option& option);

// "1 to 64", "monitor, enforce", "address or network", ...; empty for a table.
[[nodiscard]] std::string range(const Option& option);

}  // namespace sluice::config
