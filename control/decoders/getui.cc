// Getui (igexin): reports of its push SDK as JSON, the report itself in base64 (SDK code).
#include <algorithm>

#include "control/decoders/json_values.hh"
#include "control/decoders/packed.hh"
#include "control/decoders/vendor_request.hh"

namespace sluice {

std::optional<DecodedMessage> decode_getui(const VendorRequest& request, const Form&, const Form&) {
  if (!request.body.starts_with('{')) return std::nullopt;
  const auto json = json_values(request.body);
  const bool is_report =
      std::any_of(json.values.begin(), json.values.end(), [](const auto& pair) { return pair.first == "BIData"; });
  if (!is_report) return std::nullopt;
  DecodedMessage message{"getui", {}, !json.is_whole};
  for (const auto& [name, value] : json.values) {
    const auto report = name == "BIData" ? base64_decoded(value) : std::string{};
    if (report.empty())
      message.add(name, value);
    else
      message.add(ValueClass::app_list, name, report);
  }
  return message;
}

}  // namespace sluice
