#include "control/api/api_answer.hh"

#include "control/api/documents.hh"

namespace sluice {

void answer(httplib::Response& response, const nlohmann::ordered_json& document) {
  response.set_content(document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n",
                       "application/json");
}

void refuse(httplib::Response& response, int status, const std::string& error, const std::string& remedy) {
  response.status = status;
  answer(response, error_document(error, remedy));
}

void refuse(httplib::Response& response, const PushFailure& failure) {
  const auto status = [&] {
    switch (failure.kind) {
      case PushFailure::Kind::busy: return http_conflict;
      case PushFailure::Kind::refused: return http_unprocessable;
      case PushFailure::Kind::unreachable: return http_unavailable;
      case PushFailure::Kind::failed: return http_internal_error;
    }
    return http_internal_error;
  }();
  refuse(response, status, failure.error, failure.remedy);
}

void refuse(httplib::Response& response, const TapFailure& failure) {
  if (failure.reached) return refuse(response, http_unprocessable, failure.text, "nothing was changed");
  refuse(response, http_unavailable, failure.text, "start sluice-dataplane, or look why it ended");
}

std::optional<bool> flag(const httplib::Request& request, httplib::Response& response, const char* name) {
  if (!request.has_param(name)) return false;
  const auto value = request.get_param_value(name);
  if (value == "1" || value == "true" || value.empty()) return true;
  if (value == "0" || value == "false") return false;
  refuse(response, http_bad_request, std::string{name} + " is neither true nor false",
         "give true, false, or leave it out");
  return std::nullopt;
}

}  // namespace sluice
