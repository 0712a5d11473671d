// Umeng: the SDK says in a header what it is, in which app and on which device; the body is an envelope that newer
// versions encrypt (SDK code; Citizen Lab's report on Douyin, 2021).
#include <algorithm>

#include "control/decoders/vendor_request.hh"

namespace sluice {

// "Android/8.1.6 Game/1.4 Redmi%20Note%209S/11": SDK, app, model and system, each with its version; escapes inside.
std::optional<DecodedMessage> decode_umeng(const VendorRequest& request, const Form&, const Form&) {
  auto text = request.header("X-Umeng-Sdk");
  if (text.empty()) return std::nullopt;
  DecodedMessage message{"umeng", {}, false};
  for (int place = 0; !text.empty(); ++place) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.empty()) {
      --place;
      continue;
    }
    const auto slash = word.rfind('/');
    const auto what = percent_decoded(word.substr(0, slash));
    const auto version = slash == std::string_view::npos ? std::string{} : percent_decoded(word.substr(slash + 1));
    switch (place) {
      case 0: message.add(ValueClass::sdk, "sdk", what + (version.empty() ? "" : "/" + version)); break;
      case 1: message.add(ValueClass::app, "app", what + (version.empty() ? "" : "/" + version)); break;
      case 2:
        message.add(ValueClass::model, "model", what);
        message.add(ValueClass::os, "os_version", version);
        break;
      default: message.add(ValueClass::other, "sdk_more", word); break;
    }
  }
  message.add(ValueClass::encrypted, "envelope", request.body);
  return message;
}

}  // namespace sluice
