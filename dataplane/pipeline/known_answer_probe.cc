#include "dataplane/pipeline/known_answer_probe.hh"

#include <algorithm>
#include <string_view>

#include "dataplane/packet/checksum.hh"

namespace sluice {
namespace {

// The smallest that there are: one packet and one flow at a time.
PipelineOptions probe_options(const PipelineOptions& worker) {
  PipelineOptions options;
  options.policy = worker.policy;
  options.flow_table_entries = 1;
  options.reassembly_buffers = 1;
  options.payload_windows = 0;
  options.resolved_names = 1;
  options.event_queues = 0;
  options.http2_connections = 0;
  options.followed_bodies = 0;
  options.treats_devices = false;  // an exemption for everybody is no fault
  options.timeouts = worker.timeouts;
  options.hash_secret = worker.hash_secret;
  return options;
}

class FrameText {
 public:
  explicit FrameText(std::span<std::uint8_t> room) noexcept : room_(room) {}

  void u8(unsigned value) noexcept { room_[size_++] = static_cast<std::uint8_t>(value); }
  void be16(std::size_t value) noexcept {
    u8(static_cast<unsigned>(value >> 8));
    u8(value & 0xff);
  }
  void bytes(Bytes bytes) noexcept {
    for (const auto byte : bytes) u8(byte);
  }
  // RFC 1035 section 3.1.
  void name(std::string_view name) noexcept {
    while (!name.empty()) {
      const auto label = name.substr(0, name.find('.'));
      u8(static_cast<unsigned>(label.size()));
      bytes(as_bytes(label));
      name.remove_prefix(std::min(label.size() + 1, name.size()));
    }
    u8(0);
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::span<std::uint8_t> room_;
  std::size_t size_ = 0;
};

}  // namespace

KnownAnswerProbe::KnownAnswerProbe(const PipelineOptions& options, const Generation& generation, std::uint32_t worker)
    : generation_(&generation),
      worker_(worker),
      sink_({findings_.data, findings_.written, findings_.read}, {records_.data, records_.written, records_.read}),
      pipeline_(probe_options(options), generation, no_index, sink_) {
  write_frame();
}

void KnownAnswerProbe::use(const Generation& generation) noexcept {
  generation_ = &generation;
  pipeline_.use(generation);
  write_frame();
  next_ = {};
}

// A look-up over Ethernet, IPv6 and UDP, sent to the address that is to be found.
void KnownAnswerProbe::write_frame() noexcept {
  constexpr std::size_t udp_header = 8, dns_header = 12, behind_name = 4, link_header = 14, ip_header = 40;
  constexpr std::uint16_t source_port = 53535, dns_port = 53, type_a = 1, class_in = 1, recursion_desired = 0x0100;
  const auto& known = generation_->ruleset.known_answer();
  auto source = known.address;
  source.bytes.back() ^= 1;
  const auto size = udp_header + dns_header + known.name.size() + 2 + behind_name;

  FrameText out{frame_};
  for (std::size_t i = 0; i < 12; ++i) out.u8(0);
  out.be16(0x86dd);
  out.be16(0x6000);
  out.be16(0);
  out.be16(size);
  out.u8(ip_protocol::udp);
  out.u8(64);
  out.bytes(source.bytes);
  out.bytes(known.address.bytes);
  out.be16(source_port);
  out.be16(dns_port);
  out.be16(size);
  out.be16(0);
  out.be16(0);
  out.be16(recursion_desired);
  out.be16(1);
  for (std::size_t i = 0; i < 3; ++i) out.be16(0);
  out.name(known.name);
  out.be16(type_a);
  out.be16(class_in);
  frame_size_ = out.size();

  const auto datagram = std::span{frame_}.subspan(link_header + ip_header, size);
  const auto sum = transport_checksum_of(source, known.address, ip_protocol::udp, datagram);
  datagram[6] = static_cast<std::uint8_t>(sum >> 8);
  datagram[7] = static_cast<std::uint8_t>(sum);
}

void KnownAnswerProbe::run(Clock::time_point now, Tick time, ProbeReading& reading) noexcept {
  next_ = now + interval;
  ++reading.runs;
  reading.fault = look_up(time);
  if (reading.fault == ProbeFault::none && generation_->signatures != nullptr) {
    if (const auto silent = generation_->signatures->first_silent(*generation_->scratch[worker_])) {
      reading.fault = ProbeFault::patterns;
      reading.database = static_cast<std::uint32_t>(*silent);
    }
  }
  if (reading.fault != ProbeFault::none) {
    ++reading.failures;
    return;
  }
  reading.success_ns = nanoseconds_since_epoch(time);
  reading.success_generation = generation_->number();
}

// Each flow begins and ends here, so that the next look-up is the first of its flow, too.
ProbeFault KnownAnswerProbe::look_up(Tick time) noexcept {
  packet_.clear();
  packet_.frame = {frame_.data(), frame_size_};
  packet_.wire_length = static_cast<std::uint32_t>(frame_size_);
  packet_.time = time;
  packet_.inside = Inside::source;
  pipeline_.process({&packet_, 1});
  pipeline_.finish(time, 0);

  bool has_name = false;
  bool has_address = false;
  while (const auto record = findings_.consumer.pop()) {
    const auto event = Event::parse(record->bytes);
    if (!event || event->header().generation != generation_->number()) continue;
    const auto row = event->find(Field::rule_row);
    if (!row) continue;
    has_name = has_name || row->integer() == generation_->ruleset.known_name_row();
    has_address = has_address || row->integer() == generation_->ruleset.known_address_row();
  }
  if (!has_name) return ProbeFault::name;
  return has_address ? ProbeFault::none : ProbeFault::address;
}

}  // namespace sluice
