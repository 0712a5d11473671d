// Turns what a packet showed into events, matches it against the rules, and sets the verdict of packet and flow.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "dataplane/counters.hh"
#include "dataplane/dhcp.hh"
#include "dataplane/dns.hh"
#include "dataplane/dns_memory.hh"
#include "dataplane/event.hh"
#include "dataplane/event_sink.hh"
#include "dataplane/flow.hh"
#include "dataplane/generation.hh"
#include "dataplane/http.hh"
#include "dataplane/message_match.hh"
#include "dataplane/ruleset.hh"
#include "dataplane/tls.hh"
#include "dataplane/verdict.hh"
#include "dataplane/xiaomi_push.hh"

namespace sluice {

// Which events leave a worker: findings alone, or a record of every message and flow too.
enum class Record : std::uint8_t { findings, all };

class Reporter {
 public:
  // `memory`: of what DNS answered; outlives the reporter.
  Reporter(const Generation& generation, std::uint32_t worker, const Policy& policy, Record record, DnsMemory& memory,
           EventSink& sink, InspectionCounters& counters)
      : ruleset_(&generation.ruleset),
        signatures_(generation, worker, counters),
        policy_(policy),
        record_(record),
        memory_(&memory),
        sink_(&sink),
        counters_(&counters) {}

  // From here on the rules are those of `generation`.
  void use(const Generation& generation) noexcept {
    ruleset_ = &generation.ruleset;
    signatures_.use(generation);
  }
  // Whether any signature looks there.
  [[nodiscard]] bool wants(Buffer buffer) const noexcept { return signatures_.wants(buffer); }

  // Once for each flow, and again when it got further: is its far end a listed address?
  void connection(const Passage& at, Stage stage) noexcept;
  void dns(const Passage& at, const DnsMessage& message) noexcept;
  void dhcp(const Passage& at, const DhcpMessage& message) noexcept;
  void tls(const Passage& at, const ClientHello& hello) noexcept;
  void quic(const Passage& at, std::uint32_t version, const ClientHello& hello) noexcept;
  void http(const Passage& at, const HttpRequest& request) noexcept;
  // The same request with its body, as far as it came by; at most body_inspection_limit bytes of it.
  void http_body(const Passage& at, const HttpRequest& request, Bytes body) noexcept;
  // The frame of a device that says what it is.
  void xiaomi_push(const Passage& at, const XiaomiPushFrame& frame) noexcept;
  // Clear text at `position` of its stream, or a datagram.
  void payload(const Passage& at, std::uint32_t position, Bytes data) noexcept;
  // No message of the flow says a name, and none will: is the name that its client looked up for the far end listed?
  void seek_name(const Passage& at) noexcept;
  // `tag`: number of the packet that made the end known.
  void flow_end(Flow& flow, FlowEnd reason, std::uint64_t tag) noexcept;

 private:
  // What a hit does besides being reported.
  enum class Scope : std::uint8_t { message, flow };

  [[nodiscard]] EventHeader header(EventType type, const Flow& flow) const noexcept;
  [[nodiscard]] EventHeader header(EventType type, const Passage& at) const noexcept;
  // The same with the sender of the packet as the source.
  [[nodiscard]] EventHeader sender_header(EventType type, const Passage& at) const noexcept;
  void hello_fields(EventWriter& event, const ClientHello& hello) const noexcept;
  void name(const Passage& at, Field field, std::string_view name, Stage stage, Scope scope) noexcept;
  // `decoded`: of the message that matched, for its findings too; null where nothing was decoded. `alias_target`: the
  // listed name, where `value` is but an alias of it.
  void alerts(const Passage& at, const Hits& hits, Field field, std::string_view value, Stage stage, Scope scope,
              const XiaomiPushFrame* decoded, std::string_view alias_target = {}) noexcept;
  void send(EventWriter& event, EventType type, std::uint64_t tag) noexcept;

  // On content: what matched is named by where it went, `value` or else the far end's address.
  void signature_alerts(const Passage& at, const Hits& hits, Field field, std::string_view value, Stage stage,
                        const XiaomiPushFrame* decoded = nullptr) noexcept;
  // Remembers what an answer says of names and addresses, and matches the names that the asked one is an alias of.
  void learn(const Passage& at, const DnsMessage& message, Scope scope) noexcept;
  void learn_record(const Passage& at, const DnsMessage& message, const DnsRecord& record, AliasChain& chain) noexcept;
  void learn_service(const Passage& at, const DnsMessage& message, const DnsRecord& record, AliasChain& chain) noexcept;
  void remember(const Passage& at, const Address& address, const AliasChain& chain, std::uint32_t ttl) noexcept;
  void match_aliases(const Passage& at, const AliasChain& chain, Scope scope) noexcept;
  // Of the flow's far end, by its client's look-ups; null where there is none.
  [[nodiscard]] const AliasChain* resolved(const Flow& flow, Tick now) const noexcept;
  void seek_name_at_end(Flow& flow, std::uint64_t tag) noexcept;
  void resolution_fields(EventWriter& event, const Flow& flow) const noexcept;
  static void device_fields(EventWriter& event, const XiaomiPushFrame& frame) noexcept;

  const Ruleset* ruleset_;
  MessageMatcher signatures_;
  Policy policy_;
  Record record_;
  DnsMemory* memory_;
  EventSink* sink_;
  InspectionCounters* counters_;
  alignas(8) std::array<std::uint8_t, event_size_limit> buffer_{};
  alignas(8) std::array<std::uint8_t, event_size_limit> alert_buffer_{};
};

}  // namespace sluice
