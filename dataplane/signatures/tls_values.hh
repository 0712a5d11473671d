// What the buffers of the rule language hold of a handshake. docs.suricata.io, "SSL/TLS Keywords", "JA3/JA4 Keywords",
// "QUIC Keywords".
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/base/tick.hh"
#include "dataplane/signatures/message_values.hh"
#include "dataplane/tls/tls_fingerprint.hh"

namespace sluice {

// Google's QUIC names its program in the hello.
struct QuicFacts {
  std::uint32_t version = 0;
  std::string_view user_agent;
};

// Which certificate of its chain.
struct ChainPlace {
  std::uint8_t number = 0;  // 0 = the first, whose name and validity count
  bool is_last = false;
};

// `ja3` is that of the hello.
void put_client_hello(const ClientHello& hello, const Ja3& ja3, MessageValues& values) noexcept;
void put_quic(const QuicFacts& facts, MessageValues& values) noexcept;
void put_server_hello(const ServerHello& hello, const Ja3& ja3s, MessageValues& values) noexcept;
// `sha1`: of `der`, in hex.
void put_certificate(Bytes der, std::string_view sha1, ChainPlace place, Tick now, MessageValues& values) noexcept;

}  // namespace sluice
