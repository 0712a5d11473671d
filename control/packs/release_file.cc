#include "control/packs/release_file.hh"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <utility>

#include "rules/text/date.hh"

namespace sluice {
namespace {

constexpr std::int64_t day_ns = std::int64_t{86'400} * 1'000'000'000;

std::int64_t wall_time_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void ReleaseDates::add_options(CLI::App& command, const std::string& what) {
  command.add_option("--created", created, "Day on which the " + what + " was made; default: now")->type_name("DATE");
  command.add_option("--expires", expires, "Last day on which a tap accepts the " + what + "; default: never ends")
      ->type_name("DATE");
}

std::optional<std::string> ReleaseDates::read(std::int64_t& created_ns, std::int64_t& expires_ns) const {
  created_ns = wall_time_ns();
  for (const auto& [option, text] : {std::pair{"--created", &created}, {"--expires", &expires}}) {
    if (text->empty()) continue;
    const auto date = parse_date(*text);
    if (!date)
      return fmt::format("{} \"{}\" is no date: write YYYY-MM-DD, a day that exists, from {} to {}", option, *text,
                         first_year, last_year);
    if (text == &created)
      created_ns = end_of_day_nanoseconds(*date) - day_ns;
    else
      expires_ns = end_of_day_nanoseconds(*date);
  }
  if (expires_ns != 0 && expires_ns <= created_ns) return "--expires is before --created: give a later day";
  return std::nullopt;
}

std::optional<std::string> replace_file(const std::string& path, std::span<const std::uint8_t> bytes) {
  const auto fresh = path + ".new";
  errno = 0;
  std::ofstream file{fresh, std::ios::binary};
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return fmt::format("{}: {}", fresh, std::strerror(errno));
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return fmt::format("{}: {}", path, std::strerror(errno));
  return std::nullopt;
}

std::optional<std::string> replace_file(const std::string& path, const std::string& text) {
  return replace_file(path, std::span{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace sluice
