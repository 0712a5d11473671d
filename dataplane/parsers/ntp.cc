#include "dataplane/parsers/ntp.hh"

namespace sluice {
namespace {

constexpr std::size_t header_size = 48;   // RFC 5905 section 7.3, figure 8
constexpr std::size_t control_size = 12;  // RFC 9327 section 2
constexpr std::size_t private_size = 8;   // ntpd's own: ntp_request.h of its source
constexpr std::uint8_t control_mode = 6;
constexpr std::uint8_t private_mode = 7;
constexpr std::uint8_t stratum_limit = 16;  // RFC 5905 section 7.3, figure 11

}  // namespace

Probe probe_ntp(Bytes datagram) noexcept { return parse_ntp(datagram) ? Probe::yes : Probe::no; }

tl::expected<NtpMessage, NtpError> parse_ntp(Bytes datagram) noexcept {
  Reader reader{datagram};
  const auto first = reader.u8();  // leap, version, mode
  if (!reader.ok()) return tl::unexpected{NtpError::need_more};
  NtpMessage message;
  message.version = first >> 3 & 7;
  message.mode = first & 7;
  if (message.version == 0 || message.version > 4 || message.mode == 0) return tl::unexpected{NtpError::not_this};
  if (message.mode == control_mode || message.mode == private_mode) {
    const auto least = message.mode == control_mode ? control_size : private_size;
    if (datagram.size() < least) return tl::unexpected{NtpError::need_more};
    return message;
  }
  message.stratum = reader.u8();
  reader.skip(10);  // poll, precision, root delay and dispersion
  message.reference_id = reader.be32();
  reader.skip(header_size - 16);  // four timestamps
  if (!reader.ok()) return tl::unexpected{NtpError::need_more};
  // Extension fields and a message authentication code follow in whole words (sections 7.3 and 7.5).
  if (message.stratum > stratum_limit || datagram.size() % 4 != 0) return tl::unexpected{NtpError::not_this};
  return message;
}

}  // namespace sluice
