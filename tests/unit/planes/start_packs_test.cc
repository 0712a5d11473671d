#include "dataplane/generations/start_packs.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

struct Started {
  Started() {
    publisher.write(named[0], pack_of("alpha", 1, {"old-alpha.example"}));
    publisher.write(named[1], pack_of("beta", 1, {"old-beta.example"}));
  }
  void live(const std::vector<SealedPack>& packs, const SignedManifest& manifest = {}) {
    std::vector<NamedPack> all;
    for (const auto& pack : packs)
      all.push_back({read_pack(pack.file->bytes())->info.name, pack_digest(pack.file->bytes()), pack});
    BOOST_REQUIRE(store.store(all, manifest).has_value());
  }
  [[nodiscard]] StartPacks choose() const { return choose_start_packs(store, named, keyring); }
  // "NAME SEQUENCE" of each.
  static std::vector<std::string> texts(const StartPacks& start) {
    std::vector<std::string> texts;
    for (const auto& pack : start.packs) {
      const auto info = read_pack(pack.file->bytes())->info;
      texts.push_back(info.name + " " + std::to_string(info.sequence));
    }
    return texts;
  }

  using Texts = std::vector<std::string>;
  TemporaryFolder folder;
  Publisher publisher;
  Keyring keyring{{publisher.key()}, {}};
  std::vector<std::string> named{folder.path + "/alpha.pack", folder.path + "/beta.pack"};
  PackStore store{folder.path + "/state"};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(start_packs, Started)

BOOST_AUTO_TEST_CASE(the_named_packs_until_something_was_pushed_then_what_was_live) {
  BOOST_TEST((texts(choose()) == Texts{"alpha 1", "beta 1"}));
  BOOST_TEST(choose().shortcomings.empty());
  live({publisher.signed_pack(pack_of("alpha", 5, {"a.example"}))});
  BOOST_TEST((texts(choose()) == Texts{"alpha 5"}));
  live({});
  BOOST_TEST(choose().packs.empty());
  BOOST_TEST(choose().shortcomings.empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_or_unsigned_last_good_pack_is_replaced_by_the_named_one_of_its_name) {
  auto unsigned_pack = publisher.signed_pack(pack_of("beta", 5, {"b.example"}));
  unsigned_pack.signature = "untrusted comment: none\n";
  live({publisher.signed_pack(pack_of("alpha", 5, {"a.example"})), unsigned_pack,
        publisher.signed_pack(pack_of("gamma", 5, {"c.example"}))});
  BOOST_TEST((texts(choose()) == Texts{"alpha 5", "gamma 5", "beta 1"}));
  BOOST_REQUIRE(choose().shortcomings.size() == 1U);
  BOOST_TEST(choose().shortcomings[0].find("last good pack beta is not trusted") == 0U);
  write_text(folder.path + "/state/packs/" +
                 pack_digest(publisher.signed_pack(pack_of("gamma", 5, {"c.example"})).file->bytes()),
             "damaged");
  const auto start = choose();
  BOOST_TEST((texts(start) == Texts{"alpha 5", "beta 1"}));
  BOOST_TEST(start.shortcomings.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_a_revoked_key_signed_is_replaced_too) {
  const Publisher other;
  live({publisher.signed_pack(pack_of("alpha", 5, {"a.example"})),
        other.signed_pack(pack_of("beta", 5, {"b.example"}))});
  keyring.trusted.push_back(other.key());
  BOOST_TEST((texts(choose()) == Texts{"alpha 5", "beta 5"}));
  keyring.revoked = {other.key().id};
  BOOST_TEST((texts(choose()) == Texts{"alpha 5", "beta 1"}));
  BOOST_TEST(choose().shortcomings.at(0).find("is revoked here") != std::string::npos);
  keyring.revoked.clear();
  keyring.threshold = 2;
  BOOST_TEST(texts(choose()).size() == 2U);  // the named ones, which are judged when they are loaded
  BOOST_TEST(choose().shortcomings.at(0).find("signatures of 2 different trusted keys") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(packs_of_two_releases_do_not_start_together) {
  const std::vector first{publisher.signed_pack(pack_of("alpha", 5, {"a.example"})),
                          publisher.signed_pack(pack_of("beta", 5, {"b.example"}))};
  const auto manifest = publisher.signed_manifest(manifest_of("phones", 1, first));
  live(first, manifest);
  BOOST_TEST((texts(choose()) == Texts{"alpha 5", "beta 5"}));
  BOOST_TEST(choose().manifest.text == manifest.text);
  live({first[0], publisher.signed_pack(pack_of("beta", 6, {"b.example"}))}, manifest);
  BOOST_TEST((texts(choose()) == Texts{"alpha 5", "beta 1"}));
  BOOST_TEST(choose().shortcomings.at(0).find("pack beta is not the one of the manifest") != std::string::npos);
  live(first, {manifest.text, "untrusted comment: none\n"});
  BOOST_TEST((texts(choose()) == Texts{"alpha 5", "beta 5"}));  // each of them is signed
  BOOST_TEST(choose().manifest.text.empty());
  BOOST_TEST(choose().shortcomings.at(0).find("the manifest of the last good packs is not trusted") == 0U);
}

BOOST_AUTO_TEST_CASE(a_damaged_list_falls_back_to_all_named_packs) {
  live({publisher.signed_pack(pack_of("gamma", 5, {"c.example"}))});
  write_text(folder.path + "/state/packs.list", "nonsense\n");
  const auto start = choose();
  BOOST_TEST((texts(start) == Texts{"alpha 1", "beta 1"}));
  BOOST_TEST(start.shortcomings.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_named_pack_that_is_missing_is_said) {
  std::filesystem::remove(named[0] + ".minisig");
  const auto start = choose();
  BOOST_TEST((texts(start) == Texts{"beta 1"}));
  BOOST_REQUIRE(start.shortcomings.size() == 1U);
  BOOST_TEST(start.shortcomings[0].find("alpha.pack.minisig does not exist") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keys_are_read_and_what_is_none_is_named) {
  const auto keys = read_trusted_keys({publisher.public_path()});
  BOOST_REQUIRE(keys.has_value());
  BOOST_TEST((keys->at(0).key == publisher.key().key));
  BOOST_TEST(read_trusted_keys({"/nonexistent.pub"}).error().find("/nonexistent.pub") != std::string::npos);
  BOOST_TEST(read_trusted_keys({named[0]}).error().find("rules.trusted_keys") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
