// A device of the inside, as the inventory knows it: what names it, what it says of itself, what people call it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/devices/identification.hh"
#include "control/devices/identifier_key.hh"
#include "control/text/uuid.hh"

namespace sluice {

struct SeenLink {
  LinkKind kind{};
  IdentifierDigest digest{};
  bool is_random = false;  // a hardware address that the device made up (IEEE 802c: locally administered)
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  SealedIdentifier sealed;
};

struct SeenVote {
  Vote vote;
  std::uint64_t count = 0;
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
};

struct Device {
  static constexpr std::size_t text_limit = 64;  // bytes of a name or group
  static constexpr std::size_t link_limit = 32;
  static constexpr std::size_t vote_limit = 64;

  Uuid id;                           // random: says nothing of the device
  std::string name, group;           // the operator's
  std::optional<DevicePlace> place;  // the last
  std::vector<SeenLink> links;
  std::vector<SeenVote> votes;
  Identification identification;  // of the votes
  bool forwards = false;          // its frames carry several devices' packets: a router, or a proxy
  // Of its packets' hop limits: bits of the systems that start with 64 (1) and with 128 (2), and how many routers lie
  // between at most.
  std::uint8_t systems = 0;
  std::uint8_t distance = 0;
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;

  // Why it is taken for several devices behind one address (a NAT, a tethered laptop): "contradicting-votes",
  // "several-push-ids", "several-systems". Empty: it is not.
  [[nodiscard]] std::vector<std::string_view> several() const;
  // True: that was not known.
  bool note_hop_limit(std::uint8_t limit) noexcept;
  // True: it was not cast before.
  bool add(const Vote& vote, std::int64_t now_ns);
  // Null where it is not there.
  [[nodiscard]] SeenLink* find(LinkKind kind, const IdentifierDigest& digest) noexcept;
  // Takes what the other one has; people's words of this one stay.
  void take(Device&& other);
  void judge();
};

}  // namespace sluice
