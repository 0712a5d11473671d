#include "config/check.hh"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <string>

using namespace sluice::config;

namespace {

// "OFFSET: MESSAGE" of every fault, grammar errors left out, a line each.
std::string faults(std::string_view text) {
  Faults grammar;
  Faults found;
  (void)check(read_json(text, grammar), schema(), found);
  std::string out;
  for (const auto& fault : found) out += std::to_string(fault.offset) + ": " + fault.message + '\n';
  return out;
}

nlohmann::json values(std::string_view text) {
  Faults ignored;
  return check(read_json(text, ignored), schema(), ignored);
}

std::string list_of(std::string_view item, std::size_t count) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + std::string(item);
  return text + ']';
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_check)

BOOST_AUTO_TEST_CASE(ranges_include_both_ends) {
  BOOST_TEST(faults(R"({"workers":1})") == "");
  BOOST_TEST(faults(R"({"workers":64})") == "");
  BOOST_TEST(faults(R"({"workers":0})") == "11: 0 is out of range: 1 to 64\n");
  BOOST_TEST(faults(R"({"workers":65})") == "11: 65 is out of range: 1 to 64\n");
  BOOST_TEST(faults(R"({"workers":-1})") == "11: -1 is out of range: 1 to 64\n");
  BOOST_TEST(faults(R"({"workers":18446744073709551615})") == "11: 18446744073709551615 is out of range: 1 to 64\n");
  BOOST_TEST(faults(R"({"workers":1.0})") == "11: expected a whole number, found the number 1.0\n");
}

BOOST_AUTO_TEST_CASE(the_range_of_a_list_is_that_of_its_items) {
  BOOST_TEST(faults(R"({"eal":{"cpus":[0,1023]}})") == "");
  BOOST_TEST(faults(R"({"eal":{"cpus":[0,1024,"2"]}})") ==
             "18: 1024 is out of range: 0 to 1023\n23: expected a whole number, found the text \"2\"\n");
}

BOOST_AUTO_TEST_CASE(a_default_outside_of_the_range_may_be_written) {
  const auto with_mtu = [](std::string_view mtu) {
    return R"({"port_pairs":[{"name":"a","inside":{"device":"b"},"outside":{"device":"c"},"mtu_bytes":)" +
           std::string(mtu) + "}]}";
  };
  BOOST_TEST(faults(with_mtu("0")) == "");
  BOOST_TEST(faults(with_mtu("1280")) == "");
  BOOST_TEST(faults(with_mtu("1279")) == "88: 1279 is out of range: 1280 to 9216 bytes\n");
  BOOST_TEST(faults(R"({"site":{"tap_id":""}})") == "");
  BOOST_TEST(faults(R"({"events":{"shared_memory":""}})") ==
             "27: \"\" is no absolute path: it does not begin with /\n");
}

BOOST_AUTO_TEST_CASE(lists_are_bounded) {
  BOOST_TEST(faults(R"({"eal":{"cpus":)" + list_of("1", 65) + "}}") == "");
  // Items of two bytes from offset 16 on: the 66th is one too many.
  BOOST_TEST(faults(R"({"eal":{"cpus":)" + list_of("1", 67) + "}}") == "146: more than 65 items\n");
}

BOOST_AUTO_TEST_CASE(of_an_object_without_an_end_nothing_is_missing) {
  BOOST_TEST(faults(R"({"port_pairs":[{"name":"a")") == "");
  BOOST_TEST(faults(R"({"port_pairs":[{"name":"a"},{"name")") ==
             "15: \"inside\" is missing here\n15: \"outside\" is missing here\n");
}

BOOST_AUTO_TEST_CASE(an_unknown_option_is_told_its_nearest_name) {
  BOOST_TEST(faults(R"({"Mode":1})") == "1: unknown option \"Mode\"; did you mean \"mode\"?\n");
  BOOST_TEST(faults(R"({"flow":{"tcp_idle_timeout":1}})") ==
             "9: unknown option \"tcp_idle_timeout\"; did you mean \"tcp_idle_timeout_ms\"?\n");
  BOOST_TEST(faults(R"({"watchdog":{"x":1}})") == "13: unknown option \"x\"; known here: stall_timeout_ms\n");
  BOOST_TEST(faults("{\"watchdog\":{\"" + std::string(70, 'x') + "\":1}}") ==
             "13: unknown option \"" + std::string(64, 'x') + "...\"; known here: stall_timeout_ms\n");
}

BOOST_AUTO_TEST_CASE(wrong_types_say_what_was_found) {
  BOOST_TEST(faults(R"({"stream":{"midstream":1}})") == "23: expected true or false, found the number 1\n");
  BOOST_TEST(faults(R"({"site":{"name":[]}})") == "16: expected a text, found a list\n");
  BOOST_TEST(faults(R"({"site":"x"})") == "8: expected an object, found the text \"x\"\n");
  BOOST_TEST(faults(R"({"port_pairs":{}})") == "14: expected a list, found an object\n");
  BOOST_TEST(faults(R"({"workers":null})") == "11: expected a whole number, found null\n");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_becomes_null_and_what_is_absent_its_default) {
  const auto checked = values(R"({"mode":"x","eal":{"cpus":[1,"2"]},"workers":3,"workers":4,"site":7})");
  BOOST_TEST(checked.at("mode").is_null());
  BOOST_TEST((checked.at("eal").at("cpus") == nlohmann::json{1, nullptr}));
  BOOST_TEST((checked.at("eal").at("hugepages") == "auto"));
  BOOST_TEST((checked.at("workers") == 3));
  BOOST_TEST(checked.at("site").is_null());
  BOOST_TEST((checked.at("events").at("shared_memory") == "/run/sluice/dataplane"));
}

BOOST_AUTO_TEST_SUITE_END()
