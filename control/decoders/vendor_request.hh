// Requests in clear text of vendors' own services, decoded to fields.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "control/decoders/decoded.hh"
#include "control/decoders/form.hh"

namespace sluice {

struct VendorRequest {
  std::string_view method;
  std::string_view host;    // as sent, a port may follow
  std::string_view target;  // "/path?query"
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view body;  // its start, content coding removed

  [[nodiscard]] std::string_view path() const noexcept { return target.substr(0, target.find('?')); }
  [[nodiscard]] std::string_view query() const noexcept {
    const auto mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  }
  // Whether the host is that name or one below it, in any case.
  [[nodiscard]] bool is_at(std::string_view name) const noexcept;
  // The first of that name, in any case; empty where there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

// The first protocol of README.md's table whose form it has; nothing where it has none of them.
[[nodiscard]] std::optional<DecodedMessage> decode_vendor_request(const VendorRequest& request);

// Each: nothing where the request has another form. `query` and `body` are the request's, taken apart.
using VendorDecoder = std::optional<DecodedMessage> (*)(const VendorRequest& request, const Form& query,
                                                        const Form& body);
[[nodiscard]] std::optional<DecodedMessage> decode_httpdns(const VendorRequest&, const Form& query, const Form& body);
[[nodiscard]] std::optional<DecodedMessage> decode_xiaomi(const VendorRequest&, const Form& query, const Form& body);
[[nodiscard]] std::optional<DecodedMessage> decode_umeng(const VendorRequest&, const Form& query, const Form& body);
[[nodiscard]] std::optional<DecodedMessage> decode_getui(const VendorRequest&, const Form& query, const Form& body);
[[nodiscard]] std::optional<DecodedMessage> decode_sensors(const VendorRequest&, const Form& query, const Form& body);
[[nodiscard]] std::optional<DecodedMessage> decode_iflytek(const VendorRequest&, const Form& query, const Form& body);
[[nodiscard]] std::optional<DecodedMessage> decode_beacon(const VendorRequest&, const Form& query, const Form& body);

}  // namespace sluice
