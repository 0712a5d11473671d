// What may keep the tap from looking into traffic as it should (the table of all of it: dataplane/base/lapses.hh), and
// what of it the site wants to be dropped for that.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice {

enum class Lapse : std::uint8_t {
  // The worker cannot keep up (dataplane/base/shedding.hh).
  overload_payload,
  overload_handshake,
  // Something is full.
  flow_table_full,
  buffer_full,
  payload_windows_full,
  fragment_table_full,
  bodies_full,
  event_ring_full,
  event_queues_full,
  signature_state_full,
  dns_memory_full,
  rate_limits_full,
  // Traffic that breaks its form, or a bound of its own.
  fragment,
  fragment_overlap,
  malformed,
  checksum,
  tunnel_depth,
  midstream,
  stream_gap,
  handshake_size,
  parse_error,
  http2_limit,
  tcp_refused,
  copies_full,
  matching_limit,
  decoder_memory,
  event_size,
  anomalies_limit,
  packet_events_limit,
  replies_limit,
};
constexpr std::size_t lapse_count = 30;

// Those for which the site has what nobody could look into dropped, in mode `enforce`.
class LapseFates {
 public:
  void set(Lapse lapse, bool drops) noexcept {
    if (drops)
      dropped_ |= bit(lapse);
    else
      dropped_ &= ~bit(lapse);
  }
  [[nodiscard]] bool drops(Lapse lapse) const noexcept { return (dropped_ & bit(lapse)) != 0; }
  // Whether any is dropped beside what a TCP receiver refuses, which is by default.
  [[nodiscard]] bool drops_more() const noexcept { return (dropped_ & ~bit(Lapse::tcp_refused)) != 0; }
  bool operator==(const LapseFates&) const = default;

 private:
  [[nodiscard]] static constexpr std::uint32_t bit(Lapse lapse) noexcept { return 1U << static_cast<unsigned>(lapse); }
  static_assert(lapse_count <= 32);

  std::uint32_t dropped_ = bit(Lapse::tcp_refused);
};

}  // namespace sluice
