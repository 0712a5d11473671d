// The clear-text handshake of one direction of TLS over a stream, freed from its records (RFC 8446 section 5.1) and
// read message by message, of a Certificate message (RFC 5246 section 7.4.2) certificate by certificate: what is as
// long as a chain never has to be there as a whole.
//
//   TlsFlight flight;
//   while (const auto step = flight.next(stream, scratch)) { ...; stream = stream.subspan(step->consumed); }
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"
#include "dataplane/tls/tls_error.hh"

namespace sluice {

// Messages and certificates that are read of one direction.
constexpr std::uint8_t tls_messages_limit = 64;
constexpr std::uint8_t tls_certificates_limit = 32;
// Bytes of one certificate; a longer one is passed over.
constexpr std::size_t tls_certificate_limit = 8000;

// Whether the head of a stream direction is a TLS record with a ClientHello or ServerHello. Never reads further
// than the first 10 bytes.
[[nodiscard]] Probe probe_tls(Bytes stream) noexcept;

struct TlsStep {
  enum class What : std::uint8_t {
    passed,        // bytes that say nothing
    client_hello,  // `body`: of the message, without its header
    server_hello,  // the same
    certificate,   // `body`: one certificate of the list, DER
    resumed,       // the server encrypts right after its hello: an abbreviated handshake (RFC 5246 section 7.3)
    end,           // what follows in this direction is encrypted, or of no interest
  };
  What what = What::passed;
  Bytes body;                // points into the stream, or into the scratch
  std::size_t consumed = 0;  // bytes of the stream that are done with; not 0 but at the end
  std::uint64_t skip = 0;    // bytes after those that need not be looked at
};

// 16 bytes a direction, in the flow.
class TlsFlight {
 public:
  // The next step from where the last one ended. need_more: nothing was consumed. `scratch`: for what lies in more
  // than one record; at least tls_certificate_limit bytes.
  [[nodiscard]] tl::expected<TlsStep, TlsError> next(Bytes stream, std::span<std::uint8_t> scratch) noexcept;
  // The hello that was read asks for another one: what follows it is no abbreviated handshake.
  void expect_retry() noexcept { ++messages_; }
  // Whether the first message was a ClientHello; false before.
  [[nodiscard]] bool is_client() const noexcept { return is_client_; }
  // Certificates that were told, and whether one more of their list may come.
  [[nodiscard]] std::uint8_t certificates() const noexcept { return certificates_; }
  [[nodiscard]] bool has_more_certificates() const noexcept { return list_left_ != 0; }

 private:
  struct Piece {
    Bytes bytes;
    std::size_t consumed = 0;
    std::uint32_t record_left = 0;
  };
  [[nodiscard]] tl::expected<TlsStep, TlsError> next_record(Bytes stream) noexcept;
  [[nodiscard]] tl::expected<TlsStep, TlsError> next_message(Bytes stream, std::span<std::uint8_t> scratch) noexcept;
  [[nodiscard]] tl::expected<TlsStep, TlsError> next_certificate(Bytes stream,
                                                                 std::span<std::uint8_t> scratch) noexcept;
  [[nodiscard]] TlsStep pass(std::size_t available) noexcept;
  [[nodiscard]] tl::expected<Piece, TlsError> take(Bytes stream, std::size_t size,
                                                   std::span<std::uint8_t> scratch) const noexcept;
  TlsStep done_with(const Piece& piece, TlsStep::What what, Bytes body) noexcept;

  std::uint32_t pass_left_ = 0;    // bytes of a message, or of a certificate, to be passed over
  std::uint32_t list_left_ = 0;    // bytes of the certificate list that is being read
  std::uint32_t record_left_ = 0;  // bytes of the current record
  std::uint8_t messages_ = 0;
  std::uint8_t certificates_ = 0;
  bool is_client_ = false;
  bool is_changed_ = false;  // ChangeCipherSpec came: only another hello can be in clear text
};

}  // namespace sluice
