#include "control/decoders/json_values.hh"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace sluice {
namespace {

using Json = nlohmann::json;

// Called by the parser value for value; returning false ends it.
class Collector : public nlohmann::json_sax<Json> {
 public:
  explicit Collector(JsonValues& out) : out_(&out) {}

  bool null() override { return true; }
  bool boolean(bool value) override { return add(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return add(fmt::format("{}", value)); }
  bool number_unsigned(number_unsigned_t value) override { return add(fmt::format("{}", value)); }
  bool number_float(number_float_t, const string_t& text) override { return add(text); }
  bool string(string_t& value) override { return add(value); }
  bool binary(binary_t&) override { return true; }
  bool key(string_t& name) override {
    keys_.back() = name;
    return true;
  }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  bool enter() {
    keys_.emplace_back();
    return keys_.size() <= JsonValues::depth_limit;
  }
  bool leave() {
    keys_.pop_back();
    return true;
  }
  bool add(const std::string& value) {
    if (out_->values.size() >= JsonValues::value_limit) return false;
    std::string path;
    for (const auto& key : keys_)
      if (!key.empty()) path += (path.empty() ? "" : ".") + key;
    out_->values.emplace_back(std::move(path), value);
    return true;
  }

  JsonValues* out_;
  std::vector<std::string> keys_;  // one a level; empty for an array's
};

}  // namespace

JsonValues json_values(std::string_view text) {
  JsonValues result;
  Collector collector{result};
  result.is_whole = Json::sax_parse(text.begin(), text.end(), &collector);
  return result;
}

}  // namespace sluice
