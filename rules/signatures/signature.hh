// One signature: a rule in Suricata's language, read and checked. What the words mean is Suricata's; which of them are
// read stands in rules/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/facts/rule_facts.hh"
#include "rules/names/address.hh"
#include "rules/signatures/buffer.hh"
#include "rules/signatures/message_number.hh"
#include "rules/signatures/part_check.hh"
#include "rules/signatures/signature_condition.hh"

namespace sluice {

// Numbers of all enumerations here stand in packs: append only, never renumber.
enum class SignatureAction : std::uint8_t {
  alert = 0,
  drop = 1,
  pass = 2,                // nothing is looked for any more
  reject = 3,              // drop, and tell the source
  reject_destination = 4,  // the destination
  reject_both = 5,
};
constexpr SignatureAction signature_action_last = SignatureAction::reject_both;
[[nodiscard]] constexpr bool is_reject(SignatureAction action) noexcept { return action >= SignatureAction::reject; }

// What the header names; `ip` = any. The application protocols hold only for messages that were parsed as such.
enum class SignatureProtocol : std::uint8_t {
  ip = 0,
  tcp = 1,
  udp = 2,
  dns = 3,
  tls = 4,
  quic = 5,
  http = 6,
  xiaomi_push = 7,
  ip4 = 8,
  ip6 = 9,
  tcp_packet = 10,  // contents are looked for in each segment, not in the stream
  tcp_stream = 11,  // in the stream alone
  icmp = 12,        // of either version
  icmp_v4 = 13,
  icmp_v6 = 14,
  sctp = 15,
  packet_header = 16,  // any packet, IP or not
  http1 = 17,
  http2 = 18,
  dhcp = 19,
  mqtt = 20,
  ssh = 21,
  ntp = 22,
  mdns = 23,
};
constexpr SignatureProtocol signature_protocol_last = SignatureProtocol::mdns;

// Of a transport or less: no application is named.
[[nodiscard]] constexpr bool is_transport(SignatureProtocol protocol) noexcept {
  return protocol <= SignatureProtocol::udp ||
         (protocol >= SignatureProtocol::ip4 && protocol <= SignatureProtocol::packet_header);
}
[[nodiscard]] constexpr bool is_tcp(SignatureProtocol protocol) noexcept {
  return protocol == SignatureProtocol::tcp || protocol == SignatureProtocol::tcp_packet ||
         protocol == SignatureProtocol::tcp_stream;
}

// One side of the header. Matches where a listed range holds the address (none listed = any) and no excepted one does.
struct SignatureAddresses {
  enum class Place : std::uint8_t { any = 0, inside = 1, outside = 2 };  // $HOME_NET, $EXTERNAL_NET

  Place place = Place::any;
  std::vector<AddressRange> listed;
  std::vector<AddressRange> excepted;
};

struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 65535;
};

struct SignaturePorts {
  std::vector<PortRange> listed;  // none = any
  std::vector<PortRange> excepted;
};

// Bytes that must (or, negated, must not) stand in a buffer. Positions count from the start of the buffer; relative
// ones from the end of the match before it in the same buffer.
struct Content {
  Buffer buffer = Buffer::payload;
  std::string bytes;  // 1 to 255
  bool negated = false;
  bool nocase = false;
  bool fast_pattern = false;  // asked for by the rule
  bool startswith = false;
  bool endswith = false;
  std::optional<std::uint32_t> offset;   // first byte at or behind
  std::optional<std::uint32_t> depth;    // wholly within so many bytes from offset
  std::optional<std::int32_t> distance;  // relative: first byte at or behind
  std::optional<std::int32_t> within;    // relative: wholly within so many bytes from distance
  // In place of the numbers above.
  PartVariable offset_variable = {};
  PartVariable depth_variable = {};
  PartVariable distance_variable = {};
  PartVariable within_variable = {};
  // Of the bytes, those that are searched for first: so many from `fast_pattern_offset`; 0 = all.
  std::uint8_t fast_pattern_offset = 0;
  std::uint8_t fast_pattern_length = 0;

  [[nodiscard]] bool is_relative() const noexcept { return distance || within || distance_variable || within_variable; }
  [[nodiscard]] bool is_absolute() const noexcept { return offset || depth || offset_variable || depth_variable; }
};

// What a group of an expression matched, kept under a name: of the flow, or of the packet alone.
struct PcreCapture {
  std::uint8_t group = 0;  // from 1
  bool of_flow = false;
  std::string name;
  [[nodiscard]] bool operator==(const PcreCapture&) const = default;
};
constexpr std::size_t pcre_captures_limit = 8;         // of one expression
constexpr std::uint32_t pcre_capture_group_last = 15;  // a group behind it is not kept

struct Pcre {
  Buffer buffer = Buffer::payload;
  std::string expression;  // as PCRE2 takes it
  bool negated = false;
  bool relative = false;    // R: begins at the end of the match before it
  bool nocase = false;      // i
  bool multiline = false;   // m
  bool dot_all = false;     // s
  bool extended = false;    // x
  bool anchored = false;    // A
  bool dollar_end = false;  // E
  bool ungreedy = false;    // G
  std::vector<PcreCapture> captures = {};
};

// The parts of a signature in the order in which they were written: relative ones refer to the one before.
struct SignaturePart {
  std::optional<Content> content;  // exactly one of the three
  std::optional<Pcre> pcre;
  std::optional<PartCheck> check = {};
  Buffer check_buffer = Buffer::payload;   // where the check looks
  std::vector<Transform> transforms = {};  // what becomes of the buffer before
  bool in_base64 = false;                  // looks into what base64_decode made of the buffer
  // Behind which naming of its buffer in the rule it stands: where a message has several values, all parts of one
  // mention look into the same one. 0 = behind none.
  std::uint16_t mention = 0;

  [[nodiscard]] Buffer buffer() const noexcept {
    return content ? content->buffer : pcre ? pcre->buffer : check_buffer;
  }
  // Whether it says that something is not there.
  [[nodiscard]] bool negated() const noexcept {
    if (content) return content->negated;
    if (pcre) return pcre->negated;
    const auto* const size = check ? std::get_if<BufferSize>(&*check) : nullptr;
    const auto* const data = check ? std::get_if<DataAt>(&*check) : nullptr;
    return (size != nullptr && size->negated) || (data != nullptr && data->negated);
  }
  // What it looks at stands in the message as it came.
  [[nodiscard]] bool is_plain() const noexcept { return transforms.empty() && !in_base64; }
};

// flow: of the rule language.
struct SignatureFlow {
  enum class Way : std::uint8_t { any = 0, to_server = 1, to_client = 2 };
  enum class State : std::uint8_t { any = 0, established = 1, not_established = 2, stateless = 3 };
  enum class Contents : std::uint8_t { any = 0, stream = 1, packet = 2 };      // only_stream, no_stream
  enum class Fragments : std::uint8_t { any = 0, fragmented = 1, whole = 2 };  // only_frag, no_frag

  Way way = Way::any;
  State state = State::any;
  Contents contents = Contents::any;
  Fragments fragments = Fragments::any;
};

struct Signature {
  RuleFacts facts;       // subject = msg
  std::string text;      // the rule as it was written, on one line
  std::string file;      // where it was written, without folders; empty where nobody knows
  std::size_t line = 0;  // of that file; 0 where nobody knows
  SignatureAction action{};
  SignatureProtocol protocol{};
  SignatureAddresses source;
  SignaturePorts source_ports;
  bool both_ways = false;  // <>
  SignatureAddresses destination;
  SignaturePorts destination_ports;
  SignatureFlow flow;
  std::vector<SignaturePart> parts;
  std::vector<NumberCondition> numbers;
  std::vector<SignatureCondition> conditions;
  SignatureThreshold threshold;
  bool silent = false;  // noalert: what it does is done, and nothing is said
  bool speaks = false;  // alert: said although it lets pass
};

using SignatureList = std::vector<Signature>;

}  // namespace sluice
