#include "control/findings/vendor_message.hh"

#include <algorithm>

#include "control/decoders/vendor_request.hh"

namespace sluice {
namespace {

// Path and query, of an absolute target too (RFC 9112 section 3.2.2).
std::string_view origin_form(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  return target.substr(std::min(target.find_first_of("/?", scheme + 3), target.size()));
}

}  // namespace

std::optional<DecodedMessage> vendor_message(const Event& event) {
  const auto type = event.header().type;
  if (type != EventType::alert && type != EventType::http && type != EventType::fileinfo) return std::nullopt;
  VendorRequest request;
  bool is_cut = false;
  std::string_view name;
  for (const auto& field : event) {
    switch (field.field) {
      case Field::http_host:
      case Field::vendor_request_host: request.host = field.text(); break;
      case Field::http_uri:
      case Field::vendor_request_target: request.target = origin_form(field.text()); break;
      case Field::http_header_name:
      case Field::vendor_request_header_name: name = field.text(); break;
      case Field::http_header_value:
      case Field::vendor_request_header_value: request.headers.emplace_back(name, field.text()); break;
      case Field::vendor_request_body: request.body = field.text(); break;
      case Field::vendor_request_cut: is_cut = true; break;
      default: break;
    }
  }
  if (request.target.empty()) return std::nullopt;
  auto message = decode_vendor_request(request);
  if (message) message->is_cut = message->is_cut || is_cut;
  return message;
}

}  // namespace sluice
