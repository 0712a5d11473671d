// Tencent Beacon: batches of app and device events as bytes that the SDK encrypts (decompiled SDK code:
// /analytics/upload of its older versions over HTTP, /analytics/v2_upload of newer ones).
#include "control/decoders/vendor_request.hh"

namespace sluice {

std::optional<DecodedMessage> decode_beacon(const VendorRequest& request, const Form& query, const Form&) {
  const auto path = request.path();
  if (path != "/analytics/upload" && path != "/analytics/v2_upload") return std::nullopt;
  if (!request.is_at("qq.com")) return std::nullopt;
  DecodedMessage message{"tencent-beacon", {}, false};
  for (const auto& [name, value] : query) message.add(name, value);
  message.add(ValueClass::encrypted, "events", request.body);
  return message;
}

}  // namespace sluice
