#include "dataplane/dns/ech_configs.hh"

#include <algorithm>

namespace sluice {

EchConfigs::Key EchConfigs::key_of(const Address& client, std::uint8_t config_id, std::string_view name) noexcept {
  Key key;
  key.client = client;
  key.config_id = config_id;
  key.length = static_cast<std::uint8_t>(name.size());
  std::transform(name.begin(), name.end(), key.public_name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; });
  return key;
}

bool EchConfigs::remember(const Address& client, std::uint8_t config_id, std::string_view public_name, Tick until,
                          Tick now) noexcept {
  if (public_name.size() > public_name_limit) return false;
  const auto key = key_of(client, config_id, public_name);
  auto* const known = table_.find(key);
  auto& entry = known != nullptr ? *known : table_.place(key);
  const bool evicts = known == nullptr && entry.until > now;
  entry = {key, until};
  return !evicts;
}

bool EchConfigs::knows(const Address& client, std::uint8_t config_id, std::string_view public_name,
                       Tick now) const noexcept {
  if (public_name.size() > public_name_limit) return false;
  const auto* const entry = table_.find(key_of(client, config_id, public_name));
  return entry != nullptr && entry->until >= now;
}

}  // namespace sluice
