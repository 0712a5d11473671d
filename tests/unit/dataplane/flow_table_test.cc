#include "dataplane/flow/flow_table.hh"

#include <boost/endian/conversion.hpp>
#include <boost/test/unit_test.hpp>
#include <set>

#include "dataplane/flow/expiry.hh"
#include "tests/unit/frames.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

FlowKey key_number(std::uint32_t number) {
  FlowKey key;
  key.low = *Address::parse("10.0.0.1");
  key.high = *Address::parse("192.0.2.1");
  boost::endian::store_big_u32(key.low.bytes.data() + 12, number);
  key.protocol = 6;
  return key;
}

constexpr Timeouts timeouts{std::chrono::seconds{30}, std::chrono::seconds{300}, std::chrono::seconds{10},
                            std::chrono::seconds{60}, std::chrono::seconds{30}};

constexpr Tick at(int seconds) { return Tick{std::chrono::seconds{seconds}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(flow_table)

BOOST_AUTO_TEST_CASE(a_key_has_no_direction) {
  const auto there = ends("192.0.2.1", 1000, "198.51.100.1", 443);
  const auto frame = tcp_frame(there, 1, 0, tcp_flag::syn);
  const auto reply = tcp_frame(there.reversed(), 1, 2, tcp_flag::syn | tcp_flag::ack);
  Packet a;
  a.frame = frame;
  Packet b;
  b.frame = reply;
  BOOST_TEST(decode(a, nullptr));
  BOOST_TEST(decode(b, nullptr));
  BOOST_TEST((FlowKey::of(a) == FlowKey::of(b)));
  BOOST_TEST(FlowKey::of(a).from_low(a) != FlowKey::of(b).from_low(b));
  b.vlan[0] = 7;
  BOOST_TEST(!(FlowKey::of(a) == FlowKey::of(b)));
}

BOOST_AUTO_TEST_CASE(fills_to_its_capacity_and_finds_everything) {
  constexpr std::uint32_t capacity = 4096;
  FlowTable table{capacity, 1};
  std::set<const Flow*> distinct;
  for (std::uint32_t i = 0; i < capacity; ++i) {
    const auto key = key_number(i);
    BOOST_REQUIRE(table.find(key, table.hash(key)) == nullptr);
    auto* flow = table.insert(key, table.hash(key));
    BOOST_REQUIRE(flow != nullptr);
    distinct.insert(flow);
  }
  BOOST_TEST(distinct.size() == capacity);
  BOOST_TEST(table.size() == capacity);
  const auto beyond = key_number(capacity);
  BOOST_TEST(table.insert(beyond, table.hash(beyond)) == nullptr);
  for (std::uint32_t i = 0; i < capacity; ++i) {
    const auto key = key_number(i);
    auto* flow = table.find(key, table.hash(key));
    BOOST_REQUIRE(flow != nullptr);
    BOOST_REQUIRE((flow->key == key));
    if (i % 2 == 0) table.erase(*flow);
  }
  BOOST_TEST(table.size() == capacity / 2);
  for (std::uint32_t i = 0; i < capacity; ++i) {
    const auto key = key_number(i);
    BOOST_REQUIRE((table.find(key, table.hash(key)) != nullptr) == (i % 2 != 0));
  }
  BOOST_TEST(table.insert(beyond, table.hash(beyond)) != nullptr);
}

BOOST_AUTO_TEST_CASE(another_secret_gives_other_hashes) {
  const auto key = key_number(1);
  BOOST_TEST(KeyedHash{1}(key) != KeyedHash{2}(key));
  BOOST_TEST(KeyedHash{1}(key) == KeyedHash{1}(key));
}

BOOST_AUTO_TEST_CASE(expiry_takes_the_idle_and_spares_the_living) {
  FlowTable table{8, 1};
  Expiry expiry{table.capacity(), timeouts};
  Flow* flows[3];
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto key = key_number(i);
    flows[i] = table.insert(key, table.hash(key));
    flows[i]->expiry = ExpiryClass::datagram;
    flows[i]->last_seen = at(0);
    expiry.file(table, *flows[i], at(0));
  }
  flows[1]->last_seen = at(50);
  std::uint32_t budget = 100;
  BOOST_TEST(expiry.next_expired(table, at(60), budget) == nullptr);  // idle for 60 s is not over 60 s
  auto* expired = expiry.next_expired(table, at(61), budget);
  BOOST_TEST(expired == flows[0]);
  expiry.remove(table, *expired);
  expired = expiry.next_expired(table, at(61), budget);
  BOOST_TEST(expired == flows[2]);
  expiry.remove(table, *expired);
  BOOST_TEST(expiry.next_expired(table, at(61), budget) == nullptr);
  BOOST_TEST(expiry.next_expired(table, at(111), budget) == flows[1]);
}

BOOST_AUTO_TEST_CASE(a_flow_that_changes_class_moves_to_its_queue) {
  FlowTable table{8, 1};
  Expiry expiry{table.capacity(), timeouts};
  const auto key = key_number(1);
  auto* flow = table.insert(key, table.hash(key));
  flow->expiry = ExpiryClass::opening;
  expiry.file(table, *flow, at(0));
  BOOST_TEST(expiry.oldest(table, ExpiryClass::opening) == flow);
  flow->expiry = ExpiryClass::closed;
  flow->last_seen = at(5);
  expiry.file(table, *flow, at(5));
  BOOST_TEST(expiry.oldest(table, ExpiryClass::opening) == nullptr);
  std::uint32_t budget = 100;
  BOOST_TEST(expiry.next_expired(table, at(15), budget) == nullptr);
  BOOST_TEST(expiry.next_expired(table, at(16), budget) == flow);
}

BOOST_AUTO_TEST_SUITE_END()
