#include "control/replay/replay_databases.hh"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>

#include "tests/unit/signature_parts.hh"

using namespace sluice;

namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() {
    auto name = (fs::temp_directory_path() / "sluice-replay-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string path;
};

// Sets a variable of the environment (null: unsets it) and puts it back.
struct Variable {
  Variable(const char* name, const char* value) : name{name} {
    if (const char* now = std::getenv(name)) before = now;
    set(value);
  }
  ~Variable() { set(before ? before->c_str() : nullptr); }
  void set(const char* value) const {
    if (value != nullptr)
      ::setenv(name, value, 1);
    else
      ::unsetenv(name);
  }
  const char* name;
  std::optional<std::string> before;
};

// So many that compiling takes longer than 50 ms on any machine of this decade.
SignatureList many() {
  SignatureList signatures;
  std::mt19937 random{1};
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    std::string bytes;
    for (int k = 0; k < 12; ++k) bytes += static_cast<char>('a' + random() % 26);
    signatures.push_back(signature(i + 1, content(bytes)));
  }
  return signatures;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replay_databases_test, Folder)

BOOST_AUTO_TEST_CASE(what_took_long_is_kept_and_what_did_not_is_not) {
  const auto cache = path + "/cache";
  const SignatureList few{signature(1, content("one"))};
  BOOST_TEST(replay_databases(few, cache).has_value());
  BOOST_TEST(!fs::exists(cache));
  const auto signatures = many();
  const auto first = replay_databases(signatures, cache);
  BOOST_REQUIRE(first.has_value());
  BOOST_REQUIRE(fs::exists(cache));
  BOOST_TEST(std::distance(fs::directory_iterator{cache}, {}) == 1);
  const auto second = replay_databases(signatures, cache);
  BOOST_REQUIRE(second.has_value());
  BOOST_TEST((second->by_buffer == first->by_buffer));
  const auto other = replay_databases(few, cache);
  BOOST_REQUIRE(other.has_value());
  BOOST_TEST(other->prefilter_digest != first->prefilter_digest);
}

BOOST_AUTO_TEST_CASE(without_a_place_it_works_too) {
  BOOST_TEST(replay_databases({signature(1, content("one"))}, "").has_value());
  BOOST_TEST(replay_databases(many(), "/proc/sluice").has_value());
}

BOOST_AUTO_TEST_CASE(every_signature_that_cannot_be_compiled_has_a_line) {
  const auto failed =
      replay_databases({signature(1, pcre("a*")), signature(2, content("a")), signature(3, pcre("b*"))}, "");
  BOOST_REQUIRE(!failed.has_value());
  BOOST_TEST(failed.error().starts_with("test/1 (sid 1): "), failed.error());
  BOOST_TEST(failed.error().find("\ntest/3 (sid 3): ") != std::string::npos, failed.error());
  BOOST_TEST(failed.error().find("sid 2") == std::string::npos, failed.error());
}

BOOST_AUTO_TEST_CASE(the_cache_is_where_the_environment_says) {
  const Variable home{"HOME", "/nowhere/somebody"};
  Variable cache{"XDG_CACHE_HOME", "/nowhere/cache"};
  BOOST_TEST(user_cache_directory() == "/nowhere/cache/sluice");
  cache.set("relative");
  BOOST_TEST(user_cache_directory() == "/nowhere/somebody/.cache/sluice");
  cache.set("");
  BOOST_TEST(user_cache_directory() == "/nowhere/somebody/.cache/sluice");
  cache.set(nullptr);
  home.set(nullptr);
  BOOST_TEST(user_cache_directory() == "");
}

BOOST_AUTO_TEST_SUITE_END()
