// Sensors Analytics: events as base64(gzip(JSON)) in a form (github.com/sensorsdata/sa-sdk-android: `data_list` for
// several, `data` for one; `gzip` tells what is inside: 1 gzip, 9 encrypted by the app, 13 encrypted for transport).
#include "control/decoders/json_values.hh"
#include "control/decoders/packed.hh"
#include "control/decoders/vendor_request.hh"

namespace sluice {
namespace {

void add_events(DecodedMessage& message, std::string_view json_text) {
  const auto json = json_values(json_text);
  message.is_cut = message.is_cut || !json.is_whole;
  for (const auto& [name, value] : json.values) message.add(name, value);
}

}  // namespace

std::optional<DecodedMessage> decode_sensors(const VendorRequest&, const Form& query, const Form& body) {
  const auto& form = body.has("data_list") || body.has("data") ? body : query;
  const auto data = form.has("data_list") ? form.value("data_list") : form.value("data");
  if (data.empty()) return std::nullopt;
  const auto packed = base64_decoded(data);
  const auto events = unpacked(packed);
  const std::string_view json = events.bytes.empty() ? std::string_view{packed} : events.bytes;
  if (!json.starts_with('[') && !json.starts_with('{')) return std::nullopt;
  DecodedMessage message{"sensors-analytics", {}, !events.bytes.empty() && !events.is_whole};
  message.add(ValueClass::app, "project", query.value("project"));
  const auto form_kind = form.value("gzip");
  if (form_kind == "9" || form_kind == "13")
    message.add(ValueClass::encrypted, "data_list", json);
  else
    add_events(message, json);
  return message;
}

}  // namespace sluice
