// Values as fields of an event: what is not there leaves no field.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "dataplane/event/event.hh"

namespace sluice {

inline void put(EventWriter& event, Field field, std::string_view text) noexcept {
  if (!text.empty()) event.text(field, text);
}
inline void put(EventWriter& event, Field field, Bytes bytes) noexcept { put(event, field, as_text(bytes)); }
inline void put(EventWriter& event, Field field, const Address& address) noexcept {
  std::array<char, Address::text_limit> room;
  event.text(field, address.text_to(room));
}
inline void put(EventWriter& event, Field field, const std::optional<Address>& address) noexcept {
  if (address) put(event, field, *address);
}
// Sixteen bytes each, one field for each.
inline void put_each_v6(EventWriter& event, Field field, Bytes addresses) noexcept {
  Reader reader{addresses};
  while (reader.left() >= 16) put(event, field, Address::v6(reader.take(16).first<16>()));
}

}  // namespace sluice
