#include "control/packs/rule_trial.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "control/packs/example_message.hh"
#include "control/packs/rule_examples.hh"
#include "rules/indicators/indicator_list.hh"
#include "rules/signatures/signature_file.hh"

using namespace sluice;

namespace {

struct Folder {
  Folder() {
    auto name = (std::filesystem::temp_directory_path() / "sluice-trial-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  ExampleFile examples(const std::string& text) const {
    const auto file = path + "/list.examples";
    std::ofstream{file} << text;
    return {"list", file};
  }
  std::string path;
};

RuleList rows(const std::string& text) { return {parse_indicator_list("id,kind,indicator\n" + text, "list").rows, {}}; }

RuleList signatures(const std::string& text) {
  auto file = parse_signatures(text, "list");
  for (const auto& error : file.errors) BOOST_ERROR(error.text());
  return {{}, std::move(file.signatures)};
}

constexpr const char* post_rule =
    "alert http any any -> any any (msg:\"m\"; flow:to_server,established; http.method; content:\"POST\"; http.host; "
    "content:\"a.example\"; http.header; content:\"X-One\"; http.request_body; content:\"id=|00|\"; sid:1000001;)\n";
constexpr const char* answer_rule =
    "alert http any any -> any any (msg:\"m\"; flow:to_client; http.stat_code; content:\"404\"; sid:1000002;)\n";
constexpr const char* tcp_rule =
    "alert tcp any any -> any 5224 (msg:\"m\"; flow:to_server; content:\"|c2 fe|go\"; sid:1000003;)\n";
constexpr const char* udp_rule = "alert udp any any -> 203.0.113.9 any (msg:\"m\"; content:\"ping\"; sid:1000004;)\n";
constexpr const char* tls_rule =
    "alert tls any any -> any any (msg:\"m\"; tls.sni; content:\"tls.example\"; sid:1000005;)\n";

std::string errors_of(const std::string& text) {
  std::string all;
  for (const auto& error : parse_rule_examples(text, "list.examples").errors) all += error.text() + "\n";
  return all;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rule_trial, Folder)

BOOST_AUTO_TEST_CASE(what_rows_match_is_derived_where_no_file_says_it) {
  const auto rules = rows(
      "d,domain,listed.example\nh,host,exact.example\ni,ip,203.0.113.9\nc,cidr,203.0.113.64/28\n"
      "s,ip,2001:db8::5\n");
  const auto trial = try_rules(rules, {{"list", ""}}, true);
  for (const auto& failure : trial.failures) BOOST_ERROR(failure);
  BOOST_TEST(trial.rules == 5U);
  BOOST_TEST(trial.examples == 15U);
}

BOOST_AUTO_TEST_CASE(a_row_that_is_not_what_its_example_says_fails) {
  const auto file =
      examples("one names listed.example www.listed.example ! xlisted.example\ntwo addresses 192.0.2.1 ! 192.0.2.2\n");
  BOOST_TEST(try_rules(rows("one,domain,listed.example\ntwo,ip,192.0.2.1\n"), {file}, true).failures.empty());
  // another name, another kind, another address, a row too many, a row too few
  for (const char* text :
       {"one,domain,other.example\ntwo,ip,192.0.2.1\n", "one,host,listed.example\ntwo,ip,192.0.2.1\n",
        "one,domain,listed.example\ntwo,cidr,192.0.2.0/24\n", "one,domain,listed.example\n",
        "one,domain,listed.example\ntwo,ip,192.0.2.1\nthree,ip,192.0.2.3\n"})
    BOOST_TEST(!try_rules(rows(text), {file}, true).failures.empty(), text);
  BOOST_TEST(try_rules(rows("one,domain,listed.example\ntwo,ip,192.0.2.1\nthree,ip,192.0.2.3\n"), {file}, false)
                 .failures.empty());
}

BOOST_AUTO_TEST_CASE(conversations_go_through_the_inspection) {
  const auto rules = signatures(std::string{post_rule} + answer_rule + tcp_rule + udp_rule + tls_rule);
  const auto file = examples(
      "1000001 match\n  POST http://a.example/x\n  X-One: 1\n  body a=b&\n  body id=|00|\n"
      "1000001 other GET http://a.example/x\n  X-One: 1\n"
      "1000002 match GET http://a.example/\n  answer 404 Not Found\n  Server: x\n  body gone\n"
      "1000002 other GET http://a.example:8080/\n  answer 200 OK\n"
      "1000003 match tcp 5224\n  client |C2 FE|g\n  client o\n"
      "1000003 other tcp 5224\n  server |c2 fe|go\n"
      "1000004 match udp 203.0.113.9:53\n  client ping\n"
      "1000004 other udp 53\n  client ping\n"
      "1000005 match hello tls.example\n"
      "1000005 other look-up tls.example\n");
  const auto trial = try_rules(rules, {file}, true);
  for (const auto& failure : trial.failures) BOOST_ERROR(failure);
  BOOST_TEST(trial.rules == 5U);
}

BOOST_AUTO_TEST_CASE(a_failure_names_place_and_rule) {
  const auto file = examples("\n1000003 match tcp 5225\n  client |c2 fe|go\n1000009 other tcp 1\n");
  const auto trial = try_rules(signatures(tcp_rule), {file}, true);
  BOOST_REQUIRE(trial.failures.size() == 3U);
  BOOST_TEST(trial.failures[0] == file.path + ":2: list/1000003 does not match what it must: tcp 5225");
  BOOST_TEST(trial.failures[1].find(":4: there is no rule list/1000009") != std::string::npos);
  BOOST_TEST(trial.failures[2] == "list/1000003: has no example that it must not match");
}

BOOST_AUTO_TEST_CASE(what_is_no_example_is_told_with_its_line) {
  BOOST_TEST(errors_of("# good\n\none match look-up a.example\ntwo names a.example ! b.example\n").empty());
  for (const auto& [text, line] : {std::pair{"one\n", 1},
                                   {"one matches look-up a.example\n", 1},
                                   {"  client x\n", 1},
                                   {"\none match\n", 2},
                                   {"one match\ntwo match look-up a\n", 2},
                                   {"one names a..example\n", 1},
                                   {"one names\n", 1},
                                   {"one addresses 192.0.2.256\n", 1},
                                   {"one match tcp 65536\n", 1},
                                   {"one match tcp\n", 1},
                                   {"one match tcp 80\n  client |0|\n", 2},
                                   {"one match tcp 80\n  client |zz|\n", 2},
                                   {"one match tcp 80\n  client |00\n", 2},
                                   {"one match tcp 80\n  both x\n", 2},
                                   {"one match GET https://a.example/\n", 1},
                                   {"one match GET http://a.example/\n  nothing\n", 2},
                                   {"one match GET http://a.example:x/\n", 1},
                                   {"one match capture\n", 1}})
    BOOST_TEST(errors_of(text).starts_with("list.examples:" + std::to_string(line) + ":"),
               text << " -> " << errors_of(text));
}

BOOST_AUTO_TEST_CASE(a_capture_that_cannot_be_read_is_a_failure) {
  const auto file = examples("1000003 match capture none.pcap\n1000003 other tcp 1\n");
  const auto trial = try_rules(signatures(tcp_rule), {file}, true);
  BOOST_REQUIRE(!trial.failures.empty());
  BOOST_TEST(trial.failures[0].find("none.pcap") != std::string::npos);
}

// Bytes as scapy 2.5 writes them: bytes(DNS(id=0x1234, rd=1, qd=DNSQR(qname="a.example")))
BOOST_AUTO_TEST_CASE(a_look_up_is_a_dns_query) {
  using namespace std::string_literals;
  BOOST_TEST(dns_query_for("a.example") ==
             "\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01"
             "a\x07"
             "example\0\0\x01\0\x01"s);
}

BOOST_AUTO_TEST_SUITE_END()
