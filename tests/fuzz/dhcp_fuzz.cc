// Any bytes as a datagram of DHCP.
#include "dataplane/parsers/dhcp.hh"

#include <cstdlib>

namespace {

bool lies_in(sluice::Bytes part, sluice::Bytes whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sluice::Bytes bytes{data, size};
  const auto message = sluice::parse_dhcp(bytes);
  if (message && sluice::probe_dhcp(bytes) != sluice::Probe::yes) std::abort();
  if (!message) return 0;
  if (message->hardware_address.size() > 16) std::abort();
  for (const auto part :
       {message->hardware_address, message->client_id, message->parameters, message->dns_servers, message->routers,
        sluice::as_bytes(message->host_name), sluice::as_bytes(message->vendor_class)})
    if (!lies_in(part, bytes)) std::abort();
  return 0;
}
