// A datagram of Google's old QUIC; the input is read as a hello too.
#include <cstdlib>

#include "dataplane/quic/gquic.hh"

namespace {

using sluice::Bytes;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_inside(const sluice::GquicHello& hello, Bytes whole) {
  for (const auto part : {hello.sni, hello.user_agent}) {
    const auto bytes = sluice::as_bytes(part);
    require(bytes.empty() ||
            (bytes.data() >= whole.data() && bytes.data() + bytes.size() <= whole.data() + whole.size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input{data, size};
  const auto datagram = sluice::parse_gquic_datagram(input);
  if (datagram) require_inside(datagram->hello, input);
  if (datagram) require(sluice::probe_gquic(input) == sluice::Probe::yes);
  if (const auto hello = sluice::parse_gquic_hello(input)) require_inside(*hello, input);
  return 0;
}
