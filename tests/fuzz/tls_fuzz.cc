// Any bytes as the stream of one direction, given in pieces, and as a bare handshake message. The first byte says how
// large the pieces are.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "dataplane/tls/client_hello.hh"
#include "dataplane/tls/server_hello.hh"
#include "dataplane/tls/tls_fingerprint.hh"
#include "dataplane/tls/tls_flight.hh"

namespace {

// What every ClientHello promises.
void check(const sluice::ClientHello& hello) {
  std::size_t total = 0;
  for (const auto name : hello.alpn) total += 1 + name.size();
  if (total != hello.alpn.raw.size()) std::abort();
  if (hello.sni.size() > sluice::tls_server_name_limit) std::abort();
  if (hello.cipher_suites.empty() || hello.cipher_suites.size() % 2 != 0) std::abort();
  if (hello.groups.size() % 2 != 0 || hello.signature_algorithms.size() % 2 != 0) std::abort();
  if (hello.extensions.size() > hello.handshake_size || hello.handshake_size > sluice::tls_hello_limit) std::abort();
  for (const auto byte : hello.sni) static_cast<void>(*const_cast<const volatile char*>(&byte));
  static sluice::Ja3 ja3;
  sluice::write_ja3(hello, ja3);
  if (ja3.hash_text().size() != 32 || ja3.text().size() > sluice::ja3_text_limit) std::abort();
  const auto ja4 = sluice::ja4_of(hello);
  for (const auto byte : ja4.view())
    if (byte < 0x21 || byte > 0x7e) std::abort();
}

void check(const sluice::ServerHello& hello) {
  static sluice::Ja3 ja3s;
  sluice::write_ja3s(hello, ja3s);
  if (hello.alpn.size() > 255) std::abort();
}

// The flight as the pipeline reads it: `seen` grows in steps, what is consumed is not looked at again. Returns what was
// found, so that two ways of cutting the stream can be compared.
std::uint64_t read_flight(sluice::Bytes stream, std::size_t step) {
  static std::array<std::uint8_t, 8128> scratch;
  sluice::TlsFlight flight;
  std::uint64_t found = 0;
  std::size_t at = 0;
  for (std::size_t seen = 0; seen < stream.size();) {
    seen = std::min(seen + step, stream.size());
    while (at < seen) {
      const auto next = flight.next(stream.subspan(at, seen - at), scratch);
      if (!next) {
        if (next.error() != sluice::TlsError::need_more) return found * 31 + 7;
        break;
      }
      using What = sluice::TlsStep::What;
      if (next->what == What::end) return found * 31 + 8;
      if (next->consumed == 0) std::abort();  // a step that moves nothing would never end
      if (next->consumed > seen - at) std::abort();
      at += next->consumed + next->skip;
      if (next->what == What::passed) continue;
      found = found * 31 + static_cast<std::uint64_t>(next->what) + 1;
      for (const auto byte : next->body) found = found * 31 + byte;
      if (next->what == What::certificate && next->body.size() > sluice::tls_certificate_limit) std::abort();
      if (next->what == What::client_hello)
        if (const auto hello = sluice::read_client_hello(next->body, sluice::HelloCarrier::tls)) check(*hello);
      if (next->what == What::server_hello)
        if (const auto hello = sluice::read_server_hello(next->body)) check(*hello);
    }
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const sluice::Bytes stream{data + 1, size - 1};
  static_cast<void>(sluice::probe_tls(stream));
  if (read_flight(stream, std::max<std::size_t>(stream.size(), 1)) != read_flight(stream, 1 + data[0])) std::abort();
  if (const auto hello = sluice::parse_client_hello(stream)) check(*hello);
  if (const auto hello = sluice::read_client_hello(stream, sluice::HelloCarrier::dtls)) check(*hello);
  return 0;
}
