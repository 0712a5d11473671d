// Any bytes as a datagram of SSDP.
#include "dataplane/parsers/ssdp.hh"

#include "tests/fuzz/lies_in.hh"

using namespace sluice;
using fuzz::check;
using fuzz::check_inside;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  const auto message = parse_ssdp(bytes);
  if (!message) return 0;
  check(probe_ssdp(bytes) == Probe::yes);
  check_inside(bytes, {as_bytes(message->target), as_bytes(message->usn), as_bytes(message->sub_type),
                       as_bytes(message->server), as_bytes(message->user_agent), as_bytes(message->location)});
  return 0;
}
