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
constexpr const char* store_remedy = "look at `store` in GET /v1/status";

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
    } else if (name != "format" && name != "width") {
      return tl::unexpected("\"" + name + "\" is no parameter of it");
    }
  }
  return query;
}

tl::expected<FindingChange, std::string> change_of(const ApiCall& call) {
  FindingChange change;
  const auto body = Json::parse(call.request.body, nullptr, false);
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
  change.author = call.who.name;
  return change;
}

}  // namespace

void FindingRoutes::add_to(ApiRouter& router) {
  const auto add = [&](ApiRoute route, void (FindingRoutes::*handler)(const ApiCall&, HttpResponse&)) {
    route.roles = RoleSet{Role::analyst};
    route.handler = [this, handler](const ApiCall& call, HttpResponse& response) { (this->*handler)(call, response); };
    router.add(std::move(route));
  };
  add({.path = "/v1/findings",
       .about = "What was found, the one seen last first; as a table of this run with format=text",
       .parameters = {{"device", "its address or id"},
                      {"rule", "its id"},
                      {"class", "of findings"},
                      {"state", "what people made of it"},
                      {"since", "seen then or later, seconds since 1970"},
                      {"after", "`next` of the page before"},
                      {"limit", "findings of a page, 1 to 1000 (100)"},
                      {"format", "json or text"},
                      {"width", "columns of the text, 40 to 1000 (100)"}}},
      &FindingRoutes::list);
  router.add({.path = "/v1/findings/counts",
              .roles = RoleSet{Role::operating, Role::analyst, Role::privacy, Role::auditor},
              .about = "How often something was found since the program was started, by class: no device, no name",
              .handler = [this](const ApiCall&, HttpResponse& response) { counts(response); }});
  add({.path = "/v1/findings/{id}", .about = "One finding, by its number or a finding_id of an event"},
      &FindingRoutes::one);
  add({.method = ApiMethod::patch,
       .path = "/v1/findings/{id}",
       .about = "What people make of a finding",
       .body = ApiBody::json,
       .body_about = R"({"state": TEXT, "owner": TEXT, "ticket": TEXT, "note": TEXT}, each where it changes)",
       .changes = true},
      &FindingRoutes::change);
}

// So that what was seen before the question stands in the answer.
void FindingRoutes::settle() {
  events_->settle();
  store_->settle(write_patience);
}

void FindingRoutes::table(const ApiCall& call, HttpResponse& response) {
  const auto& request = call.request;
  if (!call.who.sees_all())
    return refuse(response, http_forbidden, "the table knows no groups, and the account sees some alone",
                  "leave format out");
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

void FindingRoutes::list(const ApiCall& call, HttpResponse& response) {
  const auto format = call.request.has_param("format") ? call.request.get_param_value("format") : "json";
  if (format == "text") return table(call, response);
  if (format != "json")
    return refuse(response, http_bad_request, "format is neither json nor text", "leave it out for JSON");
  auto query = query_of(call.request);
  if (!query)
    return refuse(response, http_bad_request, query.error(),
                  "give device, rule, class, state, since, after, limit, or leave them out");
  query->groups = call.who.groups;
  settle();
  const auto found = store_->list(*query);
  if (!found) return refuse(response, http_unavailable, found.error(), store_remedy);
  answer(response, *found);
}

// Of one of another group nothing is said, not even that it is there.
Json FindingRoutes::found(const ApiCall& call, HttpResponse& response) {
  settle();
  auto found = store_->one(call.id());
  if (!found) {
    refuse(response, http_unavailable, found.error(), store_remedy);
    return nullptr;
  }
  if (!found->is_null() && call.who.sees((*found)["device"].value("group", ""))) return std::move(*found);
  refuse(response, http_not_found, "there is no such finding", "GET /v1/findings lists them");
  return nullptr;
}

void FindingRoutes::one(const ApiCall& call, HttpResponse& response) {
  if (const auto finding = found(call, response); !finding.is_null()) answer(response, finding);
}

void FindingRoutes::change(const ApiCall& call, HttpResponse& response) {
  if (call.request.body.size() > change_limit)
    return refuse(response, http_too_large, "the change is too large", fmt::format("{} bytes at most", change_limit));
  const auto change = change_of(call);
  if (!change)
    return refuse(response, http_bad_request, change.error(),
                  R"(send an object of texts: "state", "owner", "ticket", "note", each where it changes)");
  if (found(call, response).is_null()) return;
  const auto changed = store_->change(call.id(), *change);
  if (!changed) return refuse(response, http_unavailable, changed.error(), "nothing was changed");
  if (changed->is_null())
    return refuse(response, http_not_found, "there is no such finding", "GET /v1/findings lists them");
  answer(response, *changed);
}

void FindingRoutes::counts(HttpResponse& response) {
  events_->settle();
  const auto status = events_->status();
  auto classes = Json::object();
  for (std::size_t i = 0; i < status.findings.size(); ++i) {
    const auto [passed, blocked] = status.findings[i];
    if (passed + blocked == 0) continue;
    classes[i == 0 ? "unknown" : std::string{text_of(static_cast<FindingClass>(i))}] = {{"count", passed + blocked},
                                                                                        {"blocked", blocked}};
  }
  answer(response, {{"classes", std::move(classes)}});
}

}  // namespace sluice
