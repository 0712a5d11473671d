#include "dataplane/capture/capture_writer.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/capture_files.hh"

using namespace sluice::test;
using sluice::CapturedPacket;
using sluice::CaptureFormat;
using sluice::CaptureInterface;
using sluice::CaptureKind;
using sluice::CaptureNext;
using sluice::CaptureReader;
using sluice::CaptureWriter;

namespace {

void copy_all(CaptureReader& reader, CaptureWriter& writer) {
  CapturedPacket packet;
  while (reader.next(packet) == CaptureNext::packet) {
    const auto written = writer.write(packet, reader.interfaces()[packet.interface]);
    BOOST_TEST_REQUIRE(written.has_value(), (written ? "" : written.error().message));
  }
}

// What a writer makes of captures, the first of which decides the format.
void copy(const std::vector<Raw>& captures, const std::string& to) {
  std::optional<CaptureWriter> writer;
  for (const auto& capture : captures) {
    auto reader = CaptureReader::read(memory_file(capture), "memory");
    BOOST_REQUIRE(reader.has_value());
    if (!writer) {
      auto opened = CaptureWriter::open(to, reader->container());
      BOOST_REQUIRE(opened.has_value());
      writer.emplace(std::move(*opened));
    }
    writer->next_input();
    copy_all(*reader, *writer);
  }
  BOOST_TEST(writer->close().has_value());
}

CaptureFormat pcap_format(std::uint32_t link_field) {
  CaptureFormat format;
  format.kind = CaptureKind::pcap;
  format.link_field = link_field;
  return format;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(capture_writer)

BOOST_AUTO_TEST_CASE(a_pcap_file_comes_out_as_it_went_in) {
  Folder folder;
  for (const auto& file : {raw(pcap_little), raw("a1b23c4d 00020004 00000000 00000000 0000ffff 30000065"
                                                 "6553f100 075bcd15 00000001 00000001 45")}) {
    const auto path = folder.file("same.pcap");
    copy({file}, path);
    BOOST_TEST(content_of(path) == file, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_modified_pcap_file_comes_out_as_a_plain_one) {
  Folder folder;
  const auto path = folder.file("plain.pcap");
  copy({raw("34cdb2a1 02000400 00000000 00000000 00000400 01000000"
            "00f15365 40e20100 02000000 02000000 03000000 0800 00 00 abcd")},
       path);
  BOOST_TEST(content_of(path) == raw("d4c3b2a1 02000400 00000000 00000000 00000400 01000000"
                                     "00f15365 40e20100 02000000 02000000 abcd"),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_pcapng_file_comes_out_with_its_interfaces) {
  Folder folder;
  const auto path = folder.file("out.pcap");  // the name does not matter: the kind of the input does
  copy({raw(pcapng_little)}, path);
  // By hand from the draft: interfaces stand before their first packet, the simple packet became an enhanced one.
  BOOST_TEST(content_of(path) ==
                 raw("0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000"
                     "01000000 28000000 0100 0000 06000000 0200 0400 65746830 0900 0100 06 000000 0000 0000 28000000"
                     "06000000 28000000 00000000 240a0600 40222018 05000000 07000000 deadbeef 01 000000 28000000"
                     "01000000 20000000 6500 0000 00000000 0900 0100 09 000000 0000 0000 20000000"
                     "06000000 24000000 01000000 fe9c9717 15cd853d 03000000 03000000 450001 00 24000000"
                     "06000000 28000000 00000000 240a0600 40222018 06000000 09000000 010203040506 0000 28000000"),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_big_endian_pcapng_file_stays_one) {
  Folder folder;
  const auto path = folder.file("big.pcapng");
  const auto file =
      raw("0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c"
          "00000001 00000020 0065 0000 00000010 0009 0001 09 000000 0000 0000 00000020"
          "00000006 00000024 00000000 17979cfe 3d85cd15 00000003 00000003 450001 00 00000024");
  copy({file}, path);
  BOOST_TEST(content_of(path) == file, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_name_makes_a_pcapng_file) {
  Folder folder;
  const auto path = folder.file("from-pcap.pcapng");
  copy({raw(pcap_little)}, path);
  const auto all = reading(CaptureReader::open(path));
  BOOST_TEST(all.packets == pcap_packets, boost::test_tools::per_element());
  BOOST_TEST(content_of(path)[0] == 0x0a);
}

BOOST_AUTO_TEST_CASE(several_inputs_keep_their_interfaces_apart) {
  Folder folder;
  const auto path = folder.file("several.pcapng");
  copy({raw(pcap_little), raw(pcapng_little)}, path);
  const auto all = reading(CaptureReader::open(path));
  auto expected = pcap_packets;
  for (auto packet : pcapng_packets) {
    ++packet.interface;
    expected.push_back(std::move(packet));
  }
  expected.back().nanoseconds = 1'700'000'000'123'456'000;  // that interface counts microseconds
  BOOST_TEST(all.packets == expected, boost::test_tools::per_element());
  BOOST_TEST(all.interfaces.size() == 3U);
}

BOOST_AUTO_TEST_CASE(two_interfaces_of_one_kind_are_two) {
  Folder folder;
  const auto path = folder.file("two.pcapng");
  copy({raw("0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000"
            "01000000 14000000 0100 0000 00000000 14000000 01000000 14000000 0100 0000 00000000 14000000"
            "06000000 20000000 01000000 00000000 00000000 00000000 00000000 20000000"
            "06000000 20000000 00000000 00000000 00000000 00000000 00000000 20000000")},
       path);
  const auto all = reading(CaptureReader::open(path));
  BOOST_REQUIRE(all.packets.size() == 2U);
  BOOST_TEST(all.packets[0].interface != all.packets[1].interface);
}

BOOST_AUTO_TEST_CASE(another_link_type_in_a_pcap_file_is_refused_with_a_remedy) {
  Folder folder;
  const auto path = folder.file("one-link.pcap");
  auto writer = CaptureWriter::open(path, pcap_format(0x30000001));
  BOOST_REQUIRE(writer.has_value());
  CapturedPacket packet;
  packet.link_type = 101;
  const auto refused = writer->write(packet, CaptureInterface{});
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().message == path +
                                            ": a pcap file holds one link type, this one 1; a packet has 101: name a "
                                            ".pcapng file, which holds several");
  packet.link_type = 1;
  BOOST_TEST(writer->write(packet, CaptureInterface{}).has_value());
  BOOST_TEST(writer->close().has_value());
  BOOST_TEST(reading(CaptureReader::open(path)).packets.size() == 1U);
}

BOOST_AUTO_TEST_CASE(times_outside_a_pcap_file_are_clamped) {
  Folder folder;
  const auto path = folder.file("2262.pcap");
  auto writer = CaptureWriter::open(path, pcap_format(1));
  BOOST_REQUIRE(writer.has_value());
  CapturedPacket packet;
  packet.link_type = 1;
  packet.time = sluice::tick_from_nanoseconds(std::numeric_limits<std::int64_t>::max());
  BOOST_TEST(writer->write(packet, CaptureInterface{}).has_value());
  BOOST_TEST(writer->close().has_value());
  // 2106-02-07 06:28:15.999999 UTC
  BOOST_TEST(reading(CaptureReader::open(path)).packets.at(0).nanoseconds == 4'294'967'295'999'999'000);
}

BOOST_AUTO_TEST_CASE(finer_and_binary_clocks_are_written_in_nanoseconds) {
  Folder folder;
  const auto path = folder.file("clocks.pcapng");
  // 2^-20 s; 10^-12 s with an offset, which 64 bits could not count from 1970
  copy({raw("0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000"
            "01000000 1c000000 0100 0000 00000000 0900 0100 94000000 1c000000"
            "01000000 28000000 0100 0000 00000000 0900 0100 0c000000 0e00 0800 00f1536500000000 28000000"
            "06000000 20000000 00000000 00000000 01000000 00000000 00000000 20000000"
            "06000000 20000000 01000000 00000000 e8030000 00000000 00000000 20000000")},
       path);
  const auto all = reading(CaptureReader::open(path));
  BOOST_REQUIRE(all.packets.size() == 2U);
  BOOST_TEST(all.packets[0].nanoseconds == 953);  // 2^-20 s = 953.67 ns
  BOOST_TEST(all.packets[1].nanoseconds == 1'700'000'000'000'000'001);
}

BOOST_AUTO_TEST_CASE(more_than_the_buffer_is_written) {
  Folder folder;
  const auto path = folder.file("large.pcap");
  auto writer = CaptureWriter::open(path, pcap_format(1));
  BOOST_REQUIRE(writer.has_value());
  const Raw data(60'000, 0x5a);
  CapturedPacket packet;
  packet.link_type = 1;
  packet.data = data;
  packet.wire_length = 60'000;
  for (int count = 0; count < 100; ++count) BOOST_REQUIRE(writer->write(packet, CaptureInterface{}).has_value());
  BOOST_TEST(writer->close().has_value());
  const auto all = reading(CaptureReader::open(path));
  BOOST_TEST(all.packets.size() == 100U);
  BOOST_TEST((all.last == CaptureNext::end));
  BOOST_TEST(all.packets.back().data == data, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_reported) {
  const std::string full = "/dev/full: cannot be written: No space left on device";
  auto writer = CaptureWriter::open("/dev/full", pcap_format(1));
  BOOST_REQUIRE(writer.has_value());
  const auto closed = writer->close();
  BOOST_REQUIRE(!closed.has_value());
  BOOST_TEST(closed.error().message == full);

  writer = CaptureWriter::open("/dev/full", pcap_format(1));
  BOOST_REQUIRE(writer.has_value());
  const Raw data(2U << 20U);
  CapturedPacket packet;
  packet.link_type = 1;
  packet.data = data;
  const auto written = writer->write(packet, CaptureInterface{});
  BOOST_REQUIRE(!written.has_value());
  BOOST_TEST(written.error().message == full);
  packet.data = {};
  BOOST_TEST(!writer->write(packet, CaptureInterface{}).has_value());
  BOOST_TEST(!writer->close().has_value());
}

BOOST_AUTO_TEST_CASE(an_input_is_never_overwritten) {
  Folder folder;
  const std::vector<std::string> inputs{folder.file("a.pcap"), folder.file("b.pcap")};
  copy({raw(pcap_little)}, inputs[0]);
  copy({raw(pcap_little)}, inputs[1]);
  const auto link = folder.file("link.pcap");
  BOOST_REQUIRE(::symlink(inputs[1].c_str(), link.c_str()) == 0);
  for (const auto& path : {inputs[0], inputs[1], link}) {
    const auto writer = CaptureWriter::open(path, pcap_format(1), inputs);
    BOOST_REQUIRE(!writer.has_value());
    BOOST_TEST(writer.error().message == path + ": is an input, and would be overwritten: name another");
  }
  BOOST_TEST(content_of(inputs[1]) == raw(pcap_little), boost::test_tools::per_element());
  BOOST_TEST(CaptureWriter::open(folder.file("c.pcap"), pcap_format(1), inputs).has_value());
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_created_is_said) {
  Folder folder;
  const auto path = folder.file("missing") + "/out.pcap";
  const auto writer = CaptureWriter::open(path, pcap_format(1));
  BOOST_REQUIRE(!writer.has_value());
  BOOST_TEST(writer.error().message == path + ": cannot be created: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
