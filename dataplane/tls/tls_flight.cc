#include "dataplane/tls/tls_flight.hh"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sluice {
namespace {

using What = TlsStep::What;

// RFC 8446 section 5.1
constexpr std::uint8_t content_change_cipher_spec = 20;
constexpr std::uint8_t content_alert = 21;
constexpr std::uint8_t content_handshake = 22;
constexpr std::size_t clear_alert_size = 2;

// RFC 8446 section 4, RFC 5246 section 7.4
constexpr std::uint8_t client_hello = 1;
constexpr std::uint8_t server_hello = 2;
constexpr std::uint8_t new_session_ticket = 4;
constexpr std::uint8_t certificate = 11;
constexpr std::uint8_t server_hello_done = 14;

constexpr std::uint8_t major_version = 3;  // SSL 3.0 to TLS 1.3 alike
constexpr std::uint8_t minor_version_limit = 4;
constexpr std::uint8_t draft_major_version = 0x7f;  // of the first drafts of TLS 1.3, in a ServerHello
constexpr std::size_t random_size = 32;
constexpr std::size_t list_length = 3;  // of a certificate list, and of each certificate in it

// Bodies without session id, with one cipher suite and one compression method, without extensions.
constexpr std::size_t client_hello_least = 2 + random_size + 1 + 4 + 2;
constexpr std::size_t server_hello_least = 2 + random_size + 1 + 2 + 1;

constexpr auto error(TlsError reason) noexcept { return tl::unexpected{reason}; }

struct RecordHeader {
  std::uint8_t type = 0;
  std::uint16_t length = 0;
};

// RFC 8446 section 5.1; the version only shows that this is a record.
tl::expected<RecordHeader, TlsError> read_record_header(Reader& reader) noexcept {
  RecordHeader header;
  header.type = reader.u8();
  const auto version = reader.be16();
  header.length = reader.be16();
  if (!reader.ok()) return error(TlsError::need_more);
  if (version >> 8 != major_version) return error(TlsError::record);
  return header;
}

// A record in the middle of a message: it must be of the same type (RFC 8446 section 5.1), and not empty.
tl::expected<std::uint32_t, TlsError> read_handshake_record(Reader& reader) noexcept {
  if (reader.left() != 0 && reader.rest().front() != content_handshake) return error(TlsError::record);
  const auto header = read_record_header(reader);
  if (!header) return error(header.error());
  if (header->length == 0 || header->length > tls_record_limit) return error(TlsError::record);
  return header->length;
}

}  // namespace

Probe probe_tls(Bytes stream) noexcept {
  // RFC 8446 section 5.1
  Reader reader{stream};
  if (reader.left() == 0) return Probe::maybe;
  if (reader.u8() != content_handshake) return Probe::no;
  if (reader.left() == 0) return Probe::maybe;
  if (reader.u8() != major_version) return Probe::no;
  if (reader.left() == 0) return Probe::maybe;
  if (reader.u8() > minor_version_limit) return Probe::no;
  if (reader.left() < 2) return Probe::maybe;
  const std::size_t length = reader.be16();
  if (length == 0 || length > tls_record_limit) return Probe::no;

  // RFC 8446 section 4. A first record may be as short as one byte: what the record does not hold is not asked for.
  const auto at_the_end = length <= reader.left() ? Probe::yes : Probe::maybe;
  Reader message{reader.take(std::min(length, reader.left()))};
  if (message.left() == 0) return at_the_end;
  const auto type = message.u8();
  if (type != client_hello && type != server_hello) return Probe::no;
  if (message.left() < 3) return at_the_end;
  const std::size_t size = message.be24();
  const auto least = type == client_hello ? client_hello_least : server_hello_least;
  if (size < least || tls_handshake_header + size > tls_hello_limit) return Probe::no;
  if (message.left() == 0) return at_the_end;
  const auto major = message.u8();
  const bool is_draft = type == server_hello && major == draft_major_version;
  return major == major_version || is_draft ? Probe::yes : Probe::no;
}

tl::expected<TlsStep, TlsError> TlsFlight::next(Bytes stream, std::span<std::uint8_t> scratch) noexcept {
  if (record_left_ == 0) return next_record(stream);
  if (stream.empty()) return error(TlsError::need_more);
  if (pass_left_ != 0) return pass(stream.size());
  if (list_left_ != 0) return next_certificate(stream, scratch);
  return next_message(stream, scratch);
}

tl::expected<TlsStep, TlsError> TlsFlight::next_record(Bytes stream) noexcept {
  Reader reader{stream};
  const auto header = read_record_header(reader);
  if (!header) return error(header.error());
  const bool is_inside = pass_left_ != 0 || list_left_ != 0;
  switch (header->type) {
    case content_handshake: {
      if (header->length == 0 || header->length > tls_record_limit) return error(TlsError::record);
      if (is_changed_) {  // the answer to a HelloRetryRequest (RFC 8446 appendix D.4), or ciphertext
        const auto probe = probe_tls(stream);
        if (probe == Probe::maybe) return error(TlsError::need_more);
        if (probe == Probe::no) return TlsStep{What::end, {}, 0, 0};
      }
      record_left_ = header->length;
      return TlsStep{What::passed, {}, tls_record_header, 0};
    }
    case content_change_cipher_spec: {
      if (is_inside) return error(TlsError::record);
      const bool is_first = !std::exchange(is_changed_, true);
      const bool is_resumed = is_first && !is_client_ && messages_ == 1;
      return TlsStep{is_resumed ? What::resumed : What::passed, {}, tls_record_header, header->length};
    }
    case content_alert:
      if (is_inside) return error(TlsError::record);
      if (is_changed_ || header->length != clear_alert_size) return TlsStep{What::end, {}, 0, 0};
      return TlsStep{What::passed, {}, tls_record_header, header->length};
    default: return TlsStep{What::end, {}, 0, 0};  // application data
  }
}

tl::expected<TlsStep, TlsError> TlsFlight::next_message(Bytes stream, std::span<std::uint8_t> scratch) noexcept {
  const auto header = take(stream, tls_handshake_header, scratch);
  if (!header) return error(header.error());
  Reader reader{header->bytes};
  const auto type = reader.u8();
  const std::uint32_t size = reader.be24();
  if (tls_handshake_header + size > tls_hello_limit) return error(TlsError::message_too_long);
  const bool is_hello = type == client_hello || type == server_hello;
  if (is_changed_ && !is_hello) return TlsStep{What::end, {}, 0, 0};
  if (messages_ == tls_messages_limit) return error(TlsError::too_many_messages);

  if (is_hello) {
    const auto whole = take(stream, tls_handshake_header + size, scratch);
    if (!whole) return error(whole.error());
    if (messages_ == 0) is_client_ = type == client_hello;
    ++messages_;
    return done_with(*whole, type == client_hello ? What::client_hello : What::server_hello,
                     whole->bytes.subspan(tls_handshake_header));
  }
  if (type == certificate && size > list_length) {
    const auto head = take(stream, tls_handshake_header + list_length, scratch);
    if (!head) return error(head.error());
    Reader list{head->bytes.subspan(tls_handshake_header)};
    // RFC 5246 section 7.4.2: the list is all of the message.
    if (list.be24() != size - list_length) return error(TlsError::malformed);
    list_left_ = size - static_cast<std::uint32_t>(list_length);
    ++messages_;
    return done_with(*head, What::passed, {});
  }
  // A ticket comes in an abbreviated handshake too (RFC 5077 section 3.4), and does not count for it.
  if (type != new_session_ticket) ++messages_;
  if (type == server_hello_done) return TlsStep{What::end, {}, header->consumed, 0};
  pass_left_ = size;
  return done_with(*header, What::passed, {});
}

tl::expected<TlsStep, TlsError> TlsFlight::next_certificate(Bytes stream, std::span<std::uint8_t> scratch) noexcept {
  if (list_left_ < list_length) return error(TlsError::malformed);
  const auto length = take(stream, list_length, scratch);
  if (!length) return error(length.error());
  const std::uint32_t size = Reader{length->bytes}.be24();
  if (size > list_left_ - list_length) return error(TlsError::malformed);
  if (certificates_ == tls_certificates_limit) return error(TlsError::too_many_messages);
  if (size > tls_certificate_limit || size == 0) {
    list_left_ -= static_cast<std::uint32_t>(list_length + size);
    pass_left_ = size;
    return done_with(*length, What::passed, {});
  }
  const auto whole = take(stream, list_length + size, scratch);
  if (!whole) return error(whole.error());
  list_left_ -= static_cast<std::uint32_t>(list_length + size);
  ++certificates_;
  return done_with(*whole, What::certificate, whole->bytes.subspan(list_length));
}

// The rest of what is not wanted, as far as this record goes.
TlsStep TlsFlight::pass(std::size_t available) noexcept {
  const auto count = std::min(record_left_, pass_left_);
  record_left_ -= count;
  pass_left_ -= count;
  const auto here = std::min<std::size_t>(count, available);
  return TlsStep{What::passed, {}, here, count - here};
}

// `size` bytes of handshake, free from record headers: a view of the stream where they lie in one record, else of the
// scratch.
tl::expected<TlsFlight::Piece, TlsError> TlsFlight::take(Bytes stream, std::size_t size,
                                                         std::span<std::uint8_t> scratch) const noexcept {
  Reader reader{stream};
  if (size <= record_left_) {
    const auto bytes = reader.take(size);
    if (!reader.ok()) return error(TlsError::need_more);
    return Piece{bytes, size, record_left_ - static_cast<std::uint32_t>(size)};
  }
  auto record_left = record_left_;
  std::size_t joined = 0;
  while (joined < size) {
    if (record_left == 0) {
      const auto length = read_handshake_record(reader);
      if (!length) return error(length.error());
      record_left = *length;
    }
    const auto count = std::min<std::size_t>(record_left, size - joined);
    const auto part = reader.take(count);
    if (!reader.ok()) return error(TlsError::need_more);
    if (count > scratch.size() - joined) return error(TlsError::message_too_long);
    std::memcpy(scratch.data() + joined, part.data(), count);
    joined += count;
    record_left -= static_cast<std::uint32_t>(count);
  }
  return Piece{scratch.first(size), stream.size() - reader.left(), record_left};
}

TlsStep TlsFlight::done_with(const Piece& piece, What what, Bytes body) noexcept {
  record_left_ = piece.record_left;
  return TlsStep{what, body, piece.consumed, 0};
}

}  // namespace sluice
