#include "dataplane/generations/generation_loader.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr auto day = std::chrono::hours{24};
const Tick today = tick_from_nanoseconds(1'750'000'000'000'000'000);

SealedPack unsigned_pack(const Pack& pack) {
  auto file = SealedMemory::copy_of(write_pack(pack), "test");
  BOOST_REQUIRE(file.has_value());
  return {std::make_shared<const SealedMemory>(std::move(*file)), {}};
}

struct Loader {
  Loader() {
    settings.keyring.trusted = {publisher.key()};
    settings.compile = [](const SignatureList&, std::span<const int>,
                          const std::atomic<bool>&) -> tl::expected<Databases, std::string> {
      return tl::unexpected(std::string{"the compiler is out"});
    };
    request.is_push = true;
    request.now = today;
    request.number = 4;
  }
  [[nodiscard]] tl::expected<LoadedRules, std::string> load() const { return load_generation(request, settings, stop); }
  [[nodiscard]] std::string refusal() const {
    const auto loaded = load();
    return loaded ? "loaded" : loaded.error();
  }
  [[nodiscard]] SealedPack pack(const std::string& name, std::uint64_t sequence, std::int64_t expires_ns = 0) const {
    return publisher.signed_pack(pack_of(name, sequence, {name + ".example"}, expires_ns));
  }
  static std::vector<std::string> names(const LoadedRules& rules) {
    std::vector<std::string> names;
    for (const auto& pack : rules.packs) names.push_back(pack.about.name);
    return names;
  }
  static std::size_t hits(const LoadedRules& rules, std::string_view name) {
    Hits hits;
    rules.generation->ruleset.match_name(name, hits);
    return hits.count == 1 ? hits.rows[0] : 99;
  }

  Publisher publisher;
  LoaderSettings settings;
  LoadRequest request;
  std::atomic<bool> stop{false};
};

bool holds(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

Signature signature() {
  Signature row;
  row.facts.rule_id = "signed/7";
  row.facts.subject = "a message";
  row.facts.kind = RuleKind::signature;
  row.facts.finding_class = FindingClass::telemetry;
  row.facts.confidence = Confidence::high;
  row.facts.generator_id = 1;
  row.facts.signature_id = 7;
  row.facts.tlp = "clear";
  row.text = "alert tcp any any -> any any (msg:\"a message\"; content:\"x\"; sid:7;)";
  row.protocol = SignatureProtocol::tcp;
  Content content;
  content.bytes = "x";
  row.parts.push_back({content, std::nullopt});
  return row;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(generation_loader, Loader)

BOOST_AUTO_TEST_CASE(rows_are_the_sites_first_then_packs_by_name_in_whatever_order_they_came) {
  settings.site = {unsigned_pack(pack_of("zz-own", 0, {"own.example"})),
                   unsigned_pack(pack_of("more", 0, {"more.example"}))};
  request.packs = {pack("beta", 1), pack("alpha", 2)};
  const auto loaded = load();
  BOOST_REQUIRE_MESSAGE(loaded.has_value(), refusal());
  BOOST_TEST((names(*loaded) == std::vector<std::string>{"zz-own", "more", "alpha", "beta"}));
  BOOST_TEST(hits(*loaded, "own.example") == 0U);
  BOOST_TEST(hits(*loaded, "more.example") == 1U);
  BOOST_TEST(hits(*loaded, "www.alpha.example") == 2U);
  BOOST_TEST(hits(*loaded, "beta.example") == 3U);
  BOOST_TEST(loaded->generation->number() == 4U);
  BOOST_TEST(loaded->packs[0].is_site);
  BOOST_TEST(loaded->packs[3].about.sequence == 1U);
  BOOST_TEST(loaded->packs[3].about.rows == 1U);

  std::swap(request.packs[0], request.packs[1]);
  BOOST_TEST(load()->digest == loaded->digest);
  request.packs.pop_back();
  BOOST_TEST(load()->digest != loaded->digest);
}

BOOST_AUTO_TEST_CASE(only_what_a_trusted_key_has_signed_is_taken) {
  request.packs = {pack("alpha", 1)};
  BOOST_TEST(refusal() == "loaded");
  request.packs[0].signature.clear();
  BOOST_TEST(holds(refusal(), "pack 1 of 1: "));
  request.packs[0].signature = Publisher{}.signed_pack(pack_of("alpha", 1, {"alpha.example"})).signature;
  BOOST_TEST(refusal() != "loaded");
  request.packs = {pack("alpha", 1)};
  request.packs[0].signature = pack("alpha", 2).signature;  // of other bytes
  BOOST_TEST(refusal() != "loaded");
  request.packs = {pack("alpha", 1)};
  settings.keyring.trusted.clear();
  BOOST_TEST(holds(refusal(), "rules.trusted_keys"));
}

BOOST_AUTO_TEST_CASE(a_push_that_has_expired_is_refused_and_a_clock_that_was_not_set_opens_no_door) {
  const auto expires = nanoseconds_since_epoch(today);
  request.packs = {pack("alpha", 1, expires)};
  BOOST_TEST(holds(refusal(), "expired"));
  request.now = today - Duration{1};
  BOOST_TEST(refusal() == "loaded");
  request.floor.last_seen = today + day;  // the clock has been there, and stands at 1970 now
  request.now = Tick{};
  BOOST_TEST(holds(refusal(), "expired"));
  request.is_push = false;  // what ran before the restart keeps running
  BOOST_TEST(refusal() == "loaded");
  BOOST_TEST(load()->shortcomings.empty());
}

BOOST_AUTO_TEST_CASE(an_older_pack_is_refused_unless_that_is_what_is_wanted) {
  request.floor.sequences = {{"alpha", 5}};
  request.packs = {pack("alpha", 5), pack("beta", 1)};
  BOOST_TEST(refusal() == "loaded");
  request.packs = {pack("beta", 1), pack("alpha", 4)};
  BOOST_TEST(holds(refusal(), "pack 2 of 2: sequence 4 is older than 5"));
  request.allow_rollback = true;
  BOOST_TEST(refusal() == "loaded");
  request.allow_rollback = false;
  request.is_push = false;
  BOOST_TEST(refusal() == "loaded");
}

BOOST_AUTO_TEST_CASE(two_of_one_name_are_refused) {
  request.packs = {pack("alpha", 1), pack("alpha", 2)};
  BOOST_TEST(holds(refusal(), "has that name already"));
  settings.site = {unsigned_pack(pack_of("alpha", 0, {"own.example"}))};
  request.packs.pop_back();
  BOOST_TEST(holds(refusal(), "has that name already"));
}

BOOST_AUTO_TEST_CASE(no_publisher_speaks_in_the_name_of_the_site) {
  auto disguised = pack_of("alpha", 1, {"alpha.example"});
  disguised.info.channel = "site";
  request.packs = {publisher.signed_pack(disguised)};
  BOOST_TEST(holds(refusal(), "publish it in another one"));
}

BOOST_AUTO_TEST_CASE(a_load_that_is_stopped_ends) {
  request.packs = {pack("alpha", 1)};
  stop = true;
  BOOST_TEST(refusal() == "the data plane ends");
}

BOOST_AUTO_TEST_CASE(a_start_takes_what_is_good_and_says_what_is_not) {
  request.is_push = false;
  request.packs = {pack("alpha", 1), pack("beta", 1)};
  request.packs[0].signature.clear();
  const auto loaded = load();
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST((names(*loaded) == std::vector<std::string>{"beta"}));
  BOOST_TEST(loaded->shortcomings.size() == 1U);
}

BOOST_AUTO_TEST_CASE(signatures_that_do_not_compile_refuse_a_push_and_are_left_out_at_a_start) {
  auto with_signature = pack_of("signed", 1, {"signed.example"});
  with_signature.rules.signatures.push_back(signature());
  request.packs = {publisher.signed_pack(with_signature)};
  BOOST_TEST(refusal() == "the compiler is out");
  request.is_push = false;
  const auto loaded = load();
  BOOST_REQUIRE_MESSAGE(loaded.has_value(), refusal());
  BOOST_TEST(hits(*loaded, "signed.example") == 0U);
  BOOST_REQUIRE(loaded->shortcomings.size() == 1U);
  BOOST_TEST(loaded->shortcomings[0] == "signatures are not in use: the compiler is out");
}

BOOST_AUTO_TEST_CASE(no_packs_at_all_are_an_empty_ruleset_without_a_digest) {
  const auto loaded = load();
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST(loaded->digest.empty());
  BOOST_TEST(loaded->generation->ruleset.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
