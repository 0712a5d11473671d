// A JSON text as a tree in which every key and value knows where it stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

constexpr std::size_t nesting_limit = 16;    // objects and lists within each other
constexpr std::size_t values_limit = 65536;  // keys and values of a text

// Something wrong at a byte of the text.
struct Fault {
  std::size_t offset = 0;
  std::string message;
};
using Faults = std::vector<Fault>;

struct JsonMember;

struct JsonNode {
  enum class Kind : std::uint8_t {
    absent,  // the text ends, or stops making sense, before the value
    null,
    boolean,
    integer,
    fraction,  // any number with '.', 'e', or beyond 64 bits
    text,
    list,
    object,
  };

  Kind kind = Kind::absent;
  bool boolean = false;
  bool complete = true;  // lists and objects: the closing bracket was there
  std::size_t offset = 0;
  std::int64_t integer = 0;  // what is greater than the type holds becomes its maximum
  std::string text;          // of a text: its value (UTF-8); of a number: as written
  std::vector<JsonNode> items;
  std::vector<JsonMember> members;  // in the order of the text, duplicates included
};

struct JsonMember {
  std::string name;
  std::size_t offset = 0;
  JsonNode value;
};

// "{}"
[[nodiscard]] JsonNode empty_object();

// JSON (RFC 8259) with // and /* */ comments. Where the text breaks the grammar or a limit, one fault says so, and the
// tree holds what came before it.
[[nodiscard]] JsonNode read_json(std::string_view text, Faults& faults);

}  // namespace sluice::config
