#include "control/packs/example_run.hh"

#include <algorithm>
#include <utility>
#include <vector>

#include "dataplane/capture/capture.hh"
#include "dataplane/event/event_ring.hh"
#include "dataplane/event/event_sink.hh"
#include "dataplane/pipeline/pipeline.hh"

namespace sluice {
namespace {

using Frame = std::vector<std::uint8_t>;

constexpr std::size_t segment_limit = 1400;     // bytes of payload
constexpr std::uint16_t device_port = 40'000;   // where the device's side begins
constexpr std::uint32_t device_number = 1'000;  // first sequence numbers
constexpr std::uint32_t server_number = 9'000;
// Any day does: what has expired is found all the same.
constexpr std::int64_t first_packet_ns = 1'767'225'600'000'000'000;  // 2026-01-01
constexpr Duration between_packets = std::chrono::milliseconds{1};

// The device lives where no list has anything (RFC 5737, RFC 3849), in the family of the server.
Address device_for(const Address& server) { return *Address::parse(server.is_v4() ? "192.0.2.10" : "2001:db8:1::10"); }

void put16(Frame& frame, std::size_t value) {
  frame.push_back(static_cast<std::uint8_t>(value >> 8));
  frame.push_back(static_cast<std::uint8_t>(value));
}
void put32(Frame& frame, std::size_t value) {
  put16(frame, value >> 16);
  put16(frame, value);
}
void put(Frame& frame, Bytes bytes) { frame.insert(frame.end(), bytes.begin(), bytes.end()); }

PipelineOptions example_options() {
  PipelineOptions options;
  options.record = Record::findings;
  options.flow_table_entries = 256;
  options.reassembly_buffers = 16;
  options.payload_windows = ExampleRun::streams;
  options.resolved_names = 64;
  options.event_queues = 16;
  options.http2_connections = 2;
  options.followed_bodies = 4;
  using std::chrono::seconds;
  options.timeouts = {seconds{10}, seconds{600}, seconds{2}, seconds{30}, seconds{5}};
  return options;
}

struct LocalRing {
  std::vector<std::uint8_t> data = std::vector<std::uint8_t>(std::size_t{1} << 18);
  RingIndex written;
  RingIndex read;
  RingConsumer consumer{data, written, read};

  [[nodiscard]] RingProducer producer() { return {data, written, read}; }
};

}  // namespace

// Conversations, packet by packet.
class ExampleRun::Talk {
 public:
  explicit Talk(const Generation& generation)
      : sink_(findings_.producer(), records_.producer()), pipeline_(example_options(), generation, 0, sink_) {}

  void hold(const Conversation& talk) {
    server_ = talk.server;
    device_ = device_for(talk.server);
    port_ = talk.port;
    device_next_ = device_number;
    server_next_ = server_number;
    const bool is_tcp = talk.by == Conversation::By::tcp;
    if (is_tcp) {
      segment(true, tcp_flag::syn, {});
      if (talk.turns.empty()) return;
      segment(false, tcp_flag::syn | tcp_flag::ack, {});
      segment(true, tcp_flag::ack, {});
    }
    for (const auto& turn : talk.turns) {
      if (!is_tcp) {
        datagram(turn.is_device, as_bytes(turn.bytes));
        continue;
      }
      for (auto rest = as_bytes(turn.bytes); !rest.empty();) {
        const auto part = rest.first(std::min(rest.size(), segment_limit));
        segment(turn.is_device, tcp_flag::ack, part);
        rest = rest.subspan(part.size());
      }
      segment(!turn.is_device, tcp_flag::ack, {});  // the other side has it
    }
    if (!is_tcp) return;
    segment(true, tcp_flag::fin | tcp_flag::ack, {});
    segment(false, tcp_flag::fin | tcp_flag::ack, {});
  }

  void send(Packet& packet) {
    packet.time = now_;
    packet.number = ++number_;
    pipeline_.process({&packet, 1});
    now_ += between_packets;
    drain();
  }

  // Every flow ends, and the next conversation begins with none.
  [[nodiscard]] std::set<std::uint32_t> end() {
    pipeline_.finish(now_, number_);
    drain();
    return std::exchange(rows_, {});
  }

 private:
  void drain() {
    while (const auto record = findings_.consumer.pop()) {
      const auto event = Event::parse(record->bytes);
      if (!event || event->header().type != EventType::alert) continue;
      if (const auto row = event->find(Field::rule_row)) rows_.insert(static_cast<std::uint32_t>(row->integer()));
    }
    while (records_.consumer.pop()) {
    }
  }

  void segment(bool is_device, std::uint8_t flags, Bytes payload) {
    auto& own = is_device ? device_next_ : server_next_;
    const auto& other = is_device ? server_next_ : device_next_;
    Frame bytes;
    put_ports(bytes, is_device);
    put32(bytes, own);
    put32(bytes, (flags & tcp_flag::ack) != 0 ? other : 0);
    put16(bytes, 0x5000U | flags);  // five words of header (RFC 9293 section 3.1)
    put16(bytes, 0xffff);
    put32(bytes, 0);
    put(bytes, payload);
    own += static_cast<std::uint32_t>(payload.size()) + ((flags & (tcp_flag::syn | tcp_flag::fin)) != 0 ? 1U : 0U);
    frame(is_device, ip_protocol::tcp, bytes);
  }

  void datagram(bool is_device, Bytes payload) {
    constexpr std::size_t header_size = 8;
    Frame bytes;
    put_ports(bytes, is_device);
    put16(bytes, header_size + payload.size());
    put16(bytes, 0);  // no checksum (RFC 768)
    put(bytes, payload);
    frame(is_device, ip_protocol::udp, bytes);
  }

  void put_ports(Frame& bytes, bool is_device) const {
    put16(bytes, is_device ? device_port : port_);
    put16(bytes, is_device ? port_ : device_port);
  }

  // Ethernet and IP around it.
  void frame(bool is_device, std::uint8_t protocol, Bytes segment) {
    const auto& source = is_device ? device_ : server_;
    const auto& destination = is_device ? server_ : device_;
    Frame bytes(12, 0x02);
    if (source.is_v4()) {  // RFC 791 section 3.1
      put16(bytes, 0x0800);
      put16(bytes, 0x4500);
      put16(bytes, 20 + segment.size());
      put32(bytes, 0x00004000);
      put16(bytes, std::size_t{64} << 8 | protocol);
      put16(bytes, 0);
      put(bytes, Bytes{source.bytes}.subspan(12));
      put(bytes, Bytes{destination.bytes}.subspan(12));
    } else {  // RFC 8200 section 3
      put16(bytes, 0x86dd);
      put32(bytes, 0x60000000);
      put16(bytes, segment.size());
      put16(bytes, static_cast<std::size_t>(protocol) << 8 | 64);
      put(bytes, source.bytes);
      put(bytes, destination.bytes);
    }
    put(bytes, segment);
    Packet packet;
    packet.frame = bytes;
    packet.wire_length = static_cast<std::uint32_t>(bytes.size());
    packet.inside = is_device ? Inside::source : Inside::destination;
    send(packet);
  }

  LocalRing findings_;
  LocalRing records_;
  EventSink sink_;
  Pipeline pipeline_;
  Tick now_ = tick_from_nanoseconds(first_packet_ns);
  std::uint64_t number_ = 0;
  std::set<std::uint32_t> rows_;
  Address device_;
  Address server_;
  std::uint16_t port_ = 0;
  std::uint32_t device_next_ = device_number;
  std::uint32_t server_next_ = server_number;
};

ExampleRun::ExampleRun(const Generation& generation)
    : generation_(&generation), brief_(std::make_unique<Talk>(generation)) {}
ExampleRun::~ExampleRun() = default;

tl::expected<std::set<std::uint32_t>, std::string> ExampleRun::rows_hit(const Conversation& talk) {
  // A datagram, or a connection that is only tried, leaves nothing behind but its flow.
  if (talk.by != Conversation::By::capture && talk.turns.size() <= (talk.by == Conversation::By::udp ? 1U : 0U)) {
    brief_->hold(talk);
    return brief_->end();
  }
  const auto run = std::make_unique<Talk>(*generation_);
  if (talk.by != Conversation::By::capture) {
    run->hold(talk);
    return run->end();
  }
  auto reader = CaptureReader::open(talk.capture);
  if (!reader) return tl::unexpected(reader.error().message);
  CapturedPacket captured;
  auto next = reader->next(captured);
  for (; next == CaptureNext::packet; next = reader->next(captured)) {
    Packet packet;
    packet.frame = captured.data;
    packet.link = link_layer_of(captured.link_type);
    packet.wire_length = captured.wire_length;
    run->send(packet);
  }
  if (next == CaptureNext::cut) return tl::unexpected(talk.capture + ": " + reader->cut_reason());
  return run->end();
}

}  // namespace sluice
