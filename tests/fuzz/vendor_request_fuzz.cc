// A request of a vendor's service made of any bytes: METHOD, TARGET and HOST on a line each, header lines "NAME:
// VALUE", an empty line, the body. Whatever is decoded stays inside its bounds, and a request that is cut gives no more
// values.
#include <cstdlib>
#include <string_view>

#include "control/decoders/json_values.hh"
#include "control/decoders/packed.hh"
#include "control/decoders/vendor_request.hh"

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

void check(const sluice::VendorRequest& request) {
  const auto message = sluice::decode_vendor_request(request);
  if (!message) return;
  require(!message->protocol.empty());
  require(message->values.size() <= sluice::DecodedMessage::value_limit);
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
