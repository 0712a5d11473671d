// One worker's way of a packet: decode, flow, stream, protocol, match, verdict. The same code serves a wire and a
// capture; a worker owns everything in here.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "dataplane/base/counters.hh"
#include "dataplane/base/shedding.hh"
#include "dataplane/base/wiring.hh"
#include "dataplane/dns/dns_memory.hh"
#include "dataplane/event/event_sink.hh"
#include "dataplane/flow/expiry.hh"
#include "dataplane/flow/flow_table.hh"
#include "dataplane/flow/neighbour_table.hh"
#include "dataplane/flow/outside_flows.hh"
#include "dataplane/flow/quic_paths.hh"
#include "dataplane/flow/rate_limits.hh"
#include "dataplane/match/generation.hh"
#include "dataplane/packet/fragment.hh"
#include "dataplane/packet/packet.hh"
#include "dataplane/packet/placement.hh"
#include "dataplane/protocol/protocol.hh"
#include "dataplane/reporter/reporter.hh"
#include "dataplane/stream/stream.hh"
#include "dataplane/verdict/reply.hh"
#include "dataplane/verdict/verdict.hh"

namespace sluice {

constexpr std::size_t burst_limit = 32;  // packets a call

struct PipelineOptions {
  Policy policy;  // until a generation brings one
  Record record = Record::findings;
  bool packet_images = false;               // alerts of signatures, and anomalies, hold the packet that they are about
  bool evidence = false;                    // all alerts do, for the records of evidence
  std::uint32_t kept_flow_bytes = 262'144;  // with evidence: of a flow that the policy keeps, of its packets
  InsideNetworks inside;                    // which addresses are inside; none = as the packet's source says
  bool midstream = true;                    // follow TCP connections whose start was not seen
  bool verify_checksums = false;            // packets with a wrong TCP or UDP checksum pass uninspected
  std::uint32_t flow_table_entries = 65536;
  std::uint32_t reassembly_buffers = 4096;
  std::uint32_t payload_windows = default_payload_windows;  // no more than the generation has streams of
  PayloadDepths payload_depths;
  std::uint32_t http_body_bytes = body_content_limit;  // decoded, for the buffers of bodies; at most that
  std::uint32_t sightings = 0;  // for the inventory: what devices show that is remembered, where not all is recorded
  std::uint32_t resolved_names = 8192;   // pairs of client and address of which DNS answers are remembered
  std::uint32_t event_queues = 1024;     // flows whose events may wait for their other half
  std::uint32_t http2_connections = 32;  // in clear text, followed at a time
  std::uint32_t followed_bodies = 32;    // of HTTP, read to their ends at a time
  bool hash_files = false;
  bool treats_devices = true;  // goes by what the site does with all traffic of a device
  Timeouts timeouts{};         // by ExpiryClass
  std::uint64_t hash_secret = 0;
};

class Pipeline {
 public:
  // `sink` must outlive the pipeline, `generation` the next use(). `worker`: which of its scratch is this pipeline's;
  // no_index: none, signatures are left out.
  // All memory is taken here.
  Pipeline(const PipelineOptions& options, const Generation& generation, std::uint32_t worker, EventSink& sink);
  // Has the kernel back that memory now. A replay does without: it ends soon, and most of it is never used.
  void make_resident() noexcept {
    table_.make_resident();
    buffers_.make_resident();
    streams_.make_resident();
    sightings_.make_resident();
    memory_.make_resident();
    paths_.make_resident();
    reporter_.make_resident();
    neighbours_.make_resident();
    outsides_.make_resident();
    protocols_.make_resident();
    fragments_.make_resident();
    limits_.make_resident();
  }

  // Between bursts: from here on the rules are those of `generation`. Nothing of the one before is kept.
  void use(const Generation& generation) noexcept;

  // Between bursts: what is left out from here on.
  void shed(const Shedding& shedding) noexcept { shedding_ = shedding; }

  // At most burst_limit packets in the order of arrival; sets packet.action and packet.uninspected.
  void process(std::span<Packet> burst) noexcept;
  // To be sent: what ends are told of the packets of the last burst.
  [[nodiscard]] std::span<const PacketReply> replies() const noexcept { return replies_.made(); }
  // Those of the last burst, by number, that bring keys of ECH which are to be taken out of them (ech_strip.hh).
  [[nodiscard]] std::span<const std::uint8_t> ech_keys() const noexcept {
    return std::span{ech_keys_}.first(ech_keys_count_);
  }
  // Ends flows that have timed out; looks at a bounded number of them. `tag`: of the events that follow from it.
  void housekeep(Tick now, std::uint64_t tag) noexcept;
  // Ends every flow: at `now` the capture, or the tap's run, is over. A flow that had timed out by then says so,
  // whether housekeeping came to it or not.
  void finish(Tick now, std::uint64_t tag) noexcept;

  [[nodiscard]] const InspectionCounters& counters() const noexcept { return counters_; }
  [[nodiscard]] std::uint32_t flows() const noexcept { return table_.size(); }
  [[nodiscard]] const WiringByPair& wiring() const noexcept { return wiring_; }
  // By kind: too many to publish after each burst, where their sum by layer stands.
  [[nodiscard]] const AnomalyCounts& anomalies() const noexcept { return anomalies_; }

 private:
  [[nodiscard]] Flow* flow_of(Packet& packet, const FlowKey& key, std::uint64_t hash, Flow* guess) noexcept;
  [[nodiscard]] static bool reopens(const Packet& packet, Flow& flow, const FlowKey& key) noexcept;
  [[nodiscard]] Flow* rebind(const Packet& packet, const FlowKey& key, std::uint64_t hash, bool& known) noexcept;
  [[nodiscard]] Flow* create(Packet& packet, const FlowKey& key, std::uint64_t hash) noexcept;
  void set_fate(Flow& flow, Tick now) const noexcept;
  void turn_policy(Tick now) noexcept;
  [[nodiscard]] Flow* under_policy(Flow* flow, Packet& packet, const FlowKey& key, std::uint64_t hash) noexcept;
  [[nodiscard]] Inside inside_of(const Packet& packet) const noexcept;  // which end of the packet is
  [[nodiscard]] bool is_exempt(const Packet& packet) const noexcept {
    return is_exempt(packet, packet.source, packet.destination, inside_of(packet));
  }
  [[nodiscard]] bool is_exempt(const Packet& packet, const Address& source, const Address& destination,
                               Inside side) const noexcept;
  [[nodiscard]] bool shut_out(const Passage& at) noexcept;
  void hold_to_limits(const Passage& at) noexcept;
  void note_ech_keys(const Passage& at, std::size_t number) noexcept;
  [[nodiscard]] bool leaves_out(const Passage& at) noexcept;
  [[nodiscard]] bool drops_refused() const noexcept {
    return options_.policy.mode == Mode::enforce && rules_->lapses().drops(Lapse::tcp_refused);
  }
  void account(const Passage& at) noexcept;
  void drop(Packet& packet, DropReason reason = DropReason::policy) const noexcept;
  void settle_fragment(Packet& packet) noexcept;
  void settle_lapse(Packet& packet, Flow* flow) noexcept;
  [[nodiscard]] bool is_never_blocked(const Packet& packet) const noexcept;
  void settle_anomalies(Packet& packet, Flow* flow, Way way) noexcept;
  void settle_drop(Packet& packet, Flow* flow, Way way, bool was_dropped) noexcept;
  void answer(const Packet& packet, std::size_t number, const Flow* flow, Way way) noexcept;
  [[nodiscard]] bool may_say(Tick now) noexcept;
  [[nodiscard]] Flow* quoted_flow(const Packet& packet, const FlowKey& own, Way& way) noexcept;
  void judge_error(const Passage& at) noexcept;
  void judge_outside(const Passage& at) noexcept;
  void count_outside(const Packet& packet) noexcept;
  void judge(const Passage& at) noexcept;
  void inspect_by_rules(const Passage& at) noexcept;
  void judge_alone(Packet& packet) noexcept;
  void inspect(const Passage& at) noexcept;
  void note(const Packet& packet, WiringSign sign) noexcept { ++wiring_[packet.port_pair % port_pairs_limit][sign]; }
  void note_asked(const Packet& packet) noexcept;
  void note_connection(const Passage& at) noexcept;
  void note_dhcp(const Passage& at) noexcept;
  void note_router(const Packet& packet) noexcept;
  void read_arp(const Packet& packet) noexcept;
  [[nodiscard]] bool read_neighbour(const Passage& at) noexcept;
  void end(Flow& flow, FlowEnd reason, std::uint64_t tag) noexcept;

  PipelineOptions options_;
  InspectionCounters counters_;
  AnomalyCounts anomalies_;
  WiringByPair wiring_;
  // First half of the last public address that a private one inside, or outside, has connected to.
  std::array<std::array<std::uint16_t, 2>, port_pairs_limit> last_far_{};
  Tick said_since_{};  // events about packets are counted from there
  std::uint32_t said_ = 0;
  FragmentTable fragments_;
  FlowTable table_;
  Expiry expiry_;
  ReassemblyBuffers buffers_;
  Sightings sightings_;
  DnsMemory memory_;
  Reporter reporter_;
  const Ruleset* rules_;
  std::uint16_t policy_turn_ = 0;    // flows that were judged in another turn are judged anew
  Tick policy_until_ = Tick::min();  // then the next turn begins
  RateLimits limits_;
  Shedding shedding_;
  QuicPaths paths_;
  NeighbourTable neighbours_;
  OutsideFlows outsides_;
  Protocols protocols_;
  Streams streams_;
  PacketReplies replies_{burst_limit};
  std::array<std::uint8_t, burst_limit> ech_keys_{};
  std::size_t ech_keys_count_ = 0;
  Flow none_;  // of packets that have no flow
};

}  // namespace sluice
