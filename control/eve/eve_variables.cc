#include "control/eve/eve_variables.hh"

#include <string>
#include <string_view>
#include <utility>

#include "control/text/safe_text.hh"

namespace sluice {
namespace {

// Bits whose name says what the traffic is (https://docs.suricata.io, "Flow bits", traffic/id and traffic/label).
constexpr std::string_view id_prefix = "traffic/id/";
constexpr std::string_view label_prefix = "traffic/label/";

}  // namespace

void put_flow_variables(Json& line, const Event& event) {
  std::string number;
  std::string capture;
  for (const EventField& field : event) {
    if (field.field == Field::flow_bit) {
      const auto name = field.text();
      line["metadata"]["flowbits"].push_back(stored_text(name));
      if (name.starts_with(id_prefix))
        line["traffic"]["id"].push_back(stored_text(name.substr(id_prefix.size())));
      else if (name.starts_with(label_prefix))
        line["traffic"]["label"].push_back(stored_text(name.substr(label_prefix.size())));
    } else if (field.field == Field::flow_number) {
      number = stored_text(field.text());
    } else if (field.field == Field::flow_number_value && !number.empty()) {
      line["metadata"]["flowints"][number] = field.integer();
      number.clear();
    } else if (field.field == Field::flow_capture || field.field == Field::packet_capture) {
      capture = stored_text(field.text());
    } else if (field.field == Field::flow_capture_text && !capture.empty()) {
      line["metadata"]["flowvars"].push_back({{std::exchange(capture, {}), stored_text(field.text())}});
    } else if (field.field == Field::packet_capture_text && !capture.empty()) {
      line["metadata"]["pktvars"].push_back({{std::exchange(capture, {}), stored_text(field.text())}});
    }
  }
}

}  // namespace sluice
