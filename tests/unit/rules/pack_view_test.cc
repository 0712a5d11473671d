#include "rules/pack/pack_view.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "rules/indicators/indicator_list.hh"
#include "rules/pack/pack_repeats.hh"
#include "rules/pack/rule_book.hh"
#include "rules/signatures/signature_file.hh"

using namespace sluice;

namespace {

// Rows that have facts in common, rows that do not, ids that are written and ids that are derived, every kind.
constexpr std::string_view list =
    "id,indicator,kind,class,recipient,confidence,source,tlp,expires\n"
    "push,Push.Example.COM.,domain,telemetry,Example Ltd,high,a page,clear,2027-06-30\n"
    ",stats.example.com,domain,telemetry,Example Ltd,high,a page,clear,2027-06-30\n"
    ",ads.example.com,host,advertising,Example Ltd,low,a page,,\n"
    "last,log.example.com,domain,telemetry,Example Ltd,high,a page,clear,2027-06-30\n"
    ",192.0.2.7,ip,known-c2-indicator,,low,,green,\n"
    ",198.51.100.0/24,cidr,known-c2-indicator,,low,,green,\n"
    ",http://example.com/a,url,spyware-indicator,,medium,,,\n"
    ",e7d705a3286e19ea42f587b344ee6865,ja3,anonymiser,,medium,,,\n";
constexpr std::string_view rules =
    "alert http any any -> any any (msg:\"a path\"; http.uri; content:\"/x\"; priority:1; sid:7; rev:2;)\n";

Pack pack_of_both(const std::string& name) {
  Pack pack;
  pack.info = {name, "test", 1, 1'700'000'000'000'000'000, 0, {}};
  auto rows = parse_indicator_list(list, name);
  BOOST_REQUIRE(rows.errors.empty());
  pack.rules.indicators = std::move(rows.rows);
  auto signatures = parse_signatures(rules, name);
  BOOST_REQUIRE(signatures.errors.empty());
  pack.rules.signatures = std::move(signatures.signatures);
  return pack;
}

PackView view_of(const std::vector<std::uint8_t>& bytes) {
  auto view = PackView::open(bytes);
  BOOST_REQUIRE_MESSAGE(view.has_value(), (view ? std::string{} : view.error()));
  return std::move(*view);
}

std::string fault_of(const Pack& pack) {
  const auto bytes = write_pack(pack);
  const auto good = view_of(bytes).check();
  return good ? std::string{} : good.error();
}

void check_same(const RuleFacts& one, const RuleFacts& other) {
  BOOST_TEST(one.rule_id == other.rule_id);
  BOOST_TEST(one.subject == other.subject);
  BOOST_TEST((one.kind == other.kind));
  BOOST_TEST((one.finding_class == other.finding_class));
  BOOST_TEST((one.confidence == other.confidence));
  BOOST_TEST(one.recipient == other.recipient);
  BOOST_TEST(one.source == other.source);
  BOOST_TEST(one.tlp == other.tlp);
  BOOST_TEST(one.expires_ns == other.expires_ns);
  BOOST_TEST(one.generator_id == other.generator_id);
  BOOST_TEST(one.signature_id == other.signature_id);
  BOOST_TEST(one.revision == other.revision);
  BOOST_TEST(one.priority == other.priority);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_pack_view)

BOOST_AUTO_TEST_CASE(a_row_that_is_asked_for_says_what_its_source_said) {
  const auto pack = pack_of_both("one");
  const auto bytes = write_pack(pack);
  const auto view = view_of(bytes);
  BOOST_REQUIRE(view.size() == pack.rules.size());
  for (std::size_t row = view.size(); row-- > 0;) {  // in any order
    check_same(view.facts(row), pack.rules.facts(row));
    BOOST_TEST((view.kind(row) == pack.rules.facts(row).kind));
  }
}

BOOST_AUTO_TEST_CASE(what_is_matched_is_what_the_list_has) {
  const auto first = pack_of_both("one");
  const auto second = pack_of_both("two");
  const auto first_bytes = write_pack(first);
  const auto second_bytes = write_pack(second);
  const PackedIndicators rows{{view_of(first_bytes), view_of(second_bytes)}};
  const auto half = first.rules.indicators.size();
  BOOST_REQUIRE(rows.size() == 2 * half);
  std::size_t row = 0;
  rows.visit([&](const IndicatorTarget& target) {
    const auto& listed = (row < half ? first : second).rules.indicators[row % half];
    BOOST_TEST((target.kind == listed.facts.kind));
    BOOST_TEST((target.finding_class == listed.facts.finding_class));
    BOOST_TEST((target.confidence == listed.facts.confidence));
    BOOST_TEST(target.expires_ns == listed.facts.expires_ns);
    BOOST_TEST(target.name == listed.name);
    BOOST_TEST((target.range == listed.range));
    BOOST_TEST(rows.rule_id(row) == listed.facts.rule_id);
    ++row;
  });
  BOOST_TEST(row == 2 * half);
}

BOOST_AUTO_TEST_CASE(a_book_of_packs_is_a_book_of_their_rows) {
  const auto first = pack_of_both("one");
  const auto second = pack_of_both("two");
  const auto first_bytes = write_pack(first);
  const auto second_bytes = write_pack(second);
  const RuleBook book{{view_of(first_bytes), view_of(second_bytes)}};
  RuleList joined = first.rules;
  joined.indicators.insert(joined.indicators.end(), second.rules.indicators.begin(), second.rules.indicators.end());
  joined.signatures.insert(joined.signatures.end(), second.rules.signatures.begin(), second.rules.signatures.end());
  const RuleBook listed{joined};
  BOOST_REQUIRE(book.size() == joined.size());
  for (std::size_t row = 0; row < joined.size(); ++row) check_same(*book.facts(row), *listed.facts(row));
  BOOST_TEST(book.facts(joined.size()) == nullptr);
  BOOST_TEST((book.count_by_kind() == listed.count_by_kind()));
}

BOOST_AUTO_TEST_CASE(the_bytes_live_as_long_as_whoever_reads_them) {
  RuleBook book;
  {
    const auto bytes = std::make_shared<const std::vector<std::uint8_t>>(write_pack(pack_of_both("one")));
    auto view = PackView::open(*bytes, bytes);
    BOOST_REQUIRE(view.has_value());
    book = RuleBook{std::vector{std::move(*view)}};
  }
  BOOST_TEST(book.facts(0)->rule_id == "one/push");
}

BOOST_AUTO_TEST_CASE(a_row_is_judged_as_strictly_when_its_facts_were_read_before) {
  const auto fault_after = [](const auto& change) {
    auto pack = pack_of_both("one");
    change(pack.rules.indicators[3]);  // says what the first two say
    return fault_of(pack);
  };
  const std::string row = "indicator 4 (one/last): ";
  BOOST_TEST(fault_after([](Indicator&) {}).empty());
  BOOST_TEST(fault_after([](Indicator& last) { last.name = "other.example.com"; }) ==
             row + "indicator: what is matched is not what the indicator says: write the pack again from its sources");
  BOOST_TEST(fault_after([](Indicator& last) { last.facts.subject = "log"; }) ==
             row +
                 "indicator: \"log\" is a single label, which as a top-level domain would match everything below it: "
                 "write the full name");
  BOOST_TEST(fault_after([](Indicator& last) { last.facts.subject = "log\n.example.com"; }) ==
             row + "subject: holds a control character or a line break");
  BOOST_TEST(fault_after([](Indicator& last) { last.facts.rule_id = "one/a b"; }) ==
             "indicator 4 (one/a b): rule_id: is not \"one/\" with an id behind it");
}

BOOST_AUTO_TEST_CASE(two_rows_that_are_alike_are_named) {
  auto pack = pack_of_both("one");
  auto& rows = pack.rules.indicators;
  auto twin = rows[3];
  twin.facts.subject = twin.name = "other.example.com";
  rows.push_back(twin);
  BOOST_TEST(fault_of(pack) == "indicator 9 (one/last): id: the same as of one/last: remove one of the two");
  rows.back() = rows[0];
  rows.back().facts.rule_id = "one/again";
  BOOST_TEST(fault_of(pack) ==
             "indicator 9 (one/again): what it matches: the same as of one/push: remove one of the two");
  rows.pop_back();
  pack.rules.signatures.push_back(pack.rules.signatures.front());
  BOOST_TEST(fault_of(pack) == "signature 2 (one/7): id: the same as of one/7: remove one of the two");
}

BOOST_AUTO_TEST_CASE(of_many_repeats_the_first_is_told) {
  PackRepeats repeats;
  const std::vector<std::string> texts{"a", "b", "c", "b", "a", "b"};
  for (const auto& text : texts) repeats.add(text);
  const auto found = repeats.find([&](std::size_t row) { return texts[row]; });
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->first == 1U);
  BOOST_TEST(found->second == 3U);
}

BOOST_AUTO_TEST_CASE(rows_that_differ_are_no_repeat) {
  PackRepeats repeats;
  const std::vector<std::string> texts{"x", "y", "z"};
  for (const auto& text : texts) repeats.add(text);
  std::size_t asked = 0;
  BOOST_TEST(!repeats.find([&](std::size_t row) { return ++asked, texts[row]; }).has_value());
  BOOST_TEST(asked == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
