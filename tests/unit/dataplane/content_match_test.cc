#include "dataplane/signatures/content_match.hh"

#include <boost/test/unit_test.hpp>
#include <random>

#include "rules/signatures/signature_file.hh"
#include "tests/unit/signature_cases.hh"
#include "tests/unit/signature_reference.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

Signature rule(const std::string& parts) {
  auto loaded = parse_signatures("alert tcp any any -> any any (msg:\"x\"; " + parts + " sid:1;)", "test");
  for (const auto& error : loaded.errors) BOOST_ERROR(error.text());
  BOOST_REQUIRE(loaded.signatures.size() == 1);
  return loaded.signatures.front();
}

struct Outcome {
  bool matches = false;
  bool exceeded = false;
};

Outcome run(const Signature& signature, const SignatureInput& input) {
  PcreSet expressions;
  DatasetTable datasets;
  const auto match = ContentMatch::build(signature.parts, expressions, datasets);
  BOOST_REQUIRE_MESSAGE(match.has_value(), (match ? std::string{} : match.error()));
  auto scratch = PcreScratch::make();
  BOOST_REQUIRE(scratch.has_value());
  InspectionBudget budget;
  const bool matches = match->matches(input, expressions, {&*scratch}, budget);
  return {matches, budget.exceeded()};
}

Outcome run(const std::string& parts, std::string_view payload, std::uint32_t position = 0) {
  SignatureInput input;
  input.buffers[0] = as_bytes(payload);
  input.payload_position = position;
  return run(rule(parts), input);
}

bool matches(const std::string& parts, std::string_view payload, std::uint32_t position = 0) {
  return run(parts, payload, position).matches;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(content_match)

// The examples of Suricata's manual, docs.suricata.io/en/suricata-7.0.12/rules/payload-keywords.html, in its numbers.
BOOST_AUTO_TEST_CASE(absolute_positions) {
  BOOST_TEST(matches(R"(content:"def"; offset:3;)", "abcdefghij"));
  BOOST_TEST(!matches(R"(content:"def"; offset:4;)", "abcdefghij"));
  BOOST_TEST(matches(R"(content:"abc"; depth:3;)", "abcdefghij"));
  BOOST_TEST(!matches(R"(content:"def"; depth:3;)", "abcdefghij"));
  BOOST_TEST(matches(R"(content:"def"; offset:3; depth:3;)", "abcdefghij"));
  BOOST_TEST(!matches(R"(content:"efg"; offset:3; depth:3;)", "abcdefghij"));
  BOOST_TEST(matches(R"(content:"abc"; startswith;)", "abcdef"));
  BOOST_TEST(!matches(R"(content:"bcd"; startswith;)", "abcdef"));
  BOOST_TEST(matches(R"(content:"def"; endswith;)", "defabcdef"));
  BOOST_TEST(!matches(R"(content:"abc"; endswith;)", "abcabcdef"));
  BOOST_TEST(!matches(R"(content:"abcdef"; endswith;)", "def"));
  BOOST_TEST(matches(R"(content:"abc"; startswith; endswith;)", "abc"));
}

BOOST_AUTO_TEST_CASE(relative_positions) {
  BOOST_TEST(matches(R"(content:"abc"; content:"def"; distance:0;)", "abcdefghij"));
  BOOST_TEST(!matches(R"(content:"abc"; content:"def"; distance:1;)", "abcdefghij"));
  BOOST_TEST(matches(R"(content:"abc"; content:"ghi"; distance:3;)", "abcdefghij"));
  BOOST_TEST(matches(R"(content:"def"; content:"abc"; distance:-6;)", "abcdefghij"));
  BOOST_TEST(!matches(R"(content:"def"; content:"abc"; distance:-5;)", "abcdefghij"));
  BOOST_TEST(matches(R"(content:"fgh"; content:"cde"; distance:-100;)", "abcdefghij"));
  BOOST_TEST(matches(R"(content:"abc"; content:"def"; within:3;)", "abcdefghij"));
  BOOST_TEST(!matches(R"(content:"abc"; content:"efg"; within:3;)", "abcdefghij"));
  BOOST_TEST(matches(R"(content:"abc"; content:"efg"; distance:1; within:3;)", "abcdefghij"));
  BOOST_TEST(!matches(R"(content:"abc"; content:"fgh"; distance:1; within:3;)", "abcdefghij"));
  // An absolute part in between does not free the next one from it.
  BOOST_TEST(!matches(R"(content:"abc"; content:"ghi"; content:"def"; distance:0;)", "abcdefghij"));
}

BOOST_AUTO_TEST_CASE(earlier_occurrences_are_tried) {
  BOOST_TEST(matches(R"(content:"a"; content:"c"; within:1;)", "abababac"));
  BOOST_TEST(matches(R"(content:"a"; content:"b"; distance:0; content:"c"; within:1;)", "abababac-abc"));
  BOOST_TEST(!matches(R"(content:"a"; content:"b"; within:1; content:"c"; within:1;)", "abababac"));
  BOOST_TEST(matches(R"(content:"a"; pcre:"/^b/R"; content:"c"; within:1;)", "abababac abc"));
  BOOST_TEST(matches(R"(pcre:"/a./"; content:"c"; within:1;)", "abababac abc"));
  // Behind a regular expression a later match may end earlier than the one before it.
  BOOST_TEST(matches(R"(pcre:"/a...b|x/"; content:"y"; distance:0;)", "axyzb"));
}

BOOST_AUTO_TEST_CASE(negated_parts) {
  BOOST_TEST(matches(R"(content:"a"; content:!"x";)", "abc"));
  BOOST_TEST(!matches(R"(content:"a"; content:!"c";)", "abc"));
  BOOST_TEST(matches(R"(content:"a"; content:!"b"; within:1;)", "acb"));
  BOOST_TEST(!matches(R"(content:"a"; content:!"b"; within:1;)", "ab"));
  BOOST_TEST(matches(R"(content:"a"; content:!"b"; within:1;)", "abac"));
  BOOST_TEST(matches(R"(content:"ab"; content:!"ab"; endswith;)", "abc"));
  BOOST_TEST(!matches(R"(content:"ab"; content:!"bc"; endswith;)", "bcabc"));
  BOOST_TEST(matches(R"(content:"a"; pcre:!"/^b/R";)", "abac"));
  BOOST_TEST(!matches(R"(content:"a"; pcre:!"/[bc]/";)", "abac"));
  // What follows a negated part counts from the match before it.
  BOOST_TEST(matches(R"(content:"a"; content:!"x"; within:2; content:"b"; within:1;)", "ab"));
}

BOOST_AUTO_TEST_CASE(case_of_ascii_letters_alone) {
  BOOST_TEST(matches(R"(content:"HoSt|3a|"; nocase;)", "hOsT:"));
  BOOST_TEST(!matches(R"(content:"HoSt";)", "hOsT"));
  BOOST_TEST(!matches(R"(content:"|5b|"; nocase;)", "{"));     // [ and { differ in the same bit as A and a
  BOOST_TEST(!matches(R"(content:"|c4|"; nocase;)", "\xe4"));  // Latin-1 letters
  BOOST_TEST(matches(R"(content:"|00|a|00|"; nocase;)", {"\0A\0", 3}));
}

BOOST_AUTO_TEST_CASE(payload_positions_count_from_the_start_of_the_stream) {
  BOOST_TEST(matches(R"(content:"def"; offset:3;)", "def", 3));
  BOOST_TEST(!matches(R"(content:"def"; offset:4;)", "def", 3));
  BOOST_TEST(matches(R"(content:"def"; depth:6;)", "def", 3));
  BOOST_TEST(!matches(R"(content:"def"; depth:6;)", "xdef", 3));
  BOOST_TEST(!matches(R"(content:"def"; startswith;)", "def", 3));
  BOOST_TEST(matches(R"(content:"def"; content:"g"; within:1;)", "defg", 1000));
  // The first 4 bytes have gone by unseen: that X did not stand there is not known.
  BOOST_TEST(!matches(R"(content:"def"; content:!"X"; depth:4;)", "def", 4));
  BOOST_TEST(matches(R"(content:"def"; content:!"X"; depth:5;)", "def", 4));
  // No expression takes the middle of a stream for its beginning.
  BOOST_TEST(matches(R"(content:"ef"; pcre:"/^def/";)", "def", 0));
  BOOST_TEST(!matches(R"(content:"ef"; pcre:"/^def/";)", "def", 4));
  BOOST_TEST(matches(R"(content:"ef"; pcre:"/^def/m";)", "c\ndef", 4));
  BOOST_TEST(matches(R"(content:"de"; pcre:"/def/A";)", "def", 0));
  BOOST_TEST(!matches(R"(content:"de"; pcre:"/def/A";)", "def", 4));
  BOOST_TEST(!matches(R"(content:"de"; pcre:!"/xyz/A";)", "def", 4));
  BOOST_TEST(matches(R"(content:"de"; pcre:"/^f/R";)", "def", 4));
}

BOOST_AUTO_TEST_CASE(an_absent_buffer_matches_nothing_and_an_empty_one_is_there) {
  SignatureInput input;
  const auto without = rule(R"(content:"a"; content:!"x";)");
  auto negated = without;
  negated.parts.erase(negated.parts.begin());
  BOOST_TEST(!run(without, input).matches);
  BOOST_TEST(!run(negated, input).matches);
  const std::uint8_t nothing = 0;
  input.buffers[0] = {&nothing, 0};
  BOOST_TEST(!run(without, input).matches);
  BOOST_TEST(run(negated, input).matches);
  BOOST_TEST(run(Signature{}, SignatureInput{}).matches);  // nothing is asked for
}

BOOST_AUTO_TEST_CASE(work_is_bounded_and_says_so) {
  std::string payload;
  for (int i = 0; i < 4000; ++i) payload += "ab";
  const auto many = run(R"(content:"a"; content:"b"; within:1; content:"c"; within:1;)", payload);
  BOOST_TEST(!many.matches);
  BOOST_TEST(many.exceeded);
  // Without a bound the later places need not be tried: found out in three looks.
  const auto open = run(R"(content:"a"; content:"b"; distance:0; content:"c"; distance:0;)", payload);
  BOOST_TEST(!open.matches);
  BOOST_TEST(!open.exceeded);
  // Bytes that are passed count, too: 1,200 places, but far apart.
  payload.clear();
  for (int i = 0; i < 1200; ++i) payload += "a" + std::string(300, 'x');
  BOOST_TEST(run(R"(content:"a"; content:"c"; within:1;)", payload).exceeded);
  const auto backtracking = run(R"(content:"a"; pcre:"/(a+)+$/";)", std::string(200, 'a') + "b");
  BOOST_TEST(!backtracking.matches);
  BOOST_TEST(backtracking.exceeded);
  // Unknown is not "does not match".
  const auto negated = run(R"(content:"a"; pcre:!"/(a+)+$/";)", std::string(200, 'a') + "b");
  BOOST_TEST(!negated.matches);
  BOOST_TEST(negated.exceeded);
}

BOOST_AUTO_TEST_CASE(parts_that_no_file_could_have_held_are_refused) {
  PcreSet expressions;
  DatasetTable datasets;
  const auto refused = [&](SignaturePart part, std::size_t count = 1) {
    const auto built = ContentMatch::build(std::vector<SignaturePart>(count, part), expressions, datasets);
    return built ? std::string{} : built.error();
  };
  SignaturePart content;
  BOOST_TEST(refused(content) == "a part that is not one content, one pcre or one check");
  content.content.emplace();
  BOOST_TEST(refused(content) == "a content of 0 bytes; 1 to 255 may be");
  content.content->bytes = std::string(256, 'x');
  BOOST_TEST(refused(content) == "a content of 256 bytes; 1 to 255 may be");
  content.content->bytes = "x";
  BOOST_TEST(refused(content).empty());
  BOOST_TEST(refused(content, 65) == "more than 64 contents, regular expressions and checks: split the rule");
  content.pcre.emplace();
  BOOST_TEST(refused(content) == "a part that is not one content, one pcre or one check");
}

BOOST_AUTO_TEST_CASE(random_signatures_mean_what_the_reference_says) {
  std::mt19937 random{20260101};
  std::size_t matched = 0;
  std::size_t undecided = 0;
  constexpr std::size_t rounds = 60'000;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto bytes = random_bytes(random, 160);
    Choices choices{bytes};
    const auto signature = signature_of(choices);
    const MessageCase message{choices};
    const auto outcome = run(signature, message.input());
    if (outcome.exceeded) {
      ++undecided;
      BOOST_TEST(!outcome.matches);
      continue;
    }
    matched += outcome.matches ? 1 : 0;
    if (outcome.matches != reference_matches(signature, message.input()))
      BOOST_FAIL("round " << round << ": " << (outcome.matches ? "a match that is none" : "a match is missing"));
  }
  BOOST_TEST(undecided < rounds / 100);
  BOOST_TEST(matched > rounds / 20);  // else the cases say little
}

BOOST_AUTO_TEST_SUITE_END()
