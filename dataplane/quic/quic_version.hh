// QUIC versions: which wire format stands behind a 32-bit version number.
#pragma once

#include <cstdint>

namespace sluice {

constexpr std::uint32_t quic_version_1 = 0x00000001;         // RFC 9000 section 15
constexpr std::uint32_t quic_version_2 = 0x6b3343cf;         // RFC 9369 section 3.1
constexpr std::uint32_t quic_version_draft_22 = 0xff000016;  // draft-ietf-quic-transport-NN is 0xff0000NN
constexpr std::uint32_t quic_version_draft_23 = 0xff000017;
constexpr std::uint32_t quic_version_draft_29 = 0xff00001d;
constexpr std::uint32_t quic_version_draft_33 = 0xff000021;
constexpr std::uint32_t quic_version_draft_34 = 0xff000022;
// Facebook's mvfst numbers its own versions (facebook/mvfst, quic/QuicConstants.h).
constexpr std::uint32_t quic_version_mvfst_first = 0xfaceb001;
constexpr std::uint32_t quic_version_mvfst_v1 = 0xfaceb003;
constexpr std::uint32_t quic_version_mvfst_last = 0xfaceb0ff;
// Google's numbers are four letters.
constexpr std::uint32_t quic_version_q050 = 0x51303530;
constexpr std::uint32_t quic_version_t050 = 0x54303530;
constexpr std::uint32_t quic_version_t051 = 0x54303531;

enum class QuicFamily : std::uint8_t {
  unknown,      // no version that we know
  negotiation,  // 0: the packet lists the versions of its sender (RFC 8999 section 6)
  v1,           // RFC 9000, its drafts since 22, mvfst, and versions reserved to exercise negotiation
  v2,           // RFC 9369: v1 with other type bits, salt and labels
  google,       // Q050, T050, T051: packets and protection of v1 with salts and frames of their own
  google_old,   // other versions of Google's that have a long header; Q046 is read by gquic.hh
};

// 0x?a?a?a?a: never a version, but sent to make the other side negotiate (RFC 9000 section 15). What follows is
// written in a version that the sender knows.
[[nodiscard]] constexpr bool is_quic_version_reserved(std::uint32_t version) noexcept {
  return (version & 0x0f0f0f0f) == 0x0a0a0a0a;
}

[[nodiscard]] constexpr bool is_quic_version_mvfst(std::uint32_t version) noexcept {
  return version >= quic_version_mvfst_first && version <= quic_version_mvfst_last;
}

// "Q044" to "Q099", and with "T": Google's versions with a long header.
[[nodiscard]] constexpr bool is_quic_version_google(std::uint32_t version) noexcept {
  const auto letter = version >> 24;
  const auto tens = version >> 8 & 0xff;
  const auto ones = version & 0xff;
  return (letter == 'Q' || letter == 'T') && (version >> 16 & 0xff) == '0' && tens >= '4' && tens <= '9' &&
         ones >= '0' && ones <= '9' && (tens > '4' || ones >= '4');
}

[[nodiscard]] constexpr QuicFamily quic_family(std::uint32_t version) noexcept {
  if (version == 0) return QuicFamily::negotiation;
  if (version == quic_version_2) return QuicFamily::v2;
  if (version == quic_version_1 || is_quic_version_reserved(version) || is_quic_version_mvfst(version) ||
      (version >= quic_version_draft_22 && version <= quic_version_draft_34))
    return QuicFamily::v1;
  if (version == quic_version_q050 || version == quic_version_t050 || version == quic_version_t051)
    return QuicFamily::google;
  return is_quic_version_google(version) ? QuicFamily::google_old : QuicFamily::unknown;
}

}  // namespace sluice
