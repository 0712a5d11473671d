// What the captures' readers and writers pass around: packets, interfaces, the kind of file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/tick.hh"
#include "dataplane/capture/capture_clock.hh"

namespace sluice {

struct CaptureError {
  std::string message;  // with the path and, where there is one, the remedy
};

struct CapturedPacket {
  Bytes data;                     // valid until the reader's next call; may be empty
  std::uint32_t wire_length = 0;  // as recorded; mostly, but not always, at least data.size()
  Tick time{};
  std::uint16_t link_type = 0;  // LINKTYPE_ number
  std::uint32_t interface = 0;  // index into interfaces() of the reader
};

// Where packets were captured. A pcap file has one without a name; a pcapng file any number.
struct CaptureInterface {
  std::uint16_t link_type = 0;
  std::uint32_t snap_length = 0;  // bytes; 0 = no limit
  CaptureClock clock;
  std::string name;  // bytes as found; empty where the file gives none
};

enum class CaptureKind : std::uint8_t { pcap, pcapng };
enum class ByteOrder : std::uint8_t { little, big };

// The container of a capture, so that a writer can make the same. The last three are pcap's alone.
struct CaptureFormat {
  CaptureKind kind = CaptureKind::pcapng;
  ByteOrder order = ByteOrder::little;               // of the first section
  std::uint32_t link_field = 0;                      // the whole field: link type in the low 16 bits, FCS bits above
  std::uint32_t snap_length = 0;                     // bytes
  std::uint8_t resolution = microsecond_resolution;  // microseconds or nanoseconds
};

enum class CaptureNext : std::uint8_t {
  packet,  // there is one
  end,     // the file ended where it should
  cut,     // the file ended, or stopped making sense, in the middle; all packets before were given
};

// A packet that claims more is damage: the largest snap length in use is 256 KiB, a reassembled offload 64 KiB.
constexpr std::size_t captured_bytes_limit = std::size_t{64} << 20U;

}  // namespace sluice
