// Any bytes as a datagram of NetBIOS' name service.
#include "dataplane/parsers/netbios.hh"

#include "tests/fuzz/lies_in.hh"

using namespace sluice;
using fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  const auto message = parse_netbios(bytes);
  if (!message) return 0;
  check(message->name.size <= message->name.text.size() && message->names <= message->node.size());
  for (std::size_t i = 0; i < message->names; ++i) check(message->node[i].size <= message->node[i].text.size());
  return 0;
}
