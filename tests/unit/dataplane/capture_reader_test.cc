#include <fcntl.h>
#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <thread>

#include "dataplane/capture/capture.hh"
#include "tests/unit/capture_files.hh"

using namespace sluice::test;
using sluice::Bytes;
using sluice::CapturedPacket;
using sluice::CaptureKind;
using sluice::CaptureNext;
using sluice::CaptureReader;

namespace {

// RFC 1952, made by zlib.
Raw gzip(Bytes content) {
  z_stream stream{};
  BOOST_REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  Raw packed(deflateBound(&stream, content.size()));
  stream.next_in = const_cast<Bytef*>(content.data());
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  BOOST_REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// `count` packets of 1,000 bytes that do not compress.
Raw large_pcap(std::size_t count) {
  Raw file = raw("d4c3b2a1 02000400 00000000 00000000 00000400 01000000");
  std::uint32_t noise = 1;
  for (std::size_t packet = 0; packet < count; ++packet) {
    file = joined(std::move(file), raw("00000000 00000000 e8030000 e8030000"));
    for (int i = 0; i < 1000; ++i) {
      noise = noise * 1'664'525U + 1'013'904'223U;
      file.push_back(static_cast<std::uint8_t>(noise >> 24U));
    }
  }
  return file;
}

std::string error_of(std::string_view hex) { return reading(raw(hex)).error; }

}  // namespace

BOOST_AUTO_TEST_SUITE(capture_reader)

BOOST_AUTO_TEST_CASE(what_is_no_capture_is_said) {
  const std::string formats = "; pcap and pcapng files are read, plain or gzip";
  BOOST_TEST(error_of("") == "memory: an empty file" + formats);
  BOOST_TEST(error_of("7f454c46 02010100 00") ==
             "memory: not a capture file: it begins with 7f 45 4c 46 02 01 01 00" + formats);
  BOOST_TEST(error_of("d4c3b2") == "memory: not a capture file: it begins with d4 c3 b2" + formats);
  BOOST_TEST(error_of("28b52ffd 00") == "memory: zstd data: unpack it first" + formats);
  BOOST_TEST(error_of("d4c3b2a1 0200") == "memory: the pcap header is cut: 6 of 24 bytes");
  BOOST_TEST(error_of("0a0d0d0a 1c000000 4d3c2b1a 01") ==
             "memory: the pcapng section header is unusable: the file ends in it");
  BOOST_TEST(error_of("1f8b") == "memory: the gzip data is cut" + formats);
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_read_is_said) {
  Folder folder;
  const auto missing = folder.file("missing.pcap");
  BOOST_TEST(reading(CaptureReader::open(missing)).error == missing + ": cannot be opened: No such file or directory");
  BOOST_TEST(reading(CaptureReader::open("/")).error == "/: cannot be read: Is a directory");
}

BOOST_AUTO_TEST_CASE(the_container_is_known) {
  const auto pcap = CaptureReader::read(memory_file(raw(pcap_little)), "m");
  BOOST_REQUIRE(pcap.has_value());
  BOOST_TEST((pcap->container().kind == CaptureKind::pcap));
  BOOST_TEST((pcap->container().order == sluice::ByteOrder::little));
  BOOST_TEST(pcap->container().link_field == 1U);
  BOOST_TEST(pcap->container().snap_length == 262'144U);
  BOOST_TEST(pcap->container().resolution == 6);
  const auto pcapng =
      CaptureReader::read(memory_file(raw("0a0d0d0a 0000001c 1a2b3c4d 00010000 ffffffffffffffff 0000001c")), "m");
  BOOST_REQUIRE(pcapng.has_value());
  BOOST_TEST((pcapng->container().kind == CaptureKind::pcapng));
  BOOST_TEST((pcapng->container().order == sluice::ByteOrder::big));
}

BOOST_AUTO_TEST_CASE(gzip_is_unpacked) {
  const auto all = reading(gzip(raw(pcapng_little)));
  BOOST_TEST(all.packets == pcapng_packets, boost::test_tools::per_element());
  BOOST_TEST((all.last == CaptureNext::end));
}

BOOST_AUTO_TEST_CASE(gzip_members_follow_each_other_and_what_is_behind_them_is_no_data) {
  const auto whole = raw(pcap_little);
  const auto packed = joined(gzip(Bytes{whole}.first(50)), gzip(Bytes{whole}.subspan(50)));
  for (const auto* behind : {"", "00000000"}) {
    const auto all = reading(joined(packed, raw(behind)));
    BOOST_TEST(all.packets == pcap_packets, boost::test_tools::per_element());
    BOOST_TEST((all.last == CaptureNext::end));
  }
}

BOOST_AUTO_TEST_CASE(cut_gzip_gives_the_packets_before) {
  const auto packed = gzip(large_pcap(500));
  const auto all = reading(Bytes{packed}.first(packed.size() / 2));
  BOOST_TEST(all.packets.size() > 240U);
  BOOST_TEST(all.packets.size() < 260U);
  BOOST_TEST((all.last == CaptureNext::cut));
  BOOST_TEST(all.reason.find("of the unpacked data") != std::string::npos);
  BOOST_TEST(all.reason.ends_with(" (the gzip data is cut)"));
  for (std::size_t size = 0; size < 40; ++size) {
    BOOST_TEST(reading(Bytes{packed}.first(size)).packets.empty());
  }
}

BOOST_AUTO_TEST_CASE(damaged_gzip_gives_the_packets_before) {
  // The checksum over everything is wrong: all packets were read by then.
  auto packed = gzip(raw(pcap_little));
  packed[packed.size() - 5] ^= 1U;
  const auto all = reading(packed);
  BOOST_TEST(all.packets == pcap_packets, boost::test_tools::per_element());
  BOOST_TEST((all.last == CaptureNext::cut));
  BOOST_TEST(all.reason.ends_with(" (the gzip data is damaged: incorrect data check)"));
}

BOOST_AUTO_TEST_CASE(a_pipe_is_read_to_its_end) {
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  const auto file = large_pcap(300);
  std::thread writer([&] {
    for (Bytes rest{file}; !rest.empty();) {
      const auto count = ::write(ends[1], rest.data(), std::min<std::size_t>(rest.size(), 777));
      if (count <= 0) break;
      rest = rest.subspan(static_cast<std::size_t>(count));
    }
    ::close(ends[1]);
  });
  const auto all = reading(CaptureReader::read(sluice::Descriptor{ends[0]}, "pipe"));
  writer.join();
  BOOST_TEST(all.packets.size() == 300U);
  BOOST_TEST((all.last == CaptureNext::end));
  BOOST_TEST(all.packets.back().data == Raw(file.end() - 1000, file.end()), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(progress_is_in_bytes_of_the_file) {
  const auto file = large_pcap(2000);
  auto plain = CaptureReader::read(memory_file(file), "plain");
  BOOST_REQUIRE(plain.has_value());
  BOOST_TEST(plain->size() == file.size());
  BOOST_TEST(plain->position() == 24U);
  CapturedPacket packet;
  for (int count = 0; count < 1000; ++count) BOOST_REQUIRE((plain->next(packet) == CaptureNext::packet));
  BOOST_TEST(plain->position() == 24U + 1000U * 1016U);

  const auto packed = gzip(file);
  auto gzipped = CaptureReader::read(memory_file(packed), "gzip");
  BOOST_REQUIRE(gzipped.has_value());
  BOOST_TEST(gzipped->size() == packed.size());
  for (int count = 0; count < 1000; ++count) BOOST_REQUIRE((gzipped->next(packet) == CaptureNext::packet));
  BOOST_TEST(gzipped->position() > packed.size() / 3);
  BOOST_TEST(gzipped->position() < packed.size() * 3 / 4);
  while (gzipped->next(packet) == CaptureNext::packet) {
  }
  BOOST_TEST(gzipped->position() == packed.size());
}

BOOST_AUTO_TEST_SUITE_END()
