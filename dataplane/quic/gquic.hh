// Google's QUIC before there was a standard: the client's hello, CHLO, in clear text. Q050 sends the same message in
// CRYPTO frames of a protected Initial packet, T050 and T051 send a TLS ClientHello there (quic.hh, quic_crypto.hh).
//
// The format is that of "QUIC Wire Layout Specification" and "QUIC Crypto" (Chromium project, 2013-2018), as Chromium
// and nDPI (src/lib/protocols/quic.c) read it. Views point into the bytes that were given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"
#include "dataplane/quic/quic.hh"

namespace sluice {

// Entries of a hello; Chromium refuses more (kMaxEntries).
constexpr std::size_t gquic_entry_limit = 128;

struct GquicHello {
  std::string_view sni;         // empty = none
  std::string_view user_agent;  // empty = none
};

struct GquicDatagram {
  std::uint32_t version = 0;  // four letters, "Q043"
  GquicHello hello;
};

// Whether a datagram starts with the header that clients of Q024 to Q046 send while the version is not settled.
// `maybe` = cut inside it, behind the version.
[[nodiscard]] Probe probe_gquic(Bytes datagram) noexcept;

// The hello in such a datagram. unknown_version: another header; frame: something else comes first.
[[nodiscard]] tl::expected<GquicDatagram, QuicError> parse_gquic_datagram(Bytes datagram) noexcept;

// The hello alone, as it stands in the CRYPTO data of Q050. truncated until its name is complete.
[[nodiscard]] tl::expected<GquicHello, QuicError> parse_gquic_hello(Bytes message) noexcept;

}  // namespace sluice
