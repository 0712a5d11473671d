// TCP: puts segments in order and hands each direction's bytes to the parsers, as the receiver of that direction reads
// them. No segment is held: a copy waits for what is missing while the packet itself goes on.
#pragma once

#include <array>

#include "dataplane/base/counters.hh"
#include "dataplane/base/shedding.hh"
#include "dataplane/flow/reassembly_buffers.hh"
#include "dataplane/packet/tcp_receiver.hh"
#include "dataplane/protocol/protocol.hh"
#include "dataplane/reporter/reporter.hh"
#include "dataplane/signatures/payload_window.hh"
#include "dataplane/stream/stream_copies.hh"

namespace sluice {

// How many bytes of a direction's clear text signatures see, by the protocol that was recognised; 0 = all.
struct PayloadDepths {
  std::uint32_t unknown = std::uint32_t{1} << 20;
  std::uint32_t http = std::uint32_t{1} << 20;
  std::uint32_t other = std::uint32_t{1} << 20;
};

struct StreamOptions {
  bool midstream;         // follow TCP connections whose start was not seen
  bool drop_refused;      // what a receiver refuses, and copies that differ, do not reach it
  std::uint32_t buffers;  // in the pool
  std::uint32_t windows;  // of clear text
  PayloadDepths depths;
};

class Streams {
 public:
  // `shedding`: what is left out at the moment; it must outlive the streams.
  Streams(ReassemblyBuffers& buffers, Protocols& protocols, const StreamOptions& options, const Shedding& shedding,
          InspectionCounters& counters);

  // One TCP segment of a flow that is not decided yet.
  void segment(const Passage& at) noexcept;
  // The first byte of a direction, where its SYN was not taken for one of the flow.
  static void start(Flow& flow, Way way, std::uint32_t sequence) noexcept {
    start(flow.side[static_cast<std::size_t>(way)], sequence);
  }
  // Nobody reads the flow any more, nor watches what was read.
  [[nodiscard]] static bool is_done(const Flow& flow) noexcept;
  // No parser reads the direction any more; signatures may.
  [[nodiscard]] static bool is_parsed(const StreamSide& side) noexcept { return side.finished || side.clear_text; }
  // A message has come in part, so that the rest of it may still come.
  [[nodiscard]] bool is_waiting(const Flow& flow) noexcept;
  // The flow ends: what is certain of messages that have come in part is reported, and what waits behind holes is read.
  // `tag`: of the packet at `now` that made that known.
  void finish(Flow& flow, std::uint64_t tag, Tick now) noexcept;
  // Gives back what the flow holds.
  void release(Flow& flow) noexcept;
  // From here on, as in the options.
  void drop_refused(bool drop_refused) noexcept { options_.drop_refused = drop_refused; }
  // On a wire: what holds clear text costs no page fault.
  void make_resident() noexcept { windows_.make_resident(); }

 private:
  // stream_segment.cc: what the headers say.
  static void start(StreamSide& side, std::uint32_t sequence) noexcept;
  static void mark(const Passage& at, UninspectedReason reason) noexcept {
    if (!at.packet.uninspected) at.packet.uninspected = reason;
  }
  [[nodiscard]] bool reads(const StreamSide& side, const TcpReceiver& receiver, const Packet& packet) const noexcept;
  void refuse(const Passage& at, TcpAnomaly reason) noexcept;
  void note(TcpAnomaly anomaly) noexcept { ++counters_->tcp_anomalies[anomaly]; }
  void note(const Passage& at, TcpAnomaly anomaly) noexcept {
    note(anomaly);
    raise(at, anomaly);
  }
  void end(const Passage& at, StreamSide& side, std::uint32_t sequence) noexcept;
  void look_at(const Passage& at, const TcpSegment& segment) noexcept;
  [[nodiscard]] bool open(const Passage& at, StreamSide& side) noexcept;
  void answer(const Passage& at) noexcept;
  void acknowledged(const Passage& at) noexcept;
  [[nodiscard]] bool close_hole(const Passage& sender, StreamSide& side, std::uint32_t final) noexcept;
  // stream_anomalies.cc: what does not fit, under Suricata's names.
  static void raise(const Passage& at, TcpAnomaly reason) noexcept;
  static void look_at_handshake(const Passage& at) noexcept;
  static void look_at_first_ack(const Passage& at, const StreamSide& asked, const StreamSide& answered) noexcept;
  // stream.cc: the bytes in order.
  void deliver(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept;
  void read(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept;
  void skip_ahead(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept;
  void pass_over(StreamSide& side, std::uint64_t count) noexcept;
  void parse_buffered(const Passage& at, StreamSide& side) noexcept;
  std::size_t parse(const Passage& at, StreamSide& side, Bytes data) noexcept;
  bool take_buffer(const Passage& at, StreamSide& side) noexcept;

  // stream_payload.cc: clear text for signatures.
  [[nodiscard]] bool scans(const StreamSide& side) const noexcept;
  [[nodiscard]] bool sheds(const Passage& at) const noexcept {
    return shedding_->skips_payload_of(at.flow.bytes[0] + at.flow.bytes[1]);
  }
  [[nodiscard]] std::uint64_t depth_of(Protocol protocol) const noexcept;
  void scan(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept;
  void scan_piece(const Passage& at, StreamSide& side, Bytes data) noexcept;
  void scan_alone(const Passage& at, const StreamSide& side, std::uint32_t sequence, Bytes data) noexcept;
  void reach_depth(const Passage& at, StreamSide& side) noexcept;
  void go_on_as_clear_text(const Passage& at, StreamSide& side) noexcept;
  void leap(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept;
  void give_window(StreamSide& side) noexcept;

  // stream_watch.cc: copies that differ.
  [[nodiscard]] bool differs(const StreamSide& side, const TcpReceiver& receiver, std::uint32_t sequence,
                             Bytes data) noexcept;
  void keep(const Passage& at, StreamSide& side, const StreamSide& before, Bytes data, std::size_t used) noexcept;
  void forget(StreamSide& side, TcpReceiver& receiver) noexcept;
  void settle(StreamSide& side, TcpReceiver& receiver) noexcept;
  [[nodiscard]] bool fork(const StreamSide& side, TcpReceiver& receiver) noexcept;
  void read_version(const Passage& at, TcpReceiver& receiver, std::uint32_t sequence, Bytes data,
                    bool is_other) noexcept;
  void parse_version(const Passage& at, TcpReceiver& receiver) noexcept;
  void take_out_urgent(const Passage& at, StreamSide& side, std::uint32_t sequence) noexcept;
  void give_version(TcpReceiver& receiver) noexcept;

  ReassemblyBuffers* buffers_;
  Protocols* protocols_;
  StreamOptions options_;
  const Shedding* shedding_;
  InspectionCounters* counters_;
  VersionPool versions_;
  PayloadWindowPool windows_;
  std::array<std::uint8_t, ReassemblyBuffer::window> scratch_{};
};

}  // namespace sluice
