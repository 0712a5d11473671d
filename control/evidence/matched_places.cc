#include "control/evidence/matched_places.hh"

#include <algorithm>

#include "control/evidence/evidence_key.hh"
#include "control/findings/wording.hh"
#include "rules/names/address.hh"
#include "rules/signatures/buffer.hh"
#include "rules/signatures/signature_file.hh"

namespace sluice {
namespace {

constexpr std::size_t place_limit = 8;
constexpr std::size_t around = 16;        // bytes shown on each side
constexpr std::size_t shown_limit = 256;  // bytes of a match
constexpr std::size_t label_limit = 63;   // RFC 1035 section 2.3.4

struct Sought {
  std::string bytes;
  std::string buffer;
  bool any_case = false;
  bool in_headers = false;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// As it stands in a message (RFC 1035 section 3.1), without the root: a compressed name has its end elsewhere.
std::string labels_of(std::string_view name) {
  std::string bytes;
  while (!name.empty()) {
    const auto label = name.substr(0, name.find('.'));
    if (label.size() > label_limit) return {};
    bytes += static_cast<char>(label.size());
    bytes.append(label);
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  return bytes;
}

std::vector<Sought> sought_by_signature(std::string_view rule) {
  std::vector<Sought> sought;
  const auto read = parse_signatures(std::string{rule} + "\n", "rule");
  if (read.signatures.size() != 1) return sought;
  for (const auto& part : read.signatures.front().parts) {
    if (!part.content || part.content->negated || !part.is_plain()) continue;
    sought.push_back({part.content->bytes, std::string{text_of(part.buffer())}, part.content->nocase, false});
  }
  return sought;
}

std::vector<Sought> sought_by(const Finding& finding, std::string_view rule) {
  if (!rule.empty()) return sought_by_signature(rule);
  const std::string buffer{text_of(finding.matched_field)};
  const auto value = finding.matched_value;
  if (finding.matched_field == Field::dns_query_name) return {{labels_of(value), buffer, true, false}};
  const auto address = Address::parse(value);
  if (finding.matched_field == Field::destination_ip && address) {
    const auto& bytes = address->bytes;
    const auto size = address->is_v4() ? std::size_t{4} : bytes.size();
    return {{std::string{bytes.end() - static_cast<std::ptrdiff_t>(size), bytes.end()}, buffer, false, true}};
  }
  return {{std::string{value}, buffer, true, false}};
}

std::size_t find(std::string_view bytes, std::size_t from, const Sought& sought) {
  from = std::min(from, bytes.size());
  const auto found = std::search(
      bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.end(), sought.bytes.begin(), sought.bytes.end(),
      [&](char one, char other) { return sought.any_case ? lower(one) == lower(other) : one == other; });
  return found == bytes.end() ? std::string_view::npos : static_cast<std::size_t>(found - bytes.begin());
}

}  // namespace

Json matched_places(const Finding& finding, std::string_view rule, const EvidencePackets& packets) {
  Json places = Json::array();
  for (const auto& sought : sought_by(finding, rule)) {
    if (sought.bytes.empty() || places.size() == place_limit) continue;
    for (std::size_t i = 0; i < packets.packets.size(); ++i) {
      const std::string_view bytes = packets.packets[i].bytes;
      const auto at = find(bytes, sought.in_headers ? 0 : packets.packets[i].payload_at, sought);
      if (at == std::string_view::npos) continue;
      const auto end = at + sought.bytes.size();
      const auto first = at - std::min(at, around);
      places.push_back({{"packet", i + 1},
                        {"offset", at},
                        {"length", sought.bytes.size()},
                        {"buffer", sought.buffer},
                        {"bytes", hex_text(bytes.substr(at, std::min(sought.bytes.size(), shown_limit)))},
                        {"before", hex_text(bytes.substr(first, at - first))},
                        {"behind", hex_text(bytes.substr(end, around))}});
      break;
    }
  }
  return places;
}

}  // namespace sluice
