#include "config/policy_relations.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>

#include "config/check.hh"
#include "config/schema.hh"

using namespace sluice::config;

namespace {

// What check_policy() says of a policy, a message each line.
std::string faults_of(const std::string& policy) {
  Faults faults;
  const auto root = read_json("{\"policy\":" + policy + "}", faults);
  const auto values = check(root, schema(), faults);
  Faults added;
  check_policy(Place{&values, &root}.at("policy"), added);
  std::string out;
  for (const auto& fault : added) out += fault.message + '\n';
  return out;
}

// Of a policy of two lines.
std::string second_after(const std::string& first, const std::string& second) {
  return faults_of(R"({"lines":[{"name":"one")" + first + R"(},{"name":"two")" + second + "}]}");
}

constexpr const char* unreachable =
    "the line \"two\" is never reached: \"one\" before it holds wherever this one does; put this one first, or remove "
    "it\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(config_policy_relations)

BOOST_AUTO_TEST_CASE(a_line_behind_one_that_takes_all_is_never_reached) {
  BOOST_TEST(second_after("", "") == unreachable);
  BOOST_TEST(second_after("", R"(,"classes":["telemetry"])") == unreachable);
  BOOST_TEST(second_after(R"(,"classes":["telemetry"])", "") == "");
  BOOST_TEST(second_after(R"(,"classes":["telemetry","advertising"])", R"(,"classes":["advertising"])") == unreachable);
  BOOST_TEST(second_after(R"(,"classes":["telemetry"])", R"(,"classes":["advertising"])") == "");
  BOOST_TEST(second_after(R"(,"rules":["a/*"])", R"(,"rules":["a/*"],"devices":["192.0.2.1"])") == unreachable);
  BOOST_TEST(second_after(R"(,"rules":["a/*"],"devices":["192.0.2.1"])", R"(,"rules":["a/*"])") == "");
}

BOOST_AUTO_TEST_CASE(a_line_that_observes_breaks_nothing) {
  const std::string fault = "although_breaks goes with the actions that block: this line observes\n";
  BOOST_TEST(faults_of(R"({"lines":[{"name":"one","although_breaks":true}]})") == fault);
  BOOST_TEST(faults_of(R"({"lines":[{"name":"one","although_breaks":true,"action":"observe"}]})") == fault);
  BOOST_TEST(faults_of(R"({"lines":[{"name":"one","although_breaks":true,"action":"drop"}]})") == "");
  BOOST_TEST(faults_of(R"({"lines":[{"name":"one","although_breaks":7}]})") == "");
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_sealed_to_somebody) {
  const auto faults = [](const std::string& configuration) {
    Faults parsed;
    const auto root = read_json(configuration, parsed);
    const auto values = check(root, schema(), parsed);
    const Place all{&values, &root};
    Faults added;
    check_keeping(all.at("policy"), all.at("evidence"), added);
    return added.empty() ? std::string{} : added.front().message;
  };
  constexpr auto lines = R"({"policy": {"lines": [{"name": "one", "keep_flow": true}]})";
  BOOST_TEST(faults(std::string{lines} + "}") == "sealed to whom? Name the authority's key in evidence.authority_key");
  BOOST_TEST(faults(std::string{lines} + R"(, "evidence": {"authority_key": "/etc/key.pub"}})") == "");
  BOOST_TEST(faults(R"({"policy": {"lines": [{"name": "one"}]}})") == "");
}

BOOST_AUTO_TEST_CASE(a_limit_has_a_rate_and_a_rate_is_a_limits) {
  const std::string where = "to which rate? Name it in limit_kbit_per_s\n";
  const std::string what = "limit_kbit_per_s goes with the action limit: this line has another\n";
  for (const auto& [list, other] : {std::pair{"lines", "observe"}, std::pair{"traffic", "exempt"}}) {
    const auto faults = [&, list = list](const std::string& more) {
      return faults_of("{\"" + std::string{list} + R"(":[{"name":"one")" + more + "}]}");
    };
    BOOST_TEST(faults(R"(,"action":"limit")") == where);
    BOOST_TEST(faults(R"(,"action":"limit","limit_kbit_per_s":0)") == where);
    BOOST_TEST(faults(R"(,"action":"limit","limit_kbit_per_s":8)") == "");
    BOOST_TEST(faults(R"(,"action":")" + std::string{other} + R"(","limit_kbit_per_s":8)") == what);
    BOOST_TEST(faults(R"(,"action":"limit","limit_kbit_per_s":"x")") == "");  // said elsewhere
    BOOST_TEST(faults(R"(,"action":"limits","limit_kbit_per_s":8)") == "");
  }
}

BOOST_AUTO_TEST_CASE(times_stand_once) {
  for (const auto* const list : {"lines", "traffic"}) {
    const auto faults = [&](const std::string& hours) {
      return faults_of("{\"" + std::string{list} +
                       R"(":[{"name":"one","action":"limit","limit_kbit_per_s":8,"hours":[)" + hours + "]}]}");
    };
    BOOST_TEST(faults(R"("Mon 08:00-12:00","Mon 12:00-13:00")") == "");
    BOOST_TEST(faults(R"("Mon 08:00-12:00","Tue 09:00-10:00","Mon-Fri 11:00-13:00")") ==
               "\"Mon 08:00-12:00\" and \"Mon-Fri 11:00-13:00\" overlap: write each time once\n");
    BOOST_TEST(faults(R"("Mon 8-12","Mon 08:00-12:00",7)") == "");  // said elsewhere
  }
}

BOOST_AUTO_TEST_CASE(a_line_about_traffic_behind_one_that_takes_all_is_never_reached) {
  const auto second = [](const std::string& first, const std::string& second) {
    return faults_of(R"({"traffic":[{"name":"one","action":"exempt")" + first + R"(},{"name":"two","action":"exempt")" +
                     second + "}]}");
  };
  BOOST_TEST(second("", "") == unreachable);
  BOOST_TEST(second(R"(,"vlans":[7,8])", R"(,"vlans":[8])") == unreachable);
  BOOST_TEST(second(R"(,"vlans":[7])", R"(,"vlans":[8])") == "");
  BOOST_TEST(second(R"(,"hours":["08:00-12:00"])", "") == "");
  BOOST_TEST(second(R"(,"prefixes":["192.0.2.0/24"])", "") == "");
  BOOST_TEST(second(R"(,"prefixes":["192.0.2.0/24"])", R"(,"prefixes":["198.51.100.0/24"])") == "");
  BOOST_TEST(second(R"(,"prefixes":["192.0.2.0/24"])", R"(,"vlans":[7],"prefixes":["192.0.2.0/24"])") == unreachable);
  BOOST_TEST(second("", R"(,"hours":["08:00-12:00"],"vlans":[8])") == unreachable);
  BOOST_TEST(faults_of(R"({"traffic":[{"name":"one"}]})") == "to which rate? Name it in limit_kbit_per_s\n");
  BOOST_TEST(faults_of(R"({"traffic":[{"name":"one","devices":["g"],"action":"exempt"},
                      {"name":"one","devices":["192.0.2.1"],"action":"exempt"}]})") ==
             "a second line of the policy's traffic is called \"one\"\n\"g\" is neither an address or network nor a "
             "group: add it to policy.groups\n");
}

BOOST_AUTO_TEST_CASE(a_sinkhole_is_somewhere) {
  const std::string line = R"("lines":[{"name":"one","action":"sinkhole"}])";
  BOOST_TEST(faults_of("{" + line + "}") == "where to? Name an address in policy.sinkhole\n");
  BOOST_TEST(faults_of("{" + line + R"(,"sinkhole":["2001:db8::1"]})") == "");
  BOOST_TEST(faults_of("{" + line + R"(,"sinkhole":["192.0.2.1","2001:db8::1"]})") == "");
  BOOST_TEST(faults_of(R"({"sinkhole":["192.0.2.1","192.0.2.2"]})") ==
             "two addresses of one family: name one of IPv4 and one of IPv6\n");
  BOOST_TEST(faults_of(R"({"sinkhole":["nonsense","192.0.2.2"]})") == "");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_by_itself_is_not_compared) {
  BOOST_TEST(second_after(R"(,"classes":["nonsense"])", R"(,"classes":["nonsense"])") == "");
  BOOST_TEST(second_after(R"(,"classes":7)", R"(,"classes":7)") == "");
  BOOST_TEST(faults_of("7") == "");
  BOOST_TEST(faults_of(R"({"lines":[7,{}],"groups":[7]})") == "");
}

BOOST_AUTO_TEST_CASE(groups_are_there_have_devices_and_names_of_their_own) {
  BOOST_TEST(faults_of(R"({"groups":[{"name":"a","devices":["192.0.2.0/24"]}],
                           "lines":[{"name":"one","devices":["a","192.0.2.1","2001:db8::/32"]}]})") == "");
  BOOST_TEST(faults_of(R"({"lines":[{"name":"one","devices":["a"]}]})") ==
             "\"a\" is neither an address or network nor a group: add it to policy.groups\n");
  BOOST_TEST(faults_of(R"({"groups":[{"name":"10.0.0.1","devices":["::1"]}]})") ==
             "\"10.0.0.1\" is an address: call the group something else\n");
  BOOST_TEST(faults_of(R"({"groups":[{"name":"a"}]})") == "a group without devices: name some, or remove it\n");
  BOOST_TEST(faults_of(R"({"groups":[{"name":"a","devices":["::1"]},{"name":"a","devices":["::2"]}]})") ==
             "a second group is called \"a\"\n");
}

BOOST_AUTO_TEST_SUITE_END()
