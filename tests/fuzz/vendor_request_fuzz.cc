// A request of a vendor's service made of any bytes: METHOD, TARGET and HOST on a line each, header lines "NAME:
// VALUE", an empty line, the body. Whatever is decoded stays inside its bounds; what is stored of it is JSON, in which
// no value stands that is to be redacted, and of the target no more than before.
#include <cstdlib>
#include <string_view>

#include "control/decoders/json_values.hh"
#include "control/decoders/packed.hh"
#include "control/decoders/vendor_request.hh"
#include "control/eve/eve_vendor.hh"

namespace {

void require(bool truth) {
  if (!truth) std::abort();
}

std::string_view line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto result = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return result;
}

sluice::VendorRequest request_of(std::string_view text) {
  sluice::VendorRequest request;
  request.method = line(text);
  request.target = line(text);
  request.host = line(text);
  for (auto header = line(text); !header.empty(); header = line(text)) {
    const auto colon = header.find(": ");
    if (colon != std::string_view::npos)
      request.headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
  }
  request.body = text;
  return request;
}

void check_stored(const sluice::VendorRequest& request, const sluice::DecodedMessage& message) {
  const auto vendor = sluice::vendor_object(message, request.host, nullptr);
  require(!vendor.dump().empty());
  require(vendor["fields"].size() == message.values.size());
  for (std::size_t i = 0; i < message.values.size(); ++i) {
    const auto& value = message.values[i];
    require(vendor["fields"][i]["value"].is_string() == is_shown(value.value_class, value.value));
  }
  sluice::Json http = {{"url", sluice::stored_text(request.target)}, {"redirect", "/a"}};
  sluice::redact_http(http, message);
  require(!http.dump().empty());
  require(http["redirect"] == "[2 bytes]");
}

void check(const sluice::VendorRequest& request) {
  const auto message = sluice::decode_vendor_request(request);
  if (!message) return;
  require(!message->protocol.empty());
  require(message->values.size() <= sluice::DecodedMessage::value_limit);
  check_stored(request, *message);
  for (const auto& value : message->values) {
    require(!value.value.empty());
    require(value.name.size() <= sluice::DecodedMessage::text_limit);
    require(value.value.size() <= sluice::DecodedMessage::text_limit);
    require(!text_of(value.value_class).empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto request = request_of(text);
  check(request);
  auto cut = request;
  cut.body = cut.body.substr(0, cut.body.size() / 2);
  check(cut);
  require(sluice::unpacked(text).bytes.size() <= sluice::unpacked_limit);
  require(sluice::json_values(text).values.size() <= sluice::JsonValues::value_limit);
  require(sluice::base64_decoded(text).size() <= text.size());
  return 0;
}
