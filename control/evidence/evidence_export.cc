#include "control/evidence/evidence_export.hh"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "control/text/safe_text.hh"
#include "control/text/text_file.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t filter_limit = 64;  // bytes that a display filter looks for
constexpr std::string_view signature_ending = ".minisig";

// Of a record whatever somebody sealed may be read: a member of another type is empty.
std::string text(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}
std::uint64_t number(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}
Json member(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : Json{};
}

// "aabb" -> "aa:bb", as a display filter has bytes; empty for what is no hex: it goes into a command line.
std::string filter_bytes(const std::string& hex) {
  const auto bytes = hex_bytes(hex);
  if (!bytes || bytes->empty()) return {};
  std::string text;
  for (std::size_t i = 0; i < std::min(hex.size(), filter_limit * 2); i += 2)
    text += (i == 0 ? "" : ":") + hex.substr(i, 2);
  return text;
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
}

// Display filters that show the packets with what was matched.
std::vector<std::string> filters(const Json& matched) {
  std::vector<std::string> filters;
  for (const auto& place : member(matched, "places")) {
    const auto bytes = filter_bytes(text(place, "bytes"));
    const auto packet = number(place, "packet");
    if (!bytes.empty() && packet != 0)
      filters.push_back(fmt::format("frame.number == {} && frame contains {}", packet, bytes));
  }
  if (!filters.empty()) return filters;
  const auto field = text(matched, "field");
  const auto value = text(matched, "value");
  // tshark puts segments together and opens the first packets of QUIC, whose keys are in them.
  if (is_plain_name(value) && (field == "tls.sni" || field == "quic.sni"))
    return {fmt::format("tls.handshake.extensions_server_name == \"{}\"", value)};
  return {"frame"};
}

std::string pack_commands(const EvidenceExport& exported) {
  std::string commands;
  bool is_any_unsigned = exported.packs.empty();
  for (const auto& file : exported.packs) {
    if (file.name.ends_with(signature_ending)) continue;
    const bool is_signed = std::ranges::any_of(
        exported.packs, [&](const auto& other) { return other.name == file.name + std::string{signature_ending}; });
    if (is_signed)
      commands += fmt::format("    minisign -Vm {} -p PUBLISHER.pub\n", file.name);
    else
      is_any_unsigned = true;
  }
  std::string text;
  if (!commands.empty())
    text +=
        "2. That the publisher signed the rules. PUBLISHER.pub is the publisher's public key: have it from the\n"
        "   publisher, not from whoever gave you this folder.\n\n" +
        commands;
  if (is_any_unsigned)
    text += exported.packs.empty()
                ? "2. The ruleset is not in this folder: the rule stands in decision.json alone (`rule`), and nobody "
                  "signed it here.\n"
                : "   Files of rules without a signature beside them are a site's own: nobody signed them.\n";
  return text;
}

}  // namespace

std::string export_page(const EvidenceExport& exported) {
  const auto decision = Json::parse(exported.record.decision, nullptr, false);
  const auto matched = member(decision, "matched");
  const auto rule = member(decision, "rule");
  const auto capture = member(decision, "capture");
  const bool is_whole = member(capture, "whole") == true;
  const auto part = number(member(decision, "part"), "number");
  std::string shown;
  for (const auto& filter : filters(matched)) shown += fmt::format("    tshark -r capture.pcapng -Y '{}' -x\n", filter);
  const bool is_rebuilt = std::ranges::any_of(member(capture, "packets"),
                                              [](const auto& packet) { return member(packet, "rebuilt") == true; });
  return fmt::format(
      R"(Evidence of one finding, record {} of tap {}

Finding: {}
Seen at {} (clock: {}), of device {}, by rule {}.
{}
  decision.json    which rule of which ruleset looked for what, where it stands in the packets, and what was done
  capture.pcapng   the packets
  chain-line.json  the line of the tap's chain that has the digest of the sealed record
  SHA256SUMS       the sums of all files but itself

How to check it, in this folder, without Sluice:

1. That the files are those that were exported.

    sha256sum -c SHA256SUMS

{}
3. That what the rule looks for stands in the packets (offsets: `matched.places` of decision.json).

{}
What this proves: that bytes which the rule looks for stand in these packets, and, where the rules are signed, that the
rule is the publisher's. With the tap's folder of evidence (`sluice evidence verify`) and an event that told the end of
its chain: that the record existed then, and is the one that was written.

What it does not prove: who used the device; that the packets came over this wire, for which the tap's word stands
(whoever held the tap's system could have sealed any record, though not altered an earlier one unseen); that the time is
right where the clock is not said to be kept in step; what other packets of the connection held.
{}{})",
      exported.number, shown_text(text(decision, "tap_id")), shown_text(text(decision, "sentence")),
      shown_text(text(decision, "time")), shown_text(text(decision, "clock_state")),
      shown_text(text(member(decision, "device"), "address")), shown_text(text(rule, "rule_id")),
      part == 0
          ? std::string{}
          : fmt::format("These are packets of the connection that it was made on, from then on: part {}. Parts with "
                        "the same\nfinding_id and flow follow one another: mergecap -w connection.pcapng "
                        "PART/capture.pcapng...\n",
                        part),
      pack_commands(exported), shown,
      is_rebuilt
          ? "Packets with a comment are rebuilt: their bytes came in other packets, whose headers are not kept.\n"
          : "",
      is_whole ? "" : "Not all bytes that the finding was made of are here: they found no room, or were not kept.\n");
}

tl::expected<void, std::string> write_export(const EvidenceExport& exported, const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0) return tl::unexpected(folder + ": " + std::strerror(errno));
  const auto decision = Json::parse(exported.record.decision, nullptr, false);
  if (decision.is_discarded()) return tl::unexpected(std::string{"the record's decision is no JSON"});
  auto files = exported.packs;
  files.push_back({"decision.json", decision.dump(2) + "\n"});
  files.push_back({"capture.pcapng", exported.record.capture});
  files.push_back({"chain-line.json", exported.line + "\n"});
  files.push_back({"README.txt", export_page(exported)});
  std::string sums;
  for (const auto& file : files) {
    sums += sha256_hex(file.bytes) + "  " + file.name + "\n";
    if (auto written = replace_text_file(folder + "/" + file.name, file.bytes); !written) return written;
  }
  return replace_text_file(folder + "/SHA256SUMS", sums);
}

}  // namespace sluice
