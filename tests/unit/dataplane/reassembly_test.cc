#include "dataplane/flow/reassembly.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

using namespace sluice;

namespace {

std::unique_ptr<ReassemblyBuffer> empty_buffer() {
  auto buffer = std::make_unique<ReassemblyBuffer>();
  buffer->clear();
  return buffer;
}

using Stored = ReassemblyBuffer::Stored;

}  // namespace

BOOST_AUTO_TEST_SUITE(reassembly)

BOOST_AUTO_TEST_CASE(every_order_of_five_pieces) {
  const std::string text = "abcdefghij";
  std::vector<int> order(5);
  std::iota(order.begin(), order.end(), 0);
  do {
    const auto buffer = empty_buffer();
    for (const auto piece : order)
      BOOST_TEST((buffer->insert(2 * static_cast<std::size_t>(piece),
                                 as_bytes(text).subspan(2 * static_cast<std::size_t>(piece), 2)) == Stored::all));
    BOOST_TEST(as_text(buffer->contiguous()) == text);
  } while (std::next_permutation(order.begin(), order.end()));
}

BOOST_AUTO_TEST_CASE(random_overlapping_pieces_give_the_whole) {
  std::mt19937 random{7};
  std::vector<std::uint8_t> whole(1000);
  for (auto& byte : whole) byte = static_cast<std::uint8_t>(random());
  for (int round = 0; round < 500; ++round) {
    const auto buffer = empty_buffer();
    std::vector<bool> have(whole.size());
    while (std::count(have.begin(), have.end(), true) != static_cast<std::ptrdiff_t>(whole.size())) {
      const std::size_t begin = random() % whole.size();
      const std::size_t size = std::min<std::size_t>(1 + random() % 200, whole.size() - begin);
      if (buffer->insert(begin, Bytes{whole}.subspan(begin, size)) == Stored::part) continue;  // too many holes for now
      std::fill_n(have.begin() + static_cast<std::ptrdiff_t>(begin), size, true);
      const auto ready = static_cast<std::size_t>(std::find(have.begin(), have.end(), false) - have.begin());
      BOOST_REQUIRE(buffer->contiguous().size() == ready);
    }
    BOOST_REQUIRE(std::equal(whole.begin(), whole.end(), buffer->contiguous().begin()));
  }
}

BOOST_AUTO_TEST_CASE(the_first_copy_of_a_byte_stays) {
  const auto buffer = empty_buffer();
  BOOST_TEST((buffer->insert(2, as_bytes("CD")) == Stored::all));
  BOOST_TEST((buffer->insert(0, as_bytes("abcdef")) == Stored::all));
  BOOST_TEST(as_text(buffer->contiguous()) == "abCDef");
}

BOOST_AUTO_TEST_CASE(advance_moves_over_bytes_and_holes) {
  const auto buffer = empty_buffer();
  (void)buffer->insert(0, as_bytes("abc"));
  (void)buffer->insert(5, as_bytes("fgh"));
  buffer->advance(1);
  BOOST_TEST(as_text(buffer->contiguous()) == "bc");
  BOOST_TEST((buffer->insert(2, as_bytes("de")) == Stored::all));
  BOOST_TEST(as_text(buffer->contiguous()) == "bcdefgh");
  buffer->advance(100);
  BOOST_TEST(buffer->empty());

  (void)buffer->insert(4, as_bytes("xyz"));
  BOOST_TEST(buffer->contiguous().empty());
  BOOST_TEST((buffer->behind_first_hole() == 4U));
  buffer->advance(4);
  BOOST_TEST(as_text(buffer->contiguous()) == "xyz");
}

BOOST_AUTO_TEST_CASE(the_window_and_the_number_of_holes_are_bounded) {
  const auto buffer = empty_buffer();
  const std::vector<std::uint8_t> large(ReassemblyBuffer::window + 10, 'x');
  BOOST_TEST((buffer->insert(0, large) == Stored::part));
  BOOST_TEST(buffer->contiguous().size() == ReassemblyBuffer::window);
  BOOST_TEST((buffer->insert(ReassemblyBuffer::window, as_bytes("y")) == Stored::part));

  buffer->clear();
  for (std::size_t i = 0; i < ReassemblyBuffer::ranges_limit; ++i)
    BOOST_TEST((buffer->insert(1 + 2 * i, as_bytes("x")) == Stored::all));
  BOOST_TEST((buffer->insert(2 * ReassemblyBuffer::ranges_limit + 5, as_bytes("x")) == Stored::part));
  BOOST_TEST((buffer->insert(0, as_bytes("x")) == Stored::all));  // joins the first: no further range
}

BOOST_AUTO_TEST_CASE(the_pool_is_bounded) {
  BufferPool pool{2};
  const auto first = pool.take();
  const auto second = pool.take();
  BOOST_TEST(first != second);
  BOOST_TEST(pool.take() == no_index);
  (void)pool.at(first).insert(0, as_bytes("old"));
  pool.give(first);
  const auto again = pool.take();
  BOOST_TEST(pool.at(again).empty());
  BOOST_TEST(pool.in_use() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
