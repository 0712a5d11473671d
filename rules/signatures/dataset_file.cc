#include "rules/signatures/dataset_file.hh"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "rules/names/address.hh"
#include "rules/text/base64.hh"
#include "rules/text/list_file.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

using Json = nlohmann::json;

std::optional<std::string> hex_value(std::string_view text, std::size_t bytes) {
  if (text.size() != 2 * bytes || text.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
    return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    out += static_cast<char>(byte);
  }
  return out;
}

std::optional<std::string> base64_value(std::string_view text) {
  std::string out(text.size(), '\0');
  const auto size = decode_base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                                  Transform::Mode::strict, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  if (size == 0) return std::nullopt;
  out.resize(size);
  return out;
}

class Reading {
 public:
  Reading(DatasetType type, const DatasetFormat& format) : type_(type), format_(format) {}

  tl::expected<DatasetValues, std::string> read(std::string_view text) {
    if (format_.kind == DatasetFormat::Kind::json)
      read_list(text);
    else
      read_lines(text);
    if (!error_.empty()) return tl::unexpected(error_);
    return dataset_values(std::move(values_));
  }

 private:
  void read_lines(std::string_view text) {
    for (std::size_t line = 1; !text.empty() && error_.empty(); ++line) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto one = trimmed(text.substr(0, text.substr(0, end).ends_with('\r') ? end - 1 : end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (one.empty()) continue;
      if (format_.kind == DatasetFormat::Kind::csv)
        add_line(one, line);
      else
        add_object(Json::parse(one, nullptr, false), line);
    }
  }

  void add_line(std::string_view one, std::size_t line) {
    DatasetValue value;
    auto text = one;
    if (format_.has_reputation) {
      const auto comma = std::min(one.find(','), one.size());
      text = trimmed(one.substr(0, comma));
      const auto number = trimmed(one.substr(std::min(comma + 1, one.size())));
      const auto [stopped, error] = std::from_chars(number.data(), number.data() + number.size(), value.reputation);
      if (error != std::errc{} || stopped != number.data() + number.size())
        return fail(line, fmt::format("reputation \"{}\": write VALUE,NUMBER", printable(number)));
    }
    add(text, std::move(value), line, false);
  }

  void read_list(std::string_view text) {
    const auto file = Json::parse(text, nullptr, false);
    const auto* list = &file;
    if (!format_.array_key.empty()) list = at(file, format_.array_key);
    if (list == nullptr || !list->is_array()) return fail(1, "no JSON list: name it with array_key");
    for (const auto& object : *list) add_object(object, 1);
  }

  void add_object(const Json& object, std::size_t line) {
    const auto* const found = format_.value_key.empty() ? &object : at(object, format_.value_key);
    if (found == nullptr || !found->is_string())
      return fail(line, fmt::format("no text under value_key \"{}\"", printable(format_.value_key)));
    add(found->get_ref<const std::string&>(), {}, line, true);
  }

  // a.b.c
  static const Json* at(const Json& json, std::string_view path) {
    const auto* here = &json;
    while (!path.empty()) {
      const auto dot = std::min(path.find('.'), path.size());
      if (!here->is_object()) return nullptr;
      const auto found = here->find(std::string(path.substr(0, dot)));
      if (found == here->end()) return nullptr;
      here = &*found;
      path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return here;
  }

  void add(std::string_view text, DatasetValue value, std::size_t line, bool is_json) {
    auto bytes = dataset_value(text, type_, is_json);
    if (!bytes || bytes->size() > dataset_value_limit)
      return fail(line, fmt::format("\"{}\" is no value of its type (text stands as base64, digests as hex)",
                                    printable(text.substr(0, 80))));
    if (values_.size() == dataset_values_limit)
      return fail(line, fmt::format("more than {} values: split the file", dataset_values_limit));
    value.bytes = std::move(*bytes);
    values_.push_back(std::move(value));
  }

  void fail(std::size_t line, const std::string& message) {
    if (error_.empty()) error_ = fmt::format("line {}: {}", line, message);
  }

  DatasetType type_;
  const DatasetFormat& format_;
  std::vector<DatasetValue> values_;
  std::string error_;
};

}  // namespace

std::optional<std::string> dataset_value(std::string_view text, DatasetType type, bool is_json) {
  switch (type) {
    case DatasetType::unknown: return std::nullopt;
    case DatasetType::text: return is_json ? std::optional(std::string(text)) : base64_value(text);
    case DatasetType::md5: return hex_value(text, 16);
    case DatasetType::sha256: return hex_value(text, 32);
    case DatasetType::ipv4:
    case DatasetType::ipv6:
    case DatasetType::ip: break;
  }
  const auto address = Address::parse(text);
  if (!address || (type == DatasetType::ipv4 && !address->is_v4())) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(address->bytes.data()), address->bytes.size());
}

tl::expected<std::shared_ptr<const DatasetValues>, std::string> DatasetFiles::load(const std::string& name,
                                                                                   DatasetType type,
                                                                                   const DatasetFormat& format) {
  auto& known = known_[{name, type, format}];
  if (known) return known;
  if (!folder_) return tl::unexpected(std::string("these rules come from no file beside which it could lie"));
  const auto text = read_list_file(*folder_ / name);
  if (!text) return tl::unexpected(text.error().text());
  if (text->size() > list_size_limit) return tl::unexpected(fmt::format("more than {} MiB", list_size_limit >> 20U));
  auto values = Reading(type, format).read(*text);
  if (!values) return tl::unexpected(values.error());
  known = std::make_shared<const DatasetValues>(std::move(*values));
  return known;
}

}  // namespace sluice
