#include "config/schema.hh"

#include <flatbuffers/reflection.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "config/sluice_bfbs_generated.h"

namespace sluice::config {
namespace {

std::string attribute(const reflection::Field& field, const char* name) {
  const auto* all = field.attributes();
  const auto* found = all == nullptr ? nullptr : all->LookupByKey(name);
  return found == nullptr || found->value() == nullptr ? std::string() : found->value()->str();
}

std::int64_t number(const reflection::Field& field, const char* name, std::int64_t otherwise) {
  const auto text = attribute(field, name);
  return text.empty() ? otherwise : std::stoll(text);
}

std::int64_t greatest(reflection::BaseType type) {
  switch (type) {
    case reflection::UByte: return std::numeric_limits<std::uint8_t>::max();
    case reflection::UShort: return std::numeric_limits<std::uint16_t>::max();
    case reflection::UInt: return std::numeric_limits<std::uint32_t>::max();
    default: throw std::logic_error("sluice.fbs has an option of a type that the loader does not know");
  }
}

std::vector<Option> options_of(const reflection::Schema& schema, const reflection::Object& table);

void set_kind(Option& option, const reflection::Schema& schema, const reflection::Field& field) {
  const auto& type = *field.type();
  option.list = type.base_type() == reflection::Vector;
  const auto base = option.list ? type.element() : type.base_type();
  const auto place = static_cast<flatbuffers::uoffset_t>(std::max(type.index(), 0));
  if (base == reflection::Obj) {
    option.kind = OptionKind::table;
    option.options = options_of(schema, *schema.objects()->Get(place));
  } else if (base == reflection::String) {
    option.kind = OptionKind::text;
    option.default_value = nlohmann::json(attribute(field, "default_text")).dump();
  } else if (base == reflection::Bool) {
    option.kind = OptionKind::boolean;
    option.default_value = field.default_integer() != 0 ? "true" : "false";
  } else if (type.index() >= 0) {
    option.kind = OptionKind::word;
    for (const auto* word : *schema.enums()->Get(place)->values()) {
      option.words.push_back(word->name()->str());
      if (word->value() == field.default_integer()) option.default_value = '"' + option.words.back() + '"';
    }
  } else {
    option.kind = OptionKind::integer;
    option.minimum = number(field, "minimum", 0);
    option.maximum = number(field, "maximum", greatest(base));
    option.default_value = std::to_string(field.default_integer());
  }
}

Option option_of(const reflection::Schema& schema, const reflection::Field& field) {
  Option option;
  option.name = field.name()->str();
  option.required = field.required();
  option.format = format_named(attribute(field, "format"));
  option.maximum_items = static_cast<std::size_t>(number(field, "maximum_items", 0));
  option.apply = attribute(field, "apply");
  if (field.documentation() != nullptr) {
    for (const auto* line : *field.documentation()) {
      const auto text = line->string_view();
      option.documentation.emplace_back(text.substr(std::min(text.find_first_not_of(' '), text.size())));
    }
  }
  set_kind(option, schema, field);
  if (option.list) option.default_value = "[]";
  if (option.required) option.default_value.clear();
  return option;
}

std::vector<Option> options_of(const reflection::Schema& schema, const reflection::Object& table) {
  // The compiled schema keeps fields by name; their ids say how they were declared.
  std::vector<Option> options(table.fields()->size());
  for (const auto* field : *table.fields()) options.at(field->id()) = option_of(schema, *field);
  return options;
}

}  // namespace

Option schema() {
  const auto* compiled = reflection::GetSchema(ConfigurationBinarySchema::data());
  Option root;
  root.name = "configuration";
  root.kind = OptionKind::table;
  root.options = options_of(*compiled, *compiled->root_table());
  return root;
}

std::string_view unit(const Option& option) {
  struct Unit {
    std::string_view ending;
    std::string_view name;
  };
  constexpr std::array<Unit, 4> units{{{"_ms", "ms"}, {"_mib", "MiB"}, {"_bytes", "bytes"}, {"_entries", "entries"}}};
  for (const auto& unit : units) {
    if (option.name.ends_with(unit.ending)) return unit.name;
  }
  return {};
}

std::string range(const Option& option) {
  switch (option.kind) {
    case OptionKind::table: return {};
    case OptionKind::boolean: return "true, false";
    case OptionKind::word: return fmt::format("{}", fmt::join(option.words, ", "));
    case OptionKind::text: return std::string(description(option.format));
    case OptionKind::integer: break;
  }
  const auto bounds = fmt::format("{} to {}", option.minimum, option.maximum);
  return option.format == Format::none ? bounds : fmt::format("{}, {}", bounds, description(option.format));
}

}  // namespace sluice::config
