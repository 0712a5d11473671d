#include "control/tap/rule_fetcher.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/fake_tap.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

std::optional<RuleFetcher::Answer> answer_of(RuleFetcher& fetcher) {
  std::optional<RuleFetcher::Answer> answer;
  BOOST_TEST(soon([&] { return (answer = fetcher.take()).has_value(); }));
  return answer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_rule_fetcher)

BOOST_AUTO_TEST_CASE(rows_are_in_the_order_of_the_packs) {
  FakeCommands commands;
  RuleFetcher fetcher{commands.commands().rules};
  fetcher.ask(99, 2);
  const auto answer = answer_of(fetcher);
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->epoch == 99U);
  BOOST_TEST(answer->generation == 2U);
  BOOST_REQUIRE_MESSAGE(answer->book.has_value(), (answer->book ? std::string{} : answer->book.error()));
  const auto& book = **answer->book;
  BOOST_REQUIRE(book.size() == 2U);
  BOOST_TEST(book.facts(0)->rule_id == "site/site.example");
  BOOST_TEST(book.facts(1)->rule_id == "phones/data.example");
  BOOST_TEST(book.facts(2) == nullptr);
}

BOOST_AUTO_TEST_CASE(of_all_packs_indicators_stand_before_signatures) {
  Signature signature;
  signature.facts.rule_id = "one/7";
  signature.facts.subject = "a path";
  signature.facts.kind = RuleKind::signature;
  signature.facts.finding_class = FindingClass::telemetry;
  signature.facts.generator_id = 1;
  signature.facts.signature_id = 7;
  signature.text = "alert http any any -> any any (msg:\"a path\"; http.uri; content:\"/x\"; sid:7;)";
  signature.protocol = SignatureProtocol::http;
  Content content;
  content.buffer = Buffer::http_uri;
  content.bytes = "/x";
  signature.parts.push_back({content, std::nullopt});
  auto first = pack_of("one", 1, {"one.example"});
  first.rules.signatures.push_back(signature);
  const auto book = read_rule_book({sealed(write_pack(first)), sealed(write_pack(pack_of("two", 1, {"two.example"})))});
  BOOST_REQUIRE_MESSAGE(book.has_value(), (book ? std::string{} : book.error()));
  BOOST_REQUIRE((*book)->size() == 3U);
  BOOST_TEST((*book)->facts(1)->rule_id == "two/two.example");
  BOOST_TEST((*book)->facts(2)->rule_id == "one/7");
  BOOST_TEST((*book)->facts(2)->signature_id == 7U);
  const auto kinds = (*book)->count_by_kind();
  BOOST_TEST(kinds[static_cast<std::size_t>(RuleKind::signature)] == 1U);
  BOOST_TEST(kinds[static_cast<std::size_t>(RuleKind::domain)] == 2U);
}

BOOST_AUTO_TEST_CASE(what_was_read_of_a_row_is_remembered_to_a_bound) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i <= RuleBook::remembered_limit; ++i) names.push_back("n" + std::to_string(i) + ".example");
  const auto book = read_rule_book({sealed(write_pack(pack_of("many", 1, names)))});
  BOOST_REQUIRE(book.has_value());
  const auto first = (*book)->facts(0);
  BOOST_TEST((*book)->facts(0) == first);
  for (std::size_t row = 0; row < names.size(); ++row) {
    const auto facts = (*book)->facts(row);
    if (!names[row].starts_with(facts->subject)) BOOST_ERROR("row " << row << " is " << facts->subject);
  }
  BOOST_TEST((*book)->facts(0) != first);  // it was given up, and is read anew
  BOOST_TEST((*book)->facts(0)->subject == first->subject);
  BOOST_TEST((*book)->facts(names.size()) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_failure_is_told_and_not_asked_again_at_once) {
  std::atomic<int> asked{0};
  RuleFetcher fetcher{[&](std::uint32_t) -> tl::expected<SealedFiles, std::string> {
    ++asked;
    return SealedFiles{sealed({1, 2, 3})};  // no pack
  }};
  fetcher.ask(1, 5);
  const auto answer = answer_of(fetcher);
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(!answer->book.has_value());
  fetcher.ask(1, 5);
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  BOOST_TEST(asked == 1);
  std::this_thread::sleep_for(RuleFetcher::retry_interval);
  fetcher.ask(1, 5);
  BOOST_TEST(answer_of(fetcher).has_value());
  BOOST_TEST(asked == 2);
}

BOOST_AUTO_TEST_SUITE_END()
