// Any bytes as a datagram of DHCPv6.
#include "dataplane/parsers/dhcpv6.hh"

#include "tests/fuzz/lies_in.hh"

using namespace sluice;
using fuzz::check;
using fuzz::check_inside;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  const auto message = parse_dhcpv6(bytes);
  if (!message) return 0;
  check(message->type != 0 && message->id < 1U << 24 && message->addresses <= message->address.size());
  check_inside(bytes, {message->client_duid, message->server_duid, message->options, message->dns_servers,
                       message->host_name, as_bytes(message->vendor_class), as_bytes(message->user_class)});
  DnsName room;
  check(message->host_name_in(room).size() <= dns_name_text_limit);
  return 0;
}
