// The secret key that a command signs with, as options of its command line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <tl/expected.hpp>

#include "rules/signing/minisign_sign.hh"

namespace sluice {

struct SigningKey {
  std::string path;
  std::string password_file;

  // Of a command that can do without a key, or cannot.
  void add_options(CLI::App& command, bool required);
  [[nodiscard]] bool is_given() const noexcept { return !path.empty(); }
  [[nodiscard]] tl::expected<MinisignSecretKey, std::string> load() const;
};

}  // namespace sluice
