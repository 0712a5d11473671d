#include "dataplane/signatures/captured_texts.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace sluice;

namespace {

using Kept = std::vector<std::pair<std::uint32_t, std::string>>;

Kept all(const CapturedTexts& texts) {
  Kept kept;
  texts.for_each([&](std::uint32_t name, Bytes text) { kept.emplace_back(name, as_text(text)); });
  return kept;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(captured_texts)

BOOST_AUTO_TEST_CASE(a_name_has_the_last_text) {
  CapturedTexts texts;
  texts.clear();
  BOOST_TEST(all(texts).empty());
  BOOST_TEST((texts.set(7, as_bytes("one")) && texts.set(9, as_bytes("two")) && texts.set(11, Bytes{})));
  BOOST_TEST((all(texts) == Kept{{7, "one"}, {9, "two"}, {11, ""}}));
  BOOST_TEST(texts.set(9, as_bytes("longer than before")));
  BOOST_TEST((all(texts) == Kept{{7, "one"}, {11, ""}, {9, "longer than before"}}));
  texts.clear();
  BOOST_TEST(all(texts).empty());
}

BOOST_AUTO_TEST_CASE(what_finds_no_room_is_refused_whole) {
  CapturedTexts texts;
  texts.clear();
  BOOST_TEST(texts.set(1, as_bytes(std::string(244, 'a'))));  // 250 of 256 bytes, and 6 are left: an empty text
  BOOST_TEST(!texts.set(2, as_bytes("b")));
  BOOST_TEST(texts.set(3, Bytes{}));
  BOOST_TEST(!texts.set(4, Bytes{}));
  // A name whose new text finds none has no text any more.
  BOOST_TEST(!texts.set(1, as_bytes(std::string(70'000, 'a'))));
  BOOST_TEST((all(texts) == Kept{{3, ""}}));
}

BOOST_AUTO_TEST_CASE(captures_of_a_rule_are_taken_back) {
  RuleCaptures captures;
  captures.row = 5;
  captures.add(1, true, as_bytes("kept"));
  captures.row = 6;
  captures.add(2, false, as_bytes(std::string(2044, 'x')));
  captures.add(3, false, as_bytes("y"));
  BOOST_TEST(captures.refused == 1U);
  BOOST_TEST((captures.size() == 2U && captures.behind(1).size() == 1U && captures.behind(1)[0].row == 6U));
  captures.cut(1);
  captures.add(4, true, as_bytes("z"));
  BOOST_REQUIRE(captures.size() == 2U);
  BOOST_TEST((as_text(captures.behind(0)[0].text) == "kept" && as_text(captures.behind(0)[1].text) == "z"));
  for (std::size_t i = captures.size(); i < RuleCaptures::limit; ++i) captures.add(1, true, Bytes{});
  captures.add(1, true, Bytes{});
  BOOST_TEST(captures.refused == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
