// Who may ask for what, over real TLS: every path with every role.
#include <httplib.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "control/api/certificate.hh"
#include "control/text/timestamp.hh"
#include "tests/unit/served_api.hh"

using namespace sluice;
using namespace sluice::test;
using nlohmann::json;

namespace {

constexpr std::int64_t year_s = 365L * 86'400;

struct Https : Served {
  std::map<std::string, std::string> tokens;  // by role
  int port = 0;

  Https() : Served(true) {
    port = api->https_port();
    for (const auto name : role_names) add(std::string{name}, RoleSet{*role_from(name)});
  }
  void add(const std::string& name, RoleSet roles, std::vector<std::string> groups = {}) {
    BOOST_REQUIRE(accounts.add({name, roles, std::move(groups), {}}).has_value());
    tokens[name] = accounts.grant(name, unix_seconds(wall_time()), year_s)->token;
  }
  [[nodiscard]] std::unique_ptr<httplib::SSLClient> client(const std::string& name) const {
    auto client = std::make_unique<httplib::SSLClient>("127.0.0.1", port);
    client->set_ca_cert_path((path + "/https/certificate.pem").c_str());
    client->set_read_timeout(10);
    if (!name.empty()) client->set_bearer_token_auth(tokens.at(name).c_str());
    return client;
  }
  [[nodiscard]] static int send(httplib::SSLClient& client, httplib::Request request) {
    // What never ends is left at its first bytes.
    request.content_receiver = [](const char*, std::size_t, std::uint64_t, std::uint64_t) { return false; };
    int status = 0;
    request.response_handler = [&](const httplib::Response& response) {
      status = response.status;
      return false;
    };
    const auto result = client.send(request);
    return result ? result->status : status;
  }
  [[nodiscard]] std::pair<int, json> ask(const std::string& name, const std::string& method, const std::string& target,
                                         const std::string& body = {}) const {
    auto asking = client(name);
    httplib::Request request;
    request.method = method;
    request.path = target;
    request.body = body;
    if (!body.empty()) request.set_header("Content-Type", "application/json");
    const auto result = asking->send(request);
    BOOST_REQUIRE_MESSAGE(bool(result), method << ' ' << target << ": " << httplib::to_string(result.error()));
    return {result->status, json::parse(result->body, nullptr, false)};
  }
};

std::string with_id(std::string path) {
  const auto at = path.find("{id}");
  return at == std::string::npos ? path : path.replace(at, 4, "00000000-0000-4000-8000-000000000000");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(api_access, Https)

BOOST_AUTO_TEST_CASE(each_path_is_for_its_roles_and_no_other) {
  std::size_t asked = 0, changes = 0, refusals = 0;
  for (const auto& route : api->routes()) {
    BOOST_TEST(!route.roles.empty(), route.path);
    for (const auto name : role_names) {
      auto asking = client(std::string{name});
      httplib::Request request;
      request.method = name_of(route.method);
      request.path = with_id(route.path);
      if (std::string_view{route.path} == "/v1/accounts/{id}" || std::string_view{route.path} == "/v1/reload")
        request.path += "?wrong=1";  // asked for, and nothing comes of it
      const auto status = send(*asking, request);
      const bool may = route.roles.has(*role_from(name));
      ++asked;
      if (may) {
        BOOST_TEST((status != 0 && status != 401 && status != 403 && status != 429),
                   name << ": " << request.method << ' ' << route.path << " is " << status);
      } else {
        ++refusals;
        BOOST_TEST(status == 403, name << ": " << request.method << ' ' << route.path << " is " << status);
      }
      changes += may && route.changes && request.path.find("?wrong") == std::string::npos ? 1U : 0U;
    }
  }
  BOOST_TEST(asked == api->routes().size() * role_names.size());

  // Each change stands in the audit before it is made and behind, and each refusal; and the chain holds.
  const auto lines = *audit->page(0, 100'000);
  std::size_t begun = 0, done = 0, refused = 0;
  for (const auto& line : lines) {
    begun += line.kind == AuditKind::asked ? 1U : 0U;
    done += line.kind == AuditKind::done ? 1U : 0U;
    refused += line.kind == AuditKind::refused ? 1U : 0U;
    if (line.kind == AuditKind::started) continue;
    BOOST_TEST(line.from == "127.0.0.1");
    BOOST_TEST(line.proof == "token");
  }
  BOOST_TEST(begun == changes);
  BOOST_TEST(done == changes);
  BOOST_TEST(refused == refusals);
  BOOST_TEST(audit->check()->fault == "");
}

BOOST_AUTO_TEST_CASE(no_role_sees_findings_and_makes_accounts) {
  const auto roles_of = [&](const std::string& path, ApiMethod method) {
    for (const auto& route : api->routes())
      if (route.path == path && route.method == method) return route.roles;
    BOOST_FAIL(path << " is not there");
    return RoleSet{};
  };
  BOOST_TEST(!roles_of("/v1/findings", ApiMethod::get).meets(roles_of("/v1/accounts", ApiMethod::post)));
  BOOST_TEST(!roles_of("/v1/findings", ApiMethod::get).meets(roles_of("/v1/packs", ApiMethod::post)));
  BOOST_TEST(!roles_of("/v1/packs", ApiMethod::post).has(Role::privacy));
  BOOST_TEST(!roles_of("/v1/findings/{id}", ApiMethod::patch).has(Role::auditor));
}

BOOST_AUTO_TEST_CASE(nobody_without_an_account_learns_anything) {
  for (const auto& route : api->routes()) {
    auto asking = client("");
    httplib::Request request;
    request.method = name_of(route.method);
    request.path = with_id(route.path);
    const auto status = send(*asking, request);
    BOOST_TEST((status == 401 || status == 429), request.method << ' ' << route.path << " is " << status);
  }
  const auto lines = *audit->page(0, 1000);
  BOOST_TEST(std::count_if(lines.begin(), lines.end(), [](const AuditLine& line) {
               return line.kind == AuditKind::refused && line.actor.empty() && line.from == "127.0.0.1" &&
                      line.status == 401;
             }) == Gate::failure_limit);
}

BOOST_AUTO_TEST_CASE(the_description_lists_what_is_served) {
  const auto [status, document] = ask("metrics", "GET", "/v1/openapi.json");
  BOOST_TEST(status == 200);
  BOOST_TEST(document["openapi"] == "3.0.3");
  std::size_t operations = 0;
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      ++operations;
      BOOST_TEST(!operation["summary"].get<std::string>().empty());
      BOOST_TEST(!operation["x-roles"].empty());
      for (const auto& parameter : operation.value("parameters", json::array()))
        BOOST_TEST((parameter["in"] == "path" || !parameter["description"].get<std::string>().empty()));
    }
  BOOST_TEST(operations == api->routes().size());
  is_error(ask("operator", "GET", "/v1/packs?nonsense=1"), 400, "nonsense");
  is_error(ask("operator", "GET", "/v1/none"), 404, "not served");
  is_error(ask("operator", "DELETE", "/v1/packs"), 405, "not served");
}

BOOST_AUTO_TEST_CASE(the_readme_lists_what_is_served) {
  const auto readme = text_file(SLUICE_SOURCE_ROOT "/control/README.md");
  for (const auto& route : api->routes()) {
    auto path = std::string{route.path};
    if (const auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, "ID");
    const auto listed = "`" + std::string{name_of(route.method)} + " " + path + "`";
    BOOST_TEST(readme.find(listed) != std::string::npos, listed << " is not in control/README.md");
  }
}

BOOST_AUTO_TEST_CASE(an_analyst_of_a_group_sees_its_devices_and_findings_alone) {
  add("cabinet", RoleSet{Role::analyst}, {"cabinet"});
  std::map<std::string, std::string> ids;
  for (const auto* group : {"cabinet", "pool"}) {
    Sighting sighting;
    sighting.place = DevicePlace{*Address::parse(group == std::string{"pool"} ? "192.0.2.2" : "192.0.2.1"), 0};
    sighting.links = {{LinkKind::hardware_address, std::string("\x02\0\0\0\0", 5) + group[0]}};
    sighting.time = wall_time();
    inventory.take(sighting);
    inventory.for_each([&](const Device& device) {
      if (device.place->address == sighting.place->address) ids[group] = device.id.text();
      return true;
    });
    BOOST_REQUIRE(inventory.rename(*Uuid::parse(ids[group]), std::nullopt, group));
  }
  const auto seen = ask("cabinet", "GET", "/v1/devices").second;
  BOOST_REQUIRE(seen["devices"].size() == 1U);
  BOOST_TEST(seen["devices"][0]["id"] == ids["cabinet"]);
  BOOST_TEST(ask("analyst", "GET", "/v1/devices").second["devices"].size() == 2U);
  BOOST_TEST(ask("cabinet", "GET", "/v1/devices/" + ids["cabinet"]).first == 200);
  is_error(ask("cabinet", "GET", "/v1/devices/" + ids["pool"]), 404, "no such device");
  is_error(ask("cabinet", "PATCH", "/v1/devices/" + ids["pool"], R"({"name": "mine"})"), 404, "no such device");
  is_error(ask("cabinet", "PATCH", "/v1/devices/" + ids["cabinet"], R"({"group": "pool"})"), 403, "group");
  is_error(ask("cabinet", "POST", "/v1/devices/" + ids["cabinet"] + "/join?into=" + ids["pool"]), 404, "no device");
  is_error(ask("cabinet", "GET", "/v1/events"), 403, "groups");
  is_error(ask("cabinet", "GET", "/v1/findings?format=text"), 403, "groups");

  for (const auto* of : {"192.0.2.1", "192.0.2.2"}) {
    Finding finding;
    finding.device = *Address::parse(of);
    finding.time = wall_time();
    store.note(finding, "", false);
  }
  const auto found = ask("cabinet", "GET", "/v1/findings").second;
  BOOST_REQUIRE(found["findings"].size() == 1U);
  BOOST_TEST(found["findings"][0]["device"]["group"] == "cabinet");
  const auto all = ask("analyst", "GET", "/v1/findings").second;
  BOOST_REQUIRE(all["findings"].size() == 2U);
  for (const auto& finding : all["findings"]) {
    const auto target = "/v1/findings/" + std::to_string(finding["number"].get<int>());
    const bool is_own = finding["device"]["group"] == "cabinet";
    BOOST_TEST(ask("cabinet", "GET", target).first == (is_own ? 200 : 404));
    BOOST_TEST(ask("cabinet", "PATCH", target, R"({"state": "triaged"})").first == (is_own ? 200 : 404));
  }
}

BOOST_AUTO_TEST_CASE(accounts_are_made_by_an_admin_and_take_effect_at_once) {
  is_error(ask("admin", "POST", "/v1/accounts", R"({"name": "eve"})"), 400, "roles");
  is_error(ask("admin", "POST", "/v1/accounts", R"({"name": "eve", "roles": ["emperor"]})"), 400, "emperor");
  is_error(ask("admin", "POST", "/v1/accounts", "["), 400, "JSON");
  is_error(ask("admin", "POST", "/v1/accounts", std::string(70'000, ' ')), 413, "too large");
  BOOST_TEST(ask("admin", "POST", "/v1/accounts", R"({"name": "eve", "roles": ["analyst"]})").first == 200);
  const auto [status, granted] = ask("admin", "POST", "/v1/accounts/eve/tokens?days=1");
  BOOST_TEST(status == 200);
  tokens["eve"] = granted["token"];
  BOOST_TEST(ask("eve", "GET", "/v1/me").second["roles"] == json::array({"analyst"}));
  is_error(ask("eve", "GET", "/v1/audit"), 403, "analyst may not");
  BOOST_TEST(ask("admin", "PATCH", "/v1/accounts/eve", R"({"roles": ["auditor"]})").first == 200);
  BOOST_TEST(ask("eve", "GET", "/v1/audit").first == 200);
  is_error(ask("admin", "PATCH", "/v1/accounts/admin", R"({"roles": ["admin", "analyst"]})"), 403, "own account");
  const auto listed = ask("admin", "GET", "/v1/accounts").second.dump();
  BOOST_TEST(listed.find("eve") != std::string::npos);
  BOOST_TEST(listed.find("digest") == std::string::npos);
  BOOST_TEST(ask("admin", "DELETE", "/v1/accounts/eve/tokens?token=" + granted["id"].get<std::string>()).first == 200);
  BOOST_TEST(ask("eve", "GET", "/v1/me").first == 401);
  // No token stands in the audit.
  std::ostringstream text;
  const auto lines = *audit->page(0, 1000);
  for (const auto& line : lines) text << text_of(line);
  BOOST_TEST(text.str().find(granted["token"].get<std::string>()) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_change_that_cannot_be_written_down_is_not_made) {
  // A log whose next file cannot be opened: a folder is in its way.
  api.reset();
  std::filesystem::remove_all(path + "/audit");
  audit = std::move(*AuditLog::open(path + "/audit", 730, wall_time() - std::chrono::hours{24 * 40}));
  api = start(true);
  port = api->https_port();
  std::filesystem::create_directory(path + "/audit/audit-" + day_text(wall_time()).substr(0, 7) + ".jsonl");
  is_error(ask("admin", "POST", "/v1/accounts", R"({"name": "eve", "roles": ["analyst"]})"), 503, "audit");
  BOOST_TEST(!accounts.find("eve").has_value());
  BOOST_TEST(ask("admin", "GET", "/v1/accounts").first == 200);
  // Who sits at the machine goes on.
  BOOST_TEST(post("/v1/accounts", R"({"name": "eve", "roles": ["analyst"]})", "").first == 200);
}

BOOST_AUTO_TEST_CASE(an_unchanged_document_is_not_sent_again) {
  auto asking = client("admin");
  const auto first = asking->Get("/v1/accounts");
  BOOST_REQUIRE((first && first->has_header("ETag")));
  const auto again = asking->Get("/v1/accounts", {{"If-None-Match", first->get_header_value("ETag")}});
  BOOST_REQUIRE(bool(again));
  BOOST_TEST(again->status == 304);
  BOOST_TEST(again->body.empty());
  BOOST_TEST(first->get_header_value("Cache-Control") == "no-store");
}

BOOST_AUTO_TEST_CASE(a_page_of_another_origin_changes_nothing) {
  auto asking = client("admin");
  const auto body = R"({"name": "eve", "roles": ["analyst"]})";
  const auto refused = asking->Post("/v1/accounts", {{"Origin", "https://evil.example"}}, body, "text/plain");
  BOOST_REQUIRE(bool(refused));
  BOOST_TEST(refused->status == 403);
  const auto origin = "https://127.0.0.1:" + std::to_string(port);
  const auto taken = asking->Post("/v1/accounts", {{"Origin", origin}}, body, "application/json");
  BOOST_REQUIRE(bool(taken));
  BOOST_TEST(taken->status == 200);
}

BOOST_AUTO_TEST_CASE(what_cannot_serve_is_said) {
  const auto files = *own_certificate(path + "/https", "127.0.0.1");
  const auto refused = [&](HttpsOptions options, const std::string& part) {
    ApiRouter router{nullptr};
    Gate gate{accounts};
    const auto started = HttpsServer::start(options, router, gate, [](httplib::Server&) {});
    BOOST_REQUIRE(!started.has_value());
    BOOST_TEST(started.error().find(part) != std::string::npos, started.error());
  };
  refused({"127.0.0.1:0", path + "/none.pem", files.key, ""}, "none.pem");
  refused({"127.0.0.1:0", files.certificate, files.certificate, ""}, "certificate.pem");
  refused({"127.0.0.1:0", files.certificate, files.key, path + "/none.pem"}, "api_client_authority");
  refused({"192.0.2.1:7", files.certificate, files.key, ""}, "192.0.2.1:7");
  refused({"nonsense", files.certificate, files.key, ""}, "no ADDRESS:PORT");
}

BOOST_AUTO_TEST_SUITE_END()
