#include "control/api/finding_routes.hh"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#include "control/api/api_answer.hh"

namespace sluice {
namespace {

using HttpRequest = httplib::Request;
using HttpResponse = httplib::Response;
using Json = nlohmann::ordered_json;

constexpr std::size_t least_width = 40;  // columns of a table
constexpr std::size_t most_width = 1000;
constexpr std::size_t default_width = 100;
constexpr auto write_patience = std::chrono::seconds{2};
constexpr std::size_t change_limit = 16'384;  // bytes of a body

template <class Number>
std::optional<Number> number_from(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string states_text() {
  std::string text;
  for (const auto state : finding_states) text += (text.empty() ? "" : ", ") + std::string{state};
  return text;
}

// What is wrong with it, else what it asks for.
tl::expected<FindingQuery, std::string> query_of(const HttpRequest& request) {
  FindingQuery query;
  for (const auto& [name, value] : request.params) {
    if (name == "device") {
      query.device = value;
    } else if (name == "rule") {
      query.rule_id = value;
    } else if (name == "class") {
      if (!class_from(value) && value != "unknown") return tl::unexpected("class: \"" + value + "\" is none");
      query.finding_class = value;
    } else if (name == "state") {
      if (!is_finding_state(value)) return tl::unexpected("state: is none of " + states_text());
      query.state = value;
    } else if (name == "since") {
      const auto seconds = number_from<std::int64_t>(value);
      constexpr std::int64_t most = 9'000'000'000;  // in the year 2255, as nanoseconds go
      if (!seconds || *seconds < 0 || *seconds > most)
        return tl::unexpected(std::string{"since: no seconds since 1970"});
      query.since_ns = *seconds * 1'000'000'000;
    } else if (name == "after") {
      if (!page_place(value)) return tl::unexpected(std::string{"after: is no `next` of a page"});
      query.after = value;
    } else if (name == "limit") {
      const auto limit = number_from<std::uint32_t>(value);
      if (!limit || *limit == 0 || *limit > FindingQuery::page_limit)
        return tl::unexpected(fmt::format("limit: is none from 1 to {}", FindingQuery::page_limit));
      query.limit = *limit;
    } else if (name != "format") {
      return tl::unexpected("\"" + name + "\" is no parameter of it");
    }
  }
  return query;
}

tl::expected<FindingChange, std::string> change_of(const HttpRequest& request) {
  FindingChange change;
  const auto body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return tl::unexpected(std::string{"the body is no JSON object"});
  for (const auto& [key, value] : body.items()) {
    if (!value.is_string()) return tl::unexpected(key + ": is no text");
    auto text = value.get<std::string>();
    if (text.size() > FindingChange::text_limit)
      return tl::unexpected(fmt::format("{}: has more than {} bytes", key, FindingChange::text_limit));
    if (key == "state" && !is_finding_state(text)) return tl::unexpected("state: is none of " + states_text());
    if (key == "note" && text.empty()) return tl::unexpected(std::string{"note: is empty"});
    std::optional<std::string>* const at = key == "state"    ? &change.state
                                           : key == "owner"  ? &change.owner
                                           : key == "ticket" ? &change.ticket
                                           : key == "note"   ? &change.note
                                                             : nullptr;
    if (at == nullptr) return tl::unexpected("\"" + key + "\" cannot be changed");
    *at = std::move(text);
  }
  if (!change.state && !change.owner && !change.ticket && !change.note)
    return tl::unexpected(std::string{"nothing is to be changed"});
  change.author = request.remote_addr;
  return change;
}

}  // namespace

void FindingRoutes::add_to(httplib::Server& server) {
  server.Get("/v1/findings", [this](const HttpRequest& request, HttpResponse& response) {
    const auto format = request.has_param("format") ? request.get_param_value("format") : "json";
    if (format == "json") return list(request, response);
    if (format == "text") return table(request, response);
    refuse(response, http_bad_request, "format is neither json nor text", "leave it out for JSON");
  });
  constexpr const char* one_path = "/v1/findings/([0-9a-f-]{1,36})";
  server.Get(one_path, [this](const HttpRequest& request, HttpResponse& response) { one(request, response); });
  server.Patch(one_path, [this](const HttpRequest& request, HttpResponse& response) { change(request, response); });
}

// So that what was seen before the question stands in the answer.
void FindingRoutes::settle() {
  events_->settle();
  store_->settle(write_patience);
}

void FindingRoutes::table(const HttpRequest& request, HttpResponse& response) {
  auto width = default_width;
  if (request.has_param("width")) {
    const auto given = number_from<std::size_t>(request.get_param_value("width"));
    if (!given || *given < least_width || *given > most_width)
      return refuse(response, http_bad_request, "width is no number of columns",
                    fmt::format("give one from {} to {}", least_width, most_width));
    width = *given;
  }
  events_->settle();
  const auto findings = events_->findings();
  std::ostringstream text;
  const auto statistics = events_->statistics();
  findings.print(text, statistics, width);
  findings.print_uninspected(text, statistics, width);
  response.set_content(text.str(), "text/plain; charset=utf-8");
}

void FindingRoutes::list(const HttpRequest& request, HttpResponse& response) {
  const auto query = query_of(request);
  if (!query)
    return refuse(response, http_bad_request, query.error(),
                  "give device, rule, class, state, since, after, limit, or leave them out");
  settle();
  const auto found = store_->list(*query);
  if (!found) return refuse(response, http_unavailable, found.error(), "look at `store` in GET /v1/status");
  answer(response, *found);
}

void FindingRoutes::one(const HttpRequest& request, HttpResponse& response) {
  settle();
  const auto found = store_->one(request.matches[1]);
  if (!found) return refuse(response, http_unavailable, found.error(), "look at `store` in GET /v1/status");
  if (found->is_null())
    return refuse(response, http_not_found, "there is no such finding", "GET /v1/findings lists them");
  answer(response, *found);
}

void FindingRoutes::change(const HttpRequest& request, HttpResponse& response) {
  if (request.body.size() > change_limit)
    return refuse(response, http_too_large, "the change is too large", fmt::format("{} bytes at most", change_limit));
  const auto change = change_of(request);
  if (!change)
    return refuse(response, http_bad_request, change.error(),
                  R"(send an object of texts: "state", "owner", "ticket", "note", each where it changes)");
  const auto changed = store_->change(request.matches[1], *change);
  if (!changed) return refuse(response, http_unavailable, changed.error(), "nothing was changed");
  if (changed->is_null())
    return refuse(response, http_not_found, "there is no such finding", "GET /v1/findings lists them");
  answer(response, *changed);
}

}  // namespace sluice
