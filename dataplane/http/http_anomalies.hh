// What is wrong with the heads of HTTP/1 messages: Suricata's events (rules/signatures/anomaly.hh), which are libhtp's.
#pragma once

#include <cstdint>

#include "dataplane/base/counters.hh"
#include "dataplane/http/http.hh"
#include "dataplane/http/http_response.hh"
#include "rules/signatures/anomaly.hh"

namespace sluice {

// `server_port`: of TCP, which the request should name where it names one.
void note_http_request(const HttpRequest& request, std::uint16_t server_port, Anomalies& anomalies) noexcept;
void note_http_response(const HttpResponse& response, Anomalies& anomalies) noexcept;
// Of a head that cannot be read on.
void note_http_error(HttpError error, bool is_response, Anomalies& anomalies) noexcept;

// Of a body that cannot be decoded, or not in full.
void note_content_error(ContentError error, Anomalies& anomalies) noexcept;

}  // namespace sluice
