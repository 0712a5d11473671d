// The records of a DNS message as EVE has them: sections, the parts of each record's data, groups by type.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "control/eve/eve_json.hh"
#include "dataplane/dns/dns_layout.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// "A", "AAAA", "HTTPS"; the plain number of a type without a name.
[[nodiscard]] std::string dns_type_text(std::uint64_t type);

// Takes the fields of an event in their order.
class DnsRecords {
 public:
  // `record`: its name; what follows belongs to it.
  void start(Json record);
  // A field that is not about records is passed over.
  void add(const EventField& field);
  // "answers", "authorities", "additionals" and "grouped", as far as there is something in them.
  void put_into(Json& dns) &&;

 private:
  static constexpr std::size_t sections = 3;

  void type(std::uint64_t number);
  void part(const EventField& field);
  void parameter(std::uint64_t number);
  void service_value(const EventField& field);
  void option_value(const EventField& field);
  void finish();

  std::array<Json, sections> lists_{Json::array(), Json::array(), Json::array()};
  Json grouped_ = Json::object();
  Json record_;  // the one under way; null before the first
  std::size_t section_ = 0;
  std::uint64_t type_ = 0;
  const DnsLayout* layout_ = nullptr;
  std::size_t part_ = 0;         // of the layout, that comes next
  std::uint64_t parameter_ = 0;  // whose values come
  bool in_parameters_ = false;
};

}  // namespace sluice
