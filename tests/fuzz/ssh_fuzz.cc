// Any bytes as the head of an SSH stream.
#include "dataplane/parsers/ssh.hh"

#include "tests/fuzz/lies_in.hh"

using namespace sluice;
using fuzz::check;
using fuzz::check_inside;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  const auto banner = parse_ssh_banner(bytes);
  if (!banner) return 0;
  check(probe_ssh(bytes) == Probe::yes && !banner->protocol.empty() && !banner->software.empty());
  check_inside(bytes, {as_bytes(banner->protocol), as_bytes(banner->software)});
  return 0;
}
