#include "control/api/tap_routes.hh"

#include <chrono>
#include <thread>
#include <utility>

#include "control/api/api_answer.hh"
#include "control/packs/rule_cost.hh"
#include "control/vantage/vantage_document.hh"

namespace sluice {
namespace {

using HttpResponse = httplib::Response;
using Clock = std::chrono::steady_clock;

constexpr auto order_patience = std::chrono::seconds{2};
constexpr auto order_look = std::chrono::milliseconds{10};

}  // namespace

void TapRoutes::add_to(ApiRouter& router) {
  router.add({.path = "/v1/status",
              .roles = RoleSet{Role::operating, Role::analyst, Role::privacy, Role::auditor, Role::admin},
              .about = "The state of the tap and of its parts",
              .handler = [this](const ApiCall&, HttpResponse& response) { status(response); }});
  router.add({.path = "/v1/vantage",
              .roles = RoleSet{Role::operating, Role::analyst, Role::privacy, Role::auditor, Role::admin},
              .about = "Whether the tap stands where it sees what it is to see",
              .handler = [this](const ApiCall&, HttpResponse& response) {
                answer(response, vantage_document(parts_.vantage->judgements()));
              }});
  router.add({.path = "/v1/packs",
              .roles = RoleSet{Role::operating, Role::auditor},
              .about = "The packs that were pushed, and those that are live",
              .handler = [this](const ApiCall&, HttpResponse& response) {
                answer(response, packs_document(parts_.pushes->history(), ask_tap()));
              }});
  router.add({.method = ApiMethod::post,
              .path = "/v1/reload",
              .roles = RoleSet{Role::operating},
              .about = "Has the data plane go by its configuration anew",
              .parameters = {{"dry_run", "say alone what would change"}},
              .changes = true,
              .handler = [this](const ApiCall& call, HttpResponse& response) { reload(call, response); }});
  router.add({.method = ApiMethod::post,
              .path = "/v1/bypass",
              .roles = RoleSet{Role::operating},
              .about = "Says who has the wire, where sluice-guard runs",
              .parameters = {{"order", "on, off or auto"}},
              .changes = true,
              .handler = [this](const ApiCall& call, HttpResponse& response) { bypass(call, response); }});
  router.add({.path = "/v1/rules/cost",
              .roles = RoleSet{Role::operating},
              .about = "What rules cost, the dearest first",
              .handler = [this](const ApiCall&, HttpResponse& response) { cost(response); }});
  router.add({.method = ApiMethod::post,
              .path = "/v1/rules/resume",
              .roles = RoleSet{Role::operating},
              .about = "Has rules tried again that were suspended",
              .parameters = {{"rule", "its id; all rules where there is none", true}},
              .changes = true,
              .handler = [this](const ApiCall& call, HttpResponse& response) { resume(call, response); }});
  if (parts_.metrics)
    router.add({.path = "/metrics",
                .roles = RoleSet{Role::metrics, Role::operating},
                .about = "What Prometheus scrapes",
                .handler = [this](const ApiCall&, HttpResponse& response) {
                  response.set_content(metrics_text(parts_.metrics()), "text/plain; version=0.0.4; charset=utf-8");
                }});
}

// One that does not move is not asked: it would only cost time.
TapAnswer TapRoutes::ask_tap() {
  const auto loop = parts_.events->status();
  if (!loop.up) return tl::unexpected(TapFailure{false, loop.coverage.reason});
  return parts_.tap.status();
}

void TapRoutes::status(HttpResponse& response) {
  const auto tap = ask_tap();
  auto document = status_document(parts_.facts, parts_.events->status(), tap, parts_.rollout->status());
  document["store"] = store_document(parts_.store->status());
  document["vantage"] = vantage_summary(parts_.vantage->judgements());
  answer(response, document);
}

void TapRoutes::reload(const ApiCall& call, HttpResponse& response) {
  const auto dry_run = flag(call.request, response, "dry_run");
  if (!dry_run) return;
  const auto done = parts_.tap.reload(*dry_run);
  if (!done) return refuse(response, done.error());
  if (done->applied && parts_.reloaded) parts_.reloaded();
  answer(response, reload_document(*done));
}

// Answered when the guard goes by it: a page that says so, and with `on` the wire in its hands.
void TapRoutes::bypass(const ApiCall& call, HttpResponse& response) {
  const auto order = bypass_order(call.request.get_param_value("order"));
  if (!order)
    return refuse(response, http_bad_request, "order is none of on, off, auto", "give ?order=on, off or auto");
  constexpr const char* remedy = "is sluice-guard running, and guard.socket open to this program?";
  if (const auto sent = send_bypass_order(parts_.guard_socket, *order); !sent)
    return refuse(response, http_unavailable, sent.error(), remedy);
  for (const auto until = Clock::now() + order_patience; Clock::now() < until;
       std::this_thread::sleep_for(order_look)) {
    const auto guard = parts_.events->status().guard;
    if (!guard || guard->page.order != *order) continue;
    if (*order == BypassOrder::on && guard->page.holder != WireHolder::guard) continue;
    return answer(response, bypass_document(*guard));
  }
  refuse(response, http_unavailable, "the order was sent, and sluice-guard does not go by it", remedy);
}

void TapRoutes::cost(HttpResponse& response) {
  const auto report = parts_.tap.costs();
  if (!report) return refuse(response, report.error());
  answer(response, rule_cost_document(*report));
}

void TapRoutes::resume(const ApiCall& call, HttpResponse& response) {
  std::vector<std::string> rules;
  for (auto [rule, end] = call.request.params.equal_range("rule"); rule != end; ++rule) rules.push_back(rule->second);
  const auto resumed = parts_.tap.resume(rules);
  if (!resumed) return refuse(response, resumed.error());
  answer(response, {{"resumed", *resumed}});
}

}  // namespace sluice
