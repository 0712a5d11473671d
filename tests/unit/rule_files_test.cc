#include "control/rule_files.hh"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

using namespace sluice;

namespace {

struct Folder {
  Folder() {
    auto name = (std::filesystem::temp_directory_path() / "sluice-rules-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string list(const std::string& name, const std::string& rows) const {
    std::ofstream{path + "/" + name} << "kind,indicator\n" << rows;
    return path + "/" + name;
  }
  std::string path;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rule_files, Folder)

BOOST_AUTO_TEST_CASE(rows_of_all_lists_stand_in_the_order_of_the_lists) {
  const auto one = list("one.csv", "domain,a.example\nhost,b.example\n");
  const auto two = list("two.csv", "ip,192.0.2.1\n");
  const auto files = load_rule_files({one, two});
  BOOST_REQUIRE_MESSAGE(files.has_value(), (files.has_value() ? std::string{} : files.error()));
  BOOST_REQUIRE(files->book.size() == 3U);
  BOOST_TEST(files->rules.indicators[1].name == "b.example");
  BOOST_TEST(files->book[2].subject == "192.0.2.1");
  BOOST_TEST((files->lists == std::vector{one, two}));
}

BOOST_AUTO_TEST_CASE(the_digest_follows_the_rows_and_nothing_else) {
  const auto digest = [this](const std::string& rows) { return load_rule_files({list("list.csv", rows)})->digest; };
  const auto first = digest("domain,a.example\ndomain,b.example\n");
  BOOST_TEST(first.size() == 64U);
  BOOST_TEST(first == digest("domain,a.example\ndomain,b.example\n"));
  BOOST_TEST(first != digest("domain,a.example\ndomain,c.example\n"));
  BOOST_TEST(first != digest("domain,a.example\nhost,b.example\n"));
  BOOST_TEST(first != digest("domain,a.example\n"));
  // SHA-256 of nothing (FIPS 180-4; sha256sum < /dev/null)
  BOOST_TEST(load_rule_files({})->digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(one_bad_row_refuses_all_lists_and_every_error_is_told) {
  const auto good = list("good.csv", "domain,a.example\n");
  const auto bad = list("bad.csv", "domain,a.example\nnothing,b.example\nip,300.1.1.1\n");
  const auto files = load_rule_files({good, bad, path + "/missing.csv"});
  BOOST_REQUIRE(!files.has_value());
  BOOST_TEST(files.error().find("bad.csv:3") != std::string::npos, files.error());
  BOOST_TEST(files.error().find("bad.csv:4") != std::string::npos, files.error());
  BOOST_TEST(files.error().find("missing.csv") != std::string::npos, files.error());
  BOOST_TEST(files.error().find("good.csv") == std::string::npos, files.error());
}

BOOST_AUTO_TEST_SUITE_END()
