// pcapng files (draft-ietf-opsawg-pcapng): sections of either byte order, any number of interfaces in each.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "dataplane/capture/capture_fields.hh"
#include "dataplane/capture/capture_input.hh"
#include "dataplane/capture/capture_packet.hh"

namespace sluice {

// Block types (section 11.1 of the draft).
namespace pcapng_block {
constexpr std::uint32_t section_header = 0x0a0d0d0a;  // reads the same in both byte orders
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t packet = 2;  // obsolete
constexpr std::uint32_t simple_packet = 3;
constexpr std::uint32_t enhanced_packet = 6;
}  // namespace pcapng_block

// Options of an interface description (section 4.2).
namespace pcapng_option {
constexpr std::uint16_t end = 0;
constexpr std::uint16_t comment = 1;
constexpr std::uint16_t name = 2;
constexpr std::uint16_t time_resolution = 9;
constexpr std::uint16_t time_offset = 14;
}  // namespace pcapng_option

constexpr std::uint32_t pcapng_byte_order_magic = 0x1a2b3c4d;
constexpr std::size_t pcapng_frame_size = 12;  // type and length before a block's body, length again behind it
constexpr std::size_t pcapng_padding = 4;      // data and options are padded to a multiple of this

// Bounds. A block with a packet or an interface is held in memory: room for the largest packet, and for options.
constexpr std::size_t pcapng_block_limit = captured_bytes_limit + (std::size_t{1} << 20U);
constexpr std::size_t pcapng_interface_limit = 65'536;    // a file, all sections together
constexpr std::size_t pcapng_interface_name_limit = 255;  // bytes; longer names are cut

class PcapngReader {
 public:
  // Whether a file that begins with these four bytes is a pcapng file.
  [[nodiscard]] static bool recognises(Bytes id) noexcept;
  // Reads the first section header. The error is a text without a path.
  [[nodiscard]] static tl::expected<PcapngReader, std::string> open(CaptureInput& input);

  // `why` is set where the answer is `cut`.
  [[nodiscard]] CaptureNext next(CaptureInput& input, CapturedPacket& packet, std::string& why);

  [[nodiscard]] const CaptureFormat& format() const noexcept { return format_; }
  // Of all sections so far, in the order of their blocks.
  [[nodiscard]] const std::vector<CaptureInterface>& interfaces() const noexcept { return interfaces_; }

 private:
  // What is wrong with a block; empty where nothing is.
  using Fault = std::string;

  PcapngReader() = default;
  // The next block from its first byte. `packet` is set, and `found` true, where it is one with a packet.
  [[nodiscard]] Fault block(CaptureInput& input, CapturedPacket& packet, bool& found);
  [[nodiscard]] Fault start_section(CaptureInput& input);
  [[nodiscard]] Fault skip_block(CaptureInput& input, std::uint64_t length) const;
  [[nodiscard]] Fault interface_block(Bytes body);
  void interface_options(CaptureFields& fields, CaptureInterface& interface) const;
  // The bodies of the three kinds of packet blocks.
  [[nodiscard]] Fault packet_block(std::uint32_t type, Bytes body, CapturedPacket& packet);
  [[nodiscard]] Fault simple_packet_block(Bytes body, CapturedPacket& packet);
  [[nodiscard]] Fault attribute(std::uint32_t interface, CapturedPacket& packet) const;

  CaptureFormat format_;
  ByteOrder order_ = ByteOrder::little;  // of this section
  std::size_t section_first_ = 0;        // index of this section's interface 0
  std::vector<CaptureInterface> interfaces_;
  Tick last_time_{};
};

}  // namespace sluice
