// Any bytes as a message of STUN, in a datagram and in a stream.
#include "dataplane/parsers/stun.hh"

#include "tests/fuzz/lies_in.hh"

using namespace sluice;
using fuzz::check;
using fuzz::check_inside;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  if (const auto framed = parse_stun_tcp(bytes)) {
    check(probe_stun_tcp(bytes) == Probe::yes && framed->size >= 20 && framed->size <= size);
    check_inside(bytes.first(framed->size), {as_bytes(framed->software)});
  }
  const auto message = parse_stun(bytes);
  if (probe_stun(bytes) == Probe::yes) check(probe_stun_tcp(bytes) == Probe::yes);
  if (!message) return 0;
  check(probe_stun(bytes) == Probe::yes && message->size >= 20 && message->size <= size);
  check_inside(bytes.first(message->size), {as_bytes(message->software)});
  return 0;
}
