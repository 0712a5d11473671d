// Classic pcap files (https://www.tcpdump.org/manpages/pcap-savefile.5.html, draft-ietf-opsawg-pcap).
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "dataplane/capture/capture_input.hh"
#include "dataplane/capture/capture_packet.hh"

namespace sluice {

constexpr std::size_t pcap_header_size = 24;
constexpr std::size_t pcap_record_header_size = 16;
// The first four bytes, as a number in the file's own byte order.
constexpr std::uint32_t pcap_microseconds_magic = 0xa1b2c3d4;
constexpr std::uint32_t pcap_nanoseconds_magic = 0xa1b23c4d;
constexpr std::uint32_t pcap_modified_magic = 0xa1b2cd34;  // of old patched libpcaps: longer record headers

class PcapReader {
 public:
  // Whether a file that begins with these four bytes is a pcap file.
  [[nodiscard]] static bool recognises(Bytes id) noexcept;
  // Reads the file's header. The error is a text without a path.
  [[nodiscard]] static tl::expected<PcapReader, std::string> open(CaptureInput& input);

  // `why` is set where the answer is `cut`.
  [[nodiscard]] CaptureNext next(CaptureInput& input, CapturedPacket& packet, std::string& why);

  [[nodiscard]] const CaptureFormat& format() const noexcept { return format_; }
  [[nodiscard]] const std::vector<CaptureInterface>& interfaces() const noexcept { return interfaces_; }

 private:
  // Which of a record's two lengths comes first; the standard's order is captured, wire.
  enum class Lengths : std::uint8_t { captured_first, wire_first, smaller_is_captured };

  PcapReader() = default;
  [[nodiscard]] static Lengths lengths_of(std::uint16_t major, std::uint16_t minor) noexcept;

  CaptureFormat format_;
  Lengths lengths_ = Lengths::captured_first;
  std::size_t record_header_size_ = pcap_record_header_size;
  std::vector<CaptureInterface> interfaces_;  // always one
};

}  // namespace sluice
