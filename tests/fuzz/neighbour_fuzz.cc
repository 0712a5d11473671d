// Any bytes as a message of ARP, and of IPv6 neighbour discovery.
#include "dataplane/parsers/arp.hh"
#include "dataplane/parsers/neighbour_discovery.hh"

#include "tests/fuzz/lies_in.hh"

using namespace sluice;
using fuzz::check;
using fuzz::check_inside;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  if (const auto arp = parse_arp(bytes)) check_inside(bytes, {arp->sender_mac, arp->target_mac});
  const auto message = parse_neighbour_discovery(bytes);
  if (!message) return 0;
  check(is_neighbour_discovery(bytes));
  check(message->source_mac.empty() || message->source_mac.size() == 6);
  check_inside(bytes, {message->source_mac, message->target_mac, message->dns_servers});
  return 0;
}
