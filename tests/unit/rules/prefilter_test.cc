#include "rules/databases/prefilter.hh"

#include <hs/hs_compile.h>

#include <boost/test/unit_test.hpp>

#include "rules/signatures/signature_file.hh"
#include "tests/unit/signature_parts.hh"

using namespace sluice;

namespace {

using Rows = std::vector<std::uint32_t>;

const std::vector<PrefilterPattern>& payload(const Prefilter& prefilter) {
  return prefilter.patterns[static_cast<std::size_t>(Buffer::payload)];
}

// The only pattern of one signature.
PrefilterPattern only(const Signature& signature, Buffer buffer = Buffer::payload) {
  const auto prefilter = make_prefilter({signature});
  std::size_t count = prefilter.unfiltered.size();
  for (const auto& patterns : prefilter.patterns) count += patterns.size();
  const auto& patterns = prefilter.patterns[static_cast<std::size_t>(buffer)];
  BOOST_REQUIRE(count == 1U);
  BOOST_REQUIRE(patterns.size() == 1U);
  return patterns[0];
}

constexpr unsigned literal_flags = HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH;
constexpr unsigned pcre_flags = HS_FLAG_PREFILTER | HS_FLAG_SINGLEMATCH;

}  // namespace

BOOST_AUTO_TEST_SUITE(prefilter)

BOOST_AUTO_TEST_CASE(the_longest_content_is_chosen_and_the_first_of_equals) {
  BOOST_TEST(only(signature(1, content("ab"), content("abc"), content("xyz"))).expression == R"(\x61\x62\x63)");
  BOOST_TEST(only(signature(1, content("ab"), content("c", Buffer::tcp_header))).expression == R"(\x61\x62)");
  BOOST_TEST(only(signature(1, content("a"), content("bc", Buffer::tcp_header)), Buffer::tcp_header).expression ==
             R"(\x62\x63)");
}

// Payload and message come at different moments: each half needs a pattern, or the signature is tried with each.
BOOST_AUTO_TEST_CASE(of_payload_and_message_each_half_has_a_pattern) {
  const auto both = make_prefilter({signature(1, content("ab"), content("abc"), content("de", Buffer::http_uri))});
  BOOST_REQUIRE(payload(both).size() == 1U);
  BOOST_TEST(payload(both)[0].expression == R"(\x61\x62\x63)");
  BOOST_REQUIRE(both.patterns[static_cast<std::size_t>(Buffer::http_uri)].size() == 1U);
  BOOST_TEST(both.unfiltered.empty());
  const auto one = make_prefilter({signature(1, content("ab"), content("c", Buffer::http_uri))});
  BOOST_TEST(payload(one).size() == 1U);
  BOOST_TEST((one.unfiltered == Rows{0}));
}

BOOST_AUTO_TEST_CASE(a_fast_pattern_comes_before_longer_ones) {
  auto fast = content("bc");
  fast.fast_pattern = true;
  BOOST_TEST(only(signature(1, content("abc"), fast, pcre("long"))).expression == R"(\x62\x63)");
  // Of one that must be absent nothing follows.
  fast.negated = true;
  BOOST_TEST(only(signature(1, fast, content("abc"))).expression == R"(\x61\x62\x63)");
}

BOOST_AUTO_TEST_CASE(a_pcre_is_used_only_where_no_content_must_be_there) {
  BOOST_TEST(only(signature(1, pcre("abcdef"), content("ab"))).expression == R"(\x61\x62)");
  auto absent = content("abcdef");
  absent.negated = true;
  auto absent_pcre = pcre("q");
  absent_pcre.negated = true;
  const auto chosen = only(signature(1, absent, absent_pcre, pcre("a|b"), pcre("c")));
  BOOST_TEST(chosen.expression == "a|b");
  BOOST_TEST(chosen.flags == pcre_flags);
}

BOOST_AUTO_TEST_CASE(a_pcre_keeps_what_widens_it) {
  auto all = pcre("a b");
  all.nocase = all.multiline = all.dot_all = all.extended = true;
  const auto chosen = only(signature(1, all));
  BOOST_TEST(chosen.expression == "(?x)a b");
  BOOST_TEST(chosen.flags == (pcre_flags | HS_FLAG_CASELESS | HS_FLAG_MULTILINE | HS_FLAG_DOTALL));
  auto narrow = pcre("a");
  narrow.anchored = narrow.dollar_end = narrow.ungreedy = narrow.relative = true;
  BOOST_TEST(only(signature(1, narrow)).expression == "a");
  BOOST_TEST(only(signature(1, narrow)).flags == pcre_flags);
}

BOOST_AUTO_TEST_CASE(nothing_that_must_be_there_means_unfiltered) {
  auto absent = content("a");
  absent.negated = true;
  const auto prefilter = make_prefilter({signature(1), signature(2, content("ab")), signature(3, absent)});
  BOOST_TEST((prefilter.unfiltered == Rows{0, 2}));
  BOOST_TEST((payload(prefilter)[0].signatures == Rows{1}));
}

BOOST_AUTO_TEST_CASE(one_byte_is_no_pattern) {
  auto fast = content("x");
  fast.fast_pattern = true;
  BOOST_TEST(only(signature(1, fast, content("ab"))).expression == R"(\x61\x62)");
  // A relative pcre behind it begins where it ends, not at the start of the buffer: not to be searched for alone.
  auto behind = pcre("^ab");
  behind.relative = true;
  const auto prefilter = make_prefilter({signature(1, content("x")), signature(2, content("x"), behind)});
  BOOST_TEST((prefilter.unfiltered == Rows{0, 1}));
  BOOST_TEST(payload(prefilter).empty());
}

BOOST_AUTO_TEST_CASE(equal_patterns_of_one_buffer_are_one) {
  const auto prefilter = make_prefilter({
      signature(1, content("abc")),
      signature(2, nocase(content("ABC"))),
      signature(3, nocase(content("aBc"))),
      signature(4, content("abc"), content("z")),
      signature(5, content("abc", Buffer::http_uri)),
      signature(6, nocase(content("1.2"))),  // case has no meaning here
      signature(7, content("1.2")),
      signature(8, pcre("abc")),
  });
  BOOST_REQUIRE(payload(prefilter).size() == 4U);
  BOOST_TEST((payload(prefilter)[0].signatures == Rows{0, 3}));
  BOOST_TEST(payload(prefilter)[0].flags == literal_flags);
  BOOST_TEST((payload(prefilter)[1].signatures == Rows{1, 2}));
  BOOST_TEST(payload(prefilter)[1].flags == (literal_flags | HS_FLAG_CASELESS));
  BOOST_TEST((payload(prefilter)[2].signatures == Rows{5, 6}));
  BOOST_TEST((payload(prefilter)[3].signatures == Rows{7}));
  BOOST_TEST((prefilter.patterns[static_cast<std::size_t>(Buffer::http_uri)][0].signatures == Rows{4}));
}

// Only what stands in the message as it came, and must be there, can be searched for first.
BOOST_AUTO_TEST_CASE(what_is_made_of_a_buffer_is_not_searched) {
  const auto unfiltered = [](const std::string& options) {
    auto file = parse_signatures("alert http any any -> any any (msg:\"s\"; " + options + " sid:1;)", "test");
    BOOST_REQUIRE_MESSAGE(file.errors.empty(), (file.errors.empty() ? std::string{} : file.errors.front().text()));
    return !make_prefilter(file.signatures).unfiltered.empty();
  };
  BOOST_TEST(unfiltered("http.uri; to_lowercase; content:\"abc\";"));
  BOOST_TEST(!unfiltered("http.uri; to_lowercase; content:\"abcdef\"; http.method; content:\"GET\";"));
  BOOST_TEST(unfiltered("http.uri; base64_decode; base64_data; content:\"abc\";"));
  BOOST_TEST(unfiltered("http.uri; to_md5; pcre:\"/abc/\";"));
  BOOST_TEST(unfiltered("http.user_agent; absent:or_else; content:\"abc\";"));
  BOOST_TEST(unfiltered("http.uri; byte_jump:1,0; pcre:\"/abc/R\";"));
  BOOST_TEST(!unfiltered("http.uri; byte_test:1,=,5,0; pcre:\"/abc/\";"));
}

BOOST_AUTO_TEST_CASE(a_part_of_a_content_is_searched) {
  auto part = content("abcdef");
  part.fast_pattern = true;
  part.fast_pattern_offset = 1;
  part.fast_pattern_length = 2;
  BOOST_TEST(only(signature(1, part)).expression == R"(\x62\x63)");
}

BOOST_AUTO_TEST_CASE(every_byte_is_written_as_its_number) {
  BOOST_TEST(only(signature(1, content({"\0\n\\\xff^A", 6}))).expression == R"(\x00\x0a\x5c\xff\x5e\x41)");
}

// The same from python: hashlib over each buffer's count, then flags, length and expression, numbers as struct '<Q'.
BOOST_AUTO_TEST_CASE(the_digest_is_of_patterns_and_places) {
  const auto digest = [](const SignatureList& list) { return prefilter_digest(make_prefilter(list)); };
  const auto first = digest({signature(1, content("ab"))});
  BOOST_TEST(first == "7fb39fd0abbc0ff84aafb714bbb0284573219f03843fb5edc9bb76ecc88fec1c");
  BOOST_TEST(first != digest({signature(1, content("ac"))}));
  BOOST_TEST(first != digest({signature(1, nocase(content("ab")))}));
  BOOST_TEST(first != digest({signature(1, content("ab", Buffer::http_uri))}));
  BOOST_TEST(digest({signature(1, content("aa")), signature(2, content("bb"))}) !=
             digest({signature(2, content("bb")), signature(1, content("aa"))}));
}

BOOST_AUTO_TEST_SUITE_END()
