// Writes a capture file of the same kind as one that was read.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "dataplane/capture/capture_input.hh"
#include "dataplane/capture/capture_packet.hh"

namespace sluice {

// Packets are written as they were read: bytes, wire length, time, and in a pcapng file the interface. What else a
// pcapng file holds (comments, names, keys) is not copied. Times in a pcap file end in 2106, where its seconds do.
class CaptureWriter {
 public:
  // Replaces what `path` names, and refuses where that is one of `inputs`, for it would be gone before it is read.
  // A path that ends in ".pcapng" makes a pcapng file whatever the format says.
  [[nodiscard]] static tl::expected<CaptureWriter, CaptureError> open(const std::string& path,
                                                                      const CaptureFormat& format,
                                                                      std::span<const std::string> inputs = {});

  // The packets that follow come from another reader, whose interfaces count anew.
  void next_input() noexcept { written_as_.clear(); }

  // `interface` is what the packet's reader says of the packet's interface. An error of the file (a full disk) comes
  // when the buffer is written, with this packet or a later one, and then from every call; a packet of another link
  // type than a pcap file's is refused, and later ones may be written.
  [[nodiscard]] tl::expected<void, CaptureError> write(const CapturedPacket& packet, const CaptureInterface& interface);

  // Writes what is buffered. Without this call the file stays incomplete.
  [[nodiscard]] tl::expected<void, CaptureError> close();

 private:
  CaptureWriter(Descriptor file, const std::string& path, const CaptureFormat& format);

  void put(std::unsigned_integral auto value);
  void put_padded(Bytes bytes);
  void put_file_header();
  void put_record(const CapturedPacket& packet);
  void put_block(const CapturedPacket& packet, std::uint32_t interface);
  void put_interface(const CaptureInterface& interface, std::uint8_t resolution);
  // The number of a packet's interface in the file, which gets a block for it where it is new.
  [[nodiscard]] std::uint32_t interface_of(const CapturedPacket& packet, const CaptureInterface& interface);
  void flush();
  [[nodiscard]] tl::expected<void, CaptureError> outcome() const;

  Descriptor file_;
  std::string path_;
  CaptureFormat format_;
  std::vector<std::uint8_t> buffer_;
  int error_ = 0;  // errno of the first write that failed

  std::vector<std::uint8_t> resolutions_;                 // of the interfaces in the file
  std::vector<std::optional<std::uint32_t>> written_as_;  // by interface of this input
};

}  // namespace sluice
