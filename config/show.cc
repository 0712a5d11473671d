#include "config/show.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "config/schema.hh"
#include "config/typed_value.hh"

namespace sluice::config {
namespace {

using nlohmann::json;

constexpr std::size_t indent_step = 2;

// "512 MiB, 64 to 1048576; a change takes a restart"
std::string facts(const Option& option) {
  if (option.kind == OptionKind::table) return {};
  const auto count = unit(option);
  const auto bounds = range(option);
  return fmt::format("{}{}{}{}{}; a change takes a {}", option.required ? "required" : "default ", option.default_value,
                     count.empty() ? "" : " ", count, bounds.empty() ? "" : "; " + bounds, option.apply);
}

class Printer {
 public:
  std::string text;

  void object(const json& value, const Option& table, std::size_t indent) {
    text += "{\n";
    for (const auto& option : table.options) {
      const auto inner = indent + indent_step;
      const bool was_table = &option != &table.options.front() && (&option - 1)->kind == OptionKind::table;
      if (was_table || (option.kind == OptionKind::table && &option != &table.options.front())) text += '\n';
      for (const auto& line : option.documentation) text += fmt::format("{:{}}// {}\n", "", inner, line);
      if (const auto line = facts(option); !line.empty()) text += fmt::format("{:{}}// ({})\n", "", inner, line);
      text += fmt::format("{:{}}\"{}\": ", "", inner, option.name);
      // FlatBuffers leaves empty texts and lists out.
      if (value.contains(option.name)) {
        member(value.at(option.name), option, inner);
      } else {
        member(default_of(option), option, inner);
      }
      text += &option == &table.options.back() ? "\n" : ",\n";
    }
    text += fmt::format("{:{}}}}", "", indent);
  }

 private:
  static json default_of(const Option& option) {
    if (option.kind == OptionKind::table) return option.list ? json::array() : json::object();
    return option.required ? json("") : json::parse(option.default_value);
  }

  void member(const json& value, const Option& option, std::size_t indent) {
    if (option.kind != OptionKind::table) {
      text += value.dump();
    } else if (!option.list) {
      object(value, option, indent);
    } else {
      list(value, option, indent);
    }
  }

  void list(const json& value, const Option& option, std::size_t indent) {
    text += "[\n";
    const auto inner = indent + indent_step;
    if (value.empty()) example(option, inner);
    for (std::size_t i = 0; i < value.size(); ++i) {
      text += fmt::format("{:{}}", "", inner);
      object(value.at(i), option, inner);
      text += i + 1 == value.size() ? "\n" : ",\n";
    }
    text += fmt::format("{:{}}]", "", indent);
  }

  // What an item would look like, as a comment.
  void example(const Option& option, std::size_t indent) {
    Printer item;
    item.object(json::object(), option, 0);
    std::string_view rest = item.text;
    while (!rest.empty()) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      text += fmt::format("{:{}}//{}{}\n", "", indent, line.empty() ? "" : " ", line);
    }
  }
};

void rows(const Option& table, const std::string& path, std::string& out) {
  for (const auto& option : table.options) {
    if (option.kind == OptionKind::table) {
      rows(option, path + option.name + (option.list ? "[]." : "."), out);
      continue;
    }
    const auto count = unit(option);
    const auto value = option.required ? "required" : fmt::format("`{}`", option.default_value);
    out +=
        fmt::format("| `{}{}`{} | {}{}{} | {} | {} | {} |\n", path, option.name, option.list ? " (list)" : "", value,
                    count.empty() ? "" : " ", count, range(option), option.apply, fmt::join(option.documentation, " "));
  }
}

}  // namespace

std::string show(const ConfigurationT& configuration) {
  Printer printer;
  printer.object(to_json(configuration), schema(), 0);
  return printer.text + '\n';
}

std::string option_table() {
  std::string out = "| option | default | range | a change takes | meaning |\n| --- | --- | --- | --- | --- |\n";
  rows(schema(), "", out);
  return out;
}

}  // namespace sluice::config
