// MQTT's first packet, CONNECT, by which a device names itself to its broker: 3.1 (IBM/Eurotech, "MQTT V3.1 Protocol
// Specification"), 3.1.1 and 5.0 (OASIS). The rest of the connection is not read. Views point into the bytes.
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"

namespace sluice {

enum class MqttError : std::uint8_t {
  need_more,  // the packet is not whole
  not_this,   // another packet, protocol name or version
  malformed,  // its own lengths or flags contradict each other
};

// Of the connect flags (3.1.1 section 3.1.2.3).
namespace mqtt_flag {
constexpr std::uint8_t clean_session = 0x02;
constexpr std::uint8_t will = 0x04;
constexpr std::uint8_t will_retain = 0x20;
constexpr std::uint8_t password = 0x40;
constexpr std::uint8_t user_name = 0x80;
}  // namespace mqtt_flag

struct MqttConnect {
  std::string_view protocol;  // "MQTT", or "MQIsdp" up to 3.1
  std::uint8_t version = 0;   // 3, 4 (3.1.1) or 5
  std::uint8_t flags = 0;
  std::uint16_t keep_alive = 0;  // seconds; 0 = none
  std::string_view client_id;    // an identifier
  std::string_view will_topic;
  std::string_view user_name;  // an identifier
};

// `yes` once fixed header, protocol name and version are there and fit; any port.
[[nodiscard]] Probe probe_mqtt(Bytes stream) noexcept;

// The CONNECT at the start of a client's stream.
[[nodiscard]] tl::expected<MqttConnect, MqttError> parse_mqtt_connect(Bytes stream) noexcept;

}  // namespace sluice
