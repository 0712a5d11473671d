// Which keys for Encrypted ClientHello a device was given by DNS: the only way to tell a real ECH from the one that
// browsers send to everybody (GREASE ECH, draft-ietf-tls-esni-25 section 6.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "dataplane/bytes.hh"
#include "rules/address.hh"

namespace sluice {

struct EchConfig {
  std::uint8_t config_id = 0;
  std::string_view public_name;  // the name that the outer ClientHello shows
};

// The configurations of an ECHConfigList (draft-ietf-tls-esni-25 section 4) in the versions that are known; nothing
// after the first damage.
class EchConfigList {
 public:
  explicit EchConfigList(Bytes list) noexcept;
  // False after the last one.
  [[nodiscard]] bool next(EchConfig& config) noexcept;

 private:
  Reader rest_;
};

// The value of the parameter `ech` in the data of an HTTPS or SVCB record (RFC 9460 sections 2.2, 14.3.2); empty where
// there is none.
[[nodiscard]] Bytes ech_of_svcb(Bytes rdata) noexcept;

// One worker's memory of them: (device, config id, public name), a new one in the place of the oldest of its bucket.
class EchConfigs {
 public:
  static constexpr std::size_t entries_limit = 4096;

  EchConfigs();
  // `list`: an ECHConfigList that DNS gave `device`.
  void learn(const Address& device, Bytes list) noexcept;
  [[nodiscard]] bool knows(const Address& device, std::uint8_t config_id, std::string_view public_name) const noexcept;

 private:
  static constexpr std::size_t bucket_size = 4;
  static constexpr std::size_t buckets = entries_limit / bucket_size;
  struct Bucket {
    std::array<std::uint64_t, bucket_size> keys{};  // the newest first; 0 = empty
  };

  std::unique_ptr<Bucket[]> buckets_;
};

}  // namespace sluice
