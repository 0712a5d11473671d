// What signatures are matched against: one message (a DNS question, a hello, a request, a piece of payload), and the
// bounds of the work that one message may cause, so that no rule and no traffic can hold a worker up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/fields.hh"
#include "dataplane/base/pool.hh"
#include "rules/names/address.hh"
#include "rules/signatures/buffer.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

constexpr std::size_t candidates_limit = 64;  // signatures whose pattern and header matched; further ones are counted
constexpr std::size_t stream_piece_limit = 16'384;  // bytes of a stream that are looked at in one go
constexpr std::uint32_t inspection_limit = 3000;    // comparisons a signature (content_match.hh says what counts)
constexpr std::uint32_t pcre_match_limit = 10'000;  // PCRE2's own measure

struct Flow;
struct Packet;

// When it is looked at. A packet by itself is, before its payload is read, and again when it is known what it is of.
enum class SignatureMoment : std::uint8_t { content = 1, packet_begin = 2, packet_end = 4 };

// A value beyond the first of a buffer that may have several.
struct FurtherValue {
  Buffer buffer{};
  Bytes value;
};

struct NumberValue {
  MessageNumber number{};
  std::uint64_t value = 0;
};

// The message, and the flow that it belongs to.
struct SignatureInput {
  SignatureMoment moment = SignatureMoment::content;
  SignatureProtocol protocol{};  // what the bytes were parsed as; tcp or udp for payload
  std::uint8_t ip_protocol = 0;
  bool to_server = true;
  bool established = false;
  bool source_inside = false;  // the sender is on the inspected side
  bool destination_inside = false;
  Address source;  // of the packet
  Address destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::array<Bytes, buffer_count> buffers{};  // null data = the message does not have that buffer
  Protocol flow_protocol = Protocol::unknown;
  std::uint32_t generation = 0;
  bool fragmented = false;
  bool first_of_way = false;       // of a packet: rules on addresses alone are tried with it
  bool tells_protocol = false;     // of a packet: with it, it is known what its direction speaks
  const Packet* packet = nullptr;  // null where no condition can be tried
  Flow* flow = nullptr;
  Moments shows = when::any;             // of a message: what of it came just now
  std::uint32_t transaction = no_index;  // of the flow, which the message is of; no_index = not known
  std::span<const FurtherValue> further;
  std::span<const NumberValue> numbers;
  std::uint64_t payload_position = 0;  // of buffers[payload] in its stream, bytes
};

}  // namespace sluice
