#include "rules/signatures/signature_header.hh"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rules/signatures/header_list.hh"
#include "rules/text/nearest_word.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 6> actions{"alert", "drop", "pass", "reject", "rejectdst", "rejectboth"};
constexpr std::array<std::string_view, 24> protocols{"ip",    "tcp",         "udp",    "dns",  "tls",     "quic",
                                                     "http",  "xiaomi_push", "ip4",    "ip6",  "tcp-pkt", "tcp-stream",
                                                     "icmp",  "icmpv4",      "icmpv6", "sctp", "pkthdr",  "http1",
                                                     "http2", "dhcp",        "mqtt",   "ssh",  "ntp",     "mdns"};
// Other spellings.
struct ProtocolSpelling {
  std::string_view name;
  SignatureProtocol protocol;
};
constexpr std::array<ProtocolSpelling, 4> protocol_spellings{{{"ipv4", SignatureProtocol::ip4},
                                                              {"ipv6", SignatureProtocol::ip6},
                                                              {"ssl", SignatureProtocol::tls},
                                                              {"any", SignatureProtocol::ip}}};

std::optional<SignatureProtocol> protocol_of(std::string_view name) noexcept {
  const auto* const found = std::find(protocols.begin(), protocols.end(), name);
  if (found != protocols.end()) return static_cast<SignatureProtocol>(found - protocols.begin());
  for (const auto& spelling : protocol_spellings)
    if (spelling.name == name) return spelling.protocol;
  return std::nullopt;
}

// Variables of Suricata's default configuration beside $HOME_NET and $EXTERNAL_NET. What they stand for is known to who
// runs servers; a tap in front of phones has none, so they stand for any.
constexpr std::array<std::string_view, 13> address_variables{
    "$HTTP_SERVERS",  "$SMTP_SERVERS", "$SQL_SERVERS", "$DNS_SERVERS", "$TELNET_SERVERS",
    "$AIM_SERVERS",   "$DC_SERVERS",   "$DNP3_SERVER", "$DNP3_CLIENT", "$MODBUS_CLIENT",
    "$MODBUS_SERVER", "$ENIP_CLIENT",  "$ENIP_SERVER"};
constexpr std::array<std::string_view, 12> port_variables{
    "$HTTP_PORTS",      "$SHELLCODE_PORTS", "$ORACLE_PORTS", "$SSH_PORTS",   "$DNP3_PORTS",   "$MODBUS_PORTS",
    "$FILE_DATA_PORTS", "$FTP_PORTS",       "$GENEVE_PORTS", "$VXLAN_PORTS", "$TEREDO_PORTS", "$SIP_PORTS"};
constexpr std::string_view home = "$HOME_NET";
constexpr std::string_view external = "$EXTERNAL_NET";

bool contains(std::span<const std::string_view> texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

struct Word {
  std::string_view text;
  std::size_t at = 0;
};

// Split at blanks, except inside brackets; nothing and a fault where a bracket stays open.
std::optional<std::vector<Word>> words_of(std::string_view header, RuleFaults& faults) {
  std::vector<Word> words;
  unsigned open = 0;
  std::size_t opened_at = 0;
  bool inside = false;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == '[' && open++ == 0) opened_at = i;
    if (header[i] == ']' && open > 0) --open;
    const bool blank = (header[i] == ' ' || header[i] == '\t') && open == 0;
    if (!blank && !inside) words.push_back({header.substr(i, 0), i});
    if (!blank) words.back().text = header.substr(words.back().at, i + 1 - words.back().at);
    inside = !blank;
  }
  if (open > 0) {
    faults.push_back({opened_at, "the bracket opened here is never closed"});
    return std::nullopt;
  }
  return words;
}

// What addresses and ports have in common. Range is an AddressRange or a PortRange.
template <typename Range>
struct Sides {
  std::vector<Range> listed;
  std::vector<Range> excepted;
  bool any = false;  // `any` is listed: the other listed ones change nothing
};

template <typename Range, typename Within>
bool nothing_left(const Sides<Range>& sides, Within within) {
  return !sides.any && !sides.listed.empty() &&
         std::all_of(sides.listed.begin(), sides.listed.end(), [&](const Range& range) {
           return std::any_of(sides.excepted.begin(), sides.excepted.end(),
                              [&](const Range& outer) { return within(range, outer); });
         });
}

class HeaderReader {
 public:
  explicit HeaderReader(RuleFaults& faults) : faults_(faults) {}

  void read(const std::vector<Word>& words, Signature& out) {
    read_action(words[0], out);
    read_protocol(words[1], out);
    out.source = read_addresses(words[2]);
    out.source_ports = read_ports(words[3]);
    read_direction(words[4], out);
    out.destination = read_addresses(words[5]);
    out.destination_ports = read_ports(words[6]);
  }

 private:
  void fail(std::size_t at, std::string message) { faults_.push_back({at, std::move(message)}); }

  void read_action(const Word& word, Signature& out) {
    const auto name = in_lower_case(word.text);
    const auto* const found = std::find(actions.begin(), actions.end(), name == "rejectsrc" ? actions[3] : name);
    if (found == actions.end())
      return fail(word.at, fmt::format("action \"{}\" is not known here: write one of {}, rejectsrc",
                                       printable(word.text), fmt::join(actions, ", ")));
    out.action = static_cast<SignatureAction>(found - actions.begin());
  }

  void read_protocol(const Word& word, Signature& out) {
    const auto found = protocol_of(in_lower_case(word.text));
    if (!found)
      return fail(word.at,
                  fmt::format("protocol \"{}\" is not matched by this version: write one of {} (nearest: {})",
                              printable(word.text), fmt::join(protocols, ", "), nearest_word(word.text, protocols)));
    out.protocol = *found;
  }

  void read_direction(const Word& word, Signature& out) {
    out.both_ways = word.text == "<>";
    if (word.text != "->" && !out.both_ways)
      fail(word.at, fmt::format("direction \"{}\": write -> or <>, with the sender on the left", printable(word.text)));
  }

  // True where the item is `any` or a variable that stands for it, or was refused.
  bool is_any(const HeaderItem& item, std::span<const std::string_view> variables, bool& any) {
    const bool variable = contains(variables, item.text);
    if (item.text != "any" && !variable) {
      if (!item.text.starts_with('$')) return false;
      fail(item.at, fmt::format("unknown variable \"{}\": write the addresses or ports themselves (nearest: {})",
                                printable(item.text), nearest_word(item.text, variables)));
      return true;
    }
    if (item.negated) {
      fail(item.at, variable ? fmt::format("{} stands for any here, so that its negation matches nothing: write the "
                                           "addresses or ports themselves",
                                           item.text)
                             : "!any matches nothing: remove the !");
    }
    any = true;
    return true;
  }

  SignatureAddresses read_addresses(const Word& word) {
    using Place = SignatureAddresses::Place;
    const auto items = header_items(word.text, word.at, faults_);
    if (items.size() == 1 && (items[0].text == home || items[0].text == external)) {
      const bool inside = (items[0].text == home) != items[0].negated;
      return {inside ? Place::inside : Place::outside, {}, {}};
    }
    Sides<AddressRange> sides;
    for (const auto& item : items) {
      if (item.text == home || item.text == external) {
        fail(item.at, fmt::format("{} stands in a list: here it must stand alone", item.text));
      } else if (!is_any(item, address_variables, sides.any)) {
        if (const auto range = address_range(item.text)) {
          (item.negated ? sides.excepted : sides.listed).push_back(*range);
        } else {
          fail(item.at, fmt::format("\"{}\" is no address and no prefix: write 192.0.2.1, 192.0.2.0/24 or "
                                    "2001:db8::/32, without bits behind the prefix",
                                    printable(item.text)));
        }
      }
    }
    if (nothing_left(sides, [](const AddressRange& range, const AddressRange& outer) {
          return outer.contains(range.first) && outer.contains(range.last);
        }))
      fail(word.at, "every address listed is excepted again, so that nothing is left to match: correct the list");
    if (sides.any) sides.listed.clear();
    return {Place::any, std::move(sides.listed), std::move(sides.excepted)};
  }

  // An address, a prefix, or FIRST-LAST of one family.
  static std::optional<AddressRange> address_range(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return AddressRange::parse(text);
    const auto first = Address::parse(text.substr(0, dash));
    const auto last = Address::parse(text.substr(dash + 1));
    if (!first || !last || *last < *first || first->is_v4() != last->is_v4()) return std::nullopt;
    return AddressRange{*first, *last};
  }

  static std::optional<std::uint16_t> port_number(std::string_view text) {
    std::uint16_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return value;
  }

  // 80, 80:90, 1024:, :1023
  static std::optional<PortRange> port_range(std::string_view text) {
    const auto colon = text.find(':');
    const auto low = text.substr(0, colon);
    const auto high = colon == std::string_view::npos ? low : text.substr(colon + 1);
    if (low.empty() && high.empty()) return std::nullopt;
    const auto first = low.empty() ? std::uint16_t{0} : port_number(low);
    const auto last = high.empty() ? std::uint16_t{65535} : port_number(high);
    if (!first || !last || *first > *last) return std::nullopt;
    return PortRange{*first, *last};
  }

  SignaturePorts read_ports(const Word& word) {
    Sides<PortRange> sides;
    for (const auto& item : header_items(word.text, word.at, faults_)) {
      if (is_any(item, port_variables, sides.any)) continue;
      if (const auto range = port_range(item.text)) {
        (item.negated ? sides.excepted : sides.listed).push_back(*range);
      } else {
        fail(item.at,
             fmt::format("\"{}\" is no port: write 80, 80:90, 1024: or :1023, with 0 to 65535", printable(item.text)));
      }
    }
    if (nothing_left(sides, [](const PortRange& range, const PortRange& outer) {
          return outer.first <= range.first && range.last <= outer.last;
        }))
      fail(word.at, "every port listed is excepted again, so that nothing is left to match: correct the list");
    if (sides.any) sides.listed.clear();
    return {std::move(sides.listed), std::move(sides.excepted)};
  }

  RuleFaults& faults_;
};

}  // namespace

std::string_view text_of(SignatureProtocol protocol) noexcept { return protocols[static_cast<std::size_t>(protocol)]; }

std::optional<SignatureProtocol> application_of(std::string_view name) noexcept {
  const auto protocol = protocol_of(name);
  if (!protocol || is_transport(*protocol)) return std::nullopt;
  return protocol;
}

void read_signature_header(std::string_view rule, std::size_t end, Signature& signature, RuleFaults& faults) {
  const auto words = words_of(rule.substr(0, end), faults);
  constexpr std::size_t word_count = 7;
  if (!words) return;
  if (words->size() != word_count) {
    const auto at = words->size() > word_count ? (*words)[word_count].at : end;
    faults.push_back({at, fmt::format("a header has {} words, ACTION PROTOCOL SOURCE PORTS -> DESTINATION PORTS, and "
                                      "this one {}: write for example alert tcp any any -> any 80",
                                      word_count, words->size())});
    return;
  }
  HeaderReader(faults).read(*words, signature);
}

}  // namespace sluice
