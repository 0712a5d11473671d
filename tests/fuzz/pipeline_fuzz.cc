// A few flows of all protocols through a pipeline with room for next to nothing. After it: every packet was counted,
// every flow ended, every buffer came back, and every event can be read.
#include "dataplane/pipeline/pipeline.hh"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "rules/databases/compile.hh"
#include "rules/databases/prefilter.hh"
#include "rules/signatures/signature_file.hh"
#include "tests/unit/frames.hh"
#include "tests/unit/pipeline_run.hh"

namespace {

using namespace sluice;
using namespace sluice::test;

constexpr std::uint32_t buffers = 3;

void require(bool holds) {
  if (!holds) std::abort();
}

// Both rings, emptied whenever they are full.
struct Rings {
  Rings() { sink.wait_with(drain, this); }

  static bool drain(void* context) noexcept {
    auto& self = *static_cast<Rings*>(context);
    bool any = false;
    for (auto* consumer : {&self.findings_out, &self.records_out}) {
      while (const auto record = consumer->pop()) {
        const auto event = Event::parse(record->bytes);
        require(event.has_value());
        any = true;
        ++self.events;
      }
      require(consumer->damaged() == 0);
    }
    return any;
  }

  std::vector<std::uint8_t> findings_data = std::vector<std::uint8_t>(2 * event_size_limit);
  std::vector<std::uint8_t> records_data = std::vector<std::uint8_t>(2 * event_size_limit);
  RingIndex findings_written, findings_read, records_written, records_read;
  RingConsumer findings_out{findings_data, findings_written, findings_read};
  RingConsumer records_out{records_data, records_written, records_read};
  EventSink sink{{findings_data, findings_written, findings_read}, {records_data, records_written, records_read}};
  std::uint64_t events = 0;
};

constexpr std::array of_fragments{UninspectedReason::fragment, UninspectedReason::fragment_overlap,
                                  UninspectedReason::fragment_table_full};

class Traffic {
 public:
  // `generations`: the first is in use from the start.
  Traffic(Reader& input, const PipelineOptions& options, std::span<const Generation* const> generations)
      : input_(&input),
        generations_(generations),
        monitor_(options.policy.mode == Mode::monitor),
        pipeline_(options, *generations.front(), 0, rings_.sink) {}

  void run() {
    while (input_->left() > 0) {
      const auto operation = input_->u8();
      if (operation % 8 == 7) {
        now_ += Duration{std::int64_t{input_->u8()} * 100'000'000};
        pipeline_.housekeep(now_, packets_);
        if (operation >= 0x80) {
          flush();
          pipeline_.use(*generations_[operation / 8 % generations_.size()]);
        }
        continue;
      }
      frames_.push_back(frame(operation));
      if (frames_.size() == burst_limit || operation >= 0x40) flush();
    }
    flush();
    pipeline_.finish(now_, packets_);
    Rings::drain(&rings_);
  }

  void check() {
    const auto& counters = pipeline_.counters();
    require(pipeline_.flows() == 0);
    require(counters.flows_created == counters.flows_ended);
    // Fragments count when their datagram is given up, later than they came by.
    auto at_once = counters.uninspected.sum();
    for (const auto reason : of_fragments) at_once -= counters.uninspected[reason];
    require(at_once == with_reason_);
    require(counters.events_lost == 0 && counters.events == rings_.events);
    // All buffers are there again: as many half requests as there are buffers find room.
    const auto full = counters.uninspected[UninspectedReason::buffer_full];
    // One that had to give its buffer up to another would say so at its second segment.
    for (const std::uint32_t sequence : {1U, 9U})
      for (std::uint16_t port = 1; port <= buffers; ++port)
        frames_.push_back(tcp_frame(ends("192.0.2.1", port, "192.0.2.2", 80), sequence, 0, tcp_flag::ack,
                                    as_bytes(sequence == 1 ? "GET / HT" : "TP/1.1\r\n")));
    flush();
    require(counters.uninspected[UninspectedReason::buffer_full] == full);
    require(pipeline_.flows() == buffers);
    pipeline_.finish(now_, packets_);
  }

 private:
  Bytes bytes() {
    const std::size_t count = input_->be16() % 1500;
    return input_->take(std::min(count, input_->left()));
  }

  Frame frame(std::uint8_t operation) {
    const auto flow = input_->u8();
    static constexpr std::array<std::uint16_t, 4> servers{53, 80, 443, 3128};
    auto at = ends(flow & 0x40 ? "2001:db8::1" : "10.0.0.1", static_cast<std::uint16_t>(1000 + (flow >> 2 & 3)),
                   flow & 0x40 ? "2001:db8::2" : "203.0.113.66", servers[flow & 3]);
    if ((flow & 0x80) != 0) at = at.reversed();
    if (operation % 8 == 6) {  // any frame
      const auto raw = bytes();
      return {raw.begin(), raw.end()};
    }
    if (operation % 8 == 4) return udp_frame(at, bytes());
    if (operation % 8 == 5) return any_segment(at, bytes());
    // Near each other, so that segments meet; the numbers wrap on the way.
    const auto flags = input_->u8();
    const auto sequence = 0xfffffc00 + input_->be16() % 12000;
    const auto acknowledgement = 0xfffffc00 + input_->be16() % 12000;
    return tcp_frame(at, sequence, acknowledgement, flags, bytes());
  }

  // A TCP header of any content but the ports, with a checksum of its own, its numbers near those of the others.
  static Frame any_segment(const Ends& at, Bytes content) {
    Frame segment{content.begin(), content.end()};
    segment.resize(std::max<std::size_t>(segment.size(), 20));
    Frame head;
    put16(head, at.source_port);
    put16(head, at.destination_port);
    put32(head, 0xfffffc00 + (segment[4] << 8 | segment[5]) % 12000);
    std::copy(head.begin(), head.end(), segment.begin());
    return ip_frame(at, ip_protocol::tcp, segment);
  }

  void flush() {
    std::array<Packet, burst_limit> burst;
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      burst[i].frame = frames_[i];
      burst[i].wire_length = static_cast<std::uint32_t>(frames_[i].size() + (frames_[i].size() % 16 == 3 ? 9 : 0));
      burst[i].time = now_;
      burst[i].number = ++packets_;
    }
    pipeline_.process({burst.data(), frames_.size()});
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      const auto reason = burst[i].uninspected;
      with_reason_ += reason && std::find(of_fragments.begin(), of_fragments.end(), *reason) == of_fragments.end();
      require(!monitor_ || burst[i].action == Action::pass);
      require(reason != UninspectedReason::exempt || burst[i].action == Action::pass);
    }
    frames_.clear();
  }

  Reader* input_;
  std::span<const Generation* const> generations_;
  bool monitor_;
  Rings rings_;
  Pipeline pipeline_;
  std::vector<Frame> frames_;
  Tick now_ = tick_from_nanoseconds(1'700'000'000'000'000'000);
  std::uint64_t packets_ = 0;
  std::uint64_t with_reason_ = 0;
};

}  // namespace

// With signatures over clear text too: literals, parts that wait for each other, an expression, single bytes.
static std::unique_ptr<Generation> generation_with(const char* text, std::uint32_t number, SitePolicy policy = {}) {
  auto rules = listed_rules();
  rules.policy = std::move(policy);
  rules.signatures = parse_signatures(text, "fuzz").signatures;
  const auto databases = compile_databases(rules.signatures, make_prefilter(rules.signatures));
  auto generation = make_generation(rules, databases ? *databases : Databases{}, number, 1, buffers);
  if (!generation) std::abort();
  return std::move(*generation);
}

// The devices of one family exempt, of the other held to a rate, or in quarantine at every other minute.
static SitePolicy policy_of(TrafficAction v4, TrafficAction v6) {
  std::vector<LocalHours::Span> minutes;
  for (std::uint16_t minute = 0; minute < 7 * 24 * 60; minute += 2)
    minutes.push_back({minute, static_cast<std::uint16_t>(minute + 1)});
  const auto utc = std::make_shared<const LocalHours::Zone>(LocalHours::Zone{{0, 0}});
  SitePolicy policy;
  policy.traffic = {{"far", {}, {}, {*AddressRange::parse("10.0.0.128/25")}, {}, v4, {3, 16}},
                    {"v4", {*AddressRange::parse("10.0.0.1")}, {}, {}, {}, v4, {1, 8}},
                    {"v6", {*AddressRange::parse("2001:db8::/64")}, {}, {}, {std::move(minutes), utc}, v6, {2, 64}}};
  return policy;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto generation = generation_with("", 1);
  static const auto with_signatures = generation_with(
      R"(drop tcp any any -> any any (msg:"a"; content:"ab"; content:"c"; distance:1; within:900; sid:1;))"
      "\n"
      R"(alert tcp any any -> any any (msg:"b"; content:"GET "; content:!"zz"; pcre:"/o.*o/R"; sid:2;))"
      "\n"
      R"(alert tcp any any -> any any (msg:"c"; pcre:"/x[0-9]y/"; sid:3;))"
      "\n"
      R"(alert tcp any any -> any any (msg:"d"; content:"q"; sid:4;))"
      "\n"
      R"(alert http any any -> any any (msg:"e"; http.uri; content:!"q"; http.host; content:!"q"; http.header; content:!"q"; )"
      R"(http.header_names; content:!"q"; http.request_header; content:!"q"; http.start; content:!"q"; urilen:<9; sid:5;))"
      "\n"
      R"(alert http any any -> any any (msg:"f"; http.response_header; content:!"q"; http.cookie; content:"a"; sid:6;))"
      "\n"
      R"(alert http any any -> any any (msg:"g"; file.data; content:!"q"; sid:7;))"
      "\n"
      R"(alert http any any -> any any (msg:"h"; http2.settings:SETTINGS_ENABLE_PUSH; http2.window:>1; sid:8;))"
      "\n"
      R"(alert dns any any -> any any (msg:"i"; dns.response.rrname; content:!"q"; dns.answers.rrname; content:"a"; )"
      R"(dns.rrtype:>1; sid:9;))"
      "\n"
      R"(alert tls any any -> any any (msg:"j"; tls.cert_subject; content:!"q"; tls.cert_issuer; content:!"q"; )"
      R"(tls.cert_serial; content:!"q"; tls.cert_fingerprint; content:!"q"; tls.subjectaltname; content:!"q"; )"
      R"(tls_cert_notafter:>2020; sid:10;))"
      "\n"
      R"(alert tls any any -> any any (msg:"k"; ja3.string; content:!"q"; ja4.hash; content:!"q"; tls.random; content:!"q"; )"
      R"(tls.alpn; content:!"q"; sid:11;))"
      "\n"
      R"(alert quic any any -> any any (msg:"l"; quic.version; content:!"q"; ja3.hash; content:!"q"; sid:12;))",
      2);
  static const auto exempt = generation_with("", 3, policy_of(TrafficAction::exempt, TrafficAction::limit));
  static const auto limit = generation_with("", 4, policy_of(TrafficAction::limit, TrafficAction::quarantine));
  Reader input{Bytes{data, size}};
  const auto choice = input.u8();
  auto options = small_options((choice & 1) != 0 ? Mode::enforce : Mode::monitor);
  options.policy.block_addresses = (choice & 2) != 0;
  options.midstream = true;
  options.verify_checksums = (choice & 4) != 0 && (choice & 8) != 0;
  options.flow_table_entries = 8;
  options.packet_images = (choice & 16) != 0;
  options.reassembly_buffers = buffers;
  options.event_queues = 2;
  options.followed_bodies = 2;
  options.hash_files = true;
  options.resolved_names = 16;
  options.payload_windows = buffers;
  options.payload_depths = {3000, 5000, 4000};
  const std::array generations{(choice & 16) != 0 ? with_signatures.get() : generation.get(), exempt.get(),
                               limit.get()};
  Traffic traffic{input, options, generations};
  traffic.run();
  if (!options.verify_checksums) traffic.check();
  return 0;
}
