#include "dataplane/ech_configs.hh"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::uint16_t config_version = 0xfe0d;  // draft-ietf-tls-esni-25 section 4; it is the extension's number too
constexpr std::uint16_t param_ech = 5;            // RFC 9460 section 14.3.2

constexpr std::uint8_t lower(std::uint8_t c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<std::uint8_t>(c + 0x20) : c;
}

// FNV-1a of 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/) over what makes an entry; never 0. Two devices, or two
// names, that share one of 2^64 values cost a word in an event, nothing else.
std::uint64_t key_of(const Address& device, std::uint8_t config_id, std::string_view public_name) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto step = [&](std::uint8_t byte) { hash = (hash ^ byte) * 0x100000001b3; };
  for (const auto byte : device.bytes) step(byte);
  step(config_id);
  for (const auto byte : as_bytes(public_name)) step(lower(byte));
  return hash | 1;
}

}  // namespace

EchConfigList::EchConfigList(Bytes list) noexcept : rest_({}) {
  Reader reader{list};
  rest_ = Reader{reader.vector16()};
}

bool EchConfigList::next(EchConfig& config) noexcept {
  while (rest_.left() != 0) {
    const auto version = rest_.be16();
    Reader contents{rest_.vector16()};
    if (!rest_.ok()) return false;
    if (version != config_version) continue;  // section 4: others are passed over
    config.config_id = contents.u8();
    contents.skip(2);           // kem_id
    (void)contents.vector16();  // public_key
    (void)contents.vector16();  // cipher_suites
    contents.skip(1);           // maximum_name_length
    config.public_name = as_text(contents.vector8());
    if (contents.ok()) return true;
  }
  return false;
}

Bytes ech_of_svcb(Bytes rdata) noexcept {
  Reader reader{rdata};
  reader.skip(2);  // SvcPriority
  // TargetName is never compressed (RFC 9460 section 2.2).
  for (;;) {
    const auto label = reader.vector8();
    if (!reader.ok() || label.size() > 63) return {};
    if (label.empty()) break;
  }
  while (reader.left() != 0) {
    const auto key = reader.be16();
    const auto value = reader.vector16();
    if (!reader.ok()) return {};
    if (key == param_ech) return value;
  }
  return {};
}

EchConfigs::EchConfigs() : buckets_(std::make_unique<Bucket[]>(buckets)) {}

void EchConfigs::learn(const Address& device, Bytes list) noexcept {
  EchConfigList configs{list};
  EchConfig config;
  while (configs.next(config)) {
    const auto key = key_of(device, config.config_id, config.public_name);
    auto& keys = buckets_[key / 2 % buckets].keys;
    const auto place = std::find(keys.begin(), keys.end(), key);
    std::shift_right(keys.begin(), place == keys.end() ? place : place + 1, 1);
    keys[0] = key;
  }
}

bool EchConfigs::knows(const Address& device, std::uint8_t config_id, std::string_view public_name) const noexcept {
  const auto key = key_of(device, config_id, public_name);
  const auto& keys = buckets_[key / 2 % buckets].keys;
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace sluice
