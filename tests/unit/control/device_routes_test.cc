#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/event_record.hh"
#include "tests/unit/served_api.hh"

using namespace sluice;
using namespace sluice::test;
using namespace std::string_literals;

namespace {

struct Devices : Served {
  // Seen one after the other, a second between them.
  void see(int number, const std::string& model) {
    Sighting sighting;
    sighting.place = DevicePlace{address("192.0.2." + std::to_string(number)), 0};
    sighting.links = {{LinkKind::hardware_address, "\x02\x00\x00\x00\x00"s + static_cast<char>(number)},
                      {LinkKind::push_id, "push-" + std::to_string(number)}};
    sighting.facts = {{FactKind::push_model, model}};
    sighting.time = tick_from_nanoseconds(1'795'235'787'000'000'000) + std::chrono::seconds{number};
    inventory.take(sighting);
  }
  [[nodiscard]] std::string id(int number) const {
    const auto found = get("/v1/devices?address=192.0.2." + std::to_string(number));
    BOOST_REQUIRE(found.second["devices"].size() == 1U);
    return found.second["devices"][0]["id"].get<std::string>();
  }
  [[nodiscard]] std::pair<int, nlohmann::json> patch(const std::string& target, const std::string& body) const {
    return exchange("PATCH " + target + " HTTP/1.1\r\nHost: sluice\r\nConnection: close\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(device_routes, Devices)

BOOST_AUTO_TEST_CASE(a_list_has_the_last_first_in_pages) {
  for (int number = 1; number <= 3; ++number) see(number, "Redmi Note 9S");
  const auto first = get("/v1/devices?limit=2");
  BOOST_TEST(first.first == 200);
  BOOST_REQUIRE(first.second["devices"].size() == 2U);
  BOOST_TEST(first.second["devices"][0]["address"] == "192.0.2.3");
  BOOST_TEST(first.second["devices"][0]["vendor"] == "Xiaomi");
  BOOST_TEST(first.second["devices"][0]["certainty"]["model"] == "high");
  const auto second = get("/v1/devices?limit=2&after=" + first.second["next"].get<std::string>());
  BOOST_REQUIRE(second.second["devices"].size() == 1U);
  BOOST_TEST(second.second["devices"][0]["address"] == "192.0.2.1");
  BOOST_TEST(second.second["next"].is_null());
  BOOST_TEST(get("/v1/devices?vendor=Nobody").second["devices"].empty());
}

BOOST_AUTO_TEST_CASE(one_has_what_it_stands_on_and_no_identifier) {
  see(1, "Redmi Note 9S");
  const auto one = get("/v1/devices/" + id(1));
  BOOST_TEST(one.first == 200);
  BOOST_TEST(one.second["identifiers"].size() == 2U);
  BOOST_TEST(one.second["identifiers"][0]["random"] == true);
  BOOST_TEST(one.second["votes"][0]["from"] == "push-model");
  BOOST_TEST(one.second.dump().find("push-1") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_name_and_a_group_can_be_given_and_nothing_else) {
  see(1, "Redmi Note 9S");
  const auto path = "/v1/devices/" + id(1);
  const auto named = patch(path, R"({"name": "the minister's", "group": "cabinet"})");
  BOOST_TEST(named.first == 200);
  BOOST_TEST(named.second["name"] == "the minister's");
  BOOST_TEST(get("/v1/devices?group=cabinet").second["devices"].size() == 1U);
  is_error(patch(path, R"({"vendor": "Apple"})"), 400, "vendor");
  is_error(patch(path, R"({"name": 7})"), 400, "no text");
  is_error(patch(path, R"({"name": "a\nb"})"), 400, "control characters");
  is_error(patch(path, R"({"name": ")" + std::string(65, 'a') + "\"}"), 400, "64 bytes");
  is_error(patch(path, "{}"), 400, "empty");
  is_error(patch(path, "["), 400, "no JSON object");
  is_error(patch(path, std::string(4097, ' ')), 413, "too large");
}

BOOST_AUTO_TEST_CASE(two_are_joined_and_parted) {
  see(1, "Redmi Note 9S");
  see(2, "Pixel 8");
  const auto joined = post("/v1/devices/" + id(1) + "/join?into=" + id(2), "", "");
  BOOST_TEST(joined.first == 200);
  BOOST_TEST(joined.second["identifiers"].size() == 4U);
  BOOST_TEST(joined.second["several"] == nlohmann::json{"contradicting-votes"});
  const auto whole = joined.second["id"].get<std::string>();
  const auto identifier = joined.second["identifiers"][3]["identifier"].get<std::string>();
  const auto parted = post("/v1/devices/" + whole + "/split?identifier=" + identifier, "", "");
  BOOST_TEST(parted.first == 200);
  BOOST_TEST(parted.second["id"] != whole);
  BOOST_TEST(get("/v1/devices/" + whole).second["identifiers"].size() == 3U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_said) {
  see(1, "Redmi Note 9S");
  const auto nobody = "11111111-1111-4111-8111-111111111111"s;
  is_error(get("/v1/devices/" + nobody), 404, "no such device");
  is_error(patch("/v1/devices/" + nobody, R"({"name": "a"})"), 404, "no such device");
  is_error(post("/v1/devices/" + id(1) + "/join?into=" + id(1), "", ""), 404, "the same");
  is_error(post("/v1/devices/" + id(1) + "/join?into=me", "", ""), 400, "into");
  is_error(post("/v1/devices/" + id(1) + "/split?identifier=push-id:00", "", ""), 422, "no such identifier");
  is_error(get("/v1/devices?limit=0"), 400, "limit");
  is_error(get("/v1/devices?limit=1001"), 400, "limit");
  is_error(get("/v1/devices?after=x"), 400, "after");
  is_error(get("/v1/devices?address=x"), 400, "address");
  is_error(get("/v1/devices?colour=red"), 400, "colour");
}

BOOST_AUTO_TEST_SUITE_END()
