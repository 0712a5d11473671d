#include "dataplane/generations/site_rules.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr const char* rule =
    R"(alert http any any -> any any (msg:"names itself"; http.host; content:"listed.example"; sid:7; rev:1;))";

Pack read(const SealedPack& pack) {
  auto read = read_pack(pack.file->bytes());
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? std::string{} : read.error()));
  return std::move(*read);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(site_rules, TemporaryFolder)

BOOST_AUTO_TEST_CASE(lists_keep_their_names_and_one_of_each_kind_becomes_one_pack) {
  write_text(path + "/own.csv", "indicator,kind\nlisted.example,domain\n192.0.2.1,ip\n");
  write_text(path + "/more.csv", "indicator,kind,id\nother.example,host,lasting\n");
  write_text(path + "/own.rules", std::string{rule} + "\n");
  const auto site = load_site_rules({path + "/own.csv", path + "/more.csv"}, {path + "/own.rules"});
  BOOST_TEST(site.errors.empty());
  BOOST_REQUIRE(site.packs.size() == 2U);
  const auto own = read(site.packs[0]);
  BOOST_TEST(own.info.name == "own");
  BOOST_TEST(own.info.channel == "site");
  BOOST_TEST(own.rules.indicators.size() == 2U);
  BOOST_REQUIRE(own.rules.signatures.size() == 1U);
  BOOST_TEST(own.rules.signatures[0].facts.rule_id == "own/7");
  BOOST_REQUIRE(own.info.sources.size() == 2U);
  BOOST_TEST(own.info.sources[1].name == "own.rules");
  BOOST_TEST(read(site.packs[1]).rules.indicators.at(0).facts.rule_id == "more/lasting");
  BOOST_TEST(site.packs[0].signature.empty());
}

BOOST_AUTO_TEST_CASE(the_same_lists_give_the_same_bytes) {
  write_text(path + "/own.csv", "indicator,kind\nlisted.example,domain\n");
  const auto digest = [&] { return pack_digest(load_site_rules({path + "/own.csv"}, {}).packs.at(0).file->bytes()); };
  const auto before = digest();
  BOOST_TEST(digest() == before);
  write_text(path + "/own.csv", "indicator,kind\nlisted.example,host\n");
  BOOST_TEST(digest() != before);
}

BOOST_AUTO_TEST_CASE(all_errors_of_all_files_are_said) {
  write_text(path + "/a.csv", "indicator,kind\nlisted.example,domian\ncom,domain\n");
  write_text(path + "/b.rules", "alert nothing\n");
  write_text(path + "/two words.csv", "indicator,kind\nlisted.example,domain\n");
  const auto site =
      load_site_rules({path + "/a.csv", path + "/missing.csv", path + "/two words.csv"}, {path + "/b.rules"});
  BOOST_REQUIRE(site.errors.size() == 5U);
  BOOST_TEST(site.errors[0].find("a.csv:2:") != std::string::npos);
  BOOST_TEST(site.errors[1].find("a.csv:3:") != std::string::npos);
  BOOST_TEST(site.errors[2].find("missing.csv") != std::string::npos);
  BOOST_TEST(site.errors[3].find("rename the file") != std::string::npos);
  BOOST_TEST(site.errors[4].find("b.rules:1:") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_files_of_one_name_that_say_the_same_are_one_row) {
  std::filesystem::create_directory(path + "/other");
  write_text(path + "/own.csv", "indicator,kind,source\nlisted.example,domain,one\n");
  write_text(path + "/other/own.csv", "indicator,kind,source\nlisted.example,domain,two\n");
  const auto site = load_site_rules({path + "/own.csv", path + "/other/own.csv"}, {});
  BOOST_TEST(site.errors.empty());
  BOOST_REQUIRE_EQUAL(site.packs.size(), 1U);
  const auto pack = sluice::read_pack(site.packs[0].file->bytes());
  BOOST_REQUIRE(pack);
  BOOST_REQUIRE_EQUAL(pack->rules.indicators.size(), 1U);
  BOOST_TEST(pack->rules.indicators[0].facts.source == "one; two");
}

BOOST_AUTO_TEST_CASE(two_files_of_one_name_with_two_classes_for_the_same_are_an_error) {
  std::filesystem::create_directory(path + "/other");
  write_text(path + "/own.csv", "indicator,kind,class\nlisted.example,domain,telemetry\n");
  write_text(path + "/other/own.csv", "indicator,kind,class\nlisted.example,domain,advertising\n");
  const auto site = load_site_rules({path + "/own.csv", path + "/other/own.csv"}, {});
  BOOST_REQUIRE(site.errors.size() == 1U);
  BOOST_TEST(site.errors[0].find("list own: ") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
