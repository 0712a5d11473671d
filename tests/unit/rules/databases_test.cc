#include "rules/databases/databases.hh"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace sluice;

namespace {

Databases sample() {
  Databases databases;
  for (int i = 0; i < 32; ++i) databases.prefilter_digest += "cd";
  databases.platform = "5.4.0 test";
  const std::string payload = "payload-db";
  databases.by_buffer[0] = {payload.begin(), payload.end()};
  databases.by_buffer[9] = {0x00, 0xff};
  const std::string stream = "stream";
  databases.payload_stream = {stream.begin(), stream.end()};
  return databases;
}

std::string refusal(std::span<const std::uint8_t> bytes) {
  const auto read = read_databases(bytes);
  return read ? "taken" : read.error();
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(databases)

BOOST_AUTO_TEST_CASE(what_was_written_is_read) {
  const auto bytes = write_databases(sample());
  const auto read = read_databases(bytes);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->prefilter_digest == sample().prefilter_digest);
  BOOST_TEST(read->platform == "5.4.0 test");
  BOOST_TEST((read->by_buffer == sample().by_buffer));
  BOOST_TEST((read->payload_stream == sample().payload_stream));
}

// Size and sum of the same file built with python's struct and hashlib from the description in databases.cc.
BOOST_AUTO_TEST_CASE(the_form_is_as_described) {
  const auto bytes = write_databases(sample());
  BOOST_TEST(bytes.size() == 712U);
  BOOST_TEST((std::string{bytes.end() - 64, bytes.end()}) ==
             "eb3b0c913f23e3f262d5b8c8ed162f702e53050d0dddafdf89ba618cbb47e555");
}

BOOST_AUTO_TEST_CASE(every_cut_is_refused) {
  const auto bytes = write_databases(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    BOOST_TEST_REQUIRE(holds(refusal(std::span{bytes}.first(size)), "cut"), "cut to " << size);
  auto longer = bytes;
  longer.push_back(0);
  BOOST_TEST(holds(refusal(longer), "1 bytes stand behind the end"));
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_refused) {
  const auto bytes = write_databases(sample());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    BOOST_TEST_REQUIRE(refusal(flipped) != "taken", "bit " << bit);
  }
}

BOOST_AUTO_TEST_CASE(the_refusal_says_what_it_is) {
  const auto bytes = write_databases(sample());
  auto other = bytes;
  other[0] = 'X';
  BOOST_TEST(refusal(other) == "compiled databases: this is another kind of file; compile them anew");
  other = bytes;
  other[8] = 2;
  BOOST_TEST(holds(refusal(other), "format 2, and this program reads format 4"));
  other = bytes;
  other[12] = 11;
  BOOST_TEST(holds(refusal(other), "of 11 buffers"));
  other = bytes;
  other[27] = 0xff;  // the first database's size, beyond any file: must not wrap around
  BOOST_TEST(holds(refusal(other), "shorter than it says"));
  other = bytes;
  other[600] ^= 1U;
  BOOST_TEST(holds(refusal(other), "SHA-256"));
  auto name = sample();
  name.prefilter_digest[0] = '/';
  BOOST_TEST(holds(refusal(write_databases(name)), "the digest in it is none"));
}

BOOST_AUTO_TEST_SUITE_END()
