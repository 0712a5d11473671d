// Any bytes as a datagram of NTP.
#include "dataplane/parsers/ntp.hh"

#include "tests/fuzz/lies_in.hh"

using namespace sluice;
using fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  const auto message = parse_ntp(bytes);
  check((probe_ntp(bytes) == Probe::yes) == message.has_value());
  if (message) check(message->version >= 1 && message->version <= 4 && message->mode >= 1 && message->mode <= 7);
  return 0;
}
