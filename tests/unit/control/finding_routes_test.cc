#include "control/api/finding_routes.hh"

#include <boost/test/unit_test.hpp>

#include "control/api/control_client.hh"
#include "tests/unit/served_api.hh"

using namespace sluice;
using namespace sluice::test;

BOOST_FIXTURE_TEST_SUITE(finding_routes, Served)

BOOST_AUTO_TEST_CASE(findings_as_json_and_as_the_table_prints_them) {
  BOOST_TEST(soon([&] { return events.status().rules_known; }));
  tap.alert(1, 1, "data.example");
  const auto document = get("/v1/findings").second;
  BOOST_REQUIRE(document["findings"].size() == 1U);
  BOOST_TEST(document["findings"][0]["rule_id"] == "phones/data.example");
  ControlClient client{socket};
  const auto text = client.get("/v1/findings?format=text&width=200");
  BOOST_REQUIRE_MESSAGE(text.has_value(), (text ? std::string{} : text.error()));
  BOOST_TEST(text->starts_with("1 finding:"));
  BOOST_TEST(text->find("What could not be seen") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_people_make_of_a_finding_is_kept) {
  BOOST_TEST(soon([&] { return events.status().rules_known; }));
  tap.alert(1, 1, "data.example");
  const auto found = get("/v1/findings?class=telemetry&limit=1").second["findings"];
  BOOST_REQUIRE(found.size() == 1U);
  const auto path = "/v1/findings/" + std::to_string(found[0]["number"].get<int>());
  const auto patch = [&](const std::string& body) {
    return exchange("PATCH " + path + " HTTP/1.1\r\nHost: sluice\r\nConnection: close\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  is_error(patch(""), 400, "no JSON object");
  is_error(patch("[]"), 400, "no JSON object");
  is_error(patch("{}"), 400, "nothing is to be changed");
  is_error(patch(R"({"state": "solved"})"), 400, "state");
  is_error(patch(R"({"state": 7})"), 400, "no text");
  is_error(patch(R"({"note": ""})"), 400, "empty");
  is_error(patch(R"({"count": "7"})"), 400, "cannot be changed");
  is_error(patch(R"({"owner": ")" + std::string(2049, 'x') + "\"}"), 400, "2048");
  is_error(patch(R"({"owner": ")" + std::string(20'000, 'x') + "\"}"), 413, "too large");
  BOOST_TEST(get(path).second["state"] == "new");
  const auto changed = patch(R"({"state": "accepted", "owner": "anna", "ticket": "T-7", "note": "as agreed"})");
  BOOST_TEST(changed.first == 200);
  BOOST_TEST(changed.second["state"] == "accepted");
  BOOST_TEST(changed.second["notes"][0]["author"] != "");  // whose socket it was
  BOOST_TEST(get(path).second == changed.second);
  const auto id = changed.second["days"][0]["finding_id"].get<std::string>();
  BOOST_TEST(get("/v1/findings/" + id).second == changed.second);
  BOOST_TEST(get("/v1/findings?state=accepted").second["findings"].size() == 1U);
  BOOST_TEST(get("/v1/status").second["store"]["findings"] == 1);
}

BOOST_AUTO_TEST_CASE(questions_that_are_none_get_an_error_and_a_remedy) {
  is_error(get("/v1/findings?format=xml"), 400, "format");
  for (const auto* width : {"x", "", "0", "39", "1001", "99999999999999999999", "80x", "-80"})
    is_error(get(std::string{"/v1/findings?format=text&width="} + width), 400, "width");
  for (const auto* query : {"limit=0", "limit=1001", "limit=x", "state=none", "class=none", "since=-1", "since=x",
                            "since=99999999999", "after=1", "after=x.y", "devise=192.0.2.1"})
    is_error(get(std::string{"/v1/findings?"} + query), 400,
             std::string{query}.substr(0, std::string{query}.find('=')));
  for (const auto* id : {"7", "0", "99999999999999999999999", "-1", "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77"})
    is_error(get(std::string{"/v1/findings/"} + id), 404, "no such finding");
  for (const auto* id : {"x", "1%20or%201", "%27", "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b770"})
    is_error(get(std::string{"/v1/findings/"} + id), 404, "no such finding");
  is_error(get("/v1/findings/1/2"), 404, "not served");
}

BOOST_AUTO_TEST_SUITE_END()
