// Whether a request in clear text may be one of the vendors' protocols that the control plane decodes
// (control/decoders/README.md): a cheap look at its host, path and headers. A yes costs that events carry the request;
// whether it is one is judged there.
#pragma once

#include <array>
#include <string_view>

#include "dataplane/http/http.hh"

namespace sluice {

[[nodiscard]] bool may_be_vendor_request(const HttpRequest& request) noexcept;

// Headers that a decoder reads; an event on such a request carries no others.
constexpr std::array<std::string_view, 2> vendor_request_headers{"X-Umeng-Sdk", "Content-Type"};

}  // namespace sluice
