// What is common to making a pack and making a manifest: since when and until when it counts, and putting the file and
// its signatures in their places.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace sluice {

// --created and --expires of a release, as days.
struct ReleaseDates {
  std::string created;
  std::string expires;

  void add_options(CLI::App& command, const std::string& what);
  // Sets both moments, with the time of this machine where no day of creation was given; the error says which option is
  // wrong.
  [[nodiscard]] std::optional<std::string> read(std::int64_t& created_ns, std::int64_t& expires_ns) const;
};

// A new file beside it, then renamed: who reads at that moment finds the old one or the new one.
[[nodiscard]] std::optional<std::string> replace_file(const std::string& path, std::span<const std::uint8_t> bytes);
[[nodiscard]] std::optional<std::string> replace_file(const std::string& path, const std::string& text);

}  // namespace sluice
