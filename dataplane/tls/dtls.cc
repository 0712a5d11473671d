#include "dataplane/tls/dtls.hh"

#include "dataplane/tls/tls_error.hh"

namespace sluice {
namespace {

constexpr std::uint8_t client_hello = 1;
constexpr std::uint8_t server_hello = 2;
constexpr std::uint8_t hello_verify_request = 3;
// RFC 9147 section 4: 001 in the highest bits, a number that no content type has.
constexpr std::uint8_t unified_header_mask = 0xe0;
constexpr std::uint8_t unified_header = 0x20;

bool is_version(std::uint16_t version) noexcept { return version == 0xfeff || version == 0xfefd; }

tl::unexpected<DtlsError> stop(Reader& reader, DtlsError reason) noexcept {
  reader.fail();
  return tl::unexpected{reason};
}

}  // namespace

Probe probe_dtls(Bytes datagram) noexcept {
  Reader reader{datagram};
  const auto record = next_dtls_record(reader);
  if (!record || record->content != DtlsContent::handshake) return Probe::no;
  Reader message{record->fragment};
  const auto fragment = next_dtls_fragment(message);
  if (!fragment || fragment->message_length > tls_hello_limit) return Probe::no;
  const auto type = fragment->type;
  return type == client_hello || type == server_hello || type == hello_verify_request ? Probe::yes : Probe::no;
}

tl::expected<DtlsRecord, DtlsError> next_dtls_record(Reader& datagram) noexcept {
  if (datagram.left() == 0) return tl::unexpected{DtlsError::end};
  const auto type = datagram.u8();
  if ((type & unified_header_mask) == unified_header) return stop(datagram, DtlsError::encrypted);
  const auto version = datagram.be16();
  const auto epoch = datagram.be16();
  datagram.skip(6);  // sequence_number
  const std::size_t length = datagram.be16();
  if (!datagram.ok() || !is_version(version) || length > tls_record_limit || type < 20 || type > 23)
    return stop(datagram, DtlsError::record);
  if (epoch != 0) return stop(datagram, DtlsError::encrypted);
  const auto fragment = datagram.take(length);
  if (!datagram.ok()) return tl::unexpected{DtlsError::record};
  return DtlsRecord{static_cast<DtlsContent>(type), fragment};
}

tl::expected<DtlsFragment, DtlsError> next_dtls_fragment(Reader& record) noexcept {
  if (record.left() == 0) return tl::unexpected{DtlsError::end};
  DtlsFragment fragment;
  fragment.type = record.u8();
  fragment.message_length = record.be24();
  fragment.message = record.be16();
  fragment.offset = record.be24();
  fragment.data = record.vector24();
  if (!record.ok() || fragment.offset + fragment.data.size() > fragment.message_length)
    return stop(record, DtlsError::fragment);
  return fragment;
}

}  // namespace sluice
