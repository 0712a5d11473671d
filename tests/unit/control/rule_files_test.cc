#include "control/packs/rule_files.hh"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "rules/indicators/indicator_list.hh"
#include "rules/pack/pack.hh"

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
  const auto files = load_rule_files({.indicators = {one, two}});
  BOOST_REQUIRE_MESSAGE(files.has_value(), (files.has_value() ? std::string{} : files.error()));
  BOOST_REQUIRE(files->book.size() == 3U);
  BOOST_TEST(files->rules.indicators[1].name == "b.example");
  BOOST_TEST(files->book.facts(2)->subject == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(the_digest_follows_the_rows_and_nothing_else) {
  const auto digest = [this](const std::string& rows) {
    return load_rule_files({.indicators = {list("list.csv", rows)}})->digest;
  };
  const auto first = digest("domain,a.example\ndomain,b.example\n");
  BOOST_TEST(first.size() == 64U);
  BOOST_TEST(first == digest("domain,a.example\ndomain,b.example\n"));
  BOOST_TEST(first != digest("domain,a.example\ndomain,c.example\n"));
  BOOST_TEST(first != digest("domain,a.example\nhost,b.example\n"));
  BOOST_TEST(first != digest("domain,a.example\n"));
  // SHA-256 of nothing (FIPS 180-4; sha256sum < /dev/null)
  BOOST_TEST(load_rule_files({})->digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(signatures_stand_behind_the_indicators_and_their_text_is_in_the_digest) {
  const auto rule = [this](const std::string& options) {
    std::ofstream{path + "/own.rules"} << "alert tcp any any -> any any (msg:\"one\"; content:\"" + options +
                                              "\"; sid:1;)\n";
    return load_rule_files(
        {.indicators = {list("one.csv", "domain,a.example\n")}, .signatures = {path + "/own.rules"}});
  };
  const auto files = rule("abc");
  BOOST_REQUIRE_MESSAGE(files.has_value(), (files.has_value() ? std::string{} : files.error()));
  BOOST_REQUIRE(files->book.size() == 2U);
  BOOST_TEST(files->book.facts(1)->rule_id == "own/1");
  BOOST_TEST(files->book.facts(1)->subject == "one");
  BOOST_TEST(rule("abc")->digest == files->digest);
  BOOST_TEST(rule("abd")->digest != files->digest);  // what is known of the rule is the same
  const auto bad = rule("|0|");
  BOOST_REQUIRE(!bad.has_value());
  BOOST_TEST(bad.error().find("own.rules:1:") != std::string::npos, bad.error());
}

BOOST_AUTO_TEST_CASE(own_lists_come_first_and_packs_by_name) {
  const auto pack = [this](const std::string& name, const std::string& file) {
    Pack out;
    out.info.name = name;
    out.info.channel = "test";
    out.rules.indicators = parse_indicator_list("kind,indicator\ndomain," + name + ".example\n", name).rows;
    const auto bytes = write_pack(out);
    std::ofstream{path + "/" + file}.write(reinterpret_cast<const char*>(bytes.data()),
                                           static_cast<std::streamsize>(bytes.size()));
    return path + "/" + file;
  };
  const auto own = list("own.csv", "domain,own.example\n");
  const auto zeta = pack("zeta", "1.slpk");
  const auto alpha = pack("alpha", "2.slpk");
  const auto files = load_rule_files({.indicators = {own}, .packs = {zeta, alpha}});
  BOOST_REQUIRE_MESSAGE(files.has_value(), (files.has_value() ? std::string{} : files.error()));
  BOOST_REQUIRE(files->book.size() == 3U);
  BOOST_TEST(files->book.facts(0)->subject == "own.example");
  BOOST_TEST(files->book.facts(1)->subject == "alpha.example");
  BOOST_TEST(files->book.facts(2)->subject == "zeta.example");
  BOOST_TEST(files->notices.size() == 2U);
  BOOST_TEST(load_rule_files({.indicators = {own}, .packs = {alpha, zeta}})->digest == files->digest);

  const auto error = [](const RuleSources& sources) {
    const auto loaded = load_rule_files(sources);
    return loaded ? std::string("accepted") : loaded.error();
  };
  BOOST_TEST(error({.packs = {zeta, pack("zeta", "3.slpk")}}).find("name one of the two") != std::string::npos);
  BOOST_TEST(error({.indicators = {own}, .packs = {pack("own", "4.slpk")}}).find("rename the list") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_bad_row_refuses_all_lists_and_every_error_is_told) {
  const auto good = list("good.csv", "domain,a.example\n");
  const auto bad = list("bad.csv", "domain,a.example\nnothing,b.example\nip,300.1.1.1\n");
  const auto files = load_rule_files({.indicators = {good, bad, path + "/missing.csv"}});
  BOOST_REQUIRE(!files.has_value());
  BOOST_TEST(files.error().find("bad.csv:3") != std::string::npos, files.error());
  BOOST_TEST(files.error().find("bad.csv:4") != std::string::npos, files.error());
  BOOST_TEST(files.error().find("missing.csv") != std::string::npos, files.error());
  BOOST_TEST(files.error().find("good.csv") == std::string::npos, files.error());
}

BOOST_AUTO_TEST_SUITE_END()
