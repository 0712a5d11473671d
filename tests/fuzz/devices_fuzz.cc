// Facts of any kind and value: the first byte of a line is the kind, the rest its value. Whatever they are, votes and
// what they come to hold short printable text, and neither order nor repetition matters. The whole input is a list of
// IEEE and a vendor table as well.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "control/devices/identification.hh"

namespace {

using namespace sluice;

void require(bool truth) {
  if (!truth) std::abort();
}

void require_text(std::string_view text) {
  require(text.size() <= vote_text_limit);
  require(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }));
}

template <class Said>
void require_texts(const Said& said) {
  for (const auto* text : {&said.vendor, &said.model, &said.os, &said.build}) require_text(*text);
}

const OuiTable& some_organisations() {
  static const auto table = [] {
    OuiTable made;
    require(
        made.add("Registry,Assignment,Organization Name\nMA-L,001B63,\"Apple, Inc.\"\nMA-S,70B3D5A0C,A\n").has_value());
    return made;
  }();
  return table;
}

std::vector<Vote> votes_in(std::string_view text) {
  std::vector<Vote> votes;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty()) continue;
    const auto kind = static_cast<FactKind>(static_cast<unsigned char>(line.front()) % fact_kinds);
    const DeviceFact fact{kind, std::string{line.substr(1)}};
    const auto its = votes_of(fact, VendorTable::shipped(), &some_organisations());
    require(its == votes_of(fact, VendorTable::shipped(), &some_organisations()));
    for (const auto& vote : its) {
      require(vote.from == kind && vote.weight > 0 && vote.weight <= rung::dhcp && !vote.source.empty());
      require_texts(vote);
    }
    votes.insert(votes.end(), its.begin(), its.end());
  }
  return votes;
}

void check_identification(std::vector<Vote> votes) {
  const auto device = identify(votes);
  require_texts(device);
  require(device.vendor.empty() ==
          std::all_of(votes.begin(), votes.end(), [](const Vote& vote) { return vote.vendor.empty(); }));
  require(device.model.empty() == (device.model_certainty == Certainty::none));
  require(device.os.empty() == (device.os_certainty == Certainty::none));
  std::reverse(votes.begin(), votes.end());
  require(identify(votes) == device);
  std::rotate(votes.begin(), votes.begin() + static_cast<std::ptrdiff_t>(votes.size() / 3), votes.end());
  const auto count = votes.size();
  for (std::size_t i = 0; i < count; i += 2) votes.push_back(votes[i]);
  require(identify(votes) == device);
}

void check_tables(std::string_view text) {
  OuiTable oui;
  if (const auto added = oui.add(text); !added) require(!added.error().empty());
  static_cast<void>(oui.vendor_of({0x00, 0x1b, 0x63, 1, 2, 3}));
  const auto table = VendorTable::parse(text);
  if (!table) return require(!table.error().empty());
  for (const auto& row : table->rows()) require(match_end(row, row.example).has_value() && !row.source.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check_identification(votes_in(text));
  check_tables(text);
  return 0;
}
