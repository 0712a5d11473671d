#include "tests/bench/mix.hh"

#include <algorithm>
#include <cstring>

#include "dataplane/packet/packet.hh"
#include "tests/bench/names.hh"

namespace sluice::bench {
namespace {

// Of 100 new flows, by FlowKind.
constexpr std::array<std::uint32_t, flow_kind_count> kind_shares{40, 30, 22, 8};

// How many pieces of body a connection has: most are short, and the few long ones bring most of the bytes.
struct Bodies {
  std::uint32_t share;  // of 100 connections
  std::uint16_t count;
};
constexpr std::array<Bodies, 5> bodies{{{50, 4}, {30, 16}, {15, 64}, {4, 256}, {1, 1024}}};

constexpr std::size_t noise_size = 48;  // bytes

constexpr std::uint32_t v6_share = 40;       // of 100 flows
constexpr std::size_t full_segment = 1400;   // bytes of payload in mobile networks
constexpr std::size_t full_datagram = 1250;  // what QUIC finds to be the path's largest, without headers
constexpr std::size_t shortest_piece = 100;  // the second frame of a piece of body: any length from here to full
constexpr std::uint32_t phones = 2048;
constexpr std::uint16_t first_port = 1024;
constexpr std::uint32_t ports = 64'000;

std::uint16_t drawn_bodies(Random& random) {
  auto draw = random.below(100);
  for (const auto& row : bodies) {
    if (draw < row.share) return row.count;
    draw -= row.share;
  }
  return bodies.back().count;
}

FlowKind drawn_kind(Random& random) {
  auto draw = random.below(100);
  for (std::size_t kind = 0; kind < flow_kind_count; ++kind) {
    if (draw < kind_shares[kind]) return static_cast<FlowKind>(kind);
    draw -= kind_shares[kind];
  }
  return FlowKind::http;
}

std::size_t piece_size(Random& random, std::size_t full) {
  return shortest_piece + random.below(static_cast<std::uint32_t>(full - shortest_piece));
}

// Steps of a flow, about: what its share of the flows under way follows from.
std::uint32_t steps_of(FlowKind kind, std::uint16_t count) { return kind == FlowKind::dns ? 2 : 8 + 2U * count; }
constexpr std::uint32_t most_steps = 8 + 2U * bodies.back().count;

std::size_t at(Toward toward) { return static_cast<std::size_t>(toward); }
Toward opposite(Toward toward) { return toward == Toward::server ? Toward::phone : Toward::server; }

std::uint16_t port_of(FlowKind kind) {
  switch (kind) {
    case FlowKind::dns: return 53;
    case FlowKind::http: return 80;
    default: return 443;
  }
}

}  // namespace

void MixFrame::write(Random& noise, std::uint8_t* to) const noexcept {
  std::memcpy(to, head.bytes().data(), head.bytes().size());
  auto* payload = to + head.bytes().size();
  if (!start.empty()) std::memcpy(payload, start.data(), start.size());
  const auto end = start.size() + std::min(payload_size - start.size(), noise_size);
  for (auto at = start.size(); at < end; at += sizeof(std::uint64_t)) {
    const auto word = noise.next();
    std::memcpy(payload + at, &word, sizeof word);
  }
}

void MixFrame::write_opaque(std::uint8_t* to) const noexcept {
  std::memcpy(to, head.bytes().data(), head.bytes().size());
  std::memset(to + head.bytes().size(), 0, start.size() + std::min(payload_size - start.size(), noise_size));
}

Mix::Mix(std::uint32_t flows, std::uint64_t seed, const Messages& messages) : messages_(&messages), random_(seed) {
  flows_.reserve(flows);
  for (std::uint32_t i = 0; i < flows; ++i) flows_.push_back(one_under_way());
}

Mix::Flow Mix::begin(FlowKind kind, std::uint16_t count) {
  Flow flow;
  flow.kind = kind;
  flow.scene = kind == FlowKind::dns || kind == FlowKind::quic ? Scene::question : Scene::syn;
  flow.is_v6 = random_.below(100) < v6_share;
  flow.bodies = count;
  flow.name = static_cast<std::uint16_t>(random_.below(static_cast<std::uint32_t>(messages_->by_name.size())));
  flow.number = static_cast<std::uint32_t>(started_++);
  flow.sequence = {static_cast<std::uint32_t>(random_.next()), static_cast<std::uint32_t>(random_.next())};
  return flow;
}

Mix::Flow Mix::successor() {
  const auto kind = drawn_kind(random_);
  return begin(kind, drawn_bodies(random_));
}

// As if the mix had been running forever: a long flow is met more often than it is begun, and met in its middle. Its
// handshake is played all the same, since a flow without one is another kind of flow.
Mix::Flow Mix::one_under_way() {
  for (;;) {
    const auto kind = drawn_kind(random_);
    const auto count = drawn_bodies(random_);
    if (random_.below(most_steps) < steps_of(kind, count))
      return begin(kind, static_cast<std::uint16_t>(random_.below(count + 1U)));
  }
}

// The flow's place is scattered, so that neighbours in time are no neighbours in memory; each has its turn once a lap.
std::size_t Mix::step(Frames& frames) {
  constexpr std::uint64_t scatter = 0x9e3779b1;  // odd: every place is met once
  auto& flow = flows_[(steps_++ * scatter) & (flows_.size() - 1)];
  const auto count = flow.kind == FlowKind::dns    ? dns(flow, frames)
                     : flow.kind == FlowKind::quic ? quic(flow, frames)
                                                   : stream(flow, frames);
  if (flow.scene == Scene::over) flow = successor();
  return count;
}

std::size_t Mix::dns(Flow& flow, Frames& frames) {
  const auto& messages = messages_->by_name[flow.name];
  if (flow.scene == Scene::question) {
    if (flow.name < listed_name_count) ++named_.questions;
    datagram(flow, frames[0], Toward::server, messages.dns_query, messages.dns_query.size());
    flow.scene = Scene::answer;
  } else {
    datagram(flow, frames[0], Toward::phone, messages.dns_answer, messages.dns_answer.size());
    flow.scene = Scene::over;
  }
  return 1;
}

std::size_t Mix::quic(Flow& flow, Frames& frames) {
  const auto& initials = messages_->by_name[flow.name].quic_initials;
  const Bytes brief = messages_->quic_short;
  switch (flow.scene) {
    case Scene::question:
      if (flow.name < listed_name_count) ++named_.handshakes;
      for (std::size_t i = 0; i < initials.size(); ++i)
        datagram(flow, frames[i], Toward::server, initials[i], initials[i].size());
      flow.scene = Scene::answer;
      return initials.size();
    case Scene::answer:
      datagram(flow, frames[0], Toward::phone, messages_->quic_server, 1200);
      datagram(flow, frames[1], Toward::phone, brief, full_datagram);
      datagram(flow, frames[2], Toward::phone, brief, full_datagram);
      flow.scene = Scene::finish;
      return 3;
    case Scene::finish:
      datagram(flow, frames[0], Toward::server, brief, 80);
      datagram(flow, frames[1], Toward::server, brief, 300);
      flow.scene = flow.bodies == 0 ? Scene::over : Scene::piece;
      return 2;
    case Scene::piece:
      datagram(flow, frames[0], Toward::phone, brief, full_datagram);
      datagram(flow, frames[1], Toward::phone, brief, piece_size(random_, full_datagram));
      flow.scene = Scene::thanks;
      return 2;
    default:  // thanks
      datagram(flow, frames[0], Toward::server, brief, 35);
      flow.scene = --flow.bodies == 0 ? Scene::over : Scene::piece;
      return 1;
  }
}

// TCP, with TLS or HTTP in it.
std::size_t Mix::stream(Flow& flow, Frames& frames) {
  const auto whole = [&](Toward toward, std::uint8_t flags, Scene next) {
    segment(flow, frames[0], toward, flags, {}, 0);
    flow.scene = next;
    return std::size_t{1};
  };
  constexpr auto fin_ack = static_cast<std::uint8_t>(tcp_flag::fin | tcp_flag::ack);
  const Bytes record = flow.kind == FlowKind::tls ? Bytes{messages_->tls_record} : Bytes{};
  switch (flow.scene) {
    case Scene::syn: return whole(Toward::server, tcp_flag::syn, Scene::syn_ack);
    case Scene::syn_ack: return whole(Toward::phone, tcp_flag::syn | tcp_flag::ack, Scene::question);
    case Scene::question: return stream_question(flow, frames);
    case Scene::answer: return stream_answer(flow, frames);
    case Scene::finish:
      flow.scene = flow.bodies == 0 ? Scene::fin : Scene::piece;
      segment(flow, frames[0], Toward::server, tcp_flag::ack, record, flow.kind == FlowKind::tls ? 80 : 0);
      if (flow.kind != FlowKind::tls) return 1;
      segment(flow, frames[1], Toward::server, tcp_flag::ack, record, 300);
      return 2;
    case Scene::piece:
      segment(flow, frames[0], Toward::phone, tcp_flag::ack, record, full_segment);
      segment(flow, frames[1], Toward::phone, tcp_flag::ack, {}, piece_size(random_, full_segment));
      flow.scene = Scene::thanks;
      return 2;
    case Scene::thanks: return whole(Toward::server, tcp_flag::ack, --flow.bodies == 0 ? Scene::fin : Scene::piece);
    case Scene::fin: return whole(Toward::phone, fin_ack, Scene::fin_back);
    case Scene::fin_back: return whole(Toward::server, fin_ack, Scene::last);
    default: return whole(Toward::phone, tcp_flag::ack, Scene::over);
  }
}

std::size_t Mix::stream_question(Flow& flow, Frames& frames) {
  const auto& messages = messages_->by_name[flow.name];
  flow.scene = Scene::answer;
  segment(flow, frames[0], Toward::server, tcp_flag::ack, {}, 0);
  if (flow.kind == FlowKind::http) {
    if (flow.name < listed_name_count) ++named_.requests;
    segment(flow, frames[1], Toward::server, tcp_flag::ack, messages.http_request, messages.http_request.size());
    return 2;
  }
  if (flow.name < listed_name_count) ++named_.handshakes;
  const Bytes hello = messages.tls_hello;  // longer than a segment
  segment(flow, frames[1], Toward::server, tcp_flag::ack, hello.first(full_segment), full_segment);
  segment(flow, frames[2], Toward::server, tcp_flag::ack, hello.subspan(full_segment), hello.size() - full_segment);
  return 3;
}

std::size_t Mix::stream_answer(Flow& flow, Frames& frames) {
  const bool is_tls = flow.kind == FlowKind::tls;
  const auto& start = is_tls ? messages_->tls_server : messages_->http_response;
  flow.scene = Scene::finish;
  segment(flow, frames[0], Toward::phone, tcp_flag::ack, start, full_segment);
  segment(flow, frames[1], Toward::phone, tcp_flag::ack, {}, full_segment);
  if (!is_tls) return 2;
  segment(flow, frames[2], Toward::phone, tcp_flag::ack, {}, 900);
  return 3;
}

void Mix::segment(Flow& flow, MixFrame& frame, Toward toward, std::uint8_t flags, Bytes start,
                  std::size_t payload_size) {
  auto& sequence = flow.sequence[at(toward)];
  const bool acknowledges = (flags & tcp_flag::ack) != 0;
  const TcpFields fields{sequence, acknowledges ? flow.sequence[at(opposite(toward))] : 0, flags};
  frame = {toward, FrameHead::tcp(ends_of(flow), toward, fields, payload_size), start, payload_size};
  const bool counts_one_more = (flags & (tcp_flag::syn | tcp_flag::fin)) != 0;  // RFC 9293 section 3.4
  sequence += static_cast<std::uint32_t>(payload_size) + (counts_one_more ? 1 : 0);
}

void Mix::datagram(const Flow& flow, MixFrame& frame, Toward toward, Bytes start, std::size_t payload_size) {
  frame = {toward, FrameHead::udp(ends_of(flow), toward, payload_size), start, payload_size};
}

// No two flows of a run have the same ends: `number` tells phone and port.
Ends Mix::ends_of(const Flow& flow) noexcept {
  const auto port = static_cast<std::uint16_t>(first_port + flow.number / phones % ports);
  return {flow.number % phones, flow.name, port, port_of(flow.kind), flow.is_v6};
}

}  // namespace sluice::bench
