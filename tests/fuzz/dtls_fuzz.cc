// Any bytes as a datagram of DTLS, and as what stands before TLS in a stream.
#include "dataplane/tls/dtls.hh"

#include <cstdlib>

#include "dataplane/tls/client_hello.hh"
#include "dataplane/tls/server_hello.hh"
#include "dataplane/tls/starttls.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sluice::Bytes bytes{data, size};
  static_cast<void>(sluice::probe_dtls(bytes));
  sluice::Reader datagram{bytes};
  while (const auto record = sluice::next_dtls_record(datagram)) {
    sluice::Reader fragments{record->fragment};
    while (const auto fragment = sluice::next_dtls_fragment(fragments)) {
      if (fragment->offset + fragment->data.size() > fragment->message_length) std::abort();
      static_cast<void>(sluice::read_client_hello(fragment->data, sluice::HelloCarrier::dtls));
      static_cast<void>(sluice::read_server_hello(fragment->data));
    }
    if (fragments.left() != 0) std::abort();
  }
  if (datagram.left() != 0) std::abort();

  static_cast<void>(sluice::probe_prelude(bytes, true));
  auto rest = bytes;
  while (const auto message = sluice::next_prelude(rest)) {
    if (message->size == 0 || message->size > rest.size()) std::abort();
    rest = rest.subspan(message->size);
  }
  return 0;
}
