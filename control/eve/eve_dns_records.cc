#include "control/eve/eve_dns_records.hh"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "dataplane/dns/dns_registry.hh"
#include "dataplane/dns/dns_text.hh"
#include "dataplane/dns/svcb.hh"

namespace sluice {
namespace {

constexpr std::uint64_t type_a = 1;
constexpr std::uint64_t type_aaaa = 28;
constexpr std::uint64_t type_opt = 41;
constexpr std::array<std::string_view, 3> section_keys{"answers", "authorities", "additionals"};

std::string hex(Bytes bytes, std::string_view between = "") {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    fmt::format_to(std::back_inserter(text), "{}{:02x}", i == 0 ? "" : between, bytes[i]);
  return text;
}

// As a name of the same message would be written (dns_text.hh).
std::string escaped(Bytes bytes) {
  std::vector<char> room(bytes.size() * 4 + 1);
  DnsText text{room};
  text.text(bytes);
  return std::string{text.view()};
}

// "192.0.2.0/24" (RFC 7871 section 6); empty where the option is no such thing.
std::string client_subnet(Bytes option) {
  constexpr std::uint16_t ipv4 = 1;
  constexpr std::uint16_t ipv6 = 2;
  Reader reader{option};
  const auto family = reader.be16();
  const auto prefix = reader.u8();
  reader.skip(1);  // scope
  const auto bytes = reader.rest();
  const std::size_t size = family == ipv4 ? 4 : 16;
  if (!reader.ok() || (family != ipv4 && family != ipv6) || bytes.size() > size || prefix > size * 8) return {};
  std::array<std::uint8_t, 16> address{};
  std::copy(bytes.begin(), bytes.end(), address.begin());
  const auto text =
      family == ipv4 ? Address::v4(std::span{address}.first<4>()).text() : Address::v6(std::span{address}).text();
  return fmt::format("{}/{}", text, prefix);
}

// RFC 9460 section 14.3.2, RFC 9461; others by their number (section 2.1).
std::string service_key(std::uint64_t number) {
  constexpr std::array<std::string_view, 8> names{"mandatory", "alpn", "no_default_alpn", "port",
                                                  "ipv4hint",  "ech",  "ipv6hint",        "dohpath"};
  return number < names.size() ? std::string{names[number]} : fmt::format("key{}", number);
}

}  // namespace

std::string dns_type_text(std::uint64_t type) {
  DnsNumberText buffer;
  const auto name = type > 0xffff ? std::string_view{} : dns_type_name(static_cast<std::uint16_t>(type), buffer);
  return name.empty() || name.data() == buffer.data() ? fmt::to_string(type) : std::string{name};
}

void DnsRecords::start(Json record) {
  finish();
  record_ = std::move(record);
  type_ = 0;
  layout_ = nullptr;
  part_ = 0;
  in_parameters_ = false;
}

void DnsRecords::add(const EventField& field) {
  if (field.field == Field::dns_section) {
    finish();
    section_ = field.integer() < sections ? field.integer() : section_;
    return;
  }
  if (record_.is_null()) return;
  switch (field.field) {
    case Field::dns_answer_type: type(field.integer()); break;
    case Field::dns_answer_ttl: put(record_, "ttl", field.integer()); break;
    case Field::dns_answer_data: put_text(record_, "rdata", field); break;
    case Field::dns_parameter: parameter(field.integer()); break;
    case Field::dns_data_number:
    case Field::dns_data_text:
      if (in_parameters_)
        type_ == type_opt ? option_value(field) : service_value(field);
      else
        part(field);
      break;
    default: break;
  }
}

void DnsRecords::type(std::uint64_t number) {
  if (record_.contains("rrtype")) return;
  type_ = number;
  put(record_, "rrtype", dns_type_text(number));
  layout_ = number > 0xffff ? nullptr : dns_layout(static_cast<std::uint16_t>(number));
  if (layout_ != nullptr && !layout_->key.empty()) put(record_, layout_->key, Json::object());
  if (number == type_opt) put(record_, "opt", Json::array());
}

void DnsRecords::part(const EventField& field) {
  if (type_ == type_opt) return put(record_, "udp_size", field.integer());  // RFC 6891 section 6.1.2
  if (layout_ == nullptr || part_ >= layout_->parts.size()) return;
  const auto& [kind, key] = layout_->parts[part_];
  auto& object = layout_->key.empty() ? record_ : record_[std::string{layout_->key}];
  if (field.field == Field::dns_data_number) {
    put(object, key, field.integer());
  } else if (kind == DnsPartKind::strings) {  // RFC 1035 section 3.3.14, one text with spaces between
    auto& text = object[std::string{key}];
    text = text.is_null() ? escaped(field.value) : text.get<std::string>() + ' ' + escaped(field.value);
    return;
  } else if (kind == DnsPartKind::name) {
    put(object, key, stored_text(field.text()));  // its own escapes stand in it
  } else if (kind == DnsPartKind::hex || kind == DnsPartKind::hex_colons) {
    put(object, key, hex(field.value, kind == DnsPartKind::hex ? "" : ":"));
  } else {
    put(object, key, escaped(field.value));
  }
  ++part_;
}

void DnsRecords::parameter(std::uint64_t number) {
  parameter_ = number;
  if (type_ == type_opt) {
    in_parameters_ = true;
    record_["opt"].push_back({{"code", number}, {"data", ""}});
  } else if (layout_ != nullptr && !layout_->parts.empty() && layout_->parts.back().kind == DnsPartKind::parameters) {
    in_parameters_ = true;
    auto& object = record_[std::string{layout_->key}];
    put(object, service_key(number),
        number == static_cast<std::uint64_t>(SvcParamKey::no_default_alpn) ? Json(true) : Json::array());
  }
}

void DnsRecords::service_value(const EventField& field) {
  auto& value = record_[std::string{layout_->key}][service_key(parameter_)];
  if (!value.is_array() && parameter_ <= static_cast<std::uint64_t>(SvcParamKey::dohpath)) return;
  switch (static_cast<SvcParamKey>(parameter_)) {
    case SvcParamKey::mandatory: value.push_back(service_key(field.integer())); break;
    case SvcParamKey::port: value = field.integer(); break;
    case SvcParamKey::ech:
      if (field.field == Field::dns_data_number)
        value.push_back({{"config_id", field.integer()}});
      else if (auto* const config = last(value))
        put(*config, "public_name", escaped(field.value));
      break;
    case SvcParamKey::dohpath: value = stored_text(field.text()); break;
    case SvcParamKey::alpn:
    case SvcParamKey::ipv4hint:
    case SvcParamKey::ipv6hint: value.push_back(escaped(field.value)); break;
    default: value = hex(field.value);
  }
}

void DnsRecords::option_value(const EventField& field) {
  constexpr std::uint64_t client_subnet_code = 8;
  auto& option = record_["opt"].back();
  option["data"] = hex(field.value);
  if (parameter_ != client_subnet_code) return;
  if (auto subnet = client_subnet(field.value); !subnet.empty()) put(option, "client_subnet", std::move(subnet));
}

// Groups hold the answers, and the addresses of the other sections too.
void DnsRecords::finish() {
  if (record_.is_null()) return;
  const bool is_address = type_ == type_a || type_ == type_aaaa;
  if (record_.contains("rrtype") && (section_ == 0 || is_address)) {
    const auto type = record_["rrtype"].get<std::string>();
    if (record_.contains("rdata"))
      grouped_[type].push_back(record_["rdata"]);
    else if (layout_ != nullptr && !layout_->key.empty())
      grouped_[type].push_back(record_[std::string{layout_->key}]);
  }
  lists_[section_].push_back(std::exchange(record_, Json{}));
}

void DnsRecords::put_into(Json& dns) && {
  finish();
  for (std::size_t i = 0; i < sections; ++i)
    if (!lists_[i].empty()) put(dns, section_keys[i], std::move(lists_[i]));
  if (!grouped_.empty()) put(dns, "grouped", std::move(grouped_));
}

}  // namespace sluice
