// What devices show of themselves, for the inventory of a tap that keeps findings alone: which of it is news.
#pragma once

#include <chrono>
#include <cstdint>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/expiring_table.hh"
#include "dataplane/base/tick.hh"
#include "rules/names/address.hh"

namespace sluice {

class Sightings {
 public:
  static constexpr Duration memory = std::chrono::hours{1};  // what was said is said again then
  // What is beyond is forgotten: a device that says something else in each packet is no news.
  static constexpr std::uint32_t limit_a_second = 256;

  // `entries`: things that are remembered, 32 bytes each; 0: nothing is wanted.
  Sightings(std::uint32_t entries, std::uint64_t secret) : is_wanted_(entries != 0), known_(entries, secret) {}
  void make_resident() noexcept {
    if (is_wanted_) known_.make_resident();
  }

  [[nodiscard]] bool wanted() const noexcept { return is_wanted_; }
  // Whether the device has not said so within the hour; from here on it has.
  [[nodiscard]] bool is_news(const Address& device, Bytes said, Tick now) noexcept;

 private:
  struct Entry {
    struct Key {
      Address device;
      std::uint64_t said = 0;
    };
    Key key;
    Tick until{};
  };

  bool is_wanted_;
  ExpiringTable<Entry> known_;
  Tick second_{};  // when the one that is counted began
  std::uint32_t in_second_ = 0;
};

}  // namespace sluice
