// Xiaomi's analytics (MiStat) and advertising SDKs over clear-text HTTP, as decompiled SDK code has them.
#include "control/decoders/json_values.hh"
#include "control/decoders/packed.hh"
#include "control/decoders/vendor_request.hh"

namespace sluice {
namespace {

// clientInfo is JSON, in some versions as base64.
bool add_client_info(DecodedMessage& message, std::string_view text) {
  const auto unwrapped = text.starts_with('{') ? std::string{text} : base64_decoded(text);
  if (!unwrapped.starts_with('{')) return false;
  const auto json = json_values(unwrapped);
  message.is_cut = message.is_cut || !json.is_whole;
  for (const auto& [name, value] : json.values) message.add("clientInfo." + name, value);
  return true;
}

DecodedMessage with_client_info(std::string_view protocol, const Form& form) {
  DecodedMessage message{protocol, {}, false};
  for (const auto& [name, value] : form)
    if (name != "clientInfo" || !add_client_info(message, value)) message.add(name, value);
  return message;
}

}  // namespace

std::optional<DecodedMessage> decode_xiaomi(const VendorRequest& request, const Form& query, const Form& body) {
  if (request.path().starts_with("/mistats") && (body.has("stat_value") || body.has("device_id"))) {
    DecodedMessage message{"xiaomi-mistat", {}, false};
    for (const auto& [name, value] : body) message.add(name, value);
    return message;
  }
  if (request.path() == "/filter/text" && query.has("appKey")) return with_client_info("xiaomi-ad-terms", query);
  if (body.value("clientInfo").starts_with('{')) return with_client_info("xiaomi-ad", body);
  return std::nullopt;
}

}  // namespace sluice
