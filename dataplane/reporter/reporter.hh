// Turns what a packet showed into events, matches it against the rules, and sets the verdict of packet and flow.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/base/counters.hh"
#include "dataplane/dns/dns.hh"
#include "dataplane/dns/dns_memory.hh"
#include "dataplane/event/event.hh"
#include "dataplane/event/event_queue.hh"
#include "dataplane/event/event_sink.hh"
#include "dataplane/flow/flow.hh"
#include "dataplane/flow/visibility.hh"
#include "dataplane/http/followed_body.hh"
#include "dataplane/http/http_response.hh"
#include "dataplane/http/multipart.hh"
#include "dataplane/match/generation.hh"
#include "dataplane/match/message_match.hh"
#include "dataplane/packet/nat64.hh"
#include "dataplane/parsers/arp.hh"
#include "dataplane/parsers/dhcp.hh"
#include "dataplane/parsers/dhcpv6.hh"
#include "dataplane/parsers/mqtt.hh"
#include "dataplane/parsers/neighbour_discovery.hh"
#include "dataplane/parsers/netbios.hh"
#include "dataplane/parsers/ntp.hh"
#include "dataplane/parsers/ssdp.hh"
#include "dataplane/parsers/ssh.hh"
#include "dataplane/parsers/stun.hh"
#include "dataplane/parsers/xiaomi_push.hh"
#include "dataplane/reporter/sightings.hh"
#include "dataplane/sets/ruleset.hh"
#include "dataplane/tls/client_hello.hh"
#include "dataplane/tls/server_hello.hh"
#include "dataplane/tls/tls_fingerprint.hh"
#include "dataplane/verdict/verdict.hh"

namespace sluice {

// What findings on a message carry of it: nothing where all is null.
struct Said {
  Said(const XiaomiPushFrame* frame = nullptr) noexcept : push(frame) {}
  // `repeats` where the request's head had its findings already.
  Said(const HttpRequest& vendor_request, Bytes vendor_body, bool repeats) noexcept
      : request(&vendor_request), body(vendor_body), again(repeats) {}

  const XiaomiPushFrame* push = nullptr;
  const HttpRequest* request = nullptr;
  Bytes body;
  bool again = false;
  bool alone = false;  // by a packet, not by the stream that it is of
};

// Which events leave a worker: findings alone, or a record of every message and flow too.
enum class Record : std::uint8_t { findings, all };

// Whether findings go with their packets, for records of evidence; of a flow that is kept, so many bytes.
struct EvidenceNeeds {
  bool packets = false;
  std::uint32_t flow_bytes = 0;
};

class Reporter {
 public:
  // `queues`: flows whose events may wait; taken only where all is recorded. `images`: whether packets go along with
  // events about them, byte by byte. `sightings`, and `memory` of what DNS answered, outlive the reporter.
  Reporter(const Generation& generation, std::uint32_t worker, const Policy& policy, Record record,
           std::uint32_t queues, bool images, EvidenceNeeds evidence, Sightings& sightings, DnsMemory& memory,
           EventSink& sink, InspectionCounters& counters)
      : ruleset_(&generation.ruleset),
        signatures_(generation, worker, counters),
        policy_(policy),
        record_(record),
        images_(images),
        evidence_(evidence),
        sightings_(&sightings),
        memory_(&memory),
        sink_(&sink),
        counters_(&counters),
        queues_(record == Record::all ? queues : 0) {}
  // On a wire: what waits costs no page fault.
  void make_resident() noexcept { queues_.make_resident(); }

  // From here on the rules are those of `generation`.
  void use(const Generation& generation, const Policy& policy) noexcept {
    ruleset_ = &generation.ruleset;
    policy_ = policy;
    signatures_.use(generation);
  }
  [[nodiscard]] const Sinkhole& sinkhole() const noexcept { return ruleset_->sinkhole(); }
  // Whether any signature looks there.
  [[nodiscard]] bool wants(Buffer buffer) const noexcept { return signatures_.wants(buffer); }
  [[nodiscard]] bool wants(Moments moments) const noexcept { return signatures_.wants(moments); }
  [[nodiscard]] bool wants(MessageNumber number) const noexcept { return signatures_.wants(number); }
  [[nodiscard]] bool wants_streams() const noexcept { return signatures_.wants_streams(); }
  // Whether messages are recorded.
  [[nodiscard]] bool records() const noexcept { return record_ == Record::all; }

  // Once for each flow, and again when it got further: is its far end a listed address?
  void connection(const Passage& at, Stage stage) noexcept;
  // For the inventory: a packet of a device, as such.
  void sight(const Passage& at) noexcept;
  void dns(const Passage& at, const DnsMessage& message) noexcept;
  void dhcp(const Passage& at, const DhcpMessage& message) noexcept;
  void dhcpv6(const Passage& at, const Dhcpv6Message& message) noexcept;
  // mDNS or LLMNR, as `type` says. No rule is about them, and nothing of them is remembered: on the link anybody
  // answers, and no resolver vouches for it.
  void local_names(const Passage& at, EventType type, const DnsMessage& message) noexcept;
  void netbios(const Passage& at, const NetbiosMessage& message) noexcept;
  void ssdp(const Passage& at, const SsdpMessage& message) noexcept;
  void mqtt(const Passage& at, const MqttConnect& message) noexcept;
  void ntp(const Passage& at, const NtpMessage& message) noexcept;
  void stun(const Passage& at, const StunMessage& message) noexcept;
  // Of one side; the event waits for the other's.
  void ssh(const Passage& at, const SshBanner& banner, bool from_client) noexcept;
  // `flow`: null where the packet has none.
  void anomaly(Packet& packet, Flow* flow, Way way, Anomaly anomaly) noexcept;
  void drop(Packet& packet, Flow* flow, Way way, DropCause cause) noexcept;
  // Of a flow that is kept as evidence: each packet, until there are as many as are wanted, and its end.
  void keep_packet(const Passage& at) noexcept;
  void keep_end(const Flow& flow, std::uint64_t tag) noexcept;
  // Of a packet that has no flow.
  void arp(const Packet& packet, const ArpMessage& message) noexcept;
  void neighbour(const Passage& at, const NeighbourMessage& message) noexcept;
  // A hello of TLS or DTLS. Its event waits for what the server says.
  void tls(const Passage& at, const ClientHello& hello) noexcept;
  // The server's side of it. Whether anybody wants it can be asked before it is read.
  [[nodiscard]] bool wants_server_handshake() const noexcept {
    return record_ == Record::all || ruleset_->has(RuleKind::cert_sha1) || ruleset_->has(RuleKind::cert_sha256) ||
           wants(when::server_hello | when::certificates);
  }
  // Of a QUIC server there is its hello alone.
  [[nodiscard]] bool wants_server_hello() const noexcept { return record_ == Record::all || wants(when::server_hello); }
  void server_hello(const Passage& at, const ServerHello& hello) noexcept;
  void tls_resumed(const Passage& at) noexcept;
  // One certificate, in the order sent.
  void certificate(const Passage& at, Bytes der, bool from_client, ChainPlace place) noexcept;
  // Its event waits for the ServerHello, which is as readable as the client's.
  void quic(const Passage& at, const QuicFacts& facts, const ClientHello& hello) noexcept;
  // A request's head, against the rules. What may be a vendor's protocol goes along with its findings: without a body
  // now, else with the body.
  void http(const Passage& at, const HttpRequest& request) noexcept;
  // Its event, where all is recorded. `stream`: of HTTP/2, else 0. True where it `waits` for the response; else it is
  // sent.
  bool record_http(const Passage& at, const HttpRequest& request, FormParts form, std::uint32_t stream,
                   bool waits) noexcept;
  // The same request with its body, decoded, as far as it came by; at most body_inspection_limit bytes of it. Where the
  // request may be a vendor's, the body goes into its event too, if that waits.
  // `reported`: what was on that body before, which is not again; what is now is added.
  void http_body(const Passage& at, const HttpRequest& request, const BodyView& body, Hits& reported) noexcept;
  // Once more, for signatures alone, with what came since.
  void http_more_body(const Passage& at, const HttpRequest& request, const BodyView& body, Hits& reported) noexcept;
  // A response's head, against the rules and into the event of its request, which `request_waits` for it or is unknown.
  void http_response(const Passage& at, const HttpResponse& response, std::uint32_t stream,
                     bool request_waits) noexcept;
  void http_response_body(const Passage& at, const HttpResponse& response, const BodyView& body,
                          Hits& reported) noexcept;
  // What the events of files in a body say of its message, written to `room`: of a request, or of the response whose
  // event was put together last. Returns its size.
  [[nodiscard]] std::size_t describe_request(const Passage& at, const HttpRequest& request, std::uint32_t stream,
                                             std::span<std::uint8_t> room) noexcept;
  [[nodiscard]] std::size_t describe_response(const Passage& at, std::span<std::uint8_t> room) noexcept;
  // A file ended. `description`: as above. `tag`: of the packet at `now` that ended it.
  void file(const Flow& flow, Bytes description, const FileFacts& file, std::uint64_t tag, Tick now) noexcept;
  // Of a chunked body: bytes of content.
  void http_response_end(const Passage& at, std::uint64_t length) noexcept;
  // The payload of a SETTINGS frame.
  void http2_settings(const Passage& at, Bytes settings, bool from_client) noexcept;
  // A GOAWAY frame's error code.
  void http2_goaway(const Passage& at, std::uint32_t error, bool from_client) noexcept;
  void http2_frame(const Passage& at, const Http2FrameHeader& header, Bytes payload) noexcept;
  void content_error(ContentError reason) noexcept { ++counters_->content_errors[reason]; }
  // The frame of a device that says what it is.
  void xiaomi_push(const Passage& at, const XiaomiPushFrame& frame) noexcept;
  // Clear text at `position` of its stream, or a datagram.
  void payload(const Passage& at, std::uint64_t position, Bytes data) noexcept;
  // The payload of a segment that its receiver refuses.
  void refused(const Passage& at) noexcept;
  // Clear text that follows what `window` holds of its direction; `number`: of the window.
  void stream(const Passage& at, PayloadWindow& window, std::uint32_t number, Bytes data) noexcept;
  // A packet by itself.
  [[nodiscard]] bool wants(SignatureMoment moment) const noexcept { return signatures_.wants(moment); }
  void packet(const Passage& at, SignatureMoment moment, bool tells_protocol) noexcept;
  // No message of the flow says a name, and none will: is the name that its client looked up for the far end listed?
  void seek_name(const Passage& at) noexcept;
  // What the flow's device asked DNS for to reach the far end; empty: not known.
  [[nodiscard]] std::string_view asked_name(const Flow& flow, Tick now) const noexcept {
    const auto* const chain = resolved(flow, now);
    return chain == nullptr ? std::string_view{} : chain->asked();
  }
  // Sends the events that wait for what will not come, and gives back what they lay in. `tag`: as below.
  void release(Flow& flow, std::uint64_t tag) noexcept;
  // Gives back what rules keep of the flow.
  void forget(Flow& flow) noexcept { signatures_.release(flow); }
  // `tag`: number of the packet that made the end known.
  void flow_end(Flow& flow, FlowEnd reason, std::uint64_t tag) noexcept;
  // Of the outside of a tunnel.
  void outside_end(const Flow& flow, FlowEnd reason, std::uint64_t tag) noexcept;

 private:
  // What a hit does besides being reported.
  enum class Scope : std::uint8_t { message, flow };

  [[nodiscard]] EventHeader header(EventType type, const Flow& flow) const noexcept;
  [[nodiscard]] EventHeader header(EventType type, const Passage& at) const noexcept;
  // The same with the sender of the packet as the source.
  [[nodiscard]] EventHeader sender_header(EventType type, const Passage& at) const noexcept;
  [[nodiscard]] EventHeader packet_header(EventType type, const Packet& packet) const noexcept;
  // After begin(), of every event: what lies around the flow, as the event's source sends it.
  // Of an error of ICMP, whose header has its own ends.
  static void ends_fields(EventWriter& event, const Flow& flow) noexcept;
  static void tunnel_fields(EventWriter& event, const Flow& flow, Way way = Way::to_server) noexcept;
  // Its JA3 stands in ja3_.
  void hello_fields(EventWriter& event, const Passage& at, const ClientHello& hello) noexcept;
  // Whether anybody reads a hello's JA3.
  [[nodiscard]] bool wants_ja3() const noexcept {
    return record_ == Record::all || ruleset_->has(RuleKind::ja3) || wants(Buffer::ja3_hash) ||
           wants(Buffer::ja3_string);
  }
  // What a hello says of how much of the flow can be seen, whatever is recorded.
  void note_hello(const Passage& at, const ClientHello& hello) noexcept;
  // `quic_version`: 0 where TLS or DTLS carries it.
  void record_hello(const Passage& at, std::uint32_t quic_version, const ClientHello& hello) noexcept;
  // Its JA3S stands in ja3_.
  void record_server_hello(const Passage& at, const ServerHello& hello) noexcept;
  // Findings on a hello: its name, its content, its fingerprints. A row is reported once a flow, however often a
  // hello comes.
  void hello_findings(const Passage& at, const ClientHello& hello, Field name_field, const Hits& content) noexcept;
  void fresh_alerts(const Passage& at, const Hits& hits, Field field, std::string_view value, Stage stage) noexcept;
  void fresh_signature_alerts(const Passage& at, const Hits& hits, Field field, std::string_view value) noexcept;
  void stream_alerts(const Passage& at, const Hits& hits, std::uint64_t behind) noexcept;
  [[nodiscard]] Hits fresh(const Passage& at, const Hits& hits) const noexcept;
  // The oldest event that waits in the flow.
  [[nodiscard]] std::optional<Event> waiting(const Flow& flow) noexcept;
  // The event of the flow's handshake, to add to: the one that waits, or a new one.
  void resume(EventWriter& event, const Passage& at) noexcept;
  // Puts it back to wait; where there is no room it is sent.
  void wait(EventWriter& event, const Passage& at) noexcept;
  void name(const Passage& at, Field field, std::string_view name, Stage stage, Scope scope, Said said = {}) noexcept;
  // `said`: by the message that matched. `alias_target`: the listed name, where `value` is but an alias of it.
  void alerts(const Passage& at, const Hits& hits, Field field, std::string_view value, Stage stage, Scope scope,
              Said said, std::string_view alias_target = {}) noexcept;
  void send(EventWriter& event, EventType type, std::uint64_t tag) noexcept;
  // Whether what the packet's sender says of itself is wanted for the inventory alone.
  [[nodiscard]] bool is_sighted(const Passage& at) const noexcept;
  // What a device says of itself: as it is where all is recorded; else for the inventory, where it is news.
  void tell(EventWriter& event, EventType type, const Passage& at) noexcept;
  void sight_user_agent(const Passage& at, std::string_view user_agent) noexcept;
  // Has the event wait for the other direction; false where there is no room.
  [[nodiscard]] bool keep(Flow& flow, EventWriter& event) noexcept;

  // On content: what matched is named by where it went, `value` or else the far end's address.
  void signature_alerts(const Passage& at, const Hits& hits, Field field, std::string_view value, Stage stage,
                        Said said = {}) noexcept;
  void add_vendor_body(const Passage& at, const HttpRequest& request, Bytes body) noexcept;
  // Findings on a request by what its head says.
  void requested_url(const Passage& at, const HttpRequest& request, std::string_view authority, Said said) noexcept;
  void http_head_findings(const Passage& at, const HttpRequest& request, Said said) noexcept;
  // Remembers what an answer says of names and addresses, and matches the names that the asked one is an alias of.
  void learn(const Passage& at, const DnsMessage& message, Scope scope) noexcept;
  void learn_record(const Passage& at, const DnsMessage& message, const DnsRecord& record, AliasChain& chain) noexcept;
  void learn_service(const Passage& at, const DnsMessage& message, const DnsRecord& record, AliasChain& chain) noexcept;
  void remember(const Passage& at, const Address& address, const AliasChain& chain, std::uint32_t ttl) noexcept;
  void match_aliases(const Passage& at, const AliasChain& chain, Scope scope) noexcept;
  // Of the flow's far end, by its client's look-ups; null where there is none.
  [[nodiscard]] const AliasChain* resolved(const Flow& flow, Tick now) const noexcept;
  void seek_name_at_end(Flow& flow, std::uint64_t tag) noexcept;
  // At the flow's end; counted.
  [[nodiscard]] Visibility judge_visibility(const Flow& flow) noexcept;
  // Where the flow looks names up in secret.
  static void encrypted_dns_field(EventWriter& event, const Flow& flow) noexcept;
  void resolution_fields(EventWriter& event, const Flow& flow) const noexcept;
  static void device_fields(EventWriter& event, const XiaomiPushFrame& frame) noexcept;
  static void vendor_request_fields(EventWriter& event, const Said& said) noexcept;

  // What the alerts of the message at hand carry of it; nothing where both are null.
  struct Context {
    const HttpRequest* request = nullptr;
    const DnsMessage* dns = nullptr;
    std::uint32_t dns_transaction = 0;
  };
  // While one lives, alerts are about that message.
  class About {
   public:
    About(Reporter& reporter, Context context) noexcept : reporter_(&reporter) { reporter.context_ = context; }
    About(const About&) = delete;
    About& operator=(const About&) = delete;
    ~About() { reporter_->context_ = {}; }

   private:
    Reporter* reporter_;
  };
  // What may be a vendor's own protocol goes along whole (Said), and leaves the control plane redacted.
  [[nodiscard]] static Context about_request(const HttpRequest& request) noexcept;
  void context_fields(EventWriter& event, const Passage& at, std::uint32_t row) const noexcept;
  // The packet itself, its first bytes alone where so many are asked for.
  void image_fields(EventWriter& event, const Packet& packet, std::size_t bytes) noexcept;
  void keep_flow(const Passage& at, EventWriter& alert) noexcept;
  // Of an alert: what its rule matched too, in the packet `alone` or in the stream that it is of.
  void matched_fields(EventWriter& event, const Packet& packet, bool alone) noexcept;
  static void flow_fields(EventWriter& event, const Flow& flow) noexcept;
  static void transport_fields(EventWriter& event, const Flow& flow) noexcept;
  // A tap that keeps findings alone keeps no queries: identifiers stand in them.
  void request_fields(EventWriter& event, const HttpRequest& request) const noexcept;
  static void dns_fields(EventWriter& event, const DnsMessage& message) noexcept;

  const Ruleset* ruleset_;
  Context context_;
  MessageMatcher signatures_;
  Policy policy_;
  Record record_;
  bool images_;
  EvidenceNeeds evidence_;
  Sightings* sightings_;
  DnsMemory* memory_;
  EventSink* sink_;
  InspectionCounters* counters_;
  EventQueuePool queues_;
  Bytes http_message_;  // in buffer_: the event of the response that was reported last
  Nat64Prefixes nat64_;
  Ja3 ja3_;
  alignas(8) std::array<std::uint8_t, event_size_limit> buffer_{};
  alignas(8) std::array<std::uint8_t, event_size_limit> alert_buffer_{};
};

}  // namespace sluice
