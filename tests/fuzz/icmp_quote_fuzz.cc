// Any bytes as a message of ICMP or ICMPv6 that quotes a datagram.
#include "dataplane/packet/icmp_quote.hh"

#include "tests/fuzz/lies_in.hh"

using namespace sluice;
using fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const Bytes message{data + 1, size - 1};
  const bool is_v6 = (data[0] & 1) != 0;
  (void)is_icmp_error(message, is_v6);
  const auto quote = parse_icmp_quote(message, is_v6);
  if (!quote) return 0;
  constexpr std::uint8_t tcp = 6, udp = 17;
  const bool has_ports = quote->protocol == tcp || quote->protocol == udp;
  check(has_ports || (quote->source_port == 0 && quote->destination_port == 0));
  check(is_v6 || (quote->source.is_v4() && quote->destination.is_v4()));
  // What is there was enough: more behind it changes nothing.
  const auto shorter = parse_icmp_quote(message.first(message.size() - (message.size() > 0 ? 1 : 0)), is_v6);
  if (shorter) check(shorter->source == quote->source && shorter->source_port == quote->source_port);
  return 0;
}
