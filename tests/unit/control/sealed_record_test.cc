#include "control/evidence/sealed_record.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using Kind = Alteration::Kind;

namespace {

// Bytes that repeat nowhere, longer than two blocks.
std::string sample() {
  std::string bytes;
  for (unsigned i = 0; i < 1200; ++i) bytes += static_cast<char>(i * 7 + i / 256);
  return bytes;
}

std::optional<Alteration> compare(const std::string& now, const std::string& recorded) {
  return find_alteration(now, recorded.size(), sha256_hex(recorded), block_digests(recorded));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sealed_record)

// FIPS 180-4's example, as `printf abc | sha256sum` prints it.
BOOST_AUTO_TEST_CASE(digests_are_sha_256) {
  BOOST_TEST(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(block_digests("abc") == "ba7816bf8f01cfea");
  BOOST_TEST(block_digests("") == "");
  BOOST_TEST(block_digests(std::string(evidence_block_size + 1, 'x')).size() == 2 * block_digest_size);
}

BOOST_AUTO_TEST_CASE(a_record_is_two_parts) {
  const EvidenceRecord record{"{\"a\": 1}", std::string{"\x0a\x0d\0x", 4}};
  const auto bytes = record_bytes(record);
  const auto parsed = parse_record(bytes);
  BOOST_REQUIRE(parsed);
  BOOST_TEST(parsed->decision == record.decision);
  BOOST_TEST(parsed->capture == record.capture);
  for (std::size_t size = 0; size < bytes.size() - record.capture.size(); ++size)
    BOOST_TEST(!parse_record(std::string_view{bytes}.substr(0, size)));
  auto long_one = bytes;
  long_one[19] = '\x7f';  // a decision of 2 GiB
  BOOST_TEST(!parse_record(long_one));
}

BOOST_AUTO_TEST_CASE(one_altered_byte_is_named_with_what_it_was) {
  const auto recorded = sample();
  BOOST_TEST(!compare(recorded, recorded));
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{511}, std::size_t{512}, std::size_t{700}, recorded.size() - 1}) {
    auto now = recorded;
    now[at] = static_cast<char>(now[at] + 3);
    const auto found = compare(now, recorded);
    BOOST_REQUIRE(found);
    BOOST_TEST((found->kind == Kind::byte));
    BOOST_TEST(found->first == at);
    BOOST_TEST(found->before == static_cast<std::uint8_t>(recorded[at]));
  }
}

BOOST_AUTO_TEST_CASE(the_first_of_two_in_different_blocks_is_named) {
  const auto recorded = sample();
  auto now = recorded;
  now[1100] = 'x';
  now[530] = static_cast<char>(now[530] ^ 0x80);
  const auto found = compare(now, recorded);
  BOOST_REQUIRE(found);
  BOOST_TEST((found->kind == Kind::byte));
  BOOST_TEST(found->first == 530U);
}

BOOST_AUTO_TEST_CASE(of_two_in_one_block_the_block_is_named) {
  const auto recorded = sample();
  auto now = recorded;
  now[600] = static_cast<char>(now[600] ^ 1);
  now[601] = static_cast<char>(now[601] ^ 1);
  const auto found = compare(now, recorded);
  BOOST_REQUIRE(found);
  BOOST_TEST((found->kind == Kind::block));
  BOOST_TEST(found->first == 512U);
  BOOST_TEST(found->last == 1024U);
}

BOOST_AUTO_TEST_CASE(what_was_cut_or_added_is_named) {
  const auto recorded = sample();
  const auto cut = compare(recorded.substr(0, 1000), recorded);
  BOOST_REQUIRE(cut);
  BOOST_TEST((cut->kind == Kind::cut));
  BOOST_TEST(cut->first == 1000U);
  BOOST_TEST(compare("", recorded)->first == 0U);
  const auto longer = compare(recorded + "x", recorded);
  BOOST_REQUIRE(longer);
  BOOST_TEST((longer->kind == Kind::longer));
  BOOST_TEST(longer->first == recorded.size());
}

// Digests that were altered themselves, or are no hex.
BOOST_AUTO_TEST_CASE(digests_that_do_not_fit_name_no_byte) {
  const auto recorded = sample();
  const auto found = find_alteration(recorded, recorded.size(), sha256_hex("other"), block_digests(recorded));
  BOOST_REQUIRE(found);
  BOOST_TEST((found->kind == Kind::unknown));
  BOOST_TEST((find_alteration(recorded, recorded.size(), sha256_hex("other"), "")->kind == Kind::unknown));
  BOOST_TEST(!find_altered_byte("abc", "xyz"));
  BOOST_TEST(!find_altered_byte("abc", ""));
}

BOOST_AUTO_TEST_SUITE_END()
