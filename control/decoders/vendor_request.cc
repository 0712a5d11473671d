#include "control/decoders/vendor_request.hh"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr std::array<VendorDecoder, 7> decoders{decode_httpdns, decode_xiaomi,  decode_umeng, decode_getui,
                                                decode_sensors, decode_iflytek, decode_beacon};

bool same_name(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view VendorRequest::header(std::string_view name) const noexcept {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& h) { return same_name(h.first, name); });
  return found == headers.end() ? std::string_view{} : found->second;
}

bool VendorRequest::is_at(std::string_view name) const noexcept {
  const auto bare = host.substr(0, host.find(':'));
  if (bare.size() < name.size()) return false;
  const auto above = bare.size() - name.size();
  return same_name(bare.substr(above), name) && (above == 0 || bare[above - 1] == '.');
}

std::optional<DecodedMessage> decode_vendor_request(const VendorRequest& request) {
  const Form query{request.query()};
  const Form body{request.body};
  for (const auto decode : decoders)
    if (auto message = decode(request, query, body)) return message;
  return std::nullopt;
}

}  // namespace sluice
