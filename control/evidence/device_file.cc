#include "control/evidence/device_file.hh"

#include <nlohmann/json.hpp>

#include "control/text/text_file.hh"
#include "control/text/uuid.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

constexpr std::size_t file_limit = 4096;  // bytes

}  // namespace

std::string text_of(const DeviceFile& file) {
  return nlohmann::ordered_json{{"device", file.id},
                                {"tag", file.tag},
                                {"public_key", hex_text(file.public_key)},
                                {"sealed_secret", hex_text(file.sealed_secret)}}
             .dump() +
         "\n";
}

tl::expected<DeviceFile, std::string> load_device_file(const std::string& path) {
  const auto text = read_text_file(path, file_limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return tl::unexpected(path + ": there is no such file");
  const auto json = nlohmann::json::parse(**text, nullptr, false);
  const auto member = [&](const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  DeviceFile file{member("device"), member("tag"), {}, {}};
  const auto key = public_key_from(member("public_key"));
  auto secret = hex_bytes(member("sealed_secret"));
  if (!Uuid::parse(file.id) || !is_sha256(file.tag) || !key || !secret)
    return tl::unexpected(path + ": is no key of a device");
  file.public_key = *key;
  file.sealed_secret = std::move(*secret);
  return file;
}

}  // namespace sluice
