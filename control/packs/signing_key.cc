#include "control/packs/signing_key.hh"

#include <fmt/format.h>

#include <optional>

#include "control/text/text_file.hh"

namespace sluice {
namespace {

constexpr std::size_t password_file_limit = 4096;  // bytes

tl::expected<std::string, std::string> read_needed(const std::string& path, std::size_t limit) {
  auto text = read_text_file(path, limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return tl::unexpected(path + ": there is no such file");
  return std::move(**text);
}

}  // namespace

void SigningKey::add_options(CLI::App& command, bool required) {
  auto* key = command.add_option("--secret-key", path, "Secret key of minisign, to sign with")->type_name("K");
  key->required(required);
  command.add_option("--password-file", password_file, "File whose first line is the password of that key")
      ->needs(key)
      ->type_name("F");
}

tl::expected<MinisignSecretKey, std::string> SigningKey::load() const {
  const auto text = read_needed(path, minisign_file_limit);
  if (!text) return tl::unexpected(text.error());
  std::optional<std::string> password;
  if (!password_file.empty()) {
    auto file = read_needed(password_file, password_file_limit);
    if (!file) return tl::unexpected(file.error());
    password = file->substr(0, file->find_first_of("\r\n"));
  }
  auto key = MinisignSecretKey::parse(*text, password);
  if (!key)
    return tl::unexpected(
        fmt::format("{}: {}{}", path, key.error(), password ? "" : " (--password-file, for a key that has one)"));
  return key;
}

}  // namespace sluice
