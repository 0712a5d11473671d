// Indicators of TinyCheck and SpyGuard: {"iocs": [{"type", "tag", "tlp", "value"}]}, and their lists of what is
// allowed: {"elements": [{"type", "element"}]}.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "rules/imports/import.hh"
#include "rules/imports/import_json.hh"
#include "rules/imports/import_value.hh"

namespace sluice {
namespace {

using Json = nlohmann::json;

struct TagClass {
  std::string_view tag;
  std::string_view finding_class;
};
constexpr std::array<TagClass, 8> classes{{{"stalkerware", "stalkerware-indicator"},
                                           {"pegasus", "spyware-indicator"},
                                           {"spyware", "spyware-indicator"},
                                           {"apt", "known-c2-indicator"},
                                           {"cybercrime", "known-c2-indicator"},
                                           {"tracker", "telemetry"},
                                           {"doh", "dns-bypass"},
                                           {"vpn", "anonymiser"}}};

std::string class_of(std::string_view tag) {
  for (const auto& known : classes)
    if (known.tag == tag) return std::string(known.finding_class);
  return "unclassified";
}

void take(const Json& ioc, std::size_t number, const ImportedRow& origin, ImportedRows& into) {
  const auto type = json_text(ioc, "type");
  const auto tag = json_text(ioc, "tag");
  const auto value = json_text(ioc, "value");
  const auto& wanted = into.defaults().tags;
  if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), tag) == wanted.end())
    return into.leave(LeftOut::not_selected, number, value);
  auto row = origin;
  row[ListColumn::finding_class] = class_of(tag);
  row[ListColumn::purpose] = import_text(tag, import_text_limit);
  row[ListColumn::tlp] = import_tlp(json_text(ioc, "tlp"));
  if (type == "domain" || type == "ip4addr" || type == "ip6addr" || type == "cidr" || type == "url")
    return take_import_value(value, number, into, std::move(row));
  if (type == "freedns") {
    into.note(TakenAs::low_confidence, number, value);
    row[ListColumn::confidence] = "low";
    row[ListColumn::purpose] = "free or dynamic DNS";
    return take_import_value(value, number, into, std::move(row));
  }
  if (type == "sha1cert" || type == "ja3" || type == "ja4") {
    row[ListColumn::kind] = type == "sha1cert" ? "cert_sha1" : type;
    row[ListColumn::indicator] = import_text(value, import_text_limit);
    return into.take(std::move(row), number);
  }
  if (type == "tld" || type == "ns") return into.leave(LeftOut::whole_zone, number, value, "type " + type);
  if (type == "snort") return into.leave(LeftOut::signature, number, value);
  into.leave(LeftOut::not_on_the_wire, number, value, "type " + import_text(type, 64));
}

}  // namespace

std::optional<std::string> import_tinycheck(std::string_view text, const ImportedRow& origin, ImportedRows& into) {
  const auto json = read_import_json(text);
  if (!json) return json.error();
  if (!json->is_object() || (!json->contains("iocs") && !json->contains("elements")))
    return "no list of TinyCheck or SpyGuard: an object with \"iocs\" or \"elements\"";
  std::size_t number = 0;
  for (const auto& ioc : json_array(*json, "iocs")) take(ioc, ++number, origin, into);
  number = 0;
  for (const auto& element : json_array(*json, "elements")) {
    auto row = origin;
    if (read_import_value(json_text(element, "element"), ++number, into, row)) into.allow(std::move(row), number);
  }
  return std::nullopt;
}

}  // namespace sluice
