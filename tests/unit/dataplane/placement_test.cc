#include "dataplane/packet/placement.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/frames.hh"

using namespace sluice;

namespace {

Packet between(const std::string& source, const std::string& destination, Inside inside = Inside::unknown) {
  Packet packet;
  packet.source = *Address::parse(source);
  packet.destination = *Address::parse(destination);
  packet.inside = inside;
  return packet;
}

Inside side(const InsideNetworks& networks, const char* source, const char* destination) {
  return networks.side_of(*Address::parse(source), *Address::parse(destination));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(placement)

BOOST_AUTO_TEST_CASE(the_inside_is_what_lies_in_its_networks) {
  const InsideNetworks networks{{*AddressRange::parse("192.0.2.0/24"), *AddressRange::parse("2001:db8::/32")}};
  BOOST_TEST((side(networks, "192.0.2.1", "8.8.8.8") == Inside::source));
  BOOST_TEST((side(networks, "8.8.8.8", "192.0.2.255") == Inside::destination));
  BOOST_TEST((side(networks, "2001:db8::1", "2001:db9::1") == Inside::source));
  BOOST_TEST((side(networks, "192.0.2.1", "192.0.2.2") == Inside::unknown));
  BOOST_TEST((side(networks, "8.8.8.8", "192.0.3.0") == Inside::unknown));
  BOOST_TEST(InsideNetworks{}.empty());
}

BOOST_AUTO_TEST_CASE(private_addresses_are_those_that_an_address_calls_private) {
  const auto networks = InsideNetworks::private_addresses();
  for (const char* text :
       {"9.255.255.255",  "10.0.0.0",       "10.255.255.255",  "11.0.0.0",        "172.15.255.255",  "172.16.0.0",
        "172.31.255.255", "172.32.0.0",     "192.167.255.255", "192.168.0.0",     "192.168.255.255", "192.169.0.0",
        "169.254.1.1",    "100.63.255.255", "100.64.0.0",      "100.127.255.255", "100.128.0.0",     "fbff::1",
        "fc00::1",        "fdff::1",        "fe00::1",         "fe7f::1",         "fe80::1",         "febf::1",
        "fec0::1",        "2001:db8::1",    "224.0.0.1",       "ff02::1"}) {
    const auto address = *Address::parse(text);
    BOOST_TEST(networks.contains(address) == address.is_private(), text);
  }
}

BOOST_AUTO_TEST_CASE(look_ups_at_a_resolver_inside_stay_with_their_client) {
  for (int device = 10; device < 60; ++device) {
    const auto client = "192.168.1." + std::to_string(device);
    const auto owner = worker_of(between(client, "8.8.8.8", Inside::source), 8);
    auto query = between(client, "192.168.1.1");
    query.source_port = 40000;
    query.destination_port = 53;
    auto answer = between("192.168.1.1", client);
    answer.source_port = 53;
    answer.destination_port = 40000;
    BOOST_TEST(worker_of(query, 8) == owner);
    BOOST_TEST(worker_of(answer, 8) == owner);
    query.source_port = answer.destination_port = 53;  // two resolvers: both ways alike
    BOOST_TEST(worker_of(query, 8) == worker_of(answer, 8));
  }
}

BOOST_AUTO_TEST_CASE(both_directions_and_all_that_a_device_does_meet_in_one_worker) {
  for (std::uint32_t workers = 1; workers <= 8; ++workers) {
    for (int device = 0; device < 50; ++device) {
      const auto inside = "10.0.3." + std::to_string(device);
      const auto owner = worker_of(between(inside, "8.8.8.8", Inside::source), workers);
      BOOST_TEST(owner < workers);
      BOOST_TEST(worker_of(between("8.8.8.8", inside, Inside::destination), workers) == owner);
      BOOST_TEST(worker_of(between("2001:db8::1", inside, Inside::destination), workers) == owner);
      const auto other = "172.217." + std::to_string(device) + ".9";  // where nobody knows the inside
      BOOST_TEST(worker_of(between(inside, other), workers) == worker_of(between(other, inside), workers));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_goes_through_one_tunnel_meets_in_one_worker_with_its_fragments) {
  const InsideNetworks inside{{*AddressRange::parse("10.0.0.0/8")}};
  for (int device = 0; device < 50; ++device) {
    auto packet = between("10.0.0." + std::to_string(device), "8.8.8.8");
    packet.networks = &inside;
    packet.outer.depth = 1;
    packet.outer.source = *Address::parse("192.0.2.1");
    packet.outer.destination = *Address::parse("192.0.2.2");
    // A fragment shows the outermost addresses alone.
    auto fragment = between("192.0.2.1", "192.0.2.2");
    fragment.networks = &inside;
    BOOST_TEST(worker_of(packet, 8) == worker_of(fragment, 8));
    packet.outer.reverse();
    BOOST_TEST(worker_of(packet, 8) == worker_of(fragment, 8));
  }
}

BOOST_AUTO_TEST_CASE(the_devices_of_one_network_spread_over_the_workers) {
  for (const std::string network : {"192.168.1.", "10.20.30.", "2001:db8::"}) {
    for (const std::uint32_t workers : {2U, 3U, 4U, 8U}) {
      std::vector<unsigned> devices(workers);
      for (int host = 1; host <= 240; ++host)
        ++devices[worker_of(between(network + std::to_string(host), "8.8.8.8", Inside::source), workers)];
      // 240 throws of a fair die: half or double of the even share lies more than four deviations away.
      for (const auto count : devices)
        BOOST_TEST((count > 240 / workers / 2 && count < 240 / workers * 2),
                   network << "x: " << count << " of 240 on one of " << workers);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
