// A message as the signatures of a generation see it: which buffers it has, and which way it went.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/counters.hh"
#include "dataplane/event/event.hh"
#include "dataplane/flow/flow.hh"
#include "dataplane/http/http2.hh"
#include "dataplane/http/http_response.hh"
#include "dataplane/http/multipart.hh"
#include "dataplane/match/generation.hh"
#include "dataplane/packet/packet.hh"
#include "dataplane/signatures/dns_values.hh"
#include "dataplane/signatures/http_values.hh"
#include "dataplane/signatures/payload_window.hh"
#include "dataplane/signatures/tls_values.hh"

namespace sluice {

// One packet of one flow, on its way.
struct Passage {
  Packet& packet;
  Flow& flow;
  Way way;
};

// A body, decoded, as far as it is there. Null content: no body is meant.
struct BodyView {
  Bytes content;
  std::string_view file_name;              // of a body that is one file
  std::optional<std::uint64_t> file_size;  // and its size, where it has ended
};

// Of a request's body, what signatures are matched against. With the head it has to fit a reassembly buffer.
constexpr std::size_t body_inspection_limit = 4096;
// Of a WebSocket frame, what signatures without a sticky buffer are matched against.
constexpr std::uint32_t frame_inspection_limit = 4096;

// One worker's. Each function adds the rows of the signatures that match to `hits`.
class MessageMatcher {
 public:
  // `worker`: no_index leaves signatures out.
  MessageMatcher(const Generation& generation, std::uint32_t worker, InspectionCounters& counters) noexcept
      : worker_(worker), counters_(&counters) {
    use(generation);
  }

  void use(const Generation& generation) noexcept;
  [[nodiscard]] bool wants(MessageNumber number) const noexcept {
    return signatures_ != nullptr && signatures_->wants(number);
  }
  [[nodiscard]] bool wants(Buffer buffer) const noexcept {
    return signatures_ != nullptr && signatures_->wants(buffer);
  }

  // Whether any signature looks into the clear text of TCP.
  [[nodiscard]] bool wants_streams() const noexcept { return wants(SignatureProtocol::tcp); }

  // Whether any signature is looked for then.
  [[nodiscard]] bool wants(Moments moments) const noexcept {
    return signatures_ != nullptr && signatures_->wants(moments);
  }

  // `asks`: as put_dns() has it.
  void dns(const Passage& at, const DnsMessage& message, bool asks, Hits& hits) noexcept;
  // `ja3`: of the hello, which nobody reads unless a signature wants it.
  void tls_hello(const Passage& at, const ClientHello& hello, const Ja3& ja3, Hits& hits) noexcept;
  void quic_hello(const Passage& at, const QuicFacts& facts, const ClientHello& hello, const Ja3& ja3,
                  Hits& hits) noexcept;
  void server_hello(const Passage& at, const ServerHello& hello, const Ja3& ja3s, Hits& hits) noexcept;
  void certificate(const Passage& at, Bytes der, std::string_view sha1, ChainPlace place, Hits& hits) noexcept;
  // What is known when the head is complete: signatures that look into the body are left to http_body().
  void http_head(const Passage& at, const HttpRequest& request, Hits& hits) noexcept;
  // The same request when as much of its body has come by as will be looked at: only signatures that look into it.
  void http_body(const Passage& at, const HttpRequest& request, const BodyView& body, Hits& hits) noexcept;
  // A response: without a body (null data) what its head says, with it only the signatures that look into bodies.
  void http_response(const Passage& at, const HttpResponse& response, const BodyView& body, Hits& hits) noexcept;
  // A frame of HTTP/2, with its header, as far as it was looked at.
  void http2_frame(const Passage& at, const Http2FrameHeader& header, Bytes payload, Hits& hits) noexcept;
  // A message of a vendor's own protocol that was decoded.
  void decoded(const Passage& at, SignatureProtocol protocol, Hits& hits) noexcept;
  // Bytes at `position` of their direction's stream, or a datagram (position 0).
  void payload(const Passage& at, std::uint64_t position, Bytes data, Hits& hits) noexcept;
  // The payload of a segment that its receiver refuses, by itself.
  void refused(const Passage& at, Hits& hits) noexcept;
  // Bytes that follow what `window` holds of their direction; `number`: of the window.
  void stream(const Passage& at, PayloadWindow& window, std::uint32_t number, Bytes data, Hits& hits) noexcept;

  // A packet by itself; `tells_protocol`: with it, it is known what its direction speaks.
  [[nodiscard]] bool wants(SignatureMoment moment) const noexcept {
    return (packet_moments_ & static_cast<std::uint8_t>(moment)) != 0;
  }
  void packet(const Passage& at, SignatureMoment moment, bool tells_protocol, Hits& hits) noexcept;
  [[nodiscard]] bool is_of_packet_alone(std::uint32_t row) const noexcept {
    return signatures_->is_of_packet_alone(row - generation_->first_signature_row);
  }
  // Of a rule that looks in a message and in the payload: the flow's transaction that its message is of.
  [[nodiscard]] std::optional<std::uint32_t> transaction_of(const Flow& flow, std::uint32_t row) const noexcept;
  // The bits and numbers that rules have set on the flow.
  void put_variables(EventWriter& event, const Flow& flow) const noexcept;
  // What rules captured of the flow, which is content; and of the message at hand, the rule of that row.
  void put_captures(EventWriter& event, const Flow& flow, std::optional<std::uint32_t> row = {}) const noexcept;
  // Gives back what the flow holds.
  void release(Flow& flow) noexcept;

 private:
  [[nodiscard]] bool wants(SignatureProtocol protocol) const noexcept {
    return signatures_ != nullptr && signatures_->wants(protocol);
  }
  [[nodiscard]] SignatureInput input(const Passage& at, SignatureProtocol protocol) const noexcept;
  static void put_headers(SignatureInput& input, const Packet& packet) noexcept;
  // Whether a rule has let it pass already, or has its flow dropped.
  [[nodiscard]] bool is_judged(const Passage& at) const noexcept;
  void note_pass(const Passage& at) const noexcept;
  void match(const Passage& at, const SignatureInput& input, Hits& hits) noexcept;
  // A message, whose values are together, and what of it came just now.
  void match(const Passage& at, SignatureInput& input, Moments shows, Hits& hits) noexcept;
  void put_files(const BodyView& body, std::string_view content_type) noexcept;
  void count(const SignatureCounters& counted) noexcept;
  void add_found(Hits& hits) const noexcept;

  const Generation* generation_ = nullptr;
  const SignatureSet* signatures_ = nullptr;  // of the generation; null: none
  SignatureScratch* scratch_ = nullptr;       // the worker's
  std::uint32_t worker_;
  std::uint8_t packet_moments_ = 0;  // of the generation: asked for with each packet
  InspectionCounters* counters_;
  SignatureHits found_;
  MessageValues values_;
  HttpValues http_;
};

}  // namespace sluice
