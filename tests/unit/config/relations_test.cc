#include "config/relations.hh"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "config/check.hh"

using namespace sluice::config;

namespace {

// "OFFSET: MESSAGE" of what check_relations() adds, a line each.
std::string relations(std::string_view text, Use use = Use::replay) {
  Faults faults;
  const auto root = read_json(text, faults);
  const auto values = check(root, schema(), faults);
  Faults added;
  check_relations(values, root, use, added);
  std::string out;
  for (const auto& fault : added) out += std::to_string(fault.offset) + ": " + fault.message + '\n';
  return out;
}

std::string pair(std::string_view name, std::string_view inside, std::string_view outside) {
  return R"({"name":")" + std::string(name) + R"(","inside":{"device":")" + std::string(inside) +
         R"("},"outside":{"device":")" + std::string(outside) + R"("}})";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_relations)

BOOST_AUTO_TEST_CASE(cpus_are_one_more_than_workers) {
  BOOST_TEST(relations(R"({"eal":{"cpus":[]}})") == "");
  BOOST_TEST(relations(R"({"eal":{"cpus":[4,5]}})") == "");
  BOOST_TEST(relations(R"({"workers":2,"eal":{"cpus":[0,1,2]}})") == "");
  BOOST_TEST(relations(R"({"eal":{"cpus":[4]}})") ==
             "15: 1 CPUs, but workers = 1 needs 2: the main core's comes first\n");
  BOOST_TEST(relations(R"({"eal":{"cpus":[4,5,6]}})") ==
             "15: 3 CPUs, but workers = 1 needs 2: the main core's comes first\n");
}

BOOST_AUTO_TEST_CASE(the_main_core_may_share_and_workers_may_not) {
  BOOST_TEST(relations(R"({"eal":{"cpus":[1,1]}})") == "");
  BOOST_TEST(relations(R"({"workers":2,"eal":{"cpus":[0,1,1]}})") == "32: CPU 1 has two workers\n");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_by_itself_is_not_compared) {
  BOOST_TEST(relations(R"({"workers":"two","eal":{"cpus":[0,1,2,3]}})") == "");
  BOOST_TEST(relations(R"({"workers":0,"port_pairs":[{"queues":7}]})") == "");
  BOOST_TEST(relations(R"({"workers":2,"eal":{"cpus":[0,-1,-1]}})") == "");
  BOOST_TEST(relations(R"({"port_pairs":7,"eal":[]})", Use::wire) == "");
  BOOST_TEST(relations("[]", Use::wire) == "");
  BOOST_TEST(relations("7", Use::wire) == "");
}

BOOST_AUTO_TEST_CASE(of_duplicates_the_first_counts) {
  BOOST_TEST(relations(R"({"workers":2,"workers":9,"eal":{"cpus":[0,1,2]}})") == "");
}

BOOST_AUTO_TEST_CASE(a_device_stands_once) {
  BOOST_TEST(relations("{\"port_pairs\":[" + pair("a", "eth1", "eth2") + ',' + pair("b", "eth3", "eth4") + "]}") == "");
  const auto same = "{\"port_pairs\":[" + pair("a", "eth1", "eth1") + "]}";
  BOOST_TEST(relations(same) == std::to_string(same.rfind("\"eth1")) + ": the device \"eth1\" is used twice\n");
  const auto pci = "{\"port_pairs\":[" + pair("a", "01:00.0", "eth2") + ',' + pair("b", "eth1", "0000:01:00.0") + "]}";
  BOOST_TEST(relations(pci) == std::to_string(pci.rfind("\"0000:")) + ": the device \"0000:01:00.0\" is used twice\n");
}

BOOST_AUTO_TEST_CASE(a_name_stands_once) {
  const auto text = "{\"port_pairs\":[" + pair("a", "eth1", "eth2") + ',' + pair("a", "eth3", "eth4") + "]}";
  BOOST_TEST(relations(text) == std::to_string(text.rfind("\"a\"")) + ": a second port pair is called \"a\"\n");
}

BOOST_AUTO_TEST_CASE(queues_need_workers) {
  BOOST_TEST(relations(R"({"workers":2,"port_pairs":[{"queues":2}]})") == "");
  BOOST_TEST(relations(R"({"port_pairs":[{"queues":2}]})") ==
             "25: 2 queues, but workers = 1: each queue needs a worker\n");
}

BOOST_AUTO_TEST_CASE(no_more_keys_must_sign_than_are_trusted) {
  BOOST_TEST(relations(R"({"rules":{"trusted_keys":["/a","/b"],"key_threshold":2}})") == "");
  BOOST_TEST(relations(R"({"rules":{"key_threshold":1}})") == "");
  const std::string text = R"({"rules":{"key_threshold":2,"trusted_keys":["/a"]}})";
  BOOST_TEST(relations(text) ==
             std::to_string(text.find('2')) +
                 ": 2 keys must have signed, and 1 are trusted: name more in trusted_keys, or lower it\n");
}

BOOST_AUTO_TEST_CASE(a_text_that_ends_too_early_has_no_port_pair_yet) {
  BOOST_TEST(relations("{", Use::wire) == "");
  BOOST_TEST(relations("{}", Use::wire) == "0: no port pair: the tap sits on no wire\n");
}

BOOST_AUTO_TEST_SUITE_END()
