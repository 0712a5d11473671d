#include "dataplane/signatures/block_scan.hh"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "rules/databases/compile.hh"
#include "tests/unit/guarded_memory.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

struct FreeDatabase {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
using Database = std::unique_ptr<hs_database_t, FreeDatabase>;

// Hyperscan has other engines for few literals than for many.
Database database_of(const std::vector<std::string>& literals, bool in_streams = false) {
  SignatureList signatures;
  for (const auto& literal : literals) {
    Content content;
    content.bytes = literal;
    signatures.emplace_back().parts.push_back({content, std::nullopt});
  }
  const auto compiled = compile_databases(signatures, make_prefilter(signatures));
  BOOST_REQUIRE(compiled);
  const auto& bytes =
      in_streams ? compiled->payload_stream : compiled->by_buffer[static_cast<std::size_t>(Buffer::payload)];
  hs_database_t* database = nullptr;
  BOOST_REQUIRE_EQUAL(hs_deserialize_database(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &database),
                      HS_SUCCESS);
  return Database{database};
}

std::vector<std::string> literals(int count) {
  std::vector<std::string> all{"aa", "ab", "GET ", "imei=", "data.mistat", "0123456789abcdef"};
  for (int i = 0; i < 2000; ++i) all.push_back("k" + std::to_string(i * 7919) + "=");
  all.resize(static_cast<std::size_t>(count));
  return all;
}

int count_match(unsigned, unsigned long long, unsigned long long, unsigned, void* count) {
  ++*static_cast<int*>(count);
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(block_scan)

// Ends the program where the CPU has AVX-512 VBMI and blocks are scanned where they lie.
BOOST_AUTO_TEST_CASE(nothing_is_read_outside_of_a_block_at_either_end_of_what_is_mapped) {
  GuardedMemory memory;
  std::mt19937 random{1};  // NOLINT(cert-msc51-cpp): the same inputs every time
  for (const int count : {1, 2, 3, 6, 20, 40, 100, 2000}) {
    const auto all = literals(count);
    const auto database = database_of(all);
    BlockScan scan;
    BOOST_REQUIRE_EQUAL(scan.prepare(*database), HS_SUCCESS);
    for (std::size_t size = 0; size < 300; ++size) {
      for (int again = 0; again < 10; ++again) {
        std::string text;
        while (text.size() < size) text += all[random() % all.size()].substr(0, 1 + random() % 8);
        text.resize(size);
        for (std::size_t gap = 0; gap < 4; ++gap)
          BOOST_REQUIRE_EQUAL(scan.scan(*database, memory.at_end(as_bytes(text), gap), nullptr, nullptr), HS_SUCCESS);
        BOOST_REQUIRE_EQUAL(scan.scan(*database, memory.at_start(as_bytes(text)), nullptr, nullptr), HS_SUCCESS);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_read_outside_of_a_piece_of_a_stream) {
  GuardedMemory memory;
  std::mt19937 random{2};  // NOLINT(cert-msc51-cpp): the same inputs every time
  for (const int count : {1, 2, 3, 6, 20, 40, 100, 2000}) {
    const auto all = literals(count);
    const auto database = database_of(all, true);
    BlockScan scan;
    BOOST_REQUIRE_EQUAL(scan.prepare_streams(*database), HS_SUCCESS);
    hs_stream_t* stream = nullptr;
    BOOST_REQUIRE_EQUAL(hs_open_stream(database.get(), 0, &stream), HS_SUCCESS);
    for (std::size_t size = 0; size < 300; ++size) {
      for (int again = 0; again < 5; ++again) {
        std::string text;
        while (text.size() < size) text += all[random() % all.size()].substr(0, 1 + random() % 8);
        text.resize(size);
        for (std::size_t gap = 0; gap < 4; ++gap)
          BOOST_REQUIRE_EQUAL(scan.feed(*stream, memory.at_end(as_bytes(text), gap), nullptr, nullptr), HS_SUCCESS);
        BOOST_REQUIRE_EQUAL(scan.feed(*stream, memory.at_start(as_bytes(text)), nullptr, nullptr), HS_SUCCESS);
      }
    }
    (void)hs_close_stream(stream, nullptr, nullptr, nullptr);
  }
}

BOOST_AUTO_TEST_CASE(a_literal_is_found_wherever_the_block_lies) {
  GuardedMemory memory;
  const auto database = database_of({"imei="});
  BlockScan scan;
  BOOST_REQUIRE_EQUAL(scan.prepare(*database), HS_SUCCESS);
  const auto matches = [&](Bytes block) {
    int count = 0;
    BOOST_CHECK_EQUAL(scan.scan(*database, block, count_match, &count), HS_SUCCESS);
    return count;
  };
  for (std::size_t gap = 0; gap < 200; ++gap) {
    BOOST_TEST(matches(memory.at_end(as_bytes("x=1&imei=8600"), gap)) == 1);
    BOOST_TEST(matches(memory.at_end(as_bytes("imei="), gap)) == 1);
    // What stands behind the block is not part of it.
    const auto longer = memory.at_end(as_bytes("imei=8600"), gap);
    BOOST_TEST(matches(longer.first(4)) == 0);
    BOOST_TEST(matches(longer.first(5)) == 1);
  }
}

BOOST_AUTO_TEST_CASE(the_longest_block_is_scanned_and_a_longer_one_refused) {
  GuardedMemory memory;
  const auto database = database_of({"imei="});
  BlockScan scan;
  BOOST_REQUIRE_EQUAL(scan.prepare(*database), HS_SUCCESS);
  std::string text(BlockScan::block_limit - 5, '.');
  text += "imei=";
  int count = 0;
  BOOST_TEST(scan.scan(*database, memory.at_end(as_bytes(text)), count_match, &count) == HS_SUCCESS);
  BOOST_TEST(count == 1);
  text += '.';
  BOOST_TEST(scan.scan(*database, memory.at_end(as_bytes(text)), count_match, &count) == HS_INVALID);
}

BOOST_AUTO_TEST_SUITE_END()
