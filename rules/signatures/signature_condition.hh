// What a signature says beside its contents: conditions on the packet, its flow, and what earlier matches left behind.
// One shape serves all of them; which members a kind uses stands beside it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

// Numbers of all enumerations here stand in packs: append only, never renumber.
enum class ConditionKind : std::uint8_t {
  tcp_flags = 0,         // first: the flags; second: those that are looked at
  payload_size = 1,      // bytes of this packet
  ttl = 2,               // or hop limit
  ip_id = 3,             // of IPv4
  ip_protocol = 4,       // IANA number
  icmp_type = 5,         // of either version
  icmp_code = 6,         //
  icmp_id = 7,           // of echo messages
  icmp_sequence = 8,     //
  fragment_bits = 9,     // first: the bits of the IPv4 header's flags
  fragment_offset = 10,  // in units of 8 bytes
  type_of_service = 11,  // of IPv4
  same_address = 12,     // source = destination
  ip_options = 13,       // first: the option's type; any_option = any
  tcp_sequence = 14,
  tcp_acknowledgement = 15,
  tcp_window = 16,  // as sent, not scaled
  tcp_mss = 17,
  flow_age = 18,           // seconds since its first packet
  flow_packets = 19,       // subject: FlowSubject
  flow_bytes = 20,         // subject: FlowSubject
  stream_size = 21,        // bytes of TCP streams; subject: FlowSubject
  application = 22,        // first: dataplane's Protocol number, or one of the two below; subject: ApplicationSubject
  flow_bit = 23,           // names; subject: StateOperation
  flow_number = 24,        // names[0]; first: the number, or names[1] another variable; subject: StateOperation
  host_bit = 25,           // names[0]; first: seconds that it lasts; subject: StateOperation; track: HostTrack
  decode_event = 26,       // first: Anomaly
  stream_event = 27,       // first: Anomaly
  application_event = 28,  // first: Anomaly
};
constexpr std::uint8_t condition_kind_last = 28;

enum class Comparison : std::uint8_t {
  equal = 0,
  not_equal = 1,
  less = 2,
  at_most = 3,
  greater = 4,
  at_least = 5,
  between = 6,  // first < value < second
  outside = 7,  // the opposite
  any_bit = 8,
  all_bits = 9,  // and others
  not_all_bits = 10,
};
constexpr Comparison comparison_last = Comparison::not_all_bits;

enum class FlowSubject : std::uint8_t { to_server = 0, to_client = 1, either = 2, both = 3 };
enum class ApplicationSubject : std::uint8_t {
  packet_way = 0,
  to_server = 1,
  to_client = 2,
  either = 3,
  final = 4,
  original = 5
};
enum class StateOperation : std::uint8_t {
  set = 0,
  unset = 1,
  toggle = 2,
  is_set = 3,
  is_not_set = 4,
  add = 5,
  subtract = 6,
  compare = 7,
};
enum class HostTrack : std::uint8_t { source = 0, destination = 1, pair = 2, flow = 3 };

constexpr std::uint64_t any_option = 256;
constexpr std::uint64_t unknown_application = 254;  // not told yet
constexpr std::uint64_t failed_application = 255;   // nobody could tell

struct SignatureCondition {
  ConditionKind kind{};
  Comparison comparison = Comparison::equal;
  bool negated = false;
  std::uint8_t subject = 0;
  std::uint8_t track = 0;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::vector<std::string> names;

  // Whether it changes what it names, once all of the rule is there.
  [[nodiscard]] bool is_effect() const noexcept {
    const bool is_state =
        kind == ConditionKind::flow_bit || kind == ConditionKind::flow_number || kind == ConditionKind::host_bit;
    const auto operation = static_cast<StateOperation>(subject);
    return is_state && operation != StateOperation::is_set && operation != StateOperation::is_not_set &&
           operation != StateOperation::compare;
  }
};

constexpr std::uint32_t threshold_ports_limit = 32;  // different ports that unique_on tells apart

// How often a signature is reported: threshold and detection_filter.
struct SignatureThreshold {
  enum class Kind : std::uint8_t { none = 0, limit = 1, threshold = 2, both = 3, backoff = 4, filter = 5 };
  enum class Track : std::uint8_t { rule = 0, source = 1, destination = 2, pair = 3, flow = 4 };
  enum class Unique : std::uint8_t { none = 0, source_port = 1, destination_port = 2 };  // counted are different ones

  Kind kind = Kind::none;
  Track track{};
  Unique unique{};
  std::uint32_t count = 1;
  std::uint32_t seconds = 60;
  std::uint32_t multiplier = 1;  // of backoff
};

}  // namespace sluice
