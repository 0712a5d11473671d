// The closed list of protocols. Each has a probe ("is this it?") and is then advanced over the bytes as they come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/counters.hh"
#include "dataplane/flow/quic_paths.hh"
#include "dataplane/flow/reassembly_buffers.hh"
#include "dataplane/http/content_coding.hh"
#include "dataplane/http/http2.hh"
#include "dataplane/http/http2_connection.hh"
#include "dataplane/parsers/vpn.hh"
#include "dataplane/quic/gquic.hh"
#include "dataplane/quic/quic_crypto.hh"
#include "dataplane/reporter/reporter.hh"

namespace sluice {

// What a parser made of the bytes at the start of a direction's unread part.
struct Progress {
  enum class State : std::uint8_t {
    need_more,  // it waits for more bytes after those consumed
    message,    // a message ended after `consumed` bytes; call again with the rest
    finished,   // nothing further in this direction is of interest
  };
  State state = State::need_more;
  std::size_t consumed = 0;
  std::uint64_t skip = 0;  // bytes that follow the consumed ones and that no parser wants
};

// Of HTTP.
struct BodyOptions {
  std::uint32_t followed;  // to their ends, at a time
  std::uint32_t bytes;     // of a body's content that signatures see
  bool hash_files;
};

class Protocols {
 public:
  // `http2_connections`: how many may be followed at a time.
  Protocols(Reporter& reporter, ReassemblyBuffers& buffers, QuicPaths& paths, std::uint32_t http2_connections,
            const BodyOptions& bodies);

  // On a wire: what parsers write to costs no page fault later.
  void make_resident() noexcept {
    decoder_.make_resident();
    http2_.make_resident();
    bodies_.make_resident();
  }
  // Gives back what the flow holds.
  void release(Flow& flow) noexcept;

  // TCP: `data` is what follows the bytes consumed so far, without a hole.
  [[nodiscard]] Progress advance(const Passage& at, StreamSide& side, Bytes data) noexcept;
  // TCP: clear text for signatures alone: `position` bytes from the start of the direction, or in order behind what a
  // window holds.
  void payload(const Passage& at, std::uint64_t position, Bytes data) noexcept {
    reporter_->payload(at, position, data);
  }
  // TCP: of a segment that its receiver refuses.
  void refused(const Passage& at) noexcept { reporter_->refused(at); }
  // TCP: whether nobody wants to know what is said in that direction.
  [[nodiscard]] bool passes_over(const Passage& at) const noexcept {
    return at.flow.protocol == Protocol::tls && at.way == Way::to_client && !reporter_->wants_server_handshake();
  }
  void stream(const Passage& at, PayloadWindow& window, std::uint32_t number, Bytes data) noexcept {
    reporter_->stream(at, window, number, data);
  }
  [[nodiscard]] bool wants_streams() const noexcept { return reporter_->wants_streams(); }
  // TCP: `count` bytes are missing before what comes next. False where the parser cannot go on after a hole.
  [[nodiscard]] bool resume_after_gap(const Passage& at, StreamSide& side, std::uint64_t count) noexcept;
  // TCP: everything up to the FIN was read.
  void end_stream(const Passage& at, StreamSide& side) noexcept;
  // The bodies that are followed in the flow will not go on. `tag`: of the packet at `now` that made that known.
  void end_bodies(Flow& flow, std::uint64_t tag, Tick now) noexcept;
  // TCP: no byte will follow `data`, which a parser waits to see completed: reports what is certain.
  void cut(const Passage& at, StreamSide& side, Bytes data) noexcept;
  // UDP: one datagram of a flow that is not decided yet. `searches`: its clear text, too.
  void datagram(const Passage& at, bool searches) noexcept;

 private:
  [[nodiscard]] Progress probe(const Passage& at, StreamSide& side, Bytes data) noexcept;
  [[nodiscard]] Progress advance_tls(const Passage& at, Bytes data) noexcept;
  [[nodiscard]] bool read_hello(const Passage& at, TlsFlight& flight, const TlsStep& step) noexcept;
  [[nodiscard]] Progress advance_prelude(const Passage& at, StreamSide& side, Bytes data) noexcept;
  void dtls_datagram(const Passage& at) noexcept;
  void dtls_fragments(const Passage& at, Bytes record) noexcept;
  [[nodiscard]] Bytes dtls_message(const Passage& at, const DtlsFragment& fragment) noexcept;
  void dtls_body(const Passage& at, std::uint8_t type, Bytes body) noexcept;
  [[nodiscard]] Progress advance_http(const Passage& at, StreamSide& side, Bytes data) noexcept;
  [[nodiscard]] Progress advance_http_request(const Passage& at, StreamSide& side, Bytes data) noexcept;
  [[nodiscard]] Progress advance_http_response(const Passage& at, StreamSide& side, Bytes data) noexcept;
  void keep_http2_offer(const Passage& at, const HttpRequest& request) noexcept;
  void take_http2_offer(const Passage& at) noexcept;
  void forget_http2_offer(Flow& flow) noexcept;
  [[nodiscard]] Progress advance_http2(const Passage& at, Bytes data) noexcept;
  [[nodiscard]] bool look_at_http2_frame(const Passage& at, const Http2FrameHeader& header, Bytes data) noexcept;
  [[nodiscard]] Progress http2_settings(const Passage& at, Http2Direction& direction, const Http2FrameHeader& header,
                                        Bytes data) noexcept;
  [[nodiscard]] Progress http2_fields(const Passage& at, Http2Connection& connection, Bytes data) noexcept;
  [[nodiscard]] Progress http2_data(const Passage& at, Http2Connection& connection, const Http2FrameHeader& header,
                                    Bytes data) noexcept;
  [[nodiscard]] Progress http2_body(const Passage& at, Http2Connection& connection, Bytes data) noexcept;
  void end_http2_body(const Passage& at, Http2Body& body, bool whole) noexcept;
  void look_at_http2_body(const Passage& at, Http2Body& body) noexcept;
  [[nodiscard]] Progress advance_websocket(const Passage& at, Bytes data) noexcept;
  void report_request(const Passage& at, const HttpRequest& request) noexcept;
  [[nodiscard]] bool expect_response(const Passage& at, const HttpRequest& request) noexcept;
  // The flow's other direction does not come by here: no response is to be waited for.
  [[nodiscard]] static bool is_one_directional(const Passage& at) noexcept {
    return (at.flow.all_tcp_flags() & tcp_flag::syn) != 0 &&
           at.flow.packets[static_cast<std::size_t>(opposite(at.way))] == 0;
  }
  void lose_pairing(const Passage& at) noexcept;
  [[nodiscard]] std::size_t take_body(const Passage& at, StreamSide& side, Bytes data) noexcept;
  [[nodiscard]] Progress pass_body(const Passage& at, StreamSide& side, Bytes data) noexcept;
  // Bodies that are followed to their ends (protocol_body.cc).
  [[nodiscard]] bool follows(Moments moment) const noexcept {
    return follows_bodies_ && (reporter_->records() || reporter_->wants(moment));
  }
  void follow(const Passage& at, const StreamSide& side, const HttpRequest& request, Bytes head) noexcept;
  void follow(const Passage& at, const StreamSide& side, const HttpResponse& response, Bytes head) noexcept;
  void follow(const Passage& at, Http2Body& body) noexcept;
  void add_to_followed(const Passage& at, Http2Body& body, Bytes data) noexcept;
  void end_followed(const Passage& at, Http2Body& body, bool whole) noexcept;
  void look_again(const Passage& at, std::string_view fields, FollowedBody& body) noexcept;
  [[nodiscard]] FollowedBody* take_slot(std::uint32_t& slot) noexcept;
  void describe(FollowedBody& body, const Passage& at, const HttpRequest& request, std::uint32_t stream) noexcept;
  void describe(FollowedBody& body, const Passage& at, const HttpResponse& response) noexcept;
  // The direction itself, not another version of it.
  [[nodiscard]] static bool is_own(const Passage& at, const StreamSide& side) noexcept;
  [[nodiscard]] FollowedBody* followed(const Passage& at) noexcept;
  [[nodiscard]] std::size_t read_body(const Passage& at, StreamSide& side, FollowedBody& body, Bytes data) noexcept;
  // What signatures see of it; `body`: null where it is not followed.
  [[nodiscard]] static BodyView view_of(Bytes content, const FollowedBody* body) noexcept;
  void look_again(const Passage& at, FollowedBody& body, bool is_last) noexcept;
  void note_body_error(const Passage& at, ContentError error) noexcept;
  void end_message(const Passage& at, const StreamSide& side) noexcept;
  [[nodiscard]] bool pass_hole(const Passage& at, StreamSide& side, std::uint64_t count) noexcept;
  void end_body(const Passage& at, const StreamSide& side, bool whole) noexcept;
  void finish(const Flow& flow, FollowedBody& body, bool whole, std::uint64_t tag, Tick now) noexcept;
  [[nodiscard]] bool inspect_body(const Passage& at, const HttpRequest& request, Bytes after_head,
                                  bool is_last) noexcept;
  [[nodiscard]] bool inspect_response(const Passage& at, const HttpResponse& response, Bytes after_head,
                                      bool is_last) noexcept;
  // The start of a body's content, decoded, from what follows a head of that size; nothing while more is waited for.
  [[nodiscard]] std::optional<Bytes> content(const Passage& at, BodyFraming framing, std::uint64_t length,
                                             std::size_t head, const ContentCodings& codings, Bytes after_head,
                                             bool is_last) noexcept;
  [[nodiscard]] Bytes decoded(const Passage& at, const ContentCodings& codings, Bytes coded) noexcept;
  void end_response(const Passage& at, const StreamSide& side) noexcept;
  void switch_protocol(const Passage& at, const HttpResponse& response) noexcept;
  void cut_http(const Passage& at, StreamSide& side, Bytes data) noexcept;
  void cut_http_response(const Passage& at, StreamSide& side, Bytes data) noexcept;
  [[nodiscard]] Progress advance_xiaomi_push(const Passage& at, Bytes data) noexcept;
  [[nodiscard]] Progress advance_dns(const Passage& at, StreamSide& side, Bytes data) noexcept;
  void dns_datagram(const Passage& at) noexcept;
  void dhcp_datagram(const Passage& at) noexcept;
  // What devices say of themselves, over UDP and over TCP (protocol_device.cc).
  [[nodiscard]] static Protocol recognise_device(const Packet& packet) noexcept;
  void device_datagram(const Passage& at) noexcept;
  void stun_datagram(const Passage& at) noexcept;
  [[nodiscard]] Progress advance_mqtt(const Passage& at, Bytes data) noexcept;
  [[nodiscard]] Progress advance_ssh(const Passage& at, Bytes data) noexcept;
  [[nodiscard]] Progress advance_stun(const Passage& at, Bytes data) noexcept;
  void quic_datagram(const Passage& at) noexcept;
  [[nodiscard]] bool quic_crypto(const Passage& at, std::uint32_t version, Bytes payload) noexcept;
  void quic_hello(const Passage& at, std::uint32_t version) noexcept;
  void quic_answer(const Passage& at) noexcept;
  void report_gquic(const Passage& at, std::uint32_t version, const GquicHello& hello) noexcept;
  static void mark(const Passage& at, UninspectedReason reason) noexcept {
    if (!at.packet.uninspected) at.packet.uninspected = reason;
  }
  // A message that cannot be read, under the name that Suricata has for it.
  static void broken(const Passage& at, Anomaly anomaly) noexcept {
    mark(at, UninspectedReason::parse_error);
    at.packet.anomalies.add(anomaly);
  }
  [[nodiscard]] static Progress broken_off(const Passage& at, Anomaly anomaly) noexcept {
    broken(at, anomaly);
    return {Progress::State::finished, 0, 0};
  }
  [[nodiscard]] static Progress finished_with(const Passage& at, UninspectedReason reason) noexcept {
    mark(at, reason);
    return {Progress::State::finished, 0, 0};
  }
  // No parser looks at the flow any more.
  void decide(Flow& flow) noexcept;

  Reporter* reporter_;
  ReassemblyBuffers* buffers_;
  QuicPaths* paths_;
  std::size_t body_bytes_;  // of a body that are waited for in its window
  std::size_t body_limit_;
  bool follows_bodies_;
  QuicOpener opener_;
  ContentDecoder decoder_;
  Http2Pool http2_;
  FollowedBodies bodies_;
  BodyTools body_tools_;
  std::array<char, http2_fields_limit> fields_{};  // of an HTTP/2 message
  // A handshake that lies in several records, joined; a decrypted Initial; a body without its chunk lines.
  std::array<std::uint8_t, ReassemblyBuffer::window> scratch_{};
};

}  // namespace sluice
