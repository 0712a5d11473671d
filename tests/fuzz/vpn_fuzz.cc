// A UDP payload, or the start of a TCP direction, behind two bytes for the port: what is recognised is so again when
// more of the stream is there.
#include "dataplane/parsers/vpn.hh"

#include <cstdlib>
#include <vector>

namespace {

constexpr std::int64_t start_seconds = 1'700'000'000;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto port = static_cast<std::uint16_t>(data[0] << 8 | data[1]);
  const std::vector<std::uint8_t> payload(data + 2, data + size);
  const auto now = sluice::tick_from_nanoseconds(start_seconds * 1'000'000'000);
  const auto found = sluice::recognise_vpn(payload, 40000, port, now);
  require(!found || sluice::is_opaque_tunnel(*found));
  require(found == sluice::recognise_vpn(payload, port, 40000, now));
  // A probe that has decided does not change its mind.
  auto before = sluice::Probe::maybe;
  for (std::size_t part = 0; part <= payload.size(); ++part) {
    const auto answer = sluice::probe_openvpn_tcp(sluice::Bytes{payload}.first(part), now);
    require(before == sluice::Probe::maybe || answer == before);
    before = answer;
  }
  return 0;
}
