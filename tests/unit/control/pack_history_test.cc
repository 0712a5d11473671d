#include "control/api/pack_history.hh"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

struct Kept : TemporaryFolder {
  std::string folder = path + "/packs";

  static SignedPack pack(const std::string& name, std::uint64_t sequence) {
    return {write_pack(pack_of(name, sequence, {name + ".example"})), "the signature of " + name + "\n"};
  }
  // Pushes one pack alone; returns its digest.
  static std::string push(PackHistory& history, const std::string& name, std::uint64_t sequence) {
    const auto signed_pack = pack(name, sequence);
    BOOST_REQUIRE(history.keep(signed_pack, pack_of(name, sequence, {}).info, 5).has_value());
    const auto digest = pack_digest(signed_pack.bytes);
    KeptSet set{0, 7, "push", "d", {digest}, std::nullopt};
    if (history.latest() != nullptr) set.before = history.latest()->number;
    const auto added = history.add(set);
    BOOST_REQUIRE_MESSAGE(added.has_value(), (added ? std::string{} : added.error()));
    return digest;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_pack_history, Kept)

BOOST_AUTO_TEST_CASE(it_outlives_the_program) {
  std::string one;
  std::string two;
  {
    PackHistory history{folder};
    BOOST_TEST(history.complaint().empty());
    BOOST_TEST((history.latest() == nullptr));
    one = push(history, "one", 3);
    two = push(history, "two", 4);
  }
  const PackHistory history{folder};
  BOOST_TEST(history.complaint().empty());
  BOOST_REQUIRE(history.sets().size() == 2U);
  BOOST_TEST(history.latest()->number == 2U);
  BOOST_TEST(history.latest()->packs.at(0) == two);
  BOOST_REQUIRE(history.latest()->before.has_value());
  BOOST_TEST(history.set(*history.latest()->before)->packs.at(0) == one);
  BOOST_TEST(history.packs().at(0).sequence == 3U);
  BOOST_TEST(history.packs().at(0).pushed_ns == 5);
  const auto kept = history.pack(one);
  BOOST_REQUIRE(kept.has_value() && kept->has_value());
  BOOST_TEST(((*kept)->bytes == pack("one", 3).bytes));
  BOOST_TEST((*kept)->signature == "the signature of one\n");
  BOOST_TEST(!history.pack(std::string(64, '0'))->has_value());
}

BOOST_AUTO_TEST_CASE(the_last_sets_are_kept_with_their_packs) {
  PackHistory history{folder};
  const auto first = push(history, "first", 1);
  std::string last;
  for (std::uint64_t i = 0; i < PackHistory::set_limit; ++i) last = push(history, "pack", i);
  BOOST_TEST(history.sets().size() == PackHistory::set_limit);
  BOOST_TEST(history.packs().size() == PackHistory::set_limit);
  BOOST_TEST((history.set(1) == nullptr));
  BOOST_TEST(!std::filesystem::exists(folder + "/" + first + ".pack"));
  BOOST_TEST(!std::filesystem::exists(folder + "/" + first + ".pack.minisig"));
  BOOST_TEST(history.pack(last)->has_value());
}

BOOST_AUTO_TEST_CASE(an_altered_or_missing_pack_is_an_error) {
  PackHistory history{folder};
  const auto digest = push(history, "one", 1);
  const auto file = folder + "/" + digest + ".pack";
  auto bytes = text_file(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_text(file, bytes);
  BOOST_REQUIRE(!history.pack(digest).has_value());
  BOOST_TEST(history.pack(digest).error().find("was altered") != std::string::npos);
  std::filesystem::remove(file);
  BOOST_TEST(!history.pack(digest).has_value());
}

BOOST_AUTO_TEST_CASE(a_pack_that_comes_again_is_written_only_where_it_was_altered) {
  PackHistory history{folder};
  const auto digest = push(history, "one", 1);
  const auto file = folder + "/" + digest + ".pack";
  const auto written = std::filesystem::last_write_time(file) - std::chrono::hours{1};
  std::filesystem::last_write_time(file, written);
  push(history, "one", 1);
  BOOST_TEST((std::filesystem::last_write_time(file) == written));
  write_text(file, "altered");
  push(history, "one", 1);
  BOOST_TEST(history.pack(digest).has_value());
}

BOOST_AUTO_TEST_CASE(a_damaged_list_is_put_aside_and_said) {
  for (const auto* text : {"", "{", "[]", R"({"packs": [], "sets": [{"number": "one"}]})",
                           R"({"packs": [{"digest": "../../x", "name": "n", "channel": "c", "sequence": 1,
                               "expires_ns": 0, "pushed_ns": 0}], "sets": []})"}) {
    std::filesystem::create_directories(folder);
    write_text(folder + "/history.json", text);
    PackHistory history{folder};
    BOOST_TEST(history.complaint().find("history.json") != std::string::npos, text);
    BOOST_TEST(history.sets().empty());
    BOOST_TEST(history.packs().empty());
    BOOST_TEST(text_file(folder + "/history.json.damaged") == text);
    push(history, "one", 1);
    BOOST_TEST(PackHistory{folder}.complaint().empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
