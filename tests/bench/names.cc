#include "tests/bench/names.hh"

#include <fmt/format.h>

#include <array>

namespace sluice::bench {
namespace {

constexpr std::array words{"metrics", "cloud", "play", "photo", "game", "media", "push", "weather",
                           "store",   "video", "chat", "maps",  "news", "music", "ads",  "track"};
constexpr std::array tops{"com", "net", "example", "cn", "io", "org", "app", "co.uk"};

template <class List>
const char* pick(const List& list, std::uint32_t number) {
  return list[number % list.size()];
}

}  // namespace

std::string listed_domain(std::uint32_t number) {
  return fmt::format("{}-{}{}.{}", pick(words, number), pick(words, number / words.size()), number,
                     pick(tops, number / 7));
}

std::vector<std::string> phone_names(std::uint32_t domains) {
  std::vector<std::string> names{shipped_name};
  for (std::uint32_t number = 1; number < listed_name_count; ++number)
    names.push_back(
        fmt::format("data{}.{}", number % 4,
                    listed_domain(static_cast<std::uint32_t>(std::uint64_t{number} * domains / listed_name_count))));
  while (names.size() < name_count) {
    const auto number = static_cast<std::uint32_t>(names.size());
    names.push_back(
        fmt::format("{}.{}{}.{}", pick(words, number), pick(words, number / 16), number, pick(tops, number)));
  }
  return names;
}

}  // namespace sluice::bench
