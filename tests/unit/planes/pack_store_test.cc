#include "dataplane/generations/pack_store.hh"

#include <sys/stat.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

namespace fs = std::filesystem;

NamedPack named(const std::string& name, std::uint64_t sequence) {
  auto file = SealedMemory::copy_of(write_pack(pack_of(name, sequence, {name + ".example"})), "test");
  BOOST_REQUIRE(file.has_value());
  auto digest = pack_digest(file->bytes());
  return {name, std::move(digest), {std::make_shared<const SealedMemory>(std::move(*file)), "signature of " + name}};
}

struct Stored {
  Stored() {
    const std::vector<NamedPack> packs{named("alpha", 1), named("beta", 2)};
    digests = {packs[0].digest, packs[1].digest};
    const auto done = store.store(packs);
    BOOST_REQUIRE_MESSAGE(done.has_value(), (done ? std::string{} : done.error()));
  }
  [[nodiscard]] std::string list() const { return directory + "/packs.list"; }
  [[nodiscard]] std::string pack(std::size_t index) const { return directory + "/packs/" + digests[index]; }

  TemporaryFolder folder;
  std::string directory = folder.path + "/state/dataplane";
  PackStore store{directory};
  std::vector<std::string> digests;
};

// Every single byte of the file, one after the other, is made another.
template <class Check>
void with_each_byte_altered(const std::string& path, std::size_t step, Check check) {
  const auto good = text_file(path);
  for (std::size_t at = 0; at < good.size(); at += step) {
    auto bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x20);
    write_text(path, bad);
    check(at);
  }
  write_text(path, good);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pack_store, Stored)

BOOST_AUTO_TEST_CASE(what_was_stored_is_loaded_in_its_order) {
  const auto stored = store.load();
  BOOST_TEST(stored.found);
  BOOST_TEST(stored.complaints.empty());
  BOOST_REQUIRE(stored.packs.size() == 2U);
  BOOST_TEST(stored.packs[0].name == "alpha");
  BOOST_TEST(stored.packs[1].name == "beta");
  BOOST_TEST(stored.packs[1].digest == digests[1]);
  BOOST_TEST(stored.packs[1].pack.signature == "signature of beta");
  const auto pack = read_pack(stored.packs[1].pack.file->bytes());
  BOOST_REQUIRE(pack.has_value());
  BOOST_TEST(pack->info.sequence == 2U);
}

BOOST_AUTO_TEST_CASE(files_are_private_and_a_smaller_list_leaves_nothing_behind) {
  struct stat status {};
  for (const auto& path : {list(), pack(0), pack(0) + ".minisig"}) {
    BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777) == 0600U);
  }
  BOOST_REQUIRE(store.store(std::vector{named("beta", 3)}).has_value());
  BOOST_TEST(!fs::exists(pack(0)));
  BOOST_TEST(!fs::exists(pack(1) + ".minisig"));
  BOOST_TEST(std::distance(fs::directory_iterator{directory + "/packs"}, {}) == 2);
  BOOST_REQUIRE(store.store({}).has_value());
  const auto none = store.load();
  BOOST_TEST(none.found);
  BOOST_TEST(none.packs.empty());
  BOOST_TEST(none.complaints.empty());
}

BOOST_AUTO_TEST_CASE(a_manifest_is_kept_with_its_packs_and_a_lost_one_is_said) {
  BOOST_TEST(store.load().manifest.text.empty());
  const SignedManifest manifest{"a manifest\n", "its signatures\n"};
  BOOST_REQUIRE(store.store(std::vector{named("alpha", 1)}, manifest).has_value());
  const auto stored = store.load();
  BOOST_TEST(stored.complaints.empty());
  BOOST_TEST(stored.packs.size() == 1U);
  BOOST_TEST(stored.manifest.text == manifest.text);
  BOOST_TEST(stored.manifest.signatures == manifest.signatures);
  // printf 'a manifest\n' | sha256sum
  const auto file = directory + "/packs/62ee4f8aa61d15d01a79450143b68b20e67a57a45c627c6b4d8fd2a7bec33c1c";
  with_each_byte_altered(file, 1, [&](std::size_t at) {
    const auto altered = store.load();
    BOOST_TEST((altered.manifest.text.empty() && altered.packs.size() == 1U && altered.damaged.empty()), "byte " << at);
    BOOST_REQUIRE(altered.complaints.size() == 1U);
    BOOST_TEST(altered.complaints[0].find("the manifest of the last good packs is lost") == 0U);
  });
  BOOST_REQUIRE(store.store(std::vector{named("alpha", 1)}).has_value());
  BOOST_TEST(!fs::exists(file));
}

BOOST_AUTO_TEST_CASE(nothing_stored_is_no_damage) {
  const PackStore empty{folder.path + "/elsewhere"};
  BOOST_TEST(!empty.load().found);
  BOOST_TEST(empty.load().complaints.empty());
  BOOST_TEST(empty.load_floor()->sequences.empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_pack_is_named_and_the_others_stay) {
  with_each_byte_altered(pack(0), 7, [&](std::size_t at) {
    const auto stored = store.load();
    BOOST_TEST(stored.packs.size() == 1U, "byte " << at);
    BOOST_TEST((stored.damaged == std::vector<std::string>{"alpha"}), "byte " << at);
    BOOST_TEST(stored.complaints.size() == 1U);
  });
  fs::resize_file(pack(0), fs::file_size(pack(0)) - 1);
  BOOST_TEST((store.load().damaged == std::vector<std::string>{"alpha"}));
  fs::remove(pack(1) + ".minisig");
  BOOST_TEST((store.load().damaged == std::vector<std::string>{"alpha", "beta"}));
  fs::remove_all(directory + "/packs");
  BOOST_TEST(store.load().packs.empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_list_is_never_read_in_part) {
  with_each_byte_altered(list(), 1, [&](std::size_t at) {
    const auto stored = store.load();
    BOOST_TEST((stored.found && stored.list_damaged && stored.packs.empty()), "byte " << at);
    BOOST_TEST(stored.complaints.size() == 1U);
  });
  const auto good = text_file(list());
  for (std::size_t size = 0; size < good.size(); ++size) {
    write_text(list(), good.substr(0, size));
    BOOST_TEST(store.load().list_damaged, "cut to " << size);
  }
}

BOOST_AUTO_TEST_CASE(the_floor_comes_back_and_shows_damage) {
  PackFloor floor;
  floor.sequences = {{"alpha", 18'446'744'073'709'551'615ULL}, {"beta", 0}};
  floor.last_seen = tick_from_nanoseconds(1'700'000'000'123'456'789);
  BOOST_REQUIRE(store.store_floor(floor).has_value());
  const auto loaded = store.load_floor();
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST((loaded->sequences == floor.sequences));
  BOOST_TEST((loaded->last_seen == floor.last_seen));
  with_each_byte_altered(directory + "/floor", 1,
                         [&](std::size_t at) { BOOST_TEST(!store.load_floor().has_value(), "byte " << at); });
}

BOOST_AUTO_TEST_CASE(a_place_that_takes_nothing_is_an_error_with_its_name) {
  const PackStore nowhere{"/proc/none/state"};
  const auto done = nowhere.store(std::vector{named("alpha", 1)});
  BOOST_REQUIRE(!done.has_value());
  BOOST_TEST(done.error().find("/proc/none/state") != std::string::npos);
  BOOST_TEST(!nowhere.store_floor({}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
