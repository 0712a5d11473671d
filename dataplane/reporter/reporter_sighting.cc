// What devices show of themselves, for the inventory, where findings alone are recorded. Where all is, its events say
// so.
#include <algorithm>
#include <array>

#include "dataplane/reporter/reporter.hh"

namespace sluice {
namespace {

constexpr std::size_t sender_at = 6, mac_size = 6;  // IEEE 802.3: the source of a frame

// Of a frame whose sender is its packet's: not of one that came through a tunnel.
Bytes sender_mac(const Packet& packet) noexcept {
  const bool is_plain = packet.link == LinkLayer::ethernet && packet.outer.count == 0;
  if (!is_plain || packet.frame.size() < sender_at + mac_size) return {};
  return packet.frame.subspan(sender_at, mac_size);
}

bool is_from_inside(const Passage& at) noexcept {
  return at.flow.inside == (at.way == Way::to_server ? Inside::source : Inside::destination);
}

std::uint8_t hop_limit_of(const Packet& packet) noexcept {
  constexpr std::size_t v4_at = 8, v6_at = 7;  // RFC 791 section 3.1, RFC 8200 section 3
  const auto at = packet.source.is_v4() ? v4_at : v6_at;
  return packet.network.size() > at ? packet.network[at] : 0;
}

}  // namespace

bool Reporter::is_sighted(const Passage& at) const noexcept { return sightings_->wanted() && is_from_inside(at); }

void Reporter::tell(EventWriter& event, EventType type, const Passage& at) noexcept {
  if (record_ == Record::all) return send(event, type, at.packet.number);
  const auto record = event.finish();
  if (record.size() <= sizeof(EventHeader)) return;
  const bool is_inside = is_from_inside(at);
  const auto& device = is_inside ? at.packet.source : at.packet.destination;
  if (!sightings_->is_news(device, record.subspan(sizeof(EventHeader)), at.packet.time)) return;
  event.integer(Field::sighting_of, static_cast<std::uint64_t>(type));
  if (const auto mac = sender_mac(at.packet); is_inside && !mac.empty()) event.bytes(Field::hardware_address, mac);
  event.become(EventType::sighting);
  send(event, EventType::sighting, at.packet.number);
}

// With the first packets of its flows: which frames it sends, and how far they came.
void Reporter::sight(const Passage& at) noexcept {
  if (!is_sighted(at)) return;
  const auto mac = sender_mac(at.packet);
  std::array<std::uint8_t, mac_size + 1> said{};
  std::copy(mac.begin(), mac.end(), said.begin());
  said.back() = hop_limit_of(at.packet);
  if (!sightings_->is_news(at.packet.source, said, at.packet.time)) return;
  EventWriter event{buffer_};
  event.begin(sender_header(EventType::sighting, at));
  event.integer(Field::sighting_of, 0);
  if (!mac.empty()) event.bytes(Field::hardware_address, mac);
  event.integer(Field::hop_limit, said.back());
  send(event, EventType::sighting, at.packet.number);
}

// Where it went is not said: that would be a record of what was visited.
void Reporter::sight_user_agent(const Passage& at, std::string_view user_agent) noexcept {
  if (user_agent.empty() || !is_sighted(at)) return;
  EventWriter event{buffer_};
  event.begin(sender_header(EventType::sighting, at));
  event.text(Field::http_user_agent, user_agent);
  tell(event, EventType::http, at);
}

}  // namespace sluice
