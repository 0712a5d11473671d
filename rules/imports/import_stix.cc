// Bundles of STIX 2.0 and 2.1: indicators, what they indicate, who says so.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rules/imports/import.hh"
#include "rules/imports/import_json.hh"
#include "rules/imports/import_value.hh"
#include "rules/imports/stix_pattern.hh"

namespace sluice {
namespace {

using Json = nlohmann::json;

// STIX 2.1, section 7.2.1.4 (TLP 1.0), and OASIS' extension of it for TLP 2.0.
const std::map<std::string_view, std::string_view> tlp_markings{
    {"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", "clear"},
    {"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", "green"},
    {"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", "amber"},
    {"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "red"},
    {"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "clear"},
    {"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"},
    {"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"},
    {"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict"},
    {"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "red"},
};

struct Indicated {
  std::string name;
  std::string finding_class;
};

std::string class_of(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word.find("stalker") != std::string::npos) return "stalkerware-indicator";
    if (word.find("spyware") != std::string::npos) return "spyware-indicator";
    if (word == "anonymization") return "anonymiser";  // STIX 2.1, section 10.11, indicator types
  }
  return {};
}

class Bundle {
 public:
  Bundle(const ImportedRow& origin, ImportedRows& into) : origin_(origin), into_(into) {}

  void read(const Json& objects) {
    for (const auto& object : objects) learn(object);
    for (const auto& object : objects) relate(object);
    std::size_t number = 0;
    for (const auto& object : objects) {
      ++number;
      if (json_text(object, "type") == "indicator") indicator(object, number);
    }
  }

 private:
  void learn(const Json& object) {
    const auto id = json_text(object, "id");
    const auto type = json_text(object, "type");
    if (type == "identity") names_[id] = import_text(json_text(object, "name"), import_text_limit);
    if (type == "malware" || type == "tool" || type == "threat-actor" || type == "campaign" ||
        type == "intrusion-set" || type == "infrastructure") {
      auto words = json_texts(object, "malware_types");
      for (auto& label : json_texts(object, "labels")) words.push_back(std::move(label));
      things_[id] = {import_text(json_text(object, "name"), import_text_limit), class_of(words)};
    }
    if (type == "marking-definition" && object.contains("definition"))
      markings_[id] = import_tlp(json_text(object["definition"], "tlp"));
  }

  void relate(const Json& object) {
    if (json_text(object, "type") != "relationship" || json_text(object, "relationship_type") != "indicates") return;
    const auto thing = things_.find(json_text(object, "target_ref"));
    if (thing == things_.end()) return;
    auto& indicated = indicated_[json_text(object, "source_ref")];
    if (!indicated.name.empty() && !thing->second.name.empty()) indicated.name += ", ";
    indicated.name = import_text(indicated.name + thing->second.name, import_text_limit);
    if (indicated.finding_class.empty()) indicated.finding_class = thing->second.finding_class;
  }

  void indicator(const Json& object, std::size_t number) {
    const auto pattern = json_text(object, "pattern");
    if (json_truth(object, "revoked", false)) return into_.leave(LeftOut::not_for_alarms, number, pattern, "revoked");
    const auto language = json_text(object, "pattern_type");
    if (!language.empty() && language != "stix")
      return into_.leave(LeftOut::signature, number, pattern, "pattern_type " + import_text(language, 64));
    const auto parsed = parse_stix_pattern(pattern);
    if (!parsed) return into_.leave(LeftOut::malformed, number, pattern, std::string(explain(parsed.error())));
    const auto row = row_of(object);
    for (const auto& comparison : parsed->alternatives) take(comparison, number, row);
    for (std::size_t i = 0; i < parsed->conjunctions; ++i) into_.leave(LeftOut::needs_all, number, pattern);
    for (std::size_t i = 0; i < parsed->others; ++i) into_.leave(LeftOut::pattern, number, pattern);
  }

  ImportedRow row_of(const Json& object) const {
    auto row = origin_;
    const auto id = json_text(object, "id");
    auto words = json_texts(object, "indicator_types");
    for (auto& label : json_texts(object, "labels")) words.push_back(std::move(label));
    row[ListColumn::finding_class] = class_of(words);
    if (const auto found = indicated_.find(id); found != indicated_.end()) {
      row[ListColumn::purpose] = found->second.name;
      if (row[ListColumn::finding_class].empty()) row[ListColumn::finding_class] = found->second.finding_class;
    }
    if (row[ListColumn::finding_class].empty()) row[ListColumn::finding_class] = "known-c2-indicator";
    if (row[ListColumn::purpose].empty()) row[ListColumn::purpose] = import_text(json_text(object, "name"), 256);
    if (const auto who = names_.find(json_text(object, "created_by_ref")); who != names_.end())
      row[ListColumn::source] = import_text(who->second + "; " + row[ListColumn::source], import_text_limit);
    if (object.contains("confidence") && object["confidence"].is_number_integer())
      row[ListColumn::confidence] = import_confidence(
          static_cast<int>(std::clamp<std::int64_t>(object["confidence"].get<std::int64_t>(), 0, 100)));
    row[ListColumn::first_seen] = import_day(json_text(object, "valid_from"));
    row[ListColumn::last_verified] = import_day(json_text(object, "modified"));
    row[ListColumn::expires] = import_day(json_text(object, "valid_until"));
    for (const auto& mark : json_texts(object, "object_marking_refs")) {
      if (const auto known = tlp_markings.find(mark); known != tlp_markings.end())
        row[ListColumn::tlp] = known->second;
      else if (const auto own = markings_.find(mark); own != markings_.end() && !own->second.empty())
        row[ListColumn::tlp] = own->second;
    }
    return row;
  }

  void take(const StixComparison& comparison, std::size_t number, ImportedRow row) {
    const auto& path = comparison.path;
    const auto shown = fmt::format("{} = {}", path, comparison.value);
    if (path == "domain-name:value" || path == "ipv4-addr:value" || path == "ipv6-addr:value" || path == "url:value" ||
        path == "network-traffic:dst_ref.value") {
      return take_import_value(comparison.value, number, into_, std::move(row));
    }
    const auto digest = [&](const char* kind) {
      row[ListColumn::kind] = kind;
      row[ListColumn::indicator] = import_text(comparison.value, import_text_limit);
      into_.take(std::move(row), number);
    };
    if (path == "x509-certificate:hashes.SHA-1" || path == "x509-certificate:hashes.sha1") return digest("cert_sha1");
    if (path == "x509-certificate:hashes.SHA-256" || path == "x509-certificate:hashes.sha256")
      return digest("cert_sha256");
    into_.leave(LeftOut::not_on_the_wire, number, shown);
  }

  const ImportedRow& origin_;
  ImportedRows& into_;
  std::map<std::string, std::string> names_;
  std::map<std::string, std::string> markings_;
  std::map<std::string, Indicated> things_;
  std::map<std::string, Indicated> indicated_;  // by the id of the indicator
};

}  // namespace

std::optional<std::string> import_stix(std::string_view text, const ImportedRow& origin, ImportedRows& into) {
  const auto json = read_import_json(text);
  if (!json) return json.error();
  if (json_text(*json, "type") != "bundle" || !json->contains("objects"))
    return "no bundle of STIX 2: an object with \"type\": \"bundle\" and \"objects\"";
  Bundle(origin, into).read(json_array(*json, "objects"));
  return std::nullopt;
}

}  // namespace sluice
