// What lies around a flow: Suricata's `tunnel` object, and what it has no place for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "control/eve/eve_json.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// Of an IP protocol: Suricata's name where it has one, else the number's three digits.
[[nodiscard]] std::string ip_protocol_text(std::uint8_t number);
[[nodiscard]] std::string_view text_of(TunnelKind kind) noexcept;

// The outermost IP header, as the event's source sends it; nothing where no IP header lies around the event's own.
[[nodiscard]] Json tunnel_object(const Event& event);
// Puts `tunnel`, the kinds from the outside in, and `tunnel_network` into Sluice's own object.
void put_tunnel(Json& own, const Event& event);

}  // namespace sluice
