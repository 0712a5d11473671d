#include "control/access/audit_line.hh"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "control/text/safe_text.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> kind_names{"asked", "done", "refused", "started"};

// Cut between two characters: what is read back and written again is the same line.
void put(Json& json, const char* key, const std::string& text) {
  if (text.empty()) return;
  auto stored = stored_text(std::string_view{text}.substr(0, audit_text_limit));
  if (stored.size() > audit_text_limit) {
    auto end = audit_text_limit;
    while (end > 0 && (static_cast<unsigned char>(stored[end]) & 0xc0U) == 0x80U) --end;
    stored.resize(end);
  }
  json[key] = std::move(stored);
}

}  // namespace

std::string_view name_of(AuditKind kind) noexcept { return kind_names[static_cast<std::size_t>(kind)]; }

std::string text_of(const AuditLine& line) {
  Json json{{"number", line.number}, {"time", line.time}, {"kind", name_of(line.kind)}};
  put(json, "actor", line.actor);
  put(json, "proof", line.proof);
  put(json, "from", line.from);
  put(json, "action", line.action);
  put(json, "subject", line.subject);
  put(json, "sha256", line.sha256);
  if (line.of != 0) json["of"] = line.of;
  if (line.status != 0) json["status"] = line.status;
  json["previous"] = line.previous;
  return json.dump();
}

tl::expected<AuditLine, std::string> parse_audit_line(std::string_view text) {
  const auto refuse = [](const char* why) { return tl::unexpected(std::string{why}); };
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return refuse("it is no JSON object");
  AuditLine line;
  bool is_kind_known = false;
  for (const auto& [key, value] : json.items()) {
    if (key == "number" || key == "of") {
      if (!value.is_number_unsigned()) return refuse("a number is none");
      (key == "number" ? line.number : line.of) = value.get<std::uint64_t>();
      continue;
    }
    if (key == "status") {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 999) return refuse("the status is none");
      line.status = value.get<int>();
      continue;
    }
    if (!value.is_string()) return refuse("a text is none");
    const auto& said = value.get_ref<const std::string&>();
    if (key == "kind") {
      const auto* const found = std::find(kind_names.begin(), kind_names.end(), said);
      if (found == kind_names.end()) return refuse("its kind is not known");
      line.kind = static_cast<AuditKind>(found - kind_names.begin());
      is_kind_known = true;
      continue;
    }
    std::string* const at = key == "time"       ? &line.time
                            : key == "actor"    ? &line.actor
                            : key == "proof"    ? &line.proof
                            : key == "from"     ? &line.from
                            : key == "action"   ? &line.action
                            : key == "subject"  ? &line.subject
                            : key == "sha256"   ? &line.sha256
                            : key == "previous" ? &line.previous
                                                : nullptr;
    if (at == nullptr) return refuse("it has a member that no line has");
    *at = said;
  }
  if (!is_kind_known || line.number == 0 || line.time.empty() || !is_sha256(line.previous))
    return refuse("a member is missing");
  return line;
}

}  // namespace sluice
