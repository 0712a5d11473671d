#include "control/api/pushes.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/fake_tap.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

SignedPack signed_pack(const std::string& name, std::uint64_t sequence) {
  return {write_pack(pack_of(name, sequence, {name + ".example"})), "signature of " + name};
}

struct Desk : TemporaryFolder {
  FakeCommands tap;
  Pushes pushes{tap.commands(), path, {path + "/configured.pack"}};

  // Names and sequences of what was published last.
  std::string published() {
    std::string text;
    const auto packs = tap->packs;
    for (const auto& pack : packs) {
      const auto read = read_pack(pack.bytes);
      text += read->info.name + " " + std::to_string(read->info.sequence) + "; ";
    }
    return text;
  }
  std::uint64_t count(PushResult result) const { return pushes.counts()[static_cast<std::size_t>(result)]; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_pushes, Desk)

BOOST_AUTO_TEST_CASE(a_push_replaces_the_pack_of_its_name_and_keeps_the_others) {
  BOOST_TEST(pushes.push(signed_pack("one", 1), {}).has_value());
  BOOST_TEST(pushes.push(signed_pack("two", 1), {}).has_value());
  const auto done = pushes.push(signed_pack("one", 2), {});
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(published() == "two 1; one 2; ");
  BOOST_TEST(tap->packs[0].signature == "signature of two");
  BOOST_TEST(done->set.size() == 2U);
  BOOST_TEST(done->published.generation == 4U);
  BOOST_TEST(done->warning.empty());
  BOOST_TEST(count(PushResult::accepted) == 3U);
}

BOOST_AUTO_TEST_CASE(rollbacks_go_one_push_further_back_each) {
  BOOST_TEST(!pushes.rollback(false).has_value());
  (void)pushes.push(signed_pack("one", 1), {});
  (void)pushes.push(signed_pack("one", 2), {});
  (void)pushes.push(signed_pack("two", 1), {});
  BOOST_TEST(pushes.rollback(true).has_value());
  BOOST_TEST(published() == "one 2; two 1; ");  // a dry run
  BOOST_TEST(pushes.rollback(false).has_value());
  BOOST_TEST(published() == "one 2; ");
  BOOST_TEST(pushes.rollback(false).has_value());
  BOOST_TEST(published() == "one 1; ");
  BOOST_TEST(tap->allow_rollback);
  BOOST_TEST(pushes.rollback(false).has_value());
  BOOST_TEST(published().empty());  // what ran before the first push
  const auto beyond = pushes.rollback(false);
  BOOST_REQUIRE(!beyond.has_value());
  BOOST_TEST((beyond.error().kind == PushFailure::Kind::refused));
  BOOST_TEST(count(PushResult::rolled_back) == 3U);
}

BOOST_AUTO_TEST_CASE(a_push_after_a_rollback_goes_back_to_where_it_was_made) {
  (void)pushes.push(signed_pack("one", 1), {});
  (void)pushes.push(signed_pack("one", 2), {});
  (void)pushes.rollback(false);
  (void)pushes.push(signed_pack("one", 3), {});
  BOOST_TEST(pushes.rollback(false).has_value());
  BOOST_TEST(published() == "one 1; ");
}

BOOST_AUTO_TEST_CASE(it_goes_on_after_a_restart_of_the_control_plane) {
  (void)pushes.push(signed_pack("one", 1), {});
  (void)pushes.push(signed_pack("two", 1), {});
  Pushes again{tap.commands(), path, {}};
  BOOST_TEST(again.push(signed_pack("three", 1), {}).has_value());
  BOOST_TEST(published() == "one 1; two 1; three 1; ");
  BOOST_TEST(again.rollback(false).has_value());
  BOOST_TEST(published() == "one 1; two 1; ");
}

BOOST_AUTO_TEST_CASE(configured_packs_are_sent_along_and_gone_back_to) {
  const auto configured = signed_pack("configured", 9);
  write_text(path + "/configured.pack", {configured.bytes.begin(), configured.bytes.end()});
  write_text(path + "/configured.pack.minisig", configured.signature);
  tap->live = {{"lists", "site", 0, std::string(64, 'c'), 0, 3},
               {"configured", "test", 9, pack_digest(configured.bytes), 0, 1}};
  BOOST_TEST(pushes.push(signed_pack("one", 1), {}).has_value());
  BOOST_TEST(published() == "configured 9; one 1; ");
  BOOST_TEST(pushes.rollback(false).has_value());
  BOOST_TEST(published() == "configured 9; ");
}

BOOST_AUTO_TEST_CASE(a_live_pack_that_is_not_at_hand_is_never_dropped_in_silence) {
  tap->live = {{"foreign", "test", 9, std::string(64, 'f'), 0, 1}};
  const auto done = pushes.push(signed_pack("one", 1), {});
  BOOST_REQUIRE(!done.has_value());
  BOOST_TEST(done.error().error.find("foreign") != std::string::npos);
  BOOST_TEST(done.error().remedy.find("--only") != std::string::npos);
  BOOST_TEST(tap->packs.empty());
  BOOST_TEST(pushes.push(signed_pack("one", 1), {false, false, true}).has_value());
  BOOST_TEST(published() == "one 1; ");
}

BOOST_AUTO_TEST_CASE(what_is_refused_changes_nothing) {
  (void)pushes.push(signed_pack("one", 1), {});
  tap->refusal = "pack one: sequence 0 is below 1";
  const auto refused = pushes.push(signed_pack("one", 0), {});
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().kind == PushFailure::Kind::refused));
  BOOST_TEST(refused.error().error == tap->refusal);
  BOOST_TEST(!pushes.push({{1, 2, 3}, "s"}, {}).has_value());  // no pack
  tap->refusal.clear();
  tap->reachable = false;
  const auto unreachable = pushes.push(signed_pack("one", 2), {});
  BOOST_REQUIRE(!unreachable.has_value());
  BOOST_TEST((unreachable.error().kind == PushFailure::Kind::unreachable));
  BOOST_TEST(pushes.history().sets.size() == 2U);  // what ran before, and the first push
  BOOST_TEST(pushes.history().packs.size() == 1U);
  BOOST_TEST(count(PushResult::refused) == 2U);
  BOOST_TEST(count(PushResult::unreachable) == 1U);
}

BOOST_AUTO_TEST_CASE(a_ruleset_is_one_push_and_rollbacks_bring_its_manifest_back) {
  const auto manifest = [](std::uint64_t sequence, const std::vector<SignedPack>& packs) {
    Manifest release{"phones", sequence, 0, 0, {0, 1, 0}, {}};
    for (const auto& pack : packs) {
      const auto info = read_pack(pack.bytes)->info;
      release.packs.push_back({info.name, info.channel, info.sequence, pack_digest(pack.bytes)});
    }
    return SignedManifest{write_manifest(release), "signed " + std::to_string(sequence)};
  };
  const std::vector first{signed_pack("one", 1), signed_pack("two", 1)};
  const std::vector second{signed_pack("one", 2), signed_pack("two", 1)};
  BOOST_TEST(pushes.push(signed_pack("zero", 1), {}).has_value());
  BOOST_TEST(pushes.push_ruleset(manifest(1, first), first, {}).has_value());
  BOOST_TEST(published() == "one 1; two 1; ");
  BOOST_TEST(tap->manifest.signatures == "signed 1");
  BOOST_TEST(pushes.push_ruleset(manifest(2, second), {second[0]}, {}).has_value());  // the other one is kept here
  BOOST_TEST(published() == "one 2; two 1; ");

  const auto error_of = [&](const SignedManifest& release, const std::vector<SignedPack>& packs) {
    const auto done = pushes.push_ruleset(release, packs, {});
    return done ? "live" : done.error().error;
  };
  BOOST_TEST(error_of(manifest(3, first), second).find("pack one is not the one of the manifest") == 0U);
  BOOST_TEST(error_of(manifest(3, first), {signed_pack("three", 1)}).find("pack three is not in the manifest") == 0U);
  BOOST_TEST(error_of(manifest(3, {signed_pack("four", 1)}), {}).find("was not sent and is not kept here") !=
             std::string::npos);
  BOOST_TEST(error_of({"nonsense", ""}, first).find("manifest: is no manifest") == 0U);
  BOOST_TEST(published() == "one 2; two 1; ");

  Pushes again{tap.commands(), path, {}};  // after a restart too
  BOOST_TEST(again.rollback(false).has_value());
  BOOST_TEST(published() == "one 1; two 1; ");
  BOOST_TEST(tap->manifest.text == manifest(1, first).text);
  BOOST_TEST(tap->manifest.signatures == "signed 1");
  BOOST_TEST(again.rollback(false).has_value());
  BOOST_TEST(published() == "zero 1; ");
  BOOST_TEST(tap->manifest.text.empty());
  BOOST_TEST(again.history().sets.back().allow_rollback);
}

BOOST_AUTO_TEST_CASE(a_dry_run_is_not_written_down) {
  const auto done = pushes.push(signed_pack("one", 1), {false, true, false});
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(tap->packs.empty());
  BOOST_TEST(pushes.history().sets.empty());
  BOOST_TEST(count(PushResult::checked) == 1U);
}

BOOST_AUTO_TEST_CASE(a_push_that_cannot_be_kept_is_live_and_says_so) {
  std::filesystem::remove_all(path);
  write_text(path, "a file in the place of the state directory");
  const auto done = pushes.push(signed_pack("one", 1), {});
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(done->warning.find("the rules are live, but") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
