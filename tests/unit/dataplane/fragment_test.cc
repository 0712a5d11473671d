#include "dataplane/packet/fragment.hh"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <numeric>
#include <vector>

#include "dataplane/packet/packet.hh"
#include "tests/unit/frames.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

using State = FragmentTable::State;

// The bytes of the datagrams here: no two stretches of 8 are alike.
Frame content(std::size_t size) {
  Frame bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return bytes;
}

struct Piece {
  std::uint32_t begin;
  std::uint32_t end;
  bool more;
};

struct Table {
  InspectionCounters counters;
  FragmentTable table{1, counters};
  std::uint64_t lost(UninspectedReason reason) const { return counters.uninspected[reason]; }

  FragmentTable::Result add(const Frame& datagram, const Piece& piece, std::uint32_t id = 1, std::int64_t seconds = 0,
                            bool is_v6 = false) {
    Fragment fragment;
    fragment.key.identification = id;
    fragment.offset = piece.begin;
    fragment.more = piece.more;
    fragment.is_v6 = is_v6;
    fragment.next_header = piece.begin == 0 ? 17 : 99;
    fragment.data = Bytes{datagram}.subspan(piece.begin, piece.end - piece.begin);
    fragment.time = tick_from_nanoseconds(seconds * 1'000'000'000);
    return table.add(fragment);
  }
  // The state after the last of them.
  FragmentTable::Result all(const Frame& datagram, const std::vector<Piece>& pieces, std::uint32_t id = 1,
                            bool is_v6 = false) {
    FragmentTable::Result result;
    for (const auto& piece : pieces) result = add(datagram, piece, id, 0, is_v6);
    return result;
  }
};

bool is(const FragmentTable::Result& result, const Frame& datagram) {
  return result.state == State::complete &&
         std::equal(result.datagram.begin(), result.datagram.end(), datagram.begin(), datagram.end());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fragment)

BOOST_AUTO_TEST_CASE(a_datagram_is_whole_in_every_order_of_its_pieces) {
  const auto datagram = content(4000);
  std::vector<Piece> pieces{{0, 8, true}, {8, 1480, true}, {1480, 2960, true}, {2960, 4000, false}};
  std::vector<std::size_t> order{0, 1, 2, 3};
  do {
    for (const bool is_v6 : {false, true}) {
      Table table;
      FragmentTable::Result result;
      for (std::size_t i = 0; i < order.size(); ++i) {
        result = table.add(datagram, pieces[order[i]], 1, 0, is_v6);
        BOOST_TEST((result.state == (i + 1 == order.size() ? State::complete : State::kept)));
      }
      BOOST_TEST(is(result, datagram));
      table.table.settle(result.handle, false, Tick{});
      if (is_v6) BOOST_TEST(int{result.next_header} == 17);
      table.table.settle(result.handle, false, Tick{});
      BOOST_TEST(table.table.in_use() == 0);
      table.table.finish();
      BOOST_TEST(table.counters.uninspected.sum() == 0);
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

// The rows are what Linux 6.1's inet_frag_queue_insert() and ip_frag_queue() do with the same pieces.
BOOST_AUTO_TEST_CASE(duplicates_are_ignored_and_overlaps_end_the_datagram) {
  const auto datagram = content(64);
  struct Row {
    const char* what;
    std::vector<Piece> pieces;
    State last;
  };
  const Row rows[] = {
      {"an exact duplicate", {{0, 16, true}, {0, 16, true}, {16, 64, false}}, State::complete},
      {"inside of one that came", {{0, 32, true}, {8, 16, true}, {32, 64, false}}, State::complete},
      {"over two that came in order", {{0, 16, true}, {16, 32, true}, {8, 24, true}, {32, 64, false}}, State::complete},
      {"over two that did not", {{16, 32, true}, {0, 16, true}, {8, 24, true}}, State::refused},
      {"over the end of one", {{0, 16, true}, {8, 24, true}}, State::refused},
      {"over the start of one", {{16, 32, true}, {8, 24, true}}, State::refused},
      {"around one", {{16, 32, true}, {8, 40, true}}, State::refused},
      {"the same start, longer", {{0, 16, true}, {0, 24, true}}, State::refused},
      {"behind the end", {{16, 32, false}, {32, 64, true}}, State::refused},
      {"a second, other end", {{16, 32, false}, {32, 64, false}}, State::refused},
      {"an end before what came", {{16, 32, true}, {8, 16, false}}, State::refused},
      {"nothing in it", {{0, 16, true}, {16, 16, true}}, State::refused},
  };
  for (const auto& row : rows) {
    for (const bool is_v6 : {false, true}) {
      Table table;
      const auto result = table.all(datagram, row.pieces, 1, is_v6);
      BOOST_TEST((result.state == row.last), row.what);
      if (row.last == State::complete) BOOST_TEST(is(result, datagram), row.what);
      if (row.last == State::refused) BOOST_TEST(table.table.in_use() == 0, row.what);
    }
  }
  Table table;
  BOOST_TEST((table.all(datagram, {{0, 16, true}, {24, 32, true}, {8, 24, true}}).reason ==
              UninspectedReason::fragment_overlap));
  BOOST_TEST(table.lost(UninspectedReason::fragment_overlap) == 2);  // the packet at hand counts by itself
}

BOOST_AUTO_TEST_CASE(pieces_of_odd_length_and_too_much) {
  const auto datagram = content(65536);
  Table table;
  BOOST_TEST((table.add(datagram, {0, 20, true}, 1, 0, true).state == State::refused));  // RFC 8200 section 4.5
  BOOST_TEST(table.table.in_use() == 0);
  BOOST_TEST((table.add(datagram, {0, 20, true}).state == State::kept));  // the first 16 bytes of it
  BOOST_TEST(is(table.add(datagram, {16, 40, false}), content(40)));
  BOOST_TEST((table.add(datagram, {65512, 65532, false}, 2).state == State::refused));  // with its header over 65,535
  BOOST_TEST((table.add(datagram, {65528, 65536, false}, 3, 0, true).state == State::refused));
}

BOOST_AUTO_TEST_CASE(the_largest_datagram_and_the_tiniest_pieces) {
  const auto datagram = content(65512);
  Table table;
  FragmentTable::Result result;
  for (std::uint32_t at = 0; at < datagram.size(); at += 8) result = table.add(datagram, {at, at + 8, at + 8 < 65512});
  BOOST_TEST(is(result, datagram));
  // From the end to the start each piece is a stretch of its own, of which so many are kept.
  const auto backwards = [&](std::uint32_t size) {
    for (std::uint32_t at = size; at > 0; at -= 8) result = table.add(datagram, {at - 8, at, at < size}, size);
    return result.state;
  };
  BOOST_TEST((backwards(8 * FragmentTable::runs_limit) == State::complete));
  (void)backwards(8 * FragmentTable::runs_limit + 8);
  BOOST_TEST(table.lost(UninspectedReason::fragment_table_full) == FragmentTable::runs_limit);
}

BOOST_AUTO_TEST_CASE(what_never_completes_is_given_up_in_time_and_counted) {
  const auto datagram = content(64);
  for (const bool is_v6 : {false, true}) {
    const int timeout = is_v6 ? 60 : 30;  // Linux's
    Table table;
    (void)table.add(datagram, {0, 16, true}, 1, 0, is_v6);
    BOOST_TEST((table.add(datagram, {16, 64, false}, 1, timeout, is_v6).state == State::complete));
    (void)table.add(datagram, {0, 16, true}, 2, 0, is_v6);
    BOOST_TEST((table.add(datagram, {16, 64, false}, 2, timeout + 1, is_v6).state == State::kept));
    BOOST_TEST(table.lost(UninspectedReason::fragment) == 1);
    table.table.expire(tick_from_nanoseconds(std::int64_t{1000} * 1'000'000'000));
    BOOST_TEST(table.lost(UninspectedReason::fragment) == 2);
    BOOST_TEST(table.table.in_use() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_flood_is_bounded_and_the_oldest_gives_way) {
  const auto datagram = content(4096);
  Table table;
  constexpr std::uint32_t flood = 3 * FragmentTable::datagrams_limit;
  for (std::uint32_t id = 0; id < flood; ++id)
    BOOST_REQUIRE((table.add(datagram, {0, 8, true}, id).state == State::kept));
  BOOST_TEST(table.table.in_use() == FragmentTable::datagrams_limit);
  BOOST_TEST(table.lost(UninspectedReason::fragment_table_full) == flood - FragmentTable::datagrams_limit);
  BOOST_TEST((table.add(datagram, {8, 16, false}, flood - 1).state == State::complete));  // the youngest is there
  BOOST_TEST((table.add(datagram, {8, 16, false}, 0).state == State::kept));              // the oldest is not

  // The blocks run out before the datagrams do: one byte of each block's room is enough.
  Table blocks;
  const auto large = content(65528);
  std::uint32_t pieces = 0;
  for (std::uint32_t id = 0; id < 200; ++id)
    for (std::uint32_t at = 0; at < large.size(); at += FragmentTable::block_bytes, ++pieces)
      BOOST_REQUIRE((blocks.add(large, {at, at + 8, true}, id).state == State::kept));
  BOOST_TEST(blocks.table.in_use() == FragmentTable::blocks_limit / 32);
  BOOST_TEST(blocks.lost(UninspectedReason::fragment_table_full) == pieces - FragmentTable::blocks_limit);
  blocks.table.finish();
  BOOST_TEST(blocks.counters.uninspected.sum() == pieces);
}

BOOST_AUTO_TEST_CASE(what_one_burst_completes_is_bounded) {
  const auto datagram = content(65000);
  Table table;
  std::uint32_t complete = 0;
  for (std::uint32_t id = 0; id < 10; ++id)
    complete += table.all(datagram, {{0, 32000, true}, {32000, 65000, false}}, id).state == State::complete ? 1 : 0;
  BOOST_TEST(complete == FragmentTable::whole_limit / 65000);
  BOOST_TEST(table.lost(UninspectedReason::fragment_table_full) == 10 - complete);
  table.table.begin_burst();
  BOOST_TEST(is(table.all(datagram, {{0, 32000, true}, {32000, 65000, false}}, 99), datagram));
}

BOOST_AUTO_TEST_CASE(a_dropped_datagram_stays_dropped) {
  const auto datagram = content(64);
  Table table;
  const auto whole = table.all(datagram, {{0, 16, true}, {16, 64, false}});
  table.table.settle(whole.handle, true, Tick{});
  table.table.settle(whole.handle, true, Tick{});  // and once more, for a second packet of the burst
  const auto again = table.add(datagram, {16, 64, false}, 1, 10);
  BOOST_TEST((again.state == State::kept));
  BOOST_TEST(table.table.is_dropped(again.handle));
  BOOST_TEST(!table.table.is_dropped(table.add(datagram, {16, 64, false}, 2, 10).handle));
  const auto late = table.add(datagram, {16, 64, false}, 1, 100);
  BOOST_TEST(!table.table.is_dropped(late.handle));
  BOOST_TEST(!table.table.is_dropped(whole.handle));  // another datagram has its place
}

BOOST_AUTO_TEST_CASE(the_packet_that_completes_a_datagram_is_read_as_the_datagram) {
  InspectionCounters counters;
  FragmentTable table{1, counters};
  const auto at = ends("2001:db8::1", 4660, "2001:db8::2", 53);
  const auto udp = udp_frame(at, bytes_of("a datagram in pieces"));
  const Frame segment(udp.begin() + 54, udp.end());
  for (const std::size_t cut : {8U, 16U, 24U}) {
    const auto piece = [&](std::size_t begin, std::size_t end, bool more) {
      Frame part{17, 0};
      put16(part, static_cast<unsigned>(begin | (more ? 1 : 0)));
      put32(part, static_cast<std::uint32_t>(cut));
      part.insert(part.end(), segment.begin() + static_cast<std::ptrdiff_t>(begin),
                  segment.begin() + static_cast<std::ptrdiff_t>(end));
      return ip_frame(at, 44, part);
    };
    const auto first = piece(0, cut, true);
    const auto last = piece(cut, segment.size(), false);
    for (const auto* frame : {&last, &first}) {
      Packet packet;
      packet.frame = *frame;
      packet.wire_length = static_cast<std::uint32_t>(frame->size());
      BOOST_TEST(decode(packet, &table) == (frame == &first));
      BOOST_TEST(!packet.uninspected);
      BOOST_TEST(int{packet.fragmented} == 1);
      if (frame == &first) BOOST_TEST(as_text(packet.payload) == "a datagram in pieces");
    }
  }
  // What the capture cut never completes: its start is read.
  auto cut = udp_frame(ends("192.0.2.1", 4660, "192.0.2.2", 53), bytes_of("cut off"));
  cut[17] = 200;  // total length
  cut[20] = 0x20;
  Packet start;
  start.frame = cut;
  start.wire_length = 214;
  BOOST_TEST(decode(start, &table));
  BOOST_TEST((start.uninspected == UninspectedReason::fragment));
  BOOST_TEST(as_text(start.payload) == "cut off");
  // Linux discards a first piece that does not hold the transport header (RFC 8200 section 4.5).
  Frame part{6, 0, 0, 1, 0, 0, 0, 77};
  part.resize(8 + 16, 0);
  const auto frame = ip_frame(at, 44, part);
  Packet packet;
  packet.frame = frame;
  packet.wire_length = static_cast<std::uint32_t>(frame.size());
  BOOST_TEST(!decode(packet, &table));
  BOOST_TEST((packet.uninspected == UninspectedReason::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
