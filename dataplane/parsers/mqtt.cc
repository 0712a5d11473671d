#include "dataplane/parsers/mqtt.hh"

#include <algorithm>
#include <optional>

namespace sluice {
namespace {

constexpr std::uint8_t connect = 0x10;  // 3.1.1 section 3.1.1: the type, and four flags that are zero

// 3.1.1 section 2.2.3, 5.0 section 1.5.5: seven bits a byte, the lowest first, four bytes at most. Nothing where there
// are more; a short read shows in the reader.
std::optional<std::uint32_t> variable_integer(Reader& reader) noexcept {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    const auto byte = reader.u8();
    value |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

// 3.1.1 section 3.1.2.1 and 3.1.2.2. The highest bit of the version is set by bridges (Mosquitto, "try_private").
bool is_known(std::string_view protocol, std::uint8_t version) noexcept {
  version &= 0x7f;
  return (protocol == "MQTT" && (version == 4 || version == 5)) || (protocol == "MQIsdp" && version == 3);
}

// 5.0 section 3.1.2.11
void skip_properties(Reader& reader) noexcept {
  const auto size = variable_integer(reader);
  if (size)
    reader.skip(*size);
  else
    reader.fail();
}

}  // namespace

Probe probe_mqtt(Bytes stream) noexcept {
  Reader reader{stream};
  if (reader.u8() != connect) return stream.empty() ? Probe::maybe : Probe::no;
  const auto size = variable_integer(reader);
  if (!size) return Probe::no;
  if (!reader.ok()) return Probe::maybe;
  constexpr std::size_t beside_name = 8;  // its length, version, flags, keep alive, and a client id that is empty
  if (*size < 4 + beside_name) return Probe::no;
  const auto name_size = reader.be16();
  if (!reader.ok()) return Probe::maybe;
  if ((name_size != 4 && name_size != 6) || *size < name_size + beside_name) return Probe::no;
  const std::string_view expected = name_size == 4 ? "MQTT" : "MQIsdp";
  const auto name = as_text(reader.rest().first(std::min<std::size_t>(reader.left(), name_size)));
  if (!expected.starts_with(name)) return Probe::no;
  reader.skip(name_size);
  const auto version = reader.u8();
  if (!reader.ok()) return Probe::maybe;
  return is_known(expected, version) ? Probe::yes : Probe::no;
}

tl::expected<MqttConnect, MqttError> parse_mqtt_connect(Bytes stream) noexcept {
  Reader start{stream};
  const auto type = start.u8();
  if (start.ok() && type != connect) return tl::unexpected{MqttError::not_this};
  const auto size = variable_integer(start);
  if (!size) return tl::unexpected{MqttError::not_this};
  const auto body = start.take(*size);
  if (!start.ok()) return tl::unexpected{MqttError::need_more};

  Reader reader{body};
  MqttConnect message;
  message.protocol = as_text(reader.vector16());
  const auto version = reader.u8();
  message.flags = reader.u8();
  message.keep_alive = reader.be16();
  if (!reader.ok()) return tl::unexpected{MqttError::malformed};
  if (!is_known(message.protocol, version)) return tl::unexpected{MqttError::not_this};
  message.version = version & 0x7f;
  const bool has_will = (message.flags & mqtt_flag::will) != 0;
  if (message.version == 5) skip_properties(reader);
  // 3.1.1 section 3.1.3: the payload, in this order
  message.client_id = as_text(reader.vector16());
  if (has_will) {
    if (message.version == 5) skip_properties(reader);
    message.will_topic = as_text(reader.vector16());
    (void)reader.vector16();  // its message
  }
  if ((message.flags & mqtt_flag::user_name) != 0) message.user_name = as_text(reader.vector16());
  if ((message.flags & mqtt_flag::password) != 0) (void)reader.vector16();
  if (!reader.ok()) return tl::unexpected{MqttError::malformed};
  return message;
}

}  // namespace sluice
