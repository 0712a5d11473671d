// How the API answers: documents, refusals with their status, and what a parameter may say.
#pragma once

#include <httplib.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "control/api/pushes.hh"
#include "control/tap/tap_commands.hh"

namespace sluice {

// Of the replies, RFC 9110 section 15.
constexpr int http_ok = 200;
constexpr int http_not_modified = 304;
constexpr int http_bad_request = 400;
constexpr int http_unauthorized = 401;
constexpr int http_forbidden = 403;
constexpr int http_not_found = 404;
constexpr int http_no_such_method = 405;
constexpr int http_conflict = 409;
constexpr int http_too_large = 413;
constexpr int http_unprocessable = 422;
constexpr int http_too_many = 429;
constexpr int http_internal_error = 500;
constexpr int http_unavailable = 503;

void answer(httplib::Response& response, const nlohmann::ordered_json& document);
void refuse(httplib::Response& response, int status, const std::string& error, const std::string& remedy);
void refuse(httplib::Response& response, const PushFailure& failure);
void refuse(httplib::Response& response, const TapFailure& failure);

// Absent = false; anything but 0, 1, false and true is an error, which is answered.
[[nodiscard]] std::optional<bool> flag(const httplib::Request& request, httplib::Response& response, const char* name);

}  // namespace sluice
