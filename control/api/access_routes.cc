#include "control/api/access_routes.hh"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "control/api/api_answer.hh"
#include "control/tap/system_clock.hh"
#include "control/text/timestamp.hh"

namespace sluice {
namespace {

using HttpResponse = httplib::Response;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t default_days = 365, most_days = 3650;  // of a token
constexpr std::int64_t day_s = 86'400;
constexpr const char* change_remedy = R"(send {"roles": [ROLE..], "groups": [NAME..]}, each where it changes)";

void refuse_change(HttpResponse& response, const AccountFailure& failure) {
  const auto status = [&] {
    switch (failure.kind) {
      case AccountFailure::Kind::wrong: return http_bad_request;
      case AccountFailure::Kind::unknown: return http_not_found;
      case AccountFailure::Kind::conflict: return http_conflict;
      case AccountFailure::Kind::unwritten: return http_unavailable;
    }
    return http_internal_error;
  }();
  refuse(response, status, failure.error, failure.remedy);
}

// Absent: `otherwise`; nothing where it is no number in the bounds, which is answered.
std::optional<std::uint64_t> number(const ApiCall& call, HttpResponse& response, const char* name,
                                    std::uint64_t otherwise, std::uint64_t most) {
  if (!call.request.has_param(name)) return otherwise;
  const auto text = call.request.get_param_value(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value <= most) return value;
  refuse(response, http_bad_request, std::string{name} + " is no number, or too large",
         fmt::format("give one up to {}, or leave it out for {}", most, otherwise));
  return std::nullopt;
}

// The members of the body that it may have: "name", "roles", "groups". The error says what is wrong.
struct AccountBody {
  std::string name;
  std::optional<RoleSet> roles;
  std::optional<std::vector<std::string>> groups;
};

tl::expected<AccountBody, std::string> account_body(const std::string& text, bool with_name) {
  const auto document = Json::parse(text, nullptr, false);
  if (!document.is_object() || document.empty())
    return tl::unexpected(std::string{"the body is no JSON object, or an empty one"});
  AccountBody body;
  for (const auto& [key, value] : document.items()) {
    if (key == "name" && with_name) {
      if (!value.is_string()) return tl::unexpected(std::string{"name: is no text"});
      body.name = value.get<std::string>();
    } else if (key == "roles") {
      const auto roles = roles_from(value);
      if (!roles) return tl::unexpected(roles.error());
      body.roles = *roles;
    } else if (key == "groups") {
      auto groups = groups_from(value);
      if (!groups) return tl::unexpected(groups.error());
      body.groups = std::move(*groups);
    } else {
      return tl::unexpected("\"" + key + "\" is no member of it");
    }
  }
  return body;
}

}  // namespace

void AccessRoutes::add_to(ApiRouter& router) {
  const auto add = [&](RoleSet roles, ApiRoute route, void (AccessRoutes::*handler)(const ApiCall&, HttpResponse&)) {
    route.roles = roles;
    route.handler = [this, handler](const ApiCall& call, HttpResponse& response) { (this->*handler)(call, response); };
    router.add(std::move(route));
  };
  const RoleSet admins{Role::admin}, auditors{Role::auditor};
  add(RoleSet::all(), {.path = "/v1/me", .about = "Who asks, and what that account may do"}, &AccessRoutes::me);
  add(admins, {.path = "/v1/accounts", .about = "The accounts, without their tokens"}, &AccessRoutes::list);
  add(admins,
      {.method = ApiMethod::post,
       .path = "/v1/accounts",
       .about = "Makes an account",
       .body = ApiBody::json,
       .body_about = R"({"name": TEXT, "roles": [ROLE..], "groups": [NAME..]}; without groups it sees all devices)",
       .changes = true},
      &AccessRoutes::add);
  add(admins,
      {.method = ApiMethod::patch,
       .path = "/v1/accounts/{id}",
       .about = "Changes what an account may do",
       .body = ApiBody::json,
       .body_about = R"({"roles": [ROLE..], "groups": [NAME..]}, each where it changes)",
       .changes = true},
      &AccessRoutes::change);
  add(admins,
      {.method = ApiMethod::remove, .path = "/v1/accounts/{id}", .about = "Removes an account", .changes = true},
      &AccessRoutes::remove);
  add(admins,
      {.method = ApiMethod::post,
       .path = "/v1/accounts/{id}/tokens",
       .about = "Makes a token, which is shown this once",
       .parameters = {{"days", "it holds, 0 for ever (365)"}},
       .changes = true},
      &AccessRoutes::grant);
  add(admins,
      {.method = ApiMethod::remove,
       .path = "/v1/accounts/{id}/tokens",
       .about = "Revokes a token",
       .parameters = {{"token", "its id"}},
       .changes = true},
      &AccessRoutes::revoke);
  add(auditors,
      {.path = "/v1/audit",
       .about = "What was changed, and by whom, in order",
       .parameters = {{"after", "number of a line: those behind it (0)"},
                      {"limit", "lines of a page, up to 1000 (100)"}}},
      &AccessRoutes::audit);
  add(auditors, {.path = "/v1/audit/check", .about = "Whether the chain of the audit holds"}, &AccessRoutes::verify);
}

void AccessRoutes::me(const ApiCall& call, HttpResponse& response) {
  auto roles = Json::array();
  for (std::size_t i = 0; i < role_names.size(); ++i)
    if (call.who.roles.has(static_cast<Role>(i))) roles.push_back(role_names[i]);
  answer(response, {{"name", call.who.name},
                    {"proof", name_of(call.who.proof)},
                    {"roles", std::move(roles)},
                    {"groups", call.who.groups}});
}

void AccessRoutes::list(const ApiCall&, HttpResponse& response) {
  auto accounts = Json::array();
  for (const auto& account : accounts_->all()) accounts.push_back(shown_document(account));
  answer(response, {{"accounts", std::move(accounts)}});
}

void AccessRoutes::add(const ApiCall& call, HttpResponse& response) {
  auto body = account_body(call.request.body, true);
  if (!body) return refuse(response, http_bad_request, body.error(), R"(send {"name": TEXT, "roles": [ROLE..]})");
  Account account;
  account.name = std::move(body->name);
  account.roles = body->roles.value_or(RoleSet{});
  account.groups = std::move(body->groups).value_or(std::vector<std::string>{});
  const auto added = accounts_->add(std::move(account));
  if (!added) return refuse_change(response, added.error());
  answer(response, shown_document(*added));
}

void AccessRoutes::change(const ApiCall& call, HttpResponse& response) {
  const auto body = account_body(call.request.body, false);
  if (!body) return refuse(response, http_bad_request, body.error(), change_remedy);
  // Who makes accounts sees no findings, and does not give himself what he needs to.
  if (call.who.proof != Proof::socket && call.id() == call.who.name)
    return refuse(response, http_forbidden, "nobody changes his own account", "ask another admin");
  const auto changed = accounts_->change(call.id(), body->roles, body->groups);
  if (!changed) return refuse_change(response, changed.error());
  answer(response, shown_document(*changed));
}

void AccessRoutes::remove(const ApiCall& call, HttpResponse& response) {
  const auto removed = accounts_->remove(call.id());
  if (!removed) return refuse_change(response, removed.error());
  answer(response, {{"removed", call.id()}});
}

void AccessRoutes::grant(const ApiCall& call, HttpResponse& response) {
  const auto days = number(call, response, "days", default_days, most_days);
  if (!days) return;
  const auto granted = accounts_->grant(call.id(), unix_seconds(wall_time()), static_cast<std::int64_t>(*days) * day_s);
  if (!granted) return refuse_change(response, granted.error());
  Json expires = nullptr;
  if (granted->kept.expires_s != 0)
    expires = timestamp_text(Tick{std::chrono::duration_cast<Duration>(std::chrono::seconds{granted->kept.expires_s})});
  answer(response, {{"account", call.id()}, {"id", granted->kept.id}, {"token", granted->token}, {"expires", expires}});
}

void AccessRoutes::revoke(const ApiCall& call, HttpResponse& response) {
  const auto revoked = accounts_->revoke(call.id(), call.request.get_param_value("token"));
  if (!revoked) return refuse_change(response, revoked.error());
  answer(response, {{"revoked", call.request.get_param_value("token")}});
}

void AccessRoutes::audit(const ApiCall& call, HttpResponse& response) {
  const auto after = number(call, response, "after", 0, ~std::uint64_t{0});
  if (!after) return;
  const auto limit = number(call, response, "limit", 100, page_limit);
  if (!limit) return;
  const auto lines = audit_->page(*after, *limit);
  if (!lines) return refuse(response, http_unavailable, lines.error(), "look at control.state_directory");
  auto shown = Json::array();
  for (const auto& line : *lines) shown.push_back(Json::parse(text_of(line)));
  Json next = nullptr;
  if (lines->size() == *limit && !lines->empty()) next = lines->back().number;
  answer(response, {{"lines", std::move(shown)}, {"next", std::move(next)}});
}

void AccessRoutes::verify(const ApiCall&, HttpResponse& response) {
  const auto check = audit_->check();
  if (!check) return refuse(response, http_unavailable, check.error(), "look at control.state_directory");
  answer(response, {{"holds", check->fault.empty()},
                    {"fault", check->fault},
                    {"lines", check->lines},
                    {"first", check->first},
                    {"last", check->last},
                    {"head", check->head}});
}

}  // namespace sluice
