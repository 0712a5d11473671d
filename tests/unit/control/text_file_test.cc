#include "control/text/text_file.hh"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

BOOST_FIXTURE_TEST_SUITE(control_text_file, TemporaryFolder)

BOOST_AUTO_TEST_CASE(text_and_back) {
  const auto file = path + "/a/b/text";
  const std::string text = std::string(100'000, 'x') + "\0\n";
  BOOST_REQUIRE(replace_text_file(file, text).has_value());
  const auto read = read_text_file(file, text.size());
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((**read == text));
  BOOST_REQUIRE(replace_text_file(file, "short").has_value());
  BOOST_TEST(**read_text_file(file, 100) == "short");
  BOOST_TEST(!std::filesystem::exists(file + ".new"));
  struct stat status {};
  BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777U) == 0600U);
}

BOOST_AUTO_TEST_CASE(no_file_is_no_error_and_a_long_one_is) {
  const auto none = read_text_file(path + "/none", 100);
  BOOST_REQUIRE(none.has_value());
  BOOST_TEST(!none->has_value());
  write_text(path + "/long", std::string(101, 'x'));
  BOOST_TEST(!read_text_file(path + "/long", 100).has_value());
  BOOST_TEST(read_text_file(path + "/long", 101).has_value());
  BOOST_TEST(!read_text_file(path, 100).has_value());  // a folder
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_leaves_the_old) {
  write_text(path + "/text", "old");
  std::filesystem::create_directory(path + "/text.new");  // in the way
  const auto written = replace_text_file(path + "/text", "new");
  BOOST_REQUIRE(!written.has_value());
  BOOST_TEST(written.error().find(path + "/text.new") != std::string::npos);
  BOOST_TEST(text_file(path + "/text") == "old");
}

BOOST_AUTO_TEST_SUITE_END()
