#include "dataplane/signatures/pcre_set.hh"

#include <array>
#include <boost/test/unit_test.hpp>
#include <random>

using namespace sluice;

namespace {

using Outcome = PcreFound::Outcome;

PcreFound find(const Pcre& pcre, std::string_view subject, std::size_t start = 0) {
  PcreSet set;
  const auto number = set.add(pcre);
  BOOST_REQUIRE_MESSAGE(number.has_value(), (number ? std::string{} : number.error()));
  auto scratch = PcreScratch::make();
  BOOST_REQUIRE(scratch.has_value());
  return set.find(*number, as_bytes(subject), start, *scratch);
}

Pcre pcre(std::string expression) {
  Pcre pcre;
  pcre.expression = std::move(expression);
  return pcre;
}

bool found(const Pcre& pcre, std::string_view subject) { return find(pcre, subject).outcome == Outcome::found; }

}  // namespace

BOOST_AUTO_TEST_SUITE(pcre_set)

BOOST_AUTO_TEST_CASE(what_groups_took_is_known_until_the_next_search) {
  PcreSet set;
  auto keeps = pcre("(a)|(b)(c)?x");
  keeps.captures = {{1, true, "one"}, {2, false, "two"}, {3, true, "one"}};
  const auto number = set.add(keeps);
  BOOST_REQUIRE(number.has_value());
  const auto captures = set.captures(*number);
  BOOST_REQUIRE(captures.size() == 3U);
  BOOST_TEST(set.capture_name(captures[0].name) == "one");
  BOOST_TEST(set.capture_name(captures[1].name) == "two");
  BOOST_TEST((captures[0].name == captures[2].name && captures[0].of_flow && !captures[1].of_flow));
  auto scratch = PcreScratch::make();
  BOOST_REQUIRE(scratch.has_value());
  const auto subject = as_bytes("--bx");
  BOOST_TEST((set.find(*number, subject, 0, *scratch).outcome == Outcome::found));
  BOOST_TEST(!PcreSet::group(1, subject, *scratch).has_value());
  BOOST_TEST(as_text(PcreSet::group(2, subject, *scratch).value()) == "b");
  BOOST_TEST(!PcreSet::group(3, subject, *scratch).has_value());
  BOOST_TEST(!PcreSet::group(255, subject, *scratch).has_value());
  keeps.captures = {{4, true, "none"}};
  BOOST_TEST(!set.add(keeps).has_value());
}

// The flags as perlre and pcre2pattern(3) describe them.
BOOST_AUTO_TEST_CASE(each_flag_does_what_it_says) {
  auto plain = pcre("^ab.c$");
  BOOST_TEST(found(plain, "abxc"));
  BOOST_TEST(found(plain, "abxc\n"));  // $ before the last line feed
  BOOST_TEST(!found(plain, "ABXC"));
  BOOST_TEST(!found(plain, "ab\nc"));
  BOOST_TEST(!found(plain, "x\nabxc"));
  auto flagged = plain;
  flagged.nocase = true;
  BOOST_TEST(found(flagged, "ABXC"));
  flagged = plain;
  flagged.dot_all = true;
  BOOST_TEST(found(flagged, "ab\nc"));
  flagged = plain;
  flagged.multiline = true;
  BOOST_TEST(found(flagged, "x\nabxc\ny"));
  flagged = plain;
  flagged.dollar_end = true;
  BOOST_TEST(!found(flagged, "abxc\n"));
  auto extended = pcre("a b # a comment");
  BOOST_TEST(!found(extended, "ab"));
  extended.extended = true;
  BOOST_TEST(found(extended, "ab"));
  auto anchored = pcre("b");
  BOOST_TEST(found(anchored, "ab"));
  anchored.anchored = true;
  BOOST_TEST(!found(anchored, "ab"));
  auto ungreedy = pcre("a+");
  BOOST_TEST(find(ungreedy, "aaa").end == 3);
  ungreedy.ungreedy = true;
  BOOST_TEST(find(ungreedy, "aaa").end == 1);
}

BOOST_AUTO_TEST_CASE(subjects_are_bytes) {
  BOOST_TEST(found(pcre("\\x00\\xff."), {"\0\xff\x80", 3}));
  BOOST_TEST((find(pcre("^.$"), "\xc3\xa9").outcome == Outcome::none));  // two bytes, not one letter
  PcreSet set;
  BOOST_TEST(!set.add(pcre("(*UTF)x")).has_value());
}

BOOST_AUTO_TEST_CASE(the_search_begins_where_it_is_told) {
  const auto expression = pcre("a");
  BOOST_TEST(find(expression, "a-a", 0).begin == 0);
  BOOST_TEST(find(expression, "a-a", 1).begin == 2);
  BOOST_TEST((find(expression, "a-a", 3).outcome == Outcome::none));
  BOOST_TEST((find(expression, "a-a", 4).outcome == Outcome::none));
  BOOST_TEST((find(pcre("^a"), "aa", 1).outcome == Outcome::none));
  BOOST_TEST(find(pcre("(?<=b)a"), "aba", 2).begin == 2);
}

BOOST_AUTO_TEST_CASE(a_broken_expression_is_refused_with_its_place) {
  PcreSet set;
  const auto added = set.add(pcre("a(b"));
  BOOST_REQUIRE(!added.has_value());
  BOOST_TEST(added.error() == "pcre \"a(b\": missing closing parenthesis (byte 3 of the expression)");
}

// Each x is a place at which a match could begin, and finding out that it does not takes a step for each z: more than
// the first, cautious pass allows.
BOOST_AUTO_TEST_CASE(hard_places_are_tried_with_more_steps_but_not_any_number_of_them) {
  const auto lines = [](std::size_t count) {
    std::string text;
    for (; count > 0; --count) text += "x" + std::string(300, 'z') + "\n";
    return text + "-xzy";
  };
  // Interpreted because of the back reference, which stands where matching never comes.
  for (const std::string expression : {"x(?:z|q)*y", "x(?:z|q)*y(?:|(?!)(q)\\1)"}) {
    const auto few = find(pcre(expression), lines(10));
    BOOST_TEST((few.outcome == Outcome::found), expression);
    BOOST_TEST(few.begin == 10 * 302 + 1);
    BOOST_TEST(few.end == 10 * 302 + 4);
    BOOST_TEST(few.hard_places == 10);
    BOOST_TEST((find(pcre(expression), lines(32)).outcome == Outcome::found), expression);
    BOOST_TEST((find(pcre(expression), lines(33)).outcome == Outcome::limit), expression);
    BOOST_TEST((find(pcre(expression), lines(3).substr(0, 900)).outcome == Outcome::none), expression);
    // What is before a place is still seen from it, and the start of the subject is nowhere else.
    BOOST_TEST(find(pcre("(?<=-)" + expression), lines(10)).begin == 10 * 302 + 1);
    BOOST_TEST((find(pcre("(?:^|q)" + expression), lines(10)).outcome == Outcome::none));
  }
  // The meaning of these does not allow place by place.
  BOOST_TEST((find(pcre("(*COMMIT)x(?:z|q)*y"), lines(10)).outcome == Outcome::limit));
  BOOST_TEST((find(pcre("\\G.*x.*y"), "zz\nxy").outcome == Outcome::none));
}

// Interpreted matching takes its memory from the scratch and ends at its limits; compiled matching likewise.
BOOST_AUTO_TEST_CASE(steps_and_memory_are_bounded_with_and_without_machine_code) {
  const std::string deep(20'000, 'a');
  for (const std::string kind : {"", "(*NO_JIT)"}) {
    BOOST_TEST((find(pcre(kind + "(a+)+$"), deep + "b").outcome == Outcome::limit), kind);
    // 2 to the power of 17 ways, each of them in vain: more than pcre_match_limit.
    BOOST_TEST((find(pcre(kind + "(a+)+$"), std::string(17, 'a') + "b").outcome == Outcome::limit), kind);
    BOOST_TEST((find(pcre(kind + "^(?:(a)|b)*c"), deep).outcome != Outcome::found), kind);
    BOOST_TEST((find(pcre(kind + "^((?1)?a)x"), deep).outcome != Outcome::found), kind);  // recursion
    BOOST_TEST((find(pcre(kind + "a{100}b"), std::string(100, 'a') + "b").outcome == Outcome::found), kind);
  }
}

// The interpreter of PCRE2 is what its manual describes; machine code has to say the same.
BOOST_AUTO_TEST_CASE(machine_code_and_interpreter_agree) {
  BOOST_TEST(find(pcre("(?:a..b|.)b+b"), "abbbb").end == 5);
  BOOST_TEST(find(pcre("(1|)b*1"), "1").end == 1);
  constexpr std::array<const char*, 24> atoms{
      "a",      "b",     ".",   "[ab]", "a*",   "b+",    "a?",     "b*?",   "(a|bb)", "(a..b|.)", "(?:b.|a.a)", "(a)*+",
      "(b|aa)", "(?=b)", "\\b", "a{2}", "(b|)", "(?!b)", "(?>b*)", "(a*)*", "(?<!a)", "[^b]*",    "(?1)",       "\\1"};
  std::mt19937 random{1};
  auto scratch = PcreScratch::make();
  BOOST_REQUIRE(scratch.has_value());
  std::size_t found = 0;
  for (int round = 0; round < 10'000; ++round) {
    std::string expression;
    for (auto left = 1 + random() % 4; left > 0; --left) expression += atoms[random() % atoms.size()];
    PcreSet set;
    const auto compiled = set.add(pcre(expression));
    const auto interpreted = set.add(pcre("(*NO_JIT)" + expression));
    if (!compiled || !interpreted) continue;  // a reference to a group that is not there
    for (int subject = 0; subject < 10; ++subject) {
      std::string text;
      for (auto left = random() % 40; left > 0; --left) text += "aabAc"[random() % 5];
      const auto one = set.find(*compiled, as_bytes(text), 0, *scratch);
      const auto other = set.find(*interpreted, as_bytes(text), 0, *scratch);
      if (one.outcome == Outcome::limit || other.outcome == Outcome::limit) continue;
      found += one.outcome == Outcome::found ? 1 : 0;
      if (one.outcome != other.outcome || one.begin != other.begin || one.end != other.end)
        BOOST_FAIL(expression << " in " << text);
    }
  }
  BOOST_TEST(found > 10'000);
}

BOOST_AUTO_TEST_CASE(a_scratch_is_good_for_any_number_of_matches) {
  PcreSet set;
  const auto interpreted = set.add(pcre("(*NO_JIT)^(?:(a)|b)*$"));
  const auto compiled = set.add(pcre("^(?:(a)|b)*$"));
  BOOST_REQUIRE(interpreted.has_value());
  BOOST_REQUIRE(compiled.has_value());
  auto scratch = PcreScratch::make();
  BOOST_REQUIRE(scratch.has_value());
  for (int round = 0; round < 200; ++round) {
    const std::string large(5000, 'a');  // more frames than there is memory for
    BOOST_TEST((set.find(*interpreted, as_bytes(large), 0, *scratch).outcome == Outcome::limit));
    BOOST_TEST((set.find(*interpreted, as_bytes("abab"), 0, *scratch).outcome == Outcome::found));
    BOOST_TEST((set.find(*compiled, as_bytes("abab"), 0, *scratch).outcome == Outcome::found));
    BOOST_TEST((set.find(*compiled, as_bytes(large), 0, *scratch).outcome != Outcome::none));
    // More than PCRE2's own 32 KiB on the stack of the thread (pcre2jit(3)).
    BOOST_TEST((set.find(*compiled, as_bytes(large).first(1500), 0, *scratch).outcome == Outcome::found));
  }
}

BOOST_AUTO_TEST_SUITE_END()
