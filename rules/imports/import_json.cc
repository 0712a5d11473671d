#include "rules/imports/import_json.hh"

#include <fmt/format.h>

namespace sluice {
namespace {

using Json = nlohmann::json;

bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = text[at];
    if (in_text) {
      if (c == '\\') ++at;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      if (++depth > import_json_depth_limit) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

const Json* field(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

tl::expected<Json, std::string> read_import_json(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (too_deep(text))
    return tl::unexpected(fmt::format("more than {} brackets within each other", import_json_depth_limit));
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    // "... at line 3, column 7: ...": the part that a person can use.
    const std::string_view what = error.what();
    const auto at = what.find("line ");
    return tl::unexpected("no JSON: " + std::string(what.substr(at == std::string_view::npos ? 0 : at)));
  }
}

std::string json_text(const Json& object, const char* key) {
  const auto* const value = field(object, key);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  return value->is_number() || value->is_boolean() ? value->dump() : std::string();
}

const Json& json_array(const Json& object, const char* key) {
  static const Json empty = Json::array();
  const auto* const value = field(object, key);
  return value != nullptr && value->is_array() ? *value : empty;
}

bool json_truth(const Json& object, const char* key, bool otherwise) {
  const auto* const value = field(object, key);
  if (value == nullptr) return otherwise;
  if (value->is_boolean()) return value->get<bool>();
  const auto text = json_text(object, key);
  return text == "1" || text == "true" || (text != "0" && text != "false" && otherwise);
}

std::vector<std::string> json_texts(const Json& object, const char* key) {
  std::vector<std::string> out;
  for (const auto& one : json_array(object, key))
    if (one.is_string()) out.push_back(one.get<std::string>());
  return out;
}

}  // namespace sluice
