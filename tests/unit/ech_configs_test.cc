#include "dataplane/ech_configs.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/quic_samples.hh"

namespace sluice {
namespace {

using quic_samples::from_hex;
using Octets = std::vector<std::uint8_t>;

// One ECHConfig: version 0xfe0d,
// config_id, kem 0x0020, a public key of 32 bytes, one suite, maximum_name_length 0, public name, no extensions
// (draft-ietf-tls-esni-25 section 4).
Octets config(std::uint8_t id, std::string_view name, std::uint8_t version = 0x0d) {
  Octets contents{id, 0x00, 0x20, 0x00, 0x20};
  contents.resize(contents.size() + 32, 0x77);
  for (const int byte : {0x00, 0x04, 0x00, 0x01, 0x00, 0x01, 0x00}) contents.push_back(static_cast<std::uint8_t>(byte));
  contents.push_back(static_cast<std::uint8_t>(name.size()));
  for (const char c : name) contents.push_back(static_cast<std::uint8_t>(c));
  contents.resize(contents.size() + 2);
  Octets out{0xfe, version, 0x00, static_cast<std::uint8_t>(contents.size())};
  for (const auto byte : contents) out.push_back(byte);
  return out;
}
Octets list_of(const std::vector<Octets>& configs) {
  Octets list(2);
  for (const auto& one : configs)
    for (const auto byte : one) list.push_back(byte);
  list[0] = static_cast<std::uint8_t>((list.size() - 2) >> 8);
  list[1] = static_cast<std::uint8_t>(list.size() - 2);
  return list;
}

const Address device = *Address::parse("192.0.2.10");

}  // namespace

BOOST_AUTO_TEST_SUITE(ech_configs)

BOOST_AUTO_TEST_CASE(a_list_of_configurations) {
  const auto list = list_of({config(7, "old.example", 0x0a), config(0x49, "public.example"), config(9, "b.example")});
  EchConfigList reading{list};
  EchConfig found;
  BOOST_REQUIRE(reading.next(found));  // draft 10 is passed over
  BOOST_TEST(found.config_id == 0x49);
  BOOST_TEST(found.public_name == "public.example");
  BOOST_REQUIRE(reading.next(found));
  BOOST_TEST(found.public_name == "b.example");
  BOOST_TEST(!reading.next(found));
}

BOOST_AUTO_TEST_CASE(damage_ends_a_list) {
  const auto list = list_of({config(1, "a.example")});
  for (std::size_t size = 0; size < list.size(); ++size) {
    EchConfigList reading{Bytes{list}.first(size)};
    EchConfig found;
    BOOST_REQUIRE_MESSAGE(!reading.next(found), size);
  }
}

// RFC 9460 section 2.2: priority, target, parameters by number.
BOOST_AUTO_TEST_CASE(the_parameter_of_a_record) {
  const auto ech_of = [](std::string_view hex) {
    const auto rdata = from_hex(hex);
    const auto value = ech_of_svcb(rdata);
    return std::vector<int>(value.begin(), value.end());
  };
  const std::vector<int> wanted{0xaa, 0xbb};
  BOOST_TEST(ech_of("000100"
                    "00010003026832"
                    "00050002aabb") == wanted,
             boost::test_tools::per_element());
  BOOST_TEST(ech_of("0001"
                    "03637379076578616d706c6500"
                    "00050002aabb") == wanted,
             boost::test_tools::per_element());
  BOOST_TEST(ech_of("000100"
                    "00010003026832")
                 .empty());
  BOOST_TEST(ech_of("000100"
                    "00050003aabb")
                 .empty());  // longer than the record
  BOOST_TEST(ech_of("0001"
                    "c00c"
                    "00050002aabb")
                 .empty());  // a compressed target
  BOOST_TEST(ech_of("00").empty());
}

BOOST_AUTO_TEST_CASE(what_a_device_was_given) {
  EchConfigs configs;
  BOOST_TEST(!configs.knows(device, 0x49, "public.example"));
  configs.learn(device, list_of({config(0x49, "Public.example"), config(9, "b.example")}));
  BOOST_TEST(configs.knows(device, 0x49, "public.EXAMPLE"));
  BOOST_TEST(configs.knows(device, 9, "b.example"));
  BOOST_TEST(!configs.knows(device, 9, "public.example"));
  BOOST_TEST(!configs.knows(device, 0x48, "public.example"));
  BOOST_TEST(!configs.knows(*Address::parse("192.0.2.11"), 0x49, "public.example"));
}

BOOST_AUTO_TEST_CASE(the_newest_stay) {
  EchConfigs configs;
  for (int i = 0; i < 100'000; ++i)
    configs.learn(device, list_of({config(static_cast<std::uint8_t>(i), "n" + std::to_string(i))}));
  std::size_t known = 0;
  for (int i = 0; i < 100'000; ++i)
    known += configs.knows(device, static_cast<std::uint8_t>(i), "n" + std::to_string(i));
  BOOST_TEST(known == EchConfigs::entries_limit);
  BOOST_TEST(configs.knows(device, static_cast<std::uint8_t>(99'999), "n99999"));
  // Seen again and again, one stays one.
  EchConfigs again;
  for (int i = 0; i < 10; ++i) again.learn(device, list_of({config(1, "a.example")}));
  BOOST_TEST(again.knows(device, 1, "a.example"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sluice
