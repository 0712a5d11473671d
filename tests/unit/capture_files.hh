// Capture files for tests: literal bytes, put into memory files and read to their end.
#pragma once

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/capture/capture.hh"

namespace sluice::test {

using Raw = std::vector<std::uint8_t>;

// Hexadecimal digits; everything that is not a digit separates.
inline Raw raw(std::string_view hex) {
  constexpr std::string_view digits = "0123456789abcdef";
  Raw bytes;
  bool half = false;
  for (const char c : hex) {
    const auto value = digits.find(c);
    if (value == std::string_view::npos) continue;
    if (half) {
      bytes.back() = static_cast<std::uint8_t>(bytes.back() << 4U | value);
    } else {
      bytes.push_back(static_cast<std::uint8_t>(value));
    }
    half = !half;
  }
  return bytes;
}

inline Raw joined(Raw first, const Raw& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

inline Descriptor memory_file(Bytes content) {
  Descriptor file{::memfd_create("capture", MFD_CLOEXEC)};
  BOOST_REQUIRE(file.is_open());
  BOOST_REQUIRE(::write(file.number(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  BOOST_REQUIRE(::lseek(file.number(), 0, SEEK_SET) == 0);
  return file;
}

struct KeptPacket {
  Raw data;
  std::uint32_t wire_length = 0;
  std::int64_t nanoseconds = 0;
  std::uint16_t link_type = 0;
  std::uint32_t interface = 0;

  bool operator==(const KeptPacket&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const KeptPacket& packet) {
  return out << packet.data.size() << " of " << packet.wire_length << " bytes at " << packet.nanoseconds
             << " ns, link type " << packet.link_type << ", interface " << packet.interface;
}

struct Reading {
  bool opened = false;
  std::string error;  // of opening
  std::vector<KeptPacket> packets;
  CaptureNext last{};
  std::string reason;
  std::vector<CaptureInterface> interfaces;
};

inline Reading reading(tl::expected<CaptureReader, CaptureError> reader) {
  Reading all;
  if (!reader) {
    all.error = reader.error().message;
    return all;
  }
  all.opened = true;
  CapturedPacket packet;
  while ((all.last = reader->next(packet)) == CaptureNext::packet) {
    all.packets.push_back({Raw(packet.data.begin(), packet.data.end()), packet.wire_length,
                           nanoseconds_since_epoch(packet.time), packet.link_type, packet.interface});
  }
  BOOST_TEST((reader->next(packet) == all.last));  // and it stays so
  all.reason = reader->cut_reason();
  all.interfaces = reader->interfaces();
  return all;
}

inline Reading reading(Bytes content) { return reading(CaptureReader::read(memory_file(content), "memory")); }

// A folder of its own, gone with its files at the end.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/sluice-capture-XXXXXX";
    BOOST_REQUIRE(::mkdtemp(name) != nullptr);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    for (const auto& file : files_) std::remove(file.c_str());
    ::rmdir(path_.c_str());
  }
  std::string file(const std::string& name) { return files_.emplace_back(path_ + "/" + name); }

 private:
  std::string path_;
  std::vector<std::string> files_;
};

inline Raw content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  BOOST_REQUIRE(file.good());
  return Raw(std::istreambuf_iterator<char>(file), {});
}

// One packet of five bytes (of seven on the wire) at 1700000000.123456 s, then one of none at 1700000001 s; Ethernet.
inline const std::string_view pcap_little =
    "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000"
    "00f15365 40e20100 05000000 07000000 deadbeef01"
    "01f15365 00000000 00000000 00000000";

inline const std::vector<KeptPacket> pcap_packets{{{0xde, 0xad, 0xbe, 0xef, 0x01}, 7, 1'700'000'000'123'456'000, 1, 0},
                                                  {{}, 0, 1'700'000'001'000'000'000, 1, 0}};

// Two interfaces: Ethernet "eth0" with a snap length of 6 in microseconds, raw IP (101) in nanoseconds. On the first
// five bytes of seven at 1700000000.123456 s, on the second three bytes at 1700000000.123456789 s, and a simple packet
// of nine bytes, six of them captured.
inline const std::string_view pcapng_little =
    "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000"
    "01000000 20000000 0100 0000 06000000 0200 0400 65746830 0000 0000 20000000"
    "01000000 20000000 6500 0000 00000000 0900 0100 09 000000 0000 0000 20000000"
    "06000000 28000000 00000000 240a0600 40222018 05000000 07000000 deadbeef 01 000000 28000000"
    "06000000 24000000 01000000 fe9c9717 15cd853d 03000000 03000000 450001 00 24000000"
    "03000000 18000000 09000000 010203040506 0000 18000000";

inline const std::vector<KeptPacket> pcapng_packets{
    {{0xde, 0xad, 0xbe, 0xef, 0x01}, 7, 1'700'000'000'123'456'000, 1, 0},
    {{0x45, 0x00, 0x01}, 3, 1'700'000'000'123'456'789, 101, 1},
    {{1, 2, 3, 4, 5, 6}, 9, 1'700'000'000'123'456'789, 1, 0}};

}  // namespace sluice::test
