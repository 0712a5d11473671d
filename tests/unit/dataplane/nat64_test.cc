#include "dataplane/packet/nat64.hh"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <string>

using namespace sluice;

namespace {

Address at(const std::string& text) { return *Address::parse(text); }
const Tick start = tick_from_nanoseconds(1'700'000'000'000'000'000);
const Address client = at("2001:db8:1::2");

}  // namespace

BOOST_AUTO_TEST_SUITE(nat64)

BOOST_AUTO_TEST_CASE(the_examples_of_rfc_6052_section_2_4) {
  struct Row {
    unsigned bits;
    const char* address;
  };
  for (const auto& row : {Row{32, "2001:db8:c000:221::"}, Row{40, "2001:db8:1c0:2:21::"},
                          Row{48, "2001:db8:122:c000:2:2100::"}, Row{56, "2001:db8:122:3c0:0:221::"},
                          Row{64, "2001:db8:122:344:c0:2:2100::"}, Row{96, "2001:db8:122:344::192.0.2.33"}})
    BOOST_TEST(embedded_v4(at(row.address), row.bits).text() == "192.0.2.33", row.bits);
}

BOOST_AUTO_TEST_CASE(the_well_known_prefix_needs_no_discovery) {
  const Nat64Prefixes prefixes;
  BOOST_TEST(prefixes.v4_behind(client, at("64:ff9b::192.0.2.33"), start)->text() == "192.0.2.33");
  BOOST_TEST(!prefixes.v4_behind(client, at("64:ff9b:1::192.0.2.33"), start));  // RFC 8215: for local use, not this one
  BOOST_TEST(!prefixes.v4_behind(client, at("64:ff9c::192.0.2.33"), start));
  BOOST_TEST(!prefixes.v4_behind(client, at("192.0.2.33"), start));
}

// What ipv4only.arpa has under each of the prefixes of RFC 6052 section 2.4, for 192.0.0.170 (c000:00aa).
BOOST_AUTO_TEST_CASE(a_network_s_own_prefix_is_learned_from_ipv4only_arpa) {
  struct Row {
    const char* answer;
    const char* remote;
  };
  for (const auto& row :
       {Row{"2001:db8:c000:aa::", "2001:db8:c000:221::"}, Row{"2001:db8:1c0:0:aa::", "2001:db8:1c0:2:21::"},
        Row{"2001:db8:122:c000:0:aa00::", "2001:db8:122:c000:2:2100::"},
        Row{"2001:db8:122:3c0:0:aa::", "2001:db8:122:3c0:0:221::"},
        Row{"2001:db8:122:344:c0:0:aa00::", "2001:db8:122:344:c0:2:2100::"},
        Row{"2001:db8:122:344::192.0.0.171", "2001:db8:122:344::192.0.2.33"}}) {
    Nat64Prefixes prefixes;
    prefixes.learn(client, "IPv4only.ARPA", at(row.answer), 60, start);
    const auto behind = prefixes.v4_behind(client, at(row.remote), start);
    BOOST_REQUIRE(behind.has_value());
    BOOST_TEST(behind->text() == "192.0.2.33");
    BOOST_TEST(!prefixes.v4_behind(at("2001:db8:1::3"), at(row.remote), start));  // another host was not told
    BOOST_TEST(!prefixes.v4_behind(client, at("2001:db9::192.0.2.33"), start));
    BOOST_TEST(!prefixes.v4_behind(client, at(row.remote), start + std::chrono::seconds{61}));
  }
}

BOOST_AUTO_TEST_CASE(other_answers_teach_nothing) {
  Nat64Prefixes prefixes;
  prefixes.learn(client, "ipv4only.example", at("2001:db8:122:344::192.0.0.170"), 60, start);
  prefixes.learn(client, "ipv4only.arpa", at("2001:db8:122:344::192.0.0.172"), 60, start);
  prefixes.learn(client, "ipv4only.arpa", at("192.0.0.170"), 60, start);
  BOOST_TEST(!prefixes.v4_behind(client, at("2001:db8:122:344::192.0.2.33"), start));
}

BOOST_AUTO_TEST_CASE(what_expires_first_gives_way) {
  Nat64Prefixes prefixes;
  const auto remote = at("2001:db8:122:344::192.0.2.33");
  const auto host = [](std::size_t number) { return at("2001:db8:1::" + std::to_string(number + 1)); };
  for (std::size_t i = 0; i <= Nat64Prefixes::limit; ++i)
    prefixes.learn(host(i), "ipv4only.arpa", at("2001:db8:122:344::192.0.0.170"), static_cast<std::uint32_t>(60 + i),
                   start);
  BOOST_TEST(!prefixes.v4_behind(host(0), remote, start));
  for (std::size_t i = 1; i <= Nat64Prefixes::limit; ++i)
    BOOST_TEST(prefixes.v4_behind(host(i), remote, start).has_value(), i);
}

BOOST_AUTO_TEST_SUITE_END()
