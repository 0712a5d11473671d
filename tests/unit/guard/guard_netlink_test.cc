#include "dataplane/guard/netlink.hh"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace sluice;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes found(const Bytes& attributes, std::uint16_t type) {
  const auto value = attribute(attributes, type);
  return {value.begin(), value.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(guard_netlink)

// struct nlattr (netlink(7)): a length with these four bytes, a type, the value, and zeros up to a multiple of four.
// (This machine's order of bytes: the tests run on little-endian ones.)
BOOST_AUTO_TEST_CASE(attributes_are_found_behind_others_and_in_others) {
  const Bytes attributes{5, 0, 1, 0, 0xaa, 0, 0, 0, /**/ 12, 0, 43, 0x80, /*in it*/ 8, 0, 4, 0, 1, 2, 3, 4};
  BOOST_TEST(found(attributes, 1) == Bytes{0xaa}, boost::test_tools::per_element());
  BOOST_TEST(found(found(attributes, 43), 4) == (Bytes{1, 2, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(found(attributes, 2).empty());
  BOOST_TEST(found({}, 1).empty());
}

BOOST_AUTO_TEST_CASE(what_is_cut_or_contradicts_itself_ends_the_search) {
  BOOST_TEST(found({8, 0, 1, 0, 1, 2, 3}, 1).empty());                 // says more than there is
  BOOST_TEST(found({3, 0, 1, 0, 8, 0, 2, 0, 1, 2, 3, 4}, 2).empty());  // shorter than its own head
  BOOST_TEST(found({0, 0, 0, 0, 0, 0, 0, 0}, 2).empty());
  BOOST_TEST(found({5, 0, 1, 0, 9}, 2).empty());  // no room for padding, nothing behind it
  BOOST_TEST(found({8, 0, 1}, 1).empty());
}

BOOST_AUTO_TEST_CASE(the_kernel_answers_and_refuses) {
  auto kernel = Netlink::open();
  BOOST_REQUIRE(kernel.has_value());
  ifinfomsg loopback{};
  loopback.ifi_index = 1;
  NetlinkRequest name{RTM_GETLINK, 0, loopback};
  const auto link = kernel->ask(name, sizeof loopback);
  BOOST_REQUIRE(link.has_value());
  BOOST_TEST(found({link->begin(), link->end()}, IFLA_IFNAME) == (Bytes{'l', 'o', 0}),
             boost::test_tools::per_element());
  loopback.ifi_index = 0x7ffffff0;
  NetlinkRequest nobody{RTM_GETLINK, 0, loopback};
  const auto refused = kernel->ask(nobody, sizeof loopback);
  BOOST_TEST((!refused && refused.error() == ENODEV));
  NetlinkRequest large{RTM_GETLINK, 0, loopback};
  const std::vector<char> text(600, 'x');
  large.add(IFLA_IFNAME, text.data(), text.size());
  BOOST_TEST(kernel->order(large) == EMSGSIZE);
}

BOOST_AUTO_TEST_SUITE_END()
