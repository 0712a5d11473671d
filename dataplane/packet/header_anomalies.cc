#include "dataplane/packet/header_anomalies.hh"

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>

namespace sluice {
namespace {

// Type, length and value of the next option in a list whose end and padding are one byte each.
struct Option {
  std::uint8_t kind = 0;
  std::size_t length = 0;  // with its own two bytes
};

enum class NextOption : std::uint8_t { option, end, broken };

// IPv4 and TCP: 0 ends the list, 1 is padding.
NextOption next_option(Reader& reader, Option& option) noexcept {
  for (;;) {
    if (reader.left() == 0) return NextOption::end;
    option.kind = reader.u8();
    if (option.kind == 0) return NextOption::end;
    if (option.kind == 1) continue;
    option.length = reader.u8();
    if (!reader.ok() || option.length < 2) return NextOption::broken;
    reader.skip(option.length - 2);
    return reader.ok() ? NextOption::option : NextOption::broken;
  }
}

// https://www.iana.org/assignments/tcp-parameters: the sizes that an option may have.
bool is_tcp_option_size(const Option& option) noexcept {
  const auto length = option.length;
  switch (option.kind) {
    case 2: return length == 4;                                                       // RFC 9293 section 3.2
    case 3: return length == 3;                                                       // RFC 7323 section 2.2
    case 4: return length == 2;                                                       // RFC 2018 section 2
    case 5: return length >= 10 && (length - 2) % 8 == 0;                             // RFC 2018 section 3
    case 8: return length == 10;                                                      // RFC 7323 section 3.2
    case 19: return length == 18;                                                     // RFC 2385 section 3.0
    case 29: return length >= 4;                                                      // RFC 5925 section 2.2
    case 34: return length == 2 || (length >= 6 && length <= 18 && length % 2 == 0);  // RFC 7413 section 4.1.1
    default: return true;
  }
}

// Of an ICMP error: the packet that it is about, as far as it is there.
struct Quoted {
  std::uint8_t version = 0;
  bool is_short = false;
};

Quoted quoted(Bytes message, std::size_t header) noexcept {
  constexpr std::size_t before = 8;  // type, code, checksum and 4 bytes more
  if (message.size() <= before) return {0, true};
  const auto packet = message.subspan(before);
  return {static_cast<std::uint8_t>(packet[0] >> 4), packet.size() < header};
}

constexpr std::size_t ipv4_header = 20;
constexpr std::size_t ipv6_header = 40;

}  // namespace

void note_ipv4_options(Bytes options, Anomalies& anomalies) noexcept {
  Reader reader{options};
  Option option;
  std::bitset<256> seen;
  for (;;) {
    switch (next_option(reader, option)) {
      case NextOption::end: return;
      case NextOption::broken: return anomalies.add(Anomaly::ipv4_opt_invalid_len);
      case NextOption::option: break;
    }
    if (seen[option.kind]) anomalies.add(Anomaly::ipv4_opt_duplicate);
    seen[option.kind] = true;
    switch (option.kind) {  // https://www.iana.org/assignments/ip-parameters
      case 7:               // record route
      case 131:             // loose source route
      case 137:             // strict source route
      case 68:              // timestamp
      case 130:             // security
      case 133:             // extended security
      case 134:             // commercial security
      case 136:             // stream id
      case 148:             // router alert
        break;
      default: anomalies.add(Anomaly::ipv4_opt_unknown);
    }
  }
}

void note_ipv6_options(OptionsHeader header, Bytes options, Anomalies& anomalies) noexcept {
  const bool hops = header == OptionsHeader::hop_by_hop;
  constexpr std::uint8_t pad1 = 0, padn = 1;
  Reader reader{options};
  bool has_padding = false, has_other = false;
  while (reader.left() > 0) {
    const auto kind = reader.u8();
    if (kind == pad1) {
      has_padding = true;
      continue;
    }
    const std::size_t length = reader.u8();
    reader.skip(length);
    if (!reader.ok()) return anomalies.add(Anomaly::ipv6_exthdr_invalid_optlen);
    if (kind == padn) {
      has_padding = true;
      if (length == 0) anomalies.add(Anomaly::ipv6_zero_len_padn);
      continue;
    }
    has_other = true;
    std::optional<std::size_t> wanted;
    switch (kind) {                   // https://www.iana.org/assignments/ipv6-parameters
      case 0x05: wanted = 2; break;   // router alert, RFC 2711
      case 0xc2: wanted = 4; break;   // jumbo payload, RFC 2675
      case 0xc9: wanted = 16; break;  // home address, RFC 6275
      default: anomalies.add(hops ? Anomaly::ipv6_hopopts_unknown_opt : Anomaly::ipv6_dstopts_unknown_opt);
    }
    if (wanted && *wanted != length) anomalies.add(Anomaly::ipv6_exthdr_invalid_optlen);
  }
  if (has_padding && !has_other)
    anomalies.add(hops ? Anomaly::ipv6_hopopts_only_padding : Anomaly::ipv6_dstopts_only_padding);
}

void note_tcp_options(Bytes options, Anomalies& anomalies) noexcept {
  Reader reader{options};
  Option option;
  std::bitset<256> seen;
  for (;;) {
    switch (next_option(reader, option)) {
      case NextOption::end: return;
      case NextOption::broken: return anomalies.add(Anomaly::tcp_opt_invalid_len);
      case NextOption::option: break;
    }
    if (!is_tcp_option_size(option)) {
      anomalies.add(Anomaly::tcp_opt_invalid_len);
    } else if (option.kind <= 8 || option.kind == 19 || option.kind == 29 || option.kind == 34) {
      if (seen[option.kind]) anomalies.add(Anomaly::tcp_opt_duplicate);
      seen[option.kind] = true;
    }
  }
}

void note_icmp(Bytes message, Anomalies& anomalies) noexcept {
  Reader reader{message};
  const auto type = reader.u8();
  const auto code = reader.u8();
  reader.skip(6);
  if (!reader.ok()) return anomalies.add(Anomaly::icmpv4_pkt_too_small);
  std::uint8_t last_code = 0;
  bool quotes = false;
  switch (type) {  // RFC 792; codes of https://www.iana.org/assignments/icmp-parameters
    case 3: last_code = 15, quotes = true; break;
    case 4: quotes = true; break;
    case 5: last_code = 3, quotes = true; break;
    case 11: last_code = 1, quotes = true; break;
    case 12: last_code = 2, quotes = true; break;
    case 0:
    case 8:
    case 13:
    case 14:
    case 15:
    case 16:
    case 17:
    case 18: break;
    case 9: last_code = 16; break;  // RFC 5944 section 2.1.1: mobility agents
    case 10: break;
    default: return anomalies.add(Anomaly::icmpv4_unknown_type);
  }
  if (code > last_code && !(type == 9 && code < 16)) return anomalies.add(Anomaly::icmpv4_unknown_code);
  if (!quotes) return;
  const auto inner = quoted(message, ipv4_header);
  if (inner.is_short)
    anomalies.add(Anomaly::icmpv4_ipv4_trunc_pkt);
  else if (inner.version != 4)
    anomalies.add(Anomaly::icmpv4_ipv4_unknown_ver);
}

void note_icmpv6(Bytes message, Anomalies& anomalies) noexcept {
  Reader reader{message};
  const auto type = reader.u8();
  const auto code = reader.u8();
  reader.skip(6);
  if (!reader.ok()) return anomalies.add(Anomaly::icmpv6_pkt_too_small);
  std::uint8_t last_code = 0;
  const bool quotes = type >= 1 && type <= 4;
  switch (type) {  // https://www.iana.org/assignments/icmpv6-parameters
    case 1: last_code = 8; break;
    case 3: last_code = 1; break;
    case 4: last_code = 10; break;
    case 100:
    case 101:
    case 200:
    case 201: return anomalies.add(Anomaly::icmpv6_experimentation_type);
    case 127:
    case 255: return anomalies.add(Anomaly::icmpv6_unknown_type);  // kept for an extension of the numbers
    case 138: last_code = 255; break;
    case 139:
    case 140: last_code = 2; break;
    case 157:
    case 158: last_code = 15; break;
    case 155:
    case 160: last_code = 255; break;
    default:
      if (type == 2 || (type >= 128 && type <= 161)) break;
      return anomalies.add(Anomaly::icmpv6_unassigned_type);
  }
  if (code > last_code) return anomalies.add(Anomaly::icmpv6_unknown_code);
  if (!quotes) return;
  const auto inner = quoted(message, ipv6_header);
  if (inner.is_short)
    anomalies.add(Anomaly::icmpv6_ipv6_trunc_pkt);
  else if (inner.version != 6)
    anomalies.add(Anomaly::icmpv6_ipv6_unknown_version);
}

}  // namespace sluice
