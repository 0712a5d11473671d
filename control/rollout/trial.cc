#include "control/rollout/trial.hh"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "control/text/text_file.hh"

namespace sluice {
namespace {

constexpr std::size_t file_limit = 4096;

// 0: none of them.
constexpr std::chrono::seconds unit_of(char letter) noexcept {
  switch (letter) {
    case 's': return std::chrono::seconds{1};
    case 'm': return std::chrono::minutes{1};
    case 'h': return std::chrono::hours{1};
    case 'd': return std::chrono::hours{24};
    default: return {};
  }
}

}  // namespace

tl::expected<std::chrono::milliseconds, std::string> trial_time(std::string_view text) {
  const auto wrong = [] {
    return tl::unexpected(std::string{"a time is a number with s, m, h or d behind it, as in 30m; 31d at most"});
  };
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || count == 0 || end + 1 != text.data() + text.size()) return wrong();
  const auto time = unit_of(*end) * std::int64_t{count};
  if (time.count() == 0 || time > longest_trial) return wrong();
  return time;
}

tl::expected<std::optional<KeptTrial>, std::string> load_trial(const std::string& path) {
  const auto text = read_text_file(path, file_limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return std::optional<KeptTrial>{};
  try {
    const auto json = nlohmann::json::parse(**text);
    if (json.empty()) return std::optional<KeptTrial>{};
    const auto condition = PromoteCondition::parse(json.at("promote_if").get<std::string>());
    if (!condition) return tl::unexpected(path + ": promote_if: " + condition.error());
    const std::chrono::milliseconds time{json.at("time_ms").get<std::uint32_t>()};
    return std::optional{KeptTrial{{time, *condition}, json.at("began_ns")}};
  } catch (const std::exception& error) {
    return tl::unexpected(path + ": " + error.what());
  }
}

tl::expected<void, std::string> save_trial(const std::string& path, const std::optional<KeptTrial>& trial) {
  auto json = nlohmann::ordered_json::object();
  if (trial)
    json = {{"promote_if", trial->request.condition.text()},
            {"time_ms", trial->request.time.count()},
            {"began_ns", trial->began_ns}};
  return replace_text_file(path, json.dump(2) + "\n");
}

}  // namespace sluice
