// Events of MISP (the core format): attributes, those within objects too, with their tags.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rules/imports/import.hh"
#include "rules/imports/import_json.hh"
#include "rules/imports/import_value.hh"

namespace sluice {
namespace {

using Json = nlohmann::json;

// MISP, "Attribute types": what traffic shows.
constexpr std::array<std::string_view, 7> value_types{"domain", "hostname", "ip-dst",   "ip-src",
                                                      "url",    "link",     "domain|ip"};
constexpr std::array<std::string_view, 3> address_and_port_types{"ip-dst|port", "ip-src|port", "hostname|port"};

struct DigestType {
  std::string_view type;
  std::string_view kind;
};
constexpr std::array<DigestType, 4> digest_types{{{"ja3-fingerprint-md5", "ja3"},
                                                  {"x509-fingerprint-sha1", "cert_sha1"},
                                                  {"x509-fingerprint-sha256", "cert_sha256"},
                                                  {"ja4", "ja4"}}};

template <typename List>
bool contains(const List& list, std::string_view text) {
  for (const auto& one : list)
    if (one == text) return true;
  return false;
}

std::vector<std::string> tags_of(const Json& object) {
  std::vector<std::string> out;
  for (const auto& tag : json_array(object, "Tag")) out.push_back(json_text(tag, "name"));
  return out;
}

// Name of a family in a tag of a galaxy: misp-galaxy:malpedia="FluBot".
std::string family_of(const std::vector<std::string>& tags) {
  std::string out;
  for (const auto& tag : tags) {
    const auto quote = tag.find("=\"");
    if (!tag.starts_with("misp-galaxy:") || quote == std::string::npos || !tag.ends_with('"')) continue;
    if (!out.empty()) out += ", ";
    out += tag.substr(quote + 2, tag.size() - quote - 3);
  }
  return import_text(out, import_text_limit);
}

class Event {
 public:
  Event(const Json& event, const ImportedRow& origin, ImportedRows& into)
      : event_(event), row_(origin), into_(into), tags_(tags_of(event)) {
    const auto info = json_text(event, "info");
    const auto organisation = event.contains("Orgc") ? json_text(event["Orgc"], "name") : std::string();
    row_[ListColumn::source] =
        import_text(fmt::format("MISP event \"{}\"{}{}, {}", info, organisation.empty() ? "" : " of ", organisation,
                                import_day(json_text(event, "date"))),
                    import_text_limit);
    row_[ListColumn::first_seen] = import_day(json_text(event, "date"));
    row_[ListColumn::finding_class] = "known-c2-indicator";
  }

  void read(std::size_t& number) {
    for (const auto& attribute : json_array(event_, "Attribute")) take(attribute, ++number);
    for (const auto& object : json_array(event_, "Object")) {
      if (json_truth(object, "deleted", false)) continue;
      for (const auto& attribute : json_array(object, "Attribute")) take(attribute, ++number);
    }
  }

 private:
  void take(const Json& attribute, std::size_t number) {
    const auto type = json_text(attribute, "type");
    const auto value = json_text(attribute, "value");
    auto tags = tags_of(attribute);
    tags.insert(tags.end(), tags_.begin(), tags_.end());
    const auto& wanted = into_.defaults().tags;
    const auto is_wanted = [&](const std::string& tag) { return contains(wanted, tag); };
    if (!wanted.empty() && std::find_if(tags.begin(), tags.end(), is_wanted) == tags.end())
      return into_.leave(LeftOut::not_selected, number, value);
    if (json_truth(attribute, "deleted", false)) return into_.leave(LeftOut::not_for_alarms, number, value, "deleted");
    if (!json_truth(attribute, "to_ids", false))
      return into_.leave(LeftOut::not_for_alarms, number, value, "to_ids is not set");

    auto row = row_of(attribute, tags);
    for (const auto& digest : digest_types) {
      if (type != digest.type) continue;
      row[ListColumn::kind] = digest.kind;
      row[ListColumn::indicator] = import_text(value, import_text_limit);
      return into_.take(std::move(row), number);
    }
    if (contains(address_and_port_types, type)) {
      // "192.0.2.1|8080"; an IPv6 address in brackets, so that the port is told from it.
      const auto bar = value.find('|');
      const auto host = value.substr(0, bar);
      const bool v6 = host.find(':') != std::string::npos && host.front() != '[';
      const auto written = bar == std::string::npos ? host
                           : v6                     ? fmt::format("[{}]:{}", host, value.substr(bar + 1))
                                                    : fmt::format("{}:{}", host, value.substr(bar + 1));
      return take_import_value(written, number, into_, std::move(row));
    }
    if (type == "uri") return into_.leave(LeftOut::no_host, number, value);
    if (type == "snort" || type == "yara" || type == "sigma" || type == "zeek" || type == "bro")
      return into_.leave(LeftOut::signature, number, value, type);
    if (!contains(value_types, type))
      return into_.leave(LeftOut::not_on_the_wire, number, value, "type " + import_text(type, 64));
    if (const auto bar = value.find('|'); type == "domain|ip" && bar != std::string::npos) {
      take_import_value(value.substr(0, bar), number, into_, row);
      return take_import_value(value.substr(bar + 1), number, into_, std::move(row));
    }
    take_import_value(value, number, into_, std::move(row));
  }

  ImportedRow row_of(const Json& attribute, const std::vector<std::string>& tags) const {
    auto row = row_;
    row[ListColumn::purpose] = family_of(tags);
    if (row[ListColumn::purpose].empty())
      row[ListColumn::purpose] = import_text(json_text(attribute, "comment"), import_text_limit);
    for (const auto& tag : tags)
      if (auto label = import_tlp(tag);
          tag.find(':') != std::string::npos && !label.empty() && row[ListColumn::tlp].empty())
        row[ListColumn::tlp] = std::move(label);
    if (auto first = import_day(json_text(attribute, "first_seen")); !first.empty())
      row[ListColumn::first_seen] = std::move(first);
    row[ListColumn::last_verified] = import_day(json_text(attribute, "last_seen"));
    if (row[ListColumn::last_verified].empty())
      row[ListColumn::last_verified] = import_day(json_text(attribute, "timestamp"));
    return row;
  }

  const Json& event_;
  ImportedRow row_;
  ImportedRows& into_;
  std::vector<std::string> tags_;
};

// An event, {"Event": ...}, {"response": [...]} of a search, or an array of any of them.
bool read_events(const Json& json, const ImportedRow& origin, ImportedRows& into, std::size_t& number) {
  if (json.is_array()) {
    bool any = false;
    for (const auto& one : json) any |= read_events(one, origin, into, number);
    return any;
  }
  if (!json.is_object()) return false;
  if (json.contains("response")) return read_events(json["response"], origin, into, number);
  if (json.contains("Event")) return read_events(json["Event"], origin, into, number);
  if (!json.contains("Attribute") && !json.contains("Object")) return false;
  Event(json, origin, into).read(number);
  return true;
}

}  // namespace

std::optional<std::string> import_misp(std::string_view text, const ImportedRow& origin, ImportedRows& into) {
  const auto json = read_import_json(text);
  if (!json) return json.error();
  std::size_t number = 0;
  if (!read_events(*json, origin, into, number))
    return "no event of MISP: an object \"Event\" with \"Attribute\" or \"Object\"";
  return std::nullopt;
}

}  // namespace sluice
