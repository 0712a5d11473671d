#include "control/eve/eve_content.hh"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "control/text/base64.hh"

namespace sluice {
namespace {

constexpr std::uint64_t ethernet = 1;

// LINKTYPE_ numbers by Suricata's names.
std::string_view link_type_text(std::uint64_t number) {
  switch (number) {
    case 0: return "NULL";
    case ethernet: return "EN10MB";
    case 9: return "PPP";
    case 12: return "RAW";
    case 101: return "RAW2";
    case 104: return "C_HDLC";
    case 113: return "LINUX_SLL";
    case 228: return "IPv4";
    case 229: return "IPv6";
    case 276: return "LINUX_SLL2";
    default: return "n/a";
  }
}

// What a terminal shows of it; a dot for each byte else.
std::string printable(std::string_view bytes) {
  std::string text{bytes};
  for (auto& c : text)
    if ((c < ' ' || c > '~') && c != '\n' && c != '\r') c = '.';
  return text;
}

std::string hardware_address(std::string_view bytes) {
  std::string text;
  for (const auto c : bytes) text += fmt::format("{}{:02x}", text.empty() ? "" : ":", static_cast<unsigned char>(c));
  return text;
}

}  // namespace

void put_content(Json& line, const Event& event) {
  const auto link_type = event.find(Field::packet_link_type);
  if (!link_type || event.find(Field::packet_for_evidence)) return;
  std::string packet;
  std::optional<EventField> payload_at, payload_size, stream, matched;
  for (const auto& field : event) {
    switch (field.field) {
      case Field::packet_bytes: packet += field.text(); break;
      case Field::packet_payload_at: payload_at = field; break;
      case Field::packet_payload_size: payload_size = field; break;
      case Field::stream_bytes: stream = field; break;
      case Field::stream_matched: matched = field; break;
      default: break;
    }
  }
  std::string_view payload;
  if (stream)
    payload = stream->text();
  else if (payload_at && payload_size && payload_at->integer() < packet.size())
    payload = std::string_view{packet}.substr(payload_at->integer(), payload_size->integer());
  if (!payload.empty()) {
    put(line, "payload", base64_text(payload));
    put(line, "payload_printable", printable(payload));
  }
  if (matched) put(line, "stream", matched->integer() != 0 ? 1 : 0);
  put(line, "packet", base64_text(packet));
  const auto number = link_type->integer();
  put(line, "packet_info", {{"linktype", number}, {"linktype_name", link_type_text(number)}});
  constexpr std::size_t address_size = 6;
  if (number != ethernet || packet.size() < 2 * address_size) return;
  const std::string_view ends{packet};
  put(line, "ether",
      {{"dest_mac", hardware_address(ends.substr(0, address_size))},
       {"src_mac", hardware_address(ends.substr(address_size, address_size))}});
}

}  // namespace sluice
