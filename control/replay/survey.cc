#include "control/replay/survey.hh"

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "dataplane/capture/capture.hh"
#include "dataplane/packet/packet.hh"

namespace sluice {

namespace {

InsideChoice by_interface(std::size_t number) {
  InsideChoice choice;
  choice.by = InsideChoice::By::interface;
  choice.interface = static_cast<std::uint32_t>(number);
  return choice;
}

InsideChoice by_networks(InsideNetworks networks) {
  InsideChoice choice;
  choice.by = InsideChoice::By::networks;
  choice.networks = std::move(networks);
  return choice;
}

// Whether a capture's two interfaces are the two sides of a wire: then what comes by one is answered by the other. They
// are not where someone captured on two interfaces of one host, or put two captures into one file.
class Sides {
 public:
  void add(const Packet& packet, std::uint32_t interface) {
    constexpr std::uint32_t both = 2;
    if (interface >= both) return;
    const bool rises = packet.source < packet.destination;
    auto& seen = pairs_[std::minmax(packet.source, packet.destination)];
    seen |= static_cast<std::uint8_t>(1U << (2 * interface + (rises ? 1 : 0)));
  }

  // As most pairs of addresses have it that were seen both ways.
  [[nodiscard]] bool hold() const {
    constexpr std::uint8_t first = 0b0011, second = 0b1100, one_way = 0b1001, other_way = 0b0110;
    std::size_t within = 0;
    std::size_t across = 0;
    for (const auto& [ends, seen] : pairs_) {
      if ((seen & first) == first || (seen & second) == second)
        ++within;
      else if (seen == one_way || seen == other_way)
        ++across;
    }
    return across >= within;
  }

 private:
  std::map<std::pair<Address, Address>, std::uint8_t> pairs_;  // by interface and direction, a bit each
};

tl::expected<InsideChoice, std::string> named_interface(const std::string& path, const std::string& wanted,
                                                        const std::vector<CaptureInterface>& interfaces) {
  std::string names;
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    if (wanted == interfaces[i].name || wanted == std::to_string(i)) return by_interface(i);
    names += (i == 0 ? "" : ", ") + std::to_string(i) + (interfaces[i].name.empty() ? "" : " " + interfaces[i].name);
  }
  return tl::unexpected(path + ": --inside " + wanted + ": the capture has no such interface (it has: " + names +
                        "), and it is not a network without host bits such as 192.168.0.0/16");
}

}  // namespace

tl::expected<InsideChoice, std::string> survey(const std::string& path, const InsideChoice& wanted) {
  if (wanted.by == InsideChoice::By::networks) return wanted;
  std::error_code error;
  if (path == "-" || std::filesystem::is_fifo(path, error)) {
    if (wanted.by == InsideChoice::By::automatic) return by_networks(InsideNetworks::private_addresses());
    return tl::unexpected(path + ": --inside " + wanted.interface_name +
                          ": a pipe cannot be looked into for its interfaces; name a network");
  }
  auto reader = CaptureReader::open(path);
  if (!reader) return tl::unexpected(reader.error().message);

  std::optional<Address> first_sender;
  bool any_private = false;
  Sides sides;
  CapturedPacket captured;
  for (std::uint64_t i = 0; i < survey_limit && reader->next(captured) == CaptureNext::packet; ++i) {
    Packet packet;
    packet.frame = captured.data;
    packet.link = link_layer_of(captured.link_type);
    // A packet without a readable transport header may still have addresses.
    if (!decode(packet, nullptr) && packet.source == Address{}) continue;
    if (!first_sender) first_sender = packet.source;
    sides.add(packet, captured.interface);
    any_private = any_private || packet.source.is_private() || packet.destination.is_private();
  }

  if (wanted.by == InsideChoice::By::interface)
    return named_interface(path, wanted.interface_name, reader->interfaces());
  if (reader->interfaces().size() == 2 && sides.hold()) return by_interface(0);
  if (any_private || !first_sender) return by_networks(InsideNetworks::private_addresses());
  return by_networks(InsideNetworks{{{*first_sender, *first_sender}}});
}

}  // namespace sluice
