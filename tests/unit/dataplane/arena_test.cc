#include "dataplane/base/arena.hh"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <random>
#include <vector>

using sluice::Arena;

namespace {

struct Room {
  alignas(Arena::alignment) std::array<std::uint8_t, 4096> bytes{};
  Arena arena{};
  Room() { arena.reset(bytes); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(bounded_heap, Room)

BOOST_AUTO_TEST_CASE(all_of_it_can_be_had_and_no_more) {
  auto* whole = arena.take(4096 - Arena::alignment);
  BOOST_TEST(whole != nullptr);
  BOOST_TEST(arena.take(0) == nullptr);
  arena.give(whole);
  BOOST_TEST(arena.take(4096) == nullptr);
  BOOST_TEST(arena.take(4080) == whole);
}

BOOST_AUTO_TEST_CASE(a_resized_block_keeps_its_bytes) {
  auto* text = static_cast<char*>(arena.take(6));
  std::memcpy(text, "bytes", 6);
  (void)arena.take(16);  // in the way of growing in place
  auto* larger = static_cast<char*>(arena.resize(text, 500));
  BOOST_TEST(larger != nullptr);
  BOOST_TEST(std::string_view{larger} == "bytes");
  BOOST_TEST(arena.resize(larger, 5000) == nullptr);
  BOOST_TEST(std::string_view{larger} == "bytes");
}

BOOST_AUTO_TEST_CASE(whatever_the_order_no_two_blocks_meet_and_all_comes_back) {
  std::mt19937 random{1};
  struct Block {
    std::uint8_t* bytes;
    std::size_t size;
    std::uint8_t mark;
  };
  std::vector<Block> blocks;
  for (int turn = 0; turn < 20'000; ++turn) {
    if (random() % 2 == 0) {
      const std::size_t size = random() % 300;
      auto* bytes = static_cast<std::uint8_t*>(arena.take(size));
      if (bytes == nullptr) continue;
      BOOST_REQUIRE(reinterpret_cast<std::uintptr_t>(bytes) % Arena::alignment == 0);
      const auto mark = static_cast<std::uint8_t>(turn);
      std::memset(bytes, mark, size);
      blocks.push_back({bytes, size, mark});
    } else if (!blocks.empty()) {
      std::swap(blocks[random() % blocks.size()], blocks.back());
      const auto block = blocks.back();
      for (std::size_t i = 0; i < block.size; ++i) BOOST_REQUIRE(block.bytes[i] == block.mark);
      arena.give(block.bytes);
      blocks.pop_back();
    }
  }
  for (const auto& block : blocks) arena.give(block.bytes);
  BOOST_TEST(arena.take(4080) != nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
