// Any bytes as the head of an MQTT client's stream.
#include "dataplane/parsers/mqtt.hh"

#include "tests/fuzz/lies_in.hh"

using namespace sluice;
using fuzz::check;
using fuzz::check_inside;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  const auto message = parse_mqtt_connect(bytes);
  const auto probe = probe_mqtt(bytes);
  // What waits for more is not refused at once.
  if (probe == Probe::maybe) check(!message && message.error() == MqttError::need_more);
  if (!message) return 0;
  check(probe == Probe::yes && message->version >= 3 && message->version <= 5);
  check_inside(bytes, {as_bytes(message->protocol), as_bytes(message->client_id), as_bytes(message->will_topic),
                       as_bytes(message->user_name)});
  return 0;
}
