// How many records a device may still have in this hour: one that talks a lot leaves room for the others.
#pragma once

#include <cstdint>
#include <map>

#include "control/text/timestamp.hh"
#include "dataplane/base/tick.hh"
#include "rules/names/address.hh"

namespace sluice {

class EvidenceQuota {
 public:
  // Devices of an hour that are told apart; further ones get nothing.
  static constexpr std::size_t device_limit = 65'536;

  explicit EvidenceQuota(std::uint32_t records) : records_(records) {}

  // Takes one, where there is one left in the hour of `now`.
  [[nodiscard]] bool take(const Address& device, Tick now) {
    constexpr std::int64_t hour_s = 3600;
    if (const auto hour = unix_seconds(now) / hour_s; hour != hour_) {
      hour_ = hour;
      taken_.clear();
    }
    if (taken_.size() >= device_limit && !taken_.contains(device)) return false;
    auto& taken = taken_[device];
    if (taken >= records_) return false;
    ++taken;
    return true;
  }

 private:
  std::uint32_t records_;
  std::int64_t hour_ = 0;
  std::map<Address, std::uint32_t> taken_;
};

}  // namespace sluice
