// Any bytes as the head of a client's stream, of a server's stream and as a bare handshake message.
#include "dataplane/tls.hh"

#include <array>
#include <cstdlib>

namespace {

// What every ClientHello promises.
void check(const sluice::ClientHello& hello) {
  std::size_t total = 0;
  for (const auto name : hello.alpn) total += 1 + name.size();
  if (total != hello.alpn.raw.size()) std::abort();
  if (hello.sni.size() > sluice::tls_server_name_limit) std::abort();
  if (hello.cipher_suites.empty() || hello.cipher_suites.size() % 2 != 0) std::abort();
  if (hello.extensions.size() > hello.handshake_size || hello.handshake_size > sluice::tls_hello_limit) std::abort();
  for (const auto byte : hello.sni) static_cast<void>(*const_cast<const volatile char*>(&byte));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sluice::Bytes stream{data, size};
  std::array<std::uint8_t, 1024> scratch;
  const auto probe = sluice::probe_tls(stream);
  const auto client = sluice::parse_tls_client_hello(stream, scratch);
  if (client) {
    check(*client);
    if (probe != sluice::Probe::yes) std::abort();
  } else if (client.error() == sluice::TlsError::need_more && probe == sluice::Probe::no) {
    std::abort();  // what is not TLS will not become TLS
  }
  const auto server = sluice::parse_tls_server_hello(stream, scratch);
  if (server && probe != sluice::Probe::yes) std::abort();
  if (client && server) std::abort();
  if (const auto hello = sluice::parse_client_hello(stream)) check(*hello);
  return 0;
}
