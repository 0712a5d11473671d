// One signature: a rule in Suricata's language, read and checked. What the words mean is Suricata's; which of them are
// read stands in rules/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/address.hh"
#include "rules/buffer.hh"
#include "rules/message_number.hh"
#include "rules/rule_facts.hh"

namespace sluice {

// Numbers of all enumerations here stand in packs: append only, never renumber.
enum class SignatureAction : std::uint8_t { alert = 0, drop = 1 };

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
};

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
};

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
};

// The parts of a signature in the order in which they were written: relative ones refer to the one before.
struct SignaturePart {
  std::optional<Content> content;  // exactly one of the two
  std::optional<Pcre> pcre;
  // Behind which naming of its buffer in the rule it stands: where a message has several values, all parts of one
  // mention look into the same one. 0 = behind none.
  std::uint16_t mention = 0;
};

// flow: of the rule language.
struct SignatureFlow {
  enum class Way : std::uint8_t { any = 0, to_server = 1, to_client = 2 };
  enum class State : std::uint8_t { any = 0, established = 1, not_established = 2 };

  Way way = Way::any;
  State state = State::any;
};

struct Signature {
  RuleFacts facts;       // subject = msg
  std::string text;      // the rule as it was written, on one line
  std::size_t line = 0;  // of its file; 0 where it came in a pack
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
};

using SignatureList = std::vector<Signature>;

}  // namespace sluice
