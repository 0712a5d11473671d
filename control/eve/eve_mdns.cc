#include "control/eve/eve_mdns.hh"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/eve/eve_dns_records.hh"

namespace sluice {
namespace {

struct Flag {
  std::string_view key;
  std::uint64_t bit;
};
// RFC 6762 section 18, RFC 4795 section 2.1.1
constexpr std::array<Flag, 7> mdns_flags{
    {{"aa", 0x0400}, {"tc", 0x0200}, {"rd", 0x0100}, {"ra", 0x0080}, {"z", 0x0040}, {"ad", 0x0020}, {"cd", 0x0010}}};
constexpr std::array<Flag, 3> llmnr_flags{{{"c", 0x0400}, {"tc", 0x0200}, {"t", 0x0100}}};

// What says which make, model and version a device is of, among the keys of TXT records (RFC 6763 section 6; Apple's
// Bonjour printing specification, HomeKit and AirPlay, Google Cast).
constexpr auto shown_keys = std::to_array<std::string_view>(
    {"am",      "fv",      "manufacturer", "md",  "mdl",  "mfg",     "model",   "osvers",
     "osxvers", "product", "protovers",    "pv",  "rv",   "srcvers", "txtvers", "ty",
     "usb_mdl", "usb_mfg", "ve",           "ver", "vers", "vn",      "vs"});
// Names that any device may ask for, whoever owns it.
constexpr auto common_names = std::to_array<std::string_view>({"wpad", "isatap"});
// RFC 6763 section 11
constexpr auto browsing_names = std::to_array<std::string_view>({"b", "db", "dr", "lb", "r"});

std::string lower(std::string_view text) {
  std::string result{text};
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return result;
}

template <class List>
bool is_among(const List& list, std::string_view value) {
  return std::find(list.begin(), list.end(), lower(value)) != list.end();
}

std::vector<std::string_view> labels_of(std::string_view name) {
  std::vector<std::string_view> labels;
  while (!name.empty()) {
    const auto dot = name.find('.');
    labels.push_back(name.substr(0, dot));
    name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
  }
  return labels;
}

std::string_view from(std::string_view name, std::string_view label) {
  return name.substr(static_cast<std::size_t>(label.data() - name.data()));
}

// The label at which a kind of service begins ("_airplay._tcp.local", RFC 6763 section 7; with a subtype before it,
// section 7.1); the number of labels where there is none.
std::size_t service_label(const std::vector<std::string_view>& labels) {
  for (std::size_t i = 1; i < labels.size(); ++i) {
    const auto transport = lower(labels[i]);
    if ((transport != "_tcp" && transport != "_udp") || !labels[i - 1].starts_with('_')) continue;
    return i >= 3 && lower(labels[i - 2]) == "_sub" ? i - 3 : i - 1;
  }
  return labels.size();
}

// RFC 1035 section 3.5, RFC 3596 section 2.5: an address in place of a name.
bool is_reverse(const std::vector<std::string_view>& labels) {
  if (labels.size() < 2 || lower(labels.back()) != "arpa") return false;
  const auto family = lower(labels[labels.size() - 2]);
  return family == "in-addr" || family == "ip6";
}

// A kind of service, or an address to be looked up, as it is; else what it names, redacted, and of which service it is.
// A host is digested without its domain, so that DHCP's host name gives the same.
Json local_name(std::string_view name, const Redactor& redactor) {
  const auto labels = labels_of(name);
  const auto service = service_label(labels);
  if (service == labels.size()) {
    const bool has_usual_domain = labels.size() == 1 || (labels.size() == 2 && lower(labels.back()) == "local");
    if (labels.empty() || is_reverse(labels) || (has_usual_domain && is_among(common_names, labels.front())))
      return stored_text(name);
    return redactor.redact("host-name", has_usual_domain ? labels.front() : name);
  }
  const bool is_listing = labels[service] == "_dns-sd" && service == 1 &&
                          (labels.front() == "_services" || is_among(browsing_names, labels.front()));
  if (service == 0 || is_listing) return stored_text(name);
  const auto type = from(name, labels[service]);
  Json redacted = redactor.redact("instance-name", name.substr(0, name.size() - type.size() - 1));
  put(redacted, "service", stored_text(type));
  return redacted;
}

// RFC 6763 section 6.4: key=value.
Json txt_entry(std::string_view text, const Redactor& redactor) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return {{"value", redactor.redact("txt-value", text)}};
  const auto key = text.substr(0, equals);
  if (is_among(shown_keys, key)) return stored_text(text);
  return {{"key", stored_text(key)}, {"value", redactor.redact("txt-value", text.substr(equals + 1))}};
}

// Takes the fields of an event in their order.
class LocalMessage {
 public:
  explicit LocalMessage(const Redactor& redactor) : redactor_(&redactor) {}

  void add(const EventField& field) {
    switch (field.field) {
      case Field::dns_query_name: queries_.push_back({{"rrname", local_name(field.text(), *redactor_)}}); break;
      case Field::dns_query_type:
        if (auto* query = last(queries_)) put(*query, "rrtype", lower(dns_type_text(field.integer())));
        break;
      case Field::dns_section: section_ = std::min<std::size_t>(field.integer(), lists_.size() - 1); break;
      case Field::dns_answer_name:
        lists_[section_].push_back({{"rrname", local_name(field.text(), *redactor_)}});
        part_ = 0;
        type_ = 0;
        break;
      case Field::dns_answer_type:
        type_ = field.integer();
        type_text_ = lower(dns_type_text(type_));
        break;
      default:
        if (auto* record = last(lists_[section_])) add_data(*record, field);
    }
  }

  void put_into(Json& object) && {
    constexpr std::array<std::string_view, 3> keys{"answers", "authorities", "additionals"};
    if (!queries_.empty()) put(object, "queries", std::move(queries_));
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (!lists_[i].empty()) put(object, keys[i], std::move(lists_[i]));
  }

 private:
  // IANA, "Resource Record (RR) TYPEs"
  enum Type : std::uint16_t {
    a = 1,
    ns = 2,
    cname = 5,
    ptr = 12,
    hinfo = 13,
    mx = 15,
    txt = 16,
    aaaa = 28,
    srv = 33,
    dname = 39,
    opt = 41,
    nsec = 47,
  };

  void add_data(Json& record, const EventField& field) {
    switch (field.field) {
      case Field::dns_answer_data: return add_value(record, field.text());
      case Field::dns_parameter:  // an EDNS option may hold a hardware address (owner option): its code alone is shown
        if (type_ == opt) record[type_text_].push_back({{"code", field.integer()}});
        return;
      case Field::dns_data_number:
      case Field::dns_data_text: return add_part(record, field);
      default: return;
    }
  }

  // Of types whose data is one value; the others' keys hold lists and objects.
  void add_value(Json& record, std::string_view text) {
    switch (type_) {
      case a:
      case aaaa: return put(record, type_text_, stored_text(text));
      case ns:
      case cname:
      case ptr:
      case mx:
      case dname: return put(record, type_text_, local_name(text, *redactor_));
      default: return;
    }
  }

  // In the order of dns_layout.hh.
  void add_part(Json& record, const EventField& field) {
    const auto part = part_++;
    switch (type_) {
      case txt: record[type_text_].push_back(txt_entry(field.text(), *redactor_)); return;
      case srv: {
        constexpr std::array<std::string_view, 3> numbers{"priority", "weight", "port"};
        if (part < numbers.size())
          put(record[type_text_], numbers[part], field.integer());
        else
          put(record[type_text_], "name", local_name(field.text(), *redactor_));
        return;
      }
      case hinfo: put_text(record[type_text_], part == 0 ? "cpu" : "os", field); return;
      case nsec:
        if (part == 0) put(record[type_text_], "next", local_name(field.text(), *redactor_));
        return;
      default: return;
    }
  }

  const Redactor* redactor_;
  Json queries_ = Json::array();
  std::array<Json, 3> lists_{Json::array(), Json::array(), Json::array()};
  std::size_t section_ = 0;
  std::size_t part_ = 0;  // of the record's data, that comes next
  std::uint64_t type_ = 0;
  std::string type_text_;
};

template <class Flags>
Json object_of(const Event& event, const Redactor& redactor, const Flags& known_flags, bool has_rcode) {
  Json object = Json::object();
  LocalMessage message{redactor};
  for (const auto& field : event) {
    switch (field.field) {
      case Field::dns_response: put(object, "type", field.integer() != 0 ? "response" : "request"); break;
      case Field::dns_id: put(object, "id", field.integer()); break;
      case Field::dns_flags: {
        Json flags = Json::array();
        for (const auto& [key, bit] : known_flags)
          if ((field.integer() & bit) != 0) flags.push_back(key);
        if (!flags.empty()) put(object, "flags", std::move(flags));
        put(object, "opcode", field.integer() >> 11U & 0x0fU);
        if (has_rcode) put(object, "rcode", field.integer() & 0x0fU);
        break;
      }
      default: message.add(field);
    }
  }
  std::move(message).put_into(object);
  return object;
}

}  // namespace

Json mdns_object(const Event& event, const Redactor& redactor) { return object_of(event, redactor, mdns_flags, true); }
Json llmnr_object(const Event& event, const Redactor& redactor) {
  return object_of(event, redactor, llmnr_flags, false);
}

}  // namespace sluice
