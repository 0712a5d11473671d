#include "config/check.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <unordered_map>

#include "config/error.hh"

namespace sluice::config {
namespace {

using nlohmann::json;
using Kind = JsonNode::Kind;

// Levenshtein's distance; names that are longer than any option are not near to one.
std::size_t edits(std::string_view a, std::string_view b) {
  if (a.size() > quote_size_limit) return std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char c : a) {
    auto diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (c == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

std::string unknown(std::string_view name, const Option& table) {
  const auto distance = [name](const Option& option) { return edits(name, option.name); };
  const auto nearest = std::min_element(table.options.begin(), table.options.end(),
                                        [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  // Half of the letters wrong is no typing error any more.
  if (nearest != table.options.end() && distance(*nearest) <= nearest->name.size() / 2) {
    return fmt::format("unknown option {}; did you mean \"{}\"?", in_quotes(name), nearest->name);
  }
  std::vector<std::string_view> names;
  for (const auto& option : table.options) names.push_back(option.name);
  return fmt::format("unknown option {}; known here: {}", in_quotes(name), fmt::join(names, ", "));
}

std::string found(const JsonNode& node) {
  switch (node.kind) {
    case Kind::null: return "null";
    case Kind::boolean: return node.boolean ? "true" : "false";
    case Kind::integer:
    case Kind::fraction: return fmt::format("the number {}", node.text.substr(0, quote_size_limit));
    case Kind::text: return fmt::format("the text {}", in_quotes(node.text));
    case Kind::list: return "a list";
    case Kind::object: return "an object";
    case Kind::absent: break;
  }
  return "nothing";
}

class Checker {
 public:
  explicit Checker(Faults& faults) : faults_(&faults) {}

  json object(const JsonNode& node, const Option& table) {
    if (node.kind != Kind::object) return wrong_type(node, "an object");
    json out = json::object();
    std::unordered_map<std::string_view, std::size_t> seen;
    for (const auto& member : node.members) {
      const auto [first, fresh] = seen.emplace(member.name, member.offset);
      const auto option = std::find_if(table.options.begin(), table.options.end(),
                                       [&](const Option& candidate) { return candidate.name == member.name; });
      if (!fresh) fault(member.offset, fmt::format("{} is given twice in this object", in_quotes(member.name)));
      if (option != table.options.end()) {
        auto checked = value(member.value, *option);
        if (fresh) out[member.name] = std::move(checked);
      } else if (fresh) {
        fault(member.offset, unknown(member.name, table));
      }
    }
    for (const auto& option : table.options) {
      if (!out.contains(option.name)) out[option.name] = missing(node, option);
    }
    return out;
  }

 private:
  void fault(std::size_t offset, std::string message) { faults_->push_back({offset, std::move(message)}); }

  json wrong_type(const JsonNode& node, std::string_view expected) {
    if (node.kind != Kind::absent) fault(node.offset, fmt::format("expected {}, found {}", expected, found(node)));
    return nullptr;
  }

  json missing(const JsonNode& node, const Option& option) {
    if (option.required) {
      // Of an object that the text does not end nobody knows what would have followed.
      if (node.complete) fault(node.offset, fmt::format("\"{}\" is missing here", option.name));
      return nullptr;
    }
    if (option.kind != OptionKind::table || option.list) return json::parse(option.default_value);
    return object(empty_object(), option);
  }

  json value(const JsonNode& node, const Option& option) {
    if (!option.list) return single(node, option);
    if (node.kind != Kind::list) return wrong_type(node, "a list");
    if (option.maximum_items != 0 && node.items.size() > option.maximum_items) {
      fault(node.items[option.maximum_items].offset, fmt::format("more than {} items", option.maximum_items));
    }
    json out = json::array();
    for (const auto& item : node.items) out.push_back(single(item, option));
    return out;
  }

  json single(const JsonNode& node, const Option& option) {
    switch (option.kind) {
      case OptionKind::table: return object(node, option);
      case OptionKind::boolean:
        return node.kind == Kind::boolean ? json(node.boolean) : wrong_type(node, "true or false");
      case OptionKind::word: return word(node, option);
      case OptionKind::text: return text(node, option);
      case OptionKind::integer: return integer(node, option);
    }
    return nullptr;
  }

  json word(const JsonNode& node, const Option& option) {
    if (node.kind != Kind::text)
      return wrong_type(node, fmt::format("one of \"{}\"", fmt::join(option.words, "\", \"")));
    if (std::find(option.words.begin(), option.words.end(), node.text) != option.words.end()) return node.text;
    fault(node.offset, fmt::format("{} is none of \"{}\"", in_quotes(node.text), fmt::join(option.words, "\", \"")));
    return nullptr;
  }

  json text(const JsonNode& node, const Option& option) {
    if (node.kind != Kind::text) return wrong_type(node, "a text");
    // "" may be written where it is the default.
    if (!option.list && node.text.empty() && option.default_value == "\"\"") return node.text;
    if (auto wrong = complaint(option.format, node.text)) {
      fault(node.offset, std::move(*wrong));
      return nullptr;
    }
    return node.text;
  }

  json integer(const JsonNode& node, const Option& option) {
    if (node.kind != Kind::integer) return wrong_type(node, "a whole number");
    if (!option.list && std::to_string(node.integer) == option.default_value) return node.integer;
    if (node.integer < option.minimum || node.integer > option.maximum) {
      fault(node.offset, fmt::format("{} is out of range: {} to {}{}{}", node.text, option.minimum, option.maximum,
                                     unit(option).empty() ? "" : " ", unit(option)));
      return nullptr;
    }
    if (option.format == Format::power_of_two && !std::has_single_bit(static_cast<std::uint64_t>(node.integer))) {
      fault(node.offset, fmt::format("{} is no power of two", node.text));
      return nullptr;
    }
    return node.integer;
  }

  Faults* faults_;
};

}  // namespace

json check(const JsonNode& node, const Option& table, Faults& faults) { return Checker(faults).object(node, table); }

}  // namespace sluice::config
