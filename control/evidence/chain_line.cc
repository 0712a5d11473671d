#include "control/evidence/chain_line.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "control/evidence/sealed_record.hh"
#include "control/text/uuid.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 5> kind_names{"start", "device", "record", "retired", "tombstone"};
constexpr std::size_t time_limit = 64;       // bytes
constexpr std::string_view ending = ".box";  // of a record's file

// Strict: a member of another type or form is none.
struct Members {
  const Json& object;
  bool are_good = true;

  std::string text(const char* key, bool good_form(std::string_view)) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string() || !good_form(found->get_ref<const std::string&>())) {
      are_good = false;
      return {};
    }
    return found->get<std::string>();
  }
  std::uint64_t number(const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_unsigned()) {
      are_good = false;
      return 0;
    }
    return found->get<std::uint64_t>();
  }
};

bool is_digest(std::string_view text) { return is_sha256(text); }
bool is_time(std::string_view text) {
  return text.size() < time_limit && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || c == '-' || c == ':' || c == 'T' || c == '.' || c == '+';
         });
}
bool is_word(std::string_view text) {
  return !text.empty() && text.size() < time_limit &&
         std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}
bool is_uuid(std::string_view text) { return Uuid::parse(text).has_value(); }
bool is_hex(std::string_view text) { return hex_bytes(text).has_value(); }

std::optional<ChainKind> chain_kind(std::string_view text) {
  const auto* const found = std::find(kind_names.begin(), kind_names.end(), text);
  if (found == kind_names.end()) return std::nullopt;
  return static_cast<ChainKind>(found - kind_names.begin());
}

bool is_kind(std::string_view text) { return chain_kind(text).has_value(); }

std::optional<std::uint64_t> number_from(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

}  // namespace

std::string_view text_of(ChainKind kind) noexcept { return kind_names[static_cast<std::size_t>(kind)]; }

std::string text_of(const ChainLine& line) {
  Json json{{"number", line.number}, {"time", line.time}, {"kind", text_of(line.kind)}};
  switch (line.kind) {
    case ChainKind::start:
      json["tap"] = line.tap;
      json["authority"] = line.authority;
      json["clock_state"] = line.clock_state;
      json["cut_bytes"] = line.cut_bytes;
      break;
    case ChainKind::device:
      json["device"] = line.device;
      json["public_key"] = line.public_key;
      break;
    case ChainKind::record:
      json["device"] = line.device;
      json["bytes"] = line.bytes;
      json["sha256"] = line.digest;
      json["blocks"] = line.blocks;
      break;
    case ChainKind::retired: json["through"] = line.through; break;
    case ChainKind::tombstone: json["device"] = line.device; break;
  }
  json["previous"] = line.previous;
  return json.dump();
}

tl::expected<ChainLine, std::string> parse_chain_line(std::string_view text) {
  const auto refuse = [](const char* why) { return tl::unexpected(std::string{why}); };
  if (text.size() > chain_line_limit) return refuse("it is too long");
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return refuse("it is no JSON object");
  Members members{json};
  ChainLine line;
  line.number = members.number("number");
  line.time = members.text("time", is_time);
  const auto kind = members.text("kind", is_kind);
  line.previous = members.text("previous", is_digest);
  if (!members.are_good) return refuse("a member is missing, or not what it must be");
  line.kind = *chain_kind(kind);
  if (line.kind == ChainKind::start) {
    line.tap = members.text("tap", is_uuid);
    line.authority = members.text("authority", is_digest);  // as long as a digest
    line.clock_state = members.text("clock_state", is_word);
    line.cut_bytes = members.number("cut_bytes");
  } else if (line.kind == ChainKind::retired) {
    line.through = members.number("through");
  } else {
    line.device = members.text("device", is_uuid);
  }
  if (line.kind == ChainKind::device) line.public_key = members.text("public_key", is_digest);
  if (line.kind == ChainKind::record) {
    line.bytes = members.number("bytes");
    line.digest = members.text("sha256", is_digest);
    line.blocks = members.text("blocks", is_hex);
  }
  if (!members.are_good) return refuse("a member is missing, or not what it must be");
  if (line.kind == ChainKind::record &&
      (line.bytes > sealed_record_limit ||
       line.blocks.size() != (line.bytes + evidence_block_size - 1) / evidence_block_size * block_digest_size))
    return refuse("its size and its digests do not fit");
  if (text_of(line) != text) return refuse("it is not written as a tap writes it");
  return line;
}

tl::expected<ChainHead, std::string> parse_chain_head(std::string_view text) {
  const auto colon = std::min(text.find(':'), text.size());
  const auto number = number_from(text.substr(0, colon));
  const auto digest = text.substr(std::min(colon + 1, text.size()));
  if (!number || !is_sha256(digest))
    return tl::unexpected(std::string{"a head is NUMBER:DIGEST, as `number` and `digest` of an event of evidence"});
  return ChainHead{*number, std::string{digest}};
}

std::string record_path(const std::string& folder, std::uint64_t number) {
  return fmt::format("{}/records/{:010}{}", folder, number, ending);
}

std::string device_path(const std::string& folder, std::string_view device) {
  return fmt::format("{}/devices/{}.json", folder, device);
}

std::uint64_t record_number(std::string_view file_name) noexcept {
  if (!file_name.ends_with(ending)) return 0;
  file_name.remove_suffix(ending.size());
  constexpr std::size_t digits = 10;
  if (file_name.size() < digits) return 0;
  return number_from(file_name).value_or(0);
}

}  // namespace sluice
