// How much of what devices sent could be seen, for a person: flows and bytes by device, and why nothing was seen of
// some.
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "dataplane/base/counters.hh"
#include "dataplane/event/event.hh"

namespace sluice {

class OpacityTable {
 public:
  // Devices beyond this are taken together.
  static constexpr std::size_t device_limit = 4096;
  // Devices in the printed table; the others are taken together there.
  static constexpr std::size_t printed_limit = 20;

  // Flows are added up; other events pass.
  void consume(const Event& event);

  // All flows by the workers' counters, then each device of which flow events came, the one with most unseen first.
  // Nothing where no flow has ended.
  void print(std::ostream& out, const ByVisibility& flows, const ByVisibility& bytes, std::size_t width) const;

 private:
  struct Seen {
    ByVisibility flows;
    ByVisibility bytes;
    bool is_inside = false;  // for certain; else it began a flow of which nobody knows the inside

    void operator+=(const Seen& other) noexcept {
      flows += other.flows;
      bytes += other.bytes;
    }
  };
  [[nodiscard]] static std::vector<std::string> cells(std::string name, const Seen& seen);
  [[nodiscard]] static std::uint64_t unseen_bytes(const Seen& seen) noexcept;

  std::map<Address, Seen> devices_;
  Seen others_;  // of devices that found no room
};

}  // namespace sluice
