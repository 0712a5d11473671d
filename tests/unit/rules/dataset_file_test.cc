// Files of datasets, and the keywords that name them.
#include "rules/signatures/dataset_file.hh"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "rules/signatures/signature_file.hh"

using namespace sluice;
namespace fs = std::filesystem;

namespace {

// A folder with files, gone at the end.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/sluice-dataset-XXXXXX";
    BOOST_REQUIRE(mkdtemp(name) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  void write(const std::string& name, std::string_view text) const { std::ofstream{path_ / name} << text; }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string loaded(const std::string& text, DatasetType type, const DatasetFormat& format = {}) {
  const Folder folder;
  folder.write("set.lst", text);
  DatasetFiles files{folder.path()};
  const auto values = files.load("set.lst", type, format);
  if (!values) return values.error();
  std::string out;
  for (const auto& value : **values) out += value.bytes + "=" + std::to_string(value.reputation) + " ";
  return out;
}

LoadedSignatures rule(const std::string& options, const std::optional<fs::path>& folder = {}) {
  return parse_signatures("alert dns any any -> any any (msg:\"s\"; dns.query; " + options + " sid:1;)", "t", folder);
}

DatasetCheck check(const std::string& options, const std::optional<fs::path>& folder = {}) {
  const auto file = rule(options, folder);
  BOOST_REQUIRE_MESSAGE(file.errors.empty(), (file.errors.empty() ? std::string{} : file.errors.front().text()));
  return std::get<DatasetCheck>(*file.signatures.front().parts.front().check);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_dataset_file)

BOOST_AUTO_TEST_CASE(one_value_a_line) {
  BOOST_TEST(loaded("Zm9v\r\nYmFy\n\nZm9v\n", DatasetType::text) == "bar=0 foo=0 ");
  BOOST_TEST(loaded("61626364656667686162636465666768\n", DatasetType::md5) == "abcdefghabcdefgh=0 ");
  BOOST_TEST(loaded("not base64!\n", DatasetType::text).starts_with("line 1: \"not base64!\" is no value"));
  BOOST_TEST(loaded("Zm9v\n6162\n", DatasetType::sha256).starts_with("line 1: \"Zm9v\""));
  BOOST_TEST(loaded("2001:db8::1\n", DatasetType::ipv4).starts_with("line 1"));
  BOOST_TEST((dataset_value("192.0.2.1", DatasetType::ip, false) ==
              dataset_value("::ffff:192.0.2.1", DatasetType::ip, false)));
  DatasetFormat reputation;
  reputation.has_reputation = true;
  BOOST_TEST(loaded("Zm9v, 200\nYmFy,7\n", DatasetType::text, reputation) == "bar=7 foo=200 ");
  BOOST_TEST(loaded("Zm9v\n", DatasetType::text, reputation).starts_with("line 1: reputation \"\""));
}

BOOST_AUTO_TEST_CASE(values_in_json) {
  DatasetFormat lines;
  lines.kind = DatasetFormat::Kind::lines_of_json;
  lines.value_key = "a.domain";
  BOOST_TEST(loaded("{\"a\":{\"domain\":\"x.example\"}}\n{\"a\":{\"domain\":\"b\"},\"c\":1}\n", DatasetType::text,
                    lines) == "b=0 x.example=0 ");
  BOOST_TEST(loaded("{\"a\":1}\n", DatasetType::text, lines).starts_with("line 1: no text under value_key"));
  BOOST_TEST(loaded("{\"a\"\n", DatasetType::text, lines).starts_with("line 1: no text under value_key"));
  // The example of Suricata's manual.
  DatasetFormat whole;
  whole.kind = DatasetFormat::Kind::json;
  whole.value_key = "host";
  whole.array_key = "response.threats";
  BOOST_TEST(loaded(R"({"time":"2024-12-21","response":{"threats":[{"host":"toto.com","origin":"japan"},
                       {"host":"grenouille.com","origin":"french"}]}})",
                    DatasetType::text, whole) == "grenouille.com=0 toto.com=0 ");
  BOOST_TEST(loaded("{}", DatasetType::text, whole) == "line 1: no JSON list: name it with array_key");
}

BOOST_AUTO_TEST_CASE(what_a_rule_says_of_a_set) {
  const auto isnotset = check("dataset:isnotset, seen, type string, state seen.lst, memcap 10mb, hashsize 1024;");
  BOOST_TEST((isnotset.command == DatasetCheck::Command::isnotset && isnotset.name == "seen"));
  BOOST_TEST((isnotset.type == DatasetType::text && isnotset.values == nullptr));
  BOOST_TEST((check("dataset:set,seen;").type == DatasetType::unknown));
  const Folder folder;
  folder.write("set.lst", "Zm9v\n");
  folder.write("rep.lst", "Zm9v,9\n");
  const auto loaded = check("dataset:isset,a,type string,match subdomain,load set.lst;", folder.path());
  BOOST_REQUIRE(loaded.values != nullptr);
  BOOST_TEST((loaded.values->front().bytes == "foo" && loaded.subdomains));
  const auto reputation = check("datarep:a, >, 200, load rep.lst, type string;", folder.path());
  BOOST_TEST((reputation.command == DatasetCheck::Command::reputation && reputation.reputation == 200));
  BOOST_TEST(
      (reputation.comparison == DatasetCheck::Comparison::greater && reputation.values->front().reputation == 9));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_refused) {
  const auto refused = [](const std::string& options, const std::string& error) {
    const auto file = rule(options);
    BOOST_REQUIRE_MESSAGE(file.errors.size() == 1U, options);
    BOOST_TEST(file.errors.front().message.find(error) != std::string::npos, file.errors.front().message);
  };
  refused("dataset:has,a,type string;", "\"has\": write isset, isnotset, set or unset");
  refused("dataset:isset;", "write dataset:isset, NAME");
  refused("dataset:isset,a,type text;", "type \"text\": write string");
  refused("dataset:isset,a,type string,load a.lst;", "dataset a.lst: these rules come from no file");
  refused("dataset:isset,a,load a.lst;", "load without a type");
  refused("dataset:isset,a,type string,state /tmp/a;", "an absolute path");
  refused("dataset:isset,a,type string,save b/../a;", "a path that leads to a folder above");
  refused("dataset:isset,a,type string,colour red;", "dataset does not take \"colour red\"");
  refused("datarep:a,!,5;", "\"!\": write <, > or ==");
  const Folder folder;
  const auto file = rule("dataset:isset,a,type string,load none.lst;", folder.path());
  BOOST_REQUIRE(file.errors.size() == 1U);
  BOOST_TEST((file.errors.front().line == 1U && file.errors.front().message.find("none.lst") != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
