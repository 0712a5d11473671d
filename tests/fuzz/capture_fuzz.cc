// Any bytes as a capture file: read to the end, written as the same kind and as pcapng, and read again: same packets.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "dataplane/capture/capture.hh"
#include "dataplane/capture/capture_writer.hh"

namespace {

using sluice::CapturedPacket;
using sluice::CaptureFormat;
using sluice::CaptureKind;
using sluice::CaptureNext;
using sluice::CaptureReader;
using sluice::CaptureWriter;
using sluice::Descriptor;

struct Kept {
  std::vector<std::uint8_t> data;
  CapturedPacket packet;
  std::uint8_t resolution = 0;  // that it is written in
};

// A gzip bomb is not what this looks for.
constexpr std::size_t packet_limit = 10'000;

Descriptor memory_file() {
  Descriptor file{::memfd_create("capture", MFD_CLOEXEC)};
  if (!file.is_open()) std::abort();
  return file;
}

std::vector<Kept> read_all(CaptureReader& reader) {
  std::vector<Kept> all;
  CapturedPacket packet;
  CaptureNext next{};
  while (all.size() < packet_limit && (next = reader.next(packet)) == CaptureNext::packet) {
    const auto& interface = reader.interfaces().at(packet.interface);
    if (packet.link_type != interface.link_type || packet.data.size() > sluice::captured_bytes_limit) std::abort();
    all.push_back({{packet.data.begin(), packet.data.end()}, packet, interface.clock.written_resolution()});
  }
  if (all.size() < packet_limit && (next == CaptureNext::cut) == reader.cut_reason().empty()) std::abort();
  return all;
}

void write_and_read(const std::vector<Kept>& before, const CaptureReader& reader, const CaptureFormat& format) {
  Descriptor file = memory_file();
  auto writer = CaptureWriter::open("/proc/self/fd/" + std::to_string(file.number()), format);
  if (!writer) std::abort();
  for (auto kept : before) {
    kept.packet.data = kept.data;
    if (!writer->write(kept.packet, reader.interfaces()[kept.packet.interface])) std::abort();
  }
  if (!writer->close()) std::abort();

  auto again = CaptureReader::read(std::move(file), "written");
  if (!again) std::abort();
  const auto after = read_all(*again);
  if (!again->cut_reason().empty() || after.size() != before.size()) std::abort();
  // The last time that a pcap file holds.
  const std::int64_t last = sluice::nanoseconds_since_epoch(sluice::CaptureClock{format.resolution, 0}.tick(
      (std::uint64_t{1} << 32U) * sluice::decimal_units(format.resolution) - 1));
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto& one = before[i].packet;
    const auto& other = after[i].packet;
    // A simple packet's time is another interface's, and need not fit in the resolution of its own.
    const auto unit =
        static_cast<std::int64_t>(sluice::decimal_units(sluice::nanosecond_resolution - before[i].resolution));
    std::int64_t time = sluice::nanoseconds_since_epoch(one.time) / unit * unit;
    if (format.kind == CaptureKind::pcap) time = std::min(time, last);
    if (before[i].data != after[i].data || one.wire_length != other.wire_length || one.link_type != other.link_type ||
        sluice::nanoseconds_since_epoch(other.time) != time) {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Descriptor file = memory_file();
  if (::write(file.number(), data, size) != static_cast<ssize_t>(size)) std::abort();
  if (::lseek(file.number(), 0, SEEK_SET) != 0) std::abort();
  auto reader = CaptureReader::read(std::move(file), "fuzz");
  if (!reader) {
    if (reader.error().message.size() <= std::size("fuzz: ")) std::abort();
    return 0;
  }
  const auto packets = read_all(*reader);
  if (reader->position() > reader->size()) std::abort();
  CaptureFormat format = reader->container();
  write_and_read(packets, *reader, format);
  if (format.kind == CaptureKind::pcap) {
    format.kind = CaptureKind::pcapng;
    write_and_read(packets, *reader, format);
  }
  return 0;
}
