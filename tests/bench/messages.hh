// The payloads that name a host, as phones send them, and the first words of the answers. Made once for every name,
// because a QUIC Initial has to be encrypted.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "tests/bench/random.hh"

namespace sluice::bench {

using Message = std::vector<std::uint8_t>;

// A ClientHello as browsers send it since 2024, without the record around it: with a post-quantum key share
// (X25519MLKEM768, draft-ietf-tls-ecdhe-mlkem: 1,216 bytes), about 1.7 kB in all.
[[nodiscard]] Message client_hello(const std::string& name, Random& random);
// In one record (RFC 8446 section 5.1).
[[nodiscard]] Message tls_hello(const Message& hello);
// In two Initials of version 1, 1,200 bytes each, the halves of each CRYPTO stretch swapped, as Chromium sends them.
[[nodiscard]] std::array<Message, 2> quic_initials(const Message& hello, Random& random);
// A query for an A record, and its answer of two addresses.
[[nodiscard]] Message dns_query(const std::string& name);
[[nodiscard]] Message dns_answer(const std::string& name);
[[nodiscard]] Message http_request(const std::string& name, const std::string& target);

struct NamedMessages {
  Message tls_hello;
  std::array<Message, 2> quic_initials;
  Message dns_query;
  Message dns_answer;
  Message http_request;
};

struct Messages {
  Messages(const std::vector<std::string>& names, std::uint64_t seed);

  std::vector<NamedMessages> by_name;
  Message tls_server;     // the start of a ServerHello
  Message tls_record;     // the start of a record of application data
  Message quic_server;    // the start of a server's Initial
  Message quic_short;     // the start of a packet with a short header
  Message http_response;  // a whole head
};

}  // namespace sluice::bench
