#include "control/findings/offered_resolvers.hh"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/event_record.hh"

using namespace sluice;

namespace {

using std::chrono::seconds;

constexpr std::uint64_t offer_type = 2, acknowledgement = 5;

EventHeader at(EventType type, Duration after = {}) {
  auto header = ::header(type);
  header.ip_protocol = 17;
  header.time += after;
  return header;
}

// Of DHCP, for 192.0.2.10.
void acknowledge(OfferedResolvers& offered, std::string_view resolver, Duration after = {}, std::uint64_t lease = 3600,
                 std::uint64_t type = acknowledgement, std::string_view device = "192.0.2.10") {
  Record record{at(EventType::dhcp, after)};
  record.integer(Field::dhcp_reply, 1).integer(Field::dhcp_type, type).text(Field::dhcp_assigned_ip, device);
  if (lease != 0) record.integer(Field::dhcp_lease_time, lease);
  record.text(Field::dhcp_dns_server, resolver).text(Field::dhcp_dns_server, "192.0.2.254");
  offered.consume(record.event());
}

// A query of 192.0.2.10 to that resolver, or the answer to it.
bool query_is_past(const OfferedResolvers& offered, std::string_view resolver, Duration after = {},
                   bool is_answer = false) {
  auto header = at(EventType::dns, after);
  header.destination = address(resolver);
  if (is_answer) std::swap(header.source, header.destination);
  Record record{header};
  record.integer(Field::dns_response, is_answer ? 1 : 0);
  return offered.is_past(record.event());
}

bool flow_is_past(const OfferedResolvers& offered, Protocol protocol, EncryptedDns kind, Duration start = {}) {
  auto header = at(EventType::flow, seconds{100});
  Record record{header};
  record.integer(Field::flow_protocol, static_cast<std::uint64_t>(protocol));
  const auto first = ::header(EventType::flow).time + start;
  record.integer(Field::flow_start, static_cast<std::uint64_t>(nanoseconds_since_epoch(first)));
  if (kind != EncryptedDns::none) record.integer(Field::encrypted_dns, static_cast<std::uint64_t>(kind));
  return offered.is_past(record.event());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_offered_resolvers)

BOOST_AUTO_TEST_CASE(a_device_that_was_offered_none_is_never_past_them) {
  OfferedResolvers offered;
  BOOST_TEST(!query_is_past(offered, "198.51.100.53"));
  acknowledge(offered, "192.0.2.53", {}, 3600, offer_type);  // not taken yet
  BOOST_TEST(!query_is_past(offered, "198.51.100.53"));
  acknowledge(offered, "192.0.2.53", {}, 3600, acknowledgement, "192.0.2.11");  // another device
  BOOST_TEST(!query_is_past(offered, "198.51.100.53"));
}

BOOST_AUTO_TEST_CASE(queries_and_answers) {
  OfferedResolvers offered;
  acknowledge(offered, "192.0.2.53");
  BOOST_TEST(!query_is_past(offered, "192.0.2.53"));
  BOOST_TEST(!query_is_past(offered, "192.0.2.254"));
  BOOST_TEST(query_is_past(offered, "198.51.100.53"));
  BOOST_TEST(query_is_past(offered, "198.51.100.53", {}, true));
  BOOST_TEST(!query_is_past(offered, "192.0.2.53", {}, true));
}

BOOST_AUTO_TEST_CASE(flows_that_look_names_up) {
  OfferedResolvers offered;
  acknowledge(offered, "192.0.2.53");
  BOOST_TEST(flow_is_past(offered, Protocol::dns, EncryptedDns::none));
  BOOST_TEST(flow_is_past(offered, Protocol::tls, EncryptedDns::dot));
  BOOST_TEST(!flow_is_past(offered, Protocol::tls, EncryptedDns::none));
}

BOOST_AUTO_TEST_CASE(only_while_the_offer_counts) {
  OfferedResolvers offered;
  acknowledge(offered, "192.0.2.53", seconds{10}, 3600);
  BOOST_TEST(!query_is_past(offered, "198.51.100.53", seconds{9}));
  BOOST_TEST(query_is_past(offered, "198.51.100.53", seconds{3610}));
  BOOST_TEST(!query_is_past(offered, "198.51.100.53", seconds{3611}));
  // The flow began before it.
  BOOST_TEST(!flow_is_past(offered, Protocol::dns, EncryptedDns::none, seconds{9}));
  acknowledge(offered, "198.51.100.53", seconds{4000}, 0);  // no lease time: a day
  BOOST_TEST(!query_is_past(offered, "198.51.100.53", seconds{4001}));
  BOOST_TEST(query_is_past(offered, "192.0.2.53", seconds{4000 + 86400}));
  BOOST_TEST(!query_is_past(offered, "192.0.2.53", seconds{4000 + 86401}));
}

BOOST_AUTO_TEST_CASE(a_renewal_changes_nothing_a_new_offer_does) {
  OfferedResolvers offered;
  acknowledge(offered, "192.0.2.53");
  acknowledge(offered, "192.0.2.53", seconds{50});
  BOOST_TEST(flow_is_past(offered, Protocol::dns, EncryptedDns::none, seconds{20}));
  acknowledge(offered, "192.0.2.54", seconds{60});
  BOOST_TEST(!flow_is_past(offered, Protocol::dns, EncryptedDns::none, seconds{20}));
  BOOST_TEST(flow_is_past(offered, Protocol::dns, EncryptedDns::none, seconds{70}));
}

BOOST_AUTO_TEST_CASE(the_device_that_was_kept_longest_gives_way) {
  OfferedResolvers offered;
  acknowledge(offered, "192.0.2.53");
  for (std::size_t i = 1; i < OfferedResolvers::device_limit; ++i)
    acknowledge(offered, "192.0.2.53", {}, 3600, acknowledgement,
                "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250));
  BOOST_TEST(query_is_past(offered, "198.51.100.53"));
  acknowledge(offered, "192.0.2.53", {}, 3600, acknowledgement, "10.2.0.1");
  BOOST_TEST(!query_is_past(offered, "198.51.100.53"));
}

BOOST_AUTO_TEST_SUITE_END()
