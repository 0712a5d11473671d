#include "rules/signatures/signature_file.hh"

#include <fstream>

#include <boost/test/unit_test.hpp>

#include "rules/signatures/signature_rule.hh"
#include "signature_texts.hh"

using signature_texts::accepted;
using signature_texts::expect_errors;
using signature_texts::one;

BOOST_AUTO_TEST_SUITE(signature_file)

BOOST_AUTO_TEST_CASE(a_rule_becomes_a_signature) {
  const auto signature =
      one("alert http $HOME_NET any -> $EXTERNAL_NET 80 (msg:\"Example\\; in \\\"clear\\\" text\"; "
          "flow:established,to_server; http.uri; content:\"/a|3f|b=\"; startswith; sid:7; rev:3;)\n");
  BOOST_TEST(signature.facts.rule_id == "t/7");
  BOOST_TEST(signature.facts.subject == "Example; in \"clear\" text");
  BOOST_TEST((signature.facts.kind == sluice::RuleKind::signature));
  BOOST_TEST((signature.facts.finding_class == sluice::FindingClass::unclassified));
  BOOST_TEST((signature.facts.confidence == sluice::Confidence::medium));
  BOOST_TEST(signature.facts.tlp == "clear");
  BOOST_TEST(signature.facts.generator_id == 1U);
  BOOST_TEST(signature.facts.signature_id == 7U);
  BOOST_TEST(signature.facts.revision == 3U);
  BOOST_TEST((signature.flow.way == sluice::SignatureFlow::Way::to_server));
  BOOST_TEST((signature.flow.state == sluice::SignatureFlow::State::established));
  BOOST_REQUIRE_EQUAL(signature.parts.size(), 1U);
  const auto& content = *signature.parts[0].content;
  BOOST_TEST((content.buffer == sluice::Buffer::http_uri));
  BOOST_TEST(content.bytes == "/a?b=");
  BOOST_TEST(content.startswith);
}

// Suricata compares them without regard to case.
BOOST_AUTO_TEST_CASE(words_of_the_language_may_be_in_any_case) {
  const auto signature =
      one("Alert IP any any -> any any (MSG:\"A\"; Content:\"aB\"; NOCASE; Flow:to_server; Sid:7;)\n");
  BOOST_TEST((signature.protocol == sluice::SignatureProtocol::ip));
  BOOST_TEST(signature.facts.subject == "A");
  BOOST_REQUIRE_EQUAL(signature.parts.size(), 1U);
  BOOST_TEST(signature.parts[0].content->bytes == "aB");
  BOOST_TEST(signature.parts[0].content->nocase);
}

// As in Suricata.
BOOST_AUTO_TEST_CASE(a_semicolon_in_quotes_is_escaped) {
  expect_errors("alert tcp any any -> any any (msg:\"a;b\"; content:\"x\"; sid:1;)\n",
                {"t:1:37: a semicolon inside quotes: write \\;"});
  BOOST_TEST(one("alert tcp any any -> any any (msg:\"a\\;b\"; content:\"x\"; sid:1;)\n").facts.subject == "a;b");
}

BOOST_AUTO_TEST_CASE(comments_blank_lines_and_line_ends) {
  const auto list = accepted(
      "\xef\xbb\xbf# a comment that ends in a backslash \\\r\n"
      "\r\n"
      "  \t# another\r\n"
      "alert tcp any any -> any any (msg:\"m\"; content:\"x\"; sid:1;)\r\n"
      "  alert tcp any any -> any any (msg:\"m\"; content:\"x\"; sid:2;)  \n"
      "alert tcp any any -> any any (msg:\"m\"; content:\"x\"; sid:3;)");
  BOOST_TEST(list.size() == 3U);
  BOOST_TEST(list.at(1).text == "alert tcp any any -> any any (msg:\"m\"; content:\"x\"; sid:2;)");
}

BOOST_AUTO_TEST_CASE(a_backslash_continues_a_rule) {
  const auto signature =
      one("alert tcp any any -> \\\n"
          "any any (msg:\"m\"; \\  \r\n"
          "  content:\"a\\\n"
          "b\"; sid:1;)\n");
  BOOST_TEST(signature.text == "alert tcp any any -> any any (msg:\"m\";   content:\"ab\"; sid:1;)");
  BOOST_TEST(signature.parts.at(0).content->bytes == "ab");
  // places are those of the file: line and column in characters
  expect_errors(
      "\n"
      "alert tcp any any -> any any (msg:\"b\xc3\xbc\"; contend:\"x\"; \\\n"
      "  content:\"y\"; nocas; \\\n"
      "sid:1;)\n"
      "alert tcp any any -> any any (msg:\"m\"; \\",
      {"t:2:41: keyword \"contend\" is not matched by this version: write the rule without it, or remove the rule "
       "(rules/README.md lists what is matched; nearest: content)",
       "t:3:16: keyword \"nocas\" is not matched", "t:5:40: the file ends behind a backslash"});
}

BOOST_AUTO_TEST_CASE(one_bad_rule_costs_no_other) {
  const auto list = sluice::parse_signatures(
      "alert tcp any any -> any any (msg:\"m\"; content:\"x\"; sid:1;)\n"
      "alert tcp any any any any (msg:\"m\"; content:\"x\"; sid:2;)\n"
      "alert tcp any any -> any any (msg:\"m\"; content:\"x\"; sid:3;)\n",
      "t");
  BOOST_TEST(list.signatures.size() == 2U);
  BOOST_REQUIRE_EQUAL(list.errors.size(), 1U);
  BOOST_TEST(list.errors[0].text().starts_with("t:2:27: a header has 7 words"));
}

BOOST_AUTO_TEST_CASE(all_errors_of_a_rule_are_reported_in_order) {
  expect_errors(
      "alrt smb 1.2.3 99999 => any any (msg:\"\"; content:\"|4|\"; pcre:\"/(/\"; threshold: type limit; sid:0;)",
      {"t:1:1: action \"alrt\" is not known here: write one of alert, drop",
       "t:1:6: protocol \"smb\" is not matched by this version: write one of ip, tcp, udp, dns",
       "t:1:10: \"1.2.3\" is no address", "t:1:16: \"99999\" is no port", "t:1:22: direction \"=>\"",
       "t:1:39: an empty msg", "t:1:53: half a byte", "t:1:65: the expression does not compile here",
       "t:1:80: threshold: \"type limit\" is not read here", "t:1:96: sid \"0\": write a number from 1 to 4294967295"});
}

BOOST_AUTO_TEST_CASE(what_is_no_rule_is_said_to_be_none) {
  expect_errors("hello\n", {"t:1:1: a rule is ACTION PROTOCOL"});
  expect_errors("alert tcp any any -> any any (msg:\"m\"; sid:1; content:\"x\";\n", {"t:1:59: a rule is ACTION"});
  expect_errors("alert tcp any any -> any any (msg:\"m\"; sid:1; content:\"x\")\n",
                {"t:1:58: no semicolon behind the last"});
  expect_errors("alert tcp any any -> any any (msg:\"m\"; sid:1; content:\"x;)\n",
                {"t:1:55: the quote opened here is never closed", "t:1:57: a semicolon inside quotes"});
  expect_errors("alert tcp any any -> any any (msg:\"m\"; sid:1; ; content:\"x\";)\n",
                {"t:1:47: an option without a name"});
  expect_errors("alert tcp any any -> any any ()\n", {"t:1:1: no sid"});
  expect_errors("alert tcp any any -> any any (msg:\"\x01\"; sid:1; content:\"x\";)\n",
                {"t:1:36: control character U+0001"});
  expect_errors("alert tcp any any -> any any (msg:\"\xe4\"; sid:1; content:\"x\";)\n",
                {"t:1:36: bytes that are not UTF-8"});
  expect_errors(std::string_view("\xff\xfe"
                                 "a\0",
                                 4),
                {"t:1:1: the file is UTF-16"});
  BOOST_TEST(accepted("").empty());
}

BOOST_AUTO_TEST_CASE(a_sid_stands_once) {
  expect_errors(
      "alert tcp any any -> any any (msg:\"m\"; content:\"x\"; sid:5;)\n"
      "\n"
      "alert tcp any any -> any any (msg:\"n\"; content:\"y\"; sid:5; gid:3;)\n",
      {"t:3:1: sid 5 stands already in line 1"});
}

BOOST_AUTO_TEST_CASE(a_higher_revision_replaces_a_rule) {
  for (const std::string revisions : {"13", "31"}) {
    const auto list =
        accepted("alert tcp any any -> any any (content:\"x\"; sid:5; rev:" + revisions.substr(0, 1) +
                 ";)\nalert tcp any any -> any any (content:\"y\"; sid:5; rev:" + revisions.substr(1) + ";)\n");
    BOOST_REQUIRE(list.size() == 1U);
    BOOST_TEST(list.front().facts.revision == 3U);
    BOOST_TEST(list.front().parts.front().content->bytes == (revisions == "13" ? "y" : "x"));
  }
}

BOOST_AUTO_TEST_CASE(a_rule_has_a_largest_size) {
  const std::string head = "alert tcp any any -> any any (msg:\"m\"; content:\"x\"; sid:1; metadata:k ";
  const auto fitting = head + std::string(sluice::rule_size_limit - head.size() - 2, 'v') + ";)";
  BOOST_TEST(accepted(fitting).size() == 1U);
  expect_errors(head + "v" + fitting.substr(head.size()), {"t:1:1: a rule of 8193 bytes, 8192 at most"});
}

BOOST_AUTO_TEST_CASE(a_file_is_named_by_its_path_and_its_list_by_the_stem) {
  const auto path = std::filesystem::temp_directory_path() / "sluice-signature-file-test.rules";
  std::ofstream(path) << "alert tcp any any -> any any (msg:\"m\"; content:\"x\"; sid:1;)\nalert\n";
  const auto list = sluice::load_signatures(path);
  std::filesystem::remove(path);
  BOOST_REQUIRE_EQUAL(list.signatures.size(), 1U);
  BOOST_TEST(list.signatures[0].facts.rule_id == "sluice-signature-file-test/1");
  BOOST_REQUIRE_EQUAL(list.errors.size(), 1U);
  BOOST_TEST(list.errors[0].text().starts_with(path.string() + ":2:1: a rule is"));
  const auto gone = sluice::load_signatures(path);
  BOOST_REQUIRE_EQUAL(gone.errors.size(), 1U);
  BOOST_TEST(gone.errors[0].text() == path.string() + ": cannot be opened: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
