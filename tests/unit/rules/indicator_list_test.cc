#include "rules/indicators/indicator_list.hh"

#include <fstream>

#include <boost/test/unit_test.hpp>

#include "rules/indicators/indicator_row.hh"

using sluice::load_indicator_list;
using sluice::LoadedList;
using sluice::parse_indicator_list;

namespace {

using Lines = std::vector<std::string>;

Lines error_texts(const LoadedList& list) {
  Lines lines;
  for (const auto& error : list.errors) lines.push_back(error.text());
  return lines;
}

// The list "t" has exactly these errors, each beginning with one of the texts (place and what is wrong).
void expect_errors(std::string_view text, const Lines& expected) {
  const auto lines = error_texts(parse_indicator_list(text, "t"));
  BOOST_REQUIRE_EQUAL(lines.size(), expected.size());
  for (std::size_t i = 0; i < lines.size(); ++i)
    BOOST_TEST(lines[i].starts_with(expected[i]), "got: " << lines[i] << "\nexpected: " << expected[i]);
}

LoadedList without_errors(std::string_view text) {
  auto list = parse_indicator_list(text, "t");
  for (const auto& error : list.errors) BOOST_ERROR(error.text());
  return list;
}

// A file that is gone when the test is.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, std::string_view content)
      : path_(std::filesystem::temp_directory_path() / name) {
    std::ofstream(path_, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(indicator_list)

BOOST_AUTO_TEST_CASE(a_minimal_list_has_defaults) {
  const auto list = without_errors("indicator,kind\n Data.Mistat.Xiaomi.com. ,domain\n192.0.2.0/24,cidr\n");
  BOOST_REQUIRE_EQUAL(list.rows.size(), 2U);
  const auto& row = list.rows[0];
  BOOST_TEST(row.facts.subject == "Data.Mistat.Xiaomi.com.");
  BOOST_TEST(row.name == "data.mistat.xiaomi.com");
  BOOST_TEST((row.facts.kind == sluice::RuleKind::domain));
  BOOST_TEST((row.facts.finding_class == sluice::FindingClass::telemetry));
  BOOST_TEST((row.facts.confidence == sluice::Confidence::medium));
  BOOST_TEST(row.facts.tlp == "clear");
  BOOST_TEST(row.facts.expires_ns == 0);
  BOOST_TEST(list.rows[1].range.last.text() == "192.0.2.255");
}

// `printf 'domain:data.mistat.xiaomi.com' | openssl dgst -sha256`, and so on: the first 16 digits.
BOOST_AUTO_TEST_CASE(a_derived_id_follows_from_what_the_row_matches) {
  const auto list = without_errors(
      "indicator,kind\nDATA.mistat.xiaomi.com,domain\n192.0.2.0/24,cidr\n2001:DB8:0::1,ip\nb\xc3\xbc"
      "cher.example,host\n");
  BOOST_REQUIRE_EQUAL(list.rows.size(), 4U);
  BOOST_TEST(list.rows[0].facts.rule_id == "t/20675e58dbdcab88");
  BOOST_TEST(list.rows[1].facts.rule_id == "t/fa5e75c4662a0830");
  BOOST_TEST(list.rows[2].facts.rule_id == "t/9a4ebbd642253f57");
  BOOST_TEST(list.rows[3].facts.rule_id == "t/9e46f4687d1b6b19");
  // neither the row's place nor its other cells matter
  const auto moved = without_errors("purpose,kind,indicator\nx,ip,192.0.2.1\ny,domain,data.mistat.xiaomi.com\n");
  BOOST_TEST(moved.rows[1].facts.rule_id == list.rows[0].facts.rule_id);
}

BOOST_AUTO_TEST_CASE(every_column_is_read) {
  const auto list = without_errors(
      "# made by hand\r\n"
      "expires,last_verified,first_seen,tlp,licence,source,breaks,confidence,carries,purpose,role,recipient,class,kind,"
      "indicator,id\r\n"
      "2028-12-31,2026-02-28,2024-02-29,amber+strict,fact,\"a, b\",nothing,low,model,why,phone-maker,Xiaomi,"
      "remote-content-list,host,a.example,x-1\r\n");
  BOOST_REQUIRE_EQUAL(list.rows.size(), 1U);
  const auto& row = list.rows[0];
  BOOST_TEST(row.facts.rule_id == "t/x-1");
  BOOST_TEST((row.facts.kind == sluice::RuleKind::host));
  BOOST_TEST((row.facts.finding_class == sluice::FindingClass::remote_content_list));
  BOOST_TEST((row.facts.confidence == sluice::Confidence::low));
  BOOST_TEST(row.facts.recipient == "Xiaomi");
  BOOST_TEST(row.facts.role == "phone-maker");
  BOOST_TEST(row.facts.purpose == "why");
  BOOST_TEST(row.facts.carries == "model");
  BOOST_TEST(row.facts.breaks == "nothing");
  BOOST_TEST(row.facts.source == "a, b");
  BOOST_TEST(row.facts.licence == "fact");
  BOOST_TEST(row.facts.tlp == "amber+strict");
  BOOST_TEST(row.facts.first_seen == "2024-02-29");
  BOOST_TEST(row.facts.last_verified == "2026-02-28");
  BOOST_TEST(row.facts.expires == "2028-12-31");
  BOOST_TEST(row.facts.expires_ns == 1861920000000000000);  // date -u -d 2029-01-01 +%s
}

BOOST_AUTO_TEST_CASE(the_header_is_judged) {
  expect_errors("", {"t:1:1: the list is empty"});
  expect_errors("indicator;kind\na.example;domain\n",
                {"t:1:1: the header has one cell: separate the cells with commas"});
  expect_errors("a.example,domain\n", {"t:1:1: unknown column \"a.example\"", "t:1:11: unknown column \"domain\"",
                                       "t:1:1: no column \"indicator\"", "t:1:1: no column \"kind\""});
  expect_errors("indicator,kind,licens\na.example,host,x\n",
                {"t:1:16: unknown column \"licens\": the nearest known one is \"licence\"; rename or remove it"});
  expect_errors("indicator,kind,kind\n", {"t:1:16: column \"kind\" stands twice"});
  expect_errors("indicator,\"kind\n", {"t:1:11: the quote opened here is never closed"});
  expect_errors("\xff\xfei\0n\0", {"t:1:1: the file is UTF-16"});
}

BOOST_AUTO_TEST_CASE(all_errors_of_all_rows_are_reported) {
  expect_errors(
      "id,indicator,kind,class,confidence,tlp,first_seen,last_verified,expires\n"
      "a b,x,hots,telemetri,sure,white,2026-02-30,2026-1-1,tomorrow\n"
      "ok,a.example,domain,,,,,,\n"
      ",,,,,,2026-02-02,2026-02-01,\n",
      {"t:2:1: id \"a b\": use letters",
       "t:2:7: unknown kind \"hots\": write one of domain, host, ip, cidr, url, ja3, ja4, cert_sha1, cert_sha256 "
       "(nearest: "
       "host)",
       "t:2:12: unknown class \"telemetri\": write one of telemetry,",
       "t:2:22: unknown confidence \"sure\": write one of low, medium, high, defined",
       "t:2:27: unknown TLP label \"white\": write one of clear, green, amber, amber+strict, red (TLP 2.0 calls white "
       "clear)",
       "t:2:33: first_seen \"2026-02-30\" is no date", "t:2:44: last_verified \"2026-1-1\" is no date",
       "t:2:53: expires \"tomorrow\" is no date", "t:4:3: no kind", "t:4:2: no indicator",
       "t:4:18: last_verified 2026-02-01 is before first_seen 2026-02-02"});
  BOOST_TEST(parse_indicator_list("indicator,kind\nbad,domain\na.example,domain\n", "t").rows.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_url_needs_a_host) {
  expect_errors("indicator,kind\nx,url\n", {"t:2:1: \"x\" has no host that is a full name or an address"});
}

BOOST_AUTO_TEST_CASE(fingerprints) {
  const auto list = parse_indicator_list(
      "indicator,kind\n"
      "E7D705A3286E19EA42F587B344EE6865,ja3\n"
      "t13d1516h2_8daaf6152771_e5627efa2ab1,ja4\n"
      "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd,cert_sha1\n"
      "aea608c2fc0f2ce7c43e7c36349203fae93069af4a0aa04fd5128c211d58baab,cert_sha256\n",
      "t");
  BOOST_REQUIRE(list.rows.size() == 4U);
  BOOST_TEST(list.rows[0].name == "e7d705a3286e19ea42f587b344ee6865");
  BOOST_TEST(list.rows[1].name == "t13d1516h2_8daaf6152771_e5627efa2ab1");
  BOOST_TEST(list.rows[2].name == "aabbccddeeff00112233445566778899aabbccdd");
  BOOST_TEST(list.rows[3].name == "aea608c2fc0f2ce7c43e7c36349203fae93069af4a0aa04fd5128c211d58baab");
  expect_errors("kind,indicator\nja3,e7d705a3\n", {"t:2:5: \"e7d705a3\" is no ja3: write 32 hex digits"});
  expect_errors("kind,indicator\nja3,e7:d7:05:a3:28:6e:19:ea:42:f5:87:b3:44:ee:68:65\n", {"t:2:5: \"e7:d7"});
  expect_errors("kind,indicator\ncert_sha1,e7d705a3286e19ea42f587b344ee6865\n", {"t:2:11: \"e7d7"});
  expect_errors("kind,indicator\nja4,t13d1516h2_8daaf6152771_E5627EFA2AB1\n", {"t:2:5: \"t13d"});
  expect_errors("kind,indicator\nja4,x13d1516h2_8daaf6152771_e5627efa2ab1\n", {"t:2:5: \"x13d"});
  // The same digest in two spellings is one row.
  BOOST_TEST(without_errors("indicator,kind\nAABBCCDDEEFF00112233445566778899AABBCCDD,cert_sha1\n"
                            "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd,cert_sha1\n")
                 .merged == 1U);
}

BOOST_AUTO_TEST_CASE(indicators_are_judged_by_their_kind) {
  expect_errors("kind,indicator\ndomain,com\n", {"t:2:8: \"com\" is a single label"});
  expect_errors("kind,indicator\nhost,localhost\n", {"t:2:6: \"localhost\" is a single label"});
  expect_errors("kind,indicator\ndomain,*.example.com\n",
                {"t:2:8: \"*.example.com\" begins with \"*.\": leave it out"});
  expect_errors("kind,indicator\ndomain,https://example.com/x\n",
                {"t:2:8: \"https://example.com/x\" has a character that no host name has: write the name alone"});
  expect_errors("kind,indicator\ndomain,192.0.2.1\n", {"t:2:8: \"192.0.2.1\" is an address: use kind ip or cidr"});
  expect_errors("kind,indicator\nip,192.0.2.0/24\n", {"t:2:4: \"192.0.2.0/24\" is a prefix: use kind cidr"});
  expect_errors("kind,indicator\nip,[2001:db8::1]:443\n", {"t:2:4: \"[2001:db8::1]:443\" is no IPv4 or IPv6 address"});
  expect_errors("kind,indicator\ncidr,192.0.2.1\n", {"t:2:6: \"192.0.2.1\" is a single address: use kind ip"});
  expect_errors("kind,indicator\ncidr,192.0.2.130/25\n",
                {"t:2:6: \"192.0.2.130/25\" has bits behind its prefix: write 192.0.2.128/25"});
  expect_errors("kind,indicator\ncidr,2001:db8::1/32\n",
                {"t:2:6: \"2001:db8::1/32\" has bits behind its prefix: write 2001:db8::/32"});
  expect_errors("kind,indicator\ncidr,192.0.2.0/33\n", {"t:2:6: \"192.0.2.0/33\" is no prefix"});
  for (const std::string wide : {"0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/3", "::/64", "::ffff:0:0/96"})
    BOOST_TEST(error_texts(parse_indicator_list("kind,indicator\ncidr," + wide + "\n", "t")).size() == 1U, wide);
  for (const std::string wide : {"10.0.0.0/8", "2001::/16", "::ffff:192.0.2.0/120"})
    (void)without_errors("kind,indicator\ncidr," + wide + "\n");
}

BOOST_AUTO_TEST_CASE(rows_that_match_the_same_are_one_that_names_all_sources) {
  const auto list = without_errors(
      "id,indicator,kind,confidence,source,licence,tlp,first_seen,last_verified,expires,purpose\n"
      "one,a.example,domain,low,First (2024),MIT,green,2024-02-01,2024-03-01,2027-01-01,\n"
      ",x.example,host,,,,,,,,\n"
      "two,A.Example.,domain,high,Second; First (2024),MIT,amber,2024-01-01,2024-02-01,2026-01-01,upload\n");
  BOOST_REQUIRE_EQUAL(list.rows.size(), 2U);
  BOOST_TEST(list.merged == 1U);
  const auto& facts = list.rows[0].facts;
  BOOST_TEST(facts.rule_id == "t/one");
  BOOST_TEST(facts.subject == "a.example");
  BOOST_TEST((facts.confidence == sluice::Confidence::high));
  BOOST_TEST(facts.source == "First (2024); Second");
  BOOST_TEST(facts.licence == "MIT");
  BOOST_TEST(facts.tlp == "amber");
  BOOST_TEST(facts.first_seen == "2024-01-01");
  BOOST_TEST(facts.last_verified == "2024-03-01");
  BOOST_TEST(facts.expires == "2027-01-01");
  BOOST_TEST(facts.purpose == "upload");
  BOOST_TEST(without_errors("indicator,kind\n::ffff:192.0.2.1,ip\n192.0.2.1,ip\n").merged == 1U);
  BOOST_TEST(without_errors("id,indicator,kind\na,a.example,domain\na,a.example,domain\n").merged == 1U);
  // A row without an end holds on.
  BOOST_TEST(without_errors("indicator,kind,expires\na.example,host,2026-01-01\na.example,host,\n")
                 .rows.at(0)
                 .facts.expires_ns == 0);
  // the name alone, and the name with all below it, are two different indicators
  BOOST_TEST(without_errors("indicator,kind\na.example,domain\na.example,host\n").rows.size() == 2U);
}

BOOST_AUTO_TEST_CASE(ids_are_given_once_and_a_match_has_one_class) {
  expect_errors("id,indicator,kind\na,a.example,domain\na,b.example,domain\n",
                {"t:3:1: id a stands already in line 2: give each row its own"});
  expect_errors("indicator,kind,class\na.example,domain,telemetry\na.example,domain,advertising\n",
                {"t:3:1: domain a.example stands in line 2 with another class"});
}

BOOST_AUTO_TEST_CASE(cells_are_counted_and_bounded) {
  expect_errors("indicator,kind\na.example\nb.example,domain,x\nc.example,domain\n",
                {"t:2:1: 1 cells, and the header has 2: add the missing ones",
                 "t:3:18: 3 cells, and the header has 2: put cells with commas in quotes"});
  const std::string most(sluice::list_cell_size_limit, 'x');
  (void)without_errors("purpose,indicator,kind\n" + most + ",a.example,host\n");
  expect_errors("purpose,indicator,kind\n" + most + "x,a.example,host\n",
                {"t:2:1: a cell of 4097 bytes, 4096 at most"});
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_refused) {
  using namespace std::string_view_literals;
  expect_errors("indicator,kind,purpose\na.example,host,x\0y\n"sv, {"t:2:16: a NUL byte"});
  expect_errors("indicator,kind,purpose\na.example,host,x\x1by\n", {"t:2:16: control character U+001B: remove it"});
  expect_errors("indicator,kind,purpose\na.example,host,\"x\ny\"\n", {"t:2:16: a line break inside a cell"});
  // RFC 3629: a stray byte, an overlong form, a surrogate, above U+10FFFF, a cut character
  for (const char* bytes : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe4\xb8"})
    expect_errors(std::string("indicator,kind,purpose\na.example,host,") + bytes + "\n",
                  {"t:2:16: bytes that are not UTF-8"});
  (void)without_errors("indicator,kind,purpose\na.example,host,\xc3\xa9 \xe4\xb8\xad \xf4\x8f\xbf\xbf\n");
  // and a message shows none of it
  const auto text = error_texts(parse_indicator_list("indicator,ki\x1b[31mnd\n", "t")).at(0);
  BOOST_TEST(text.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_bad_row_does_not_hide_the_next) {
  expect_errors("indicator,kind\na.example,\"host\nb.example,host\ncom,domain\n",
                {"t:2:11: the quote opened here is never closed", "t:4:1: \"com\" is a single label"});
}

BOOST_AUTO_TEST_CASE(errors_are_bounded_and_the_rest_is_counted) {
  std::string text = "indicator,kind\n";
  for (std::size_t i = 0; i < sluice::list_error_limit + 7; ++i) text += "com,domain\n";
  const auto list = parse_indicator_list(text, "t");
  BOOST_TEST(list.errors.size() == sluice::list_error_limit + 1);
  BOOST_TEST(list.errors.back().text() == "t: 7 more errors are not listed: correct those above first");
}

BOOST_AUTO_TEST_CASE(rows_are_bounded) {
  std::string text = "indicator,kind\n";
  for (std::size_t i = 0; i < sluice::list_row_limit; ++i) text += "\xff,\n";  // cheap to refuse
  BOOST_TEST(parse_indicator_list(text, "t").errors.back().message.starts_with("1990000 more errors"));
  const auto list = parse_indicator_list(text + "a.example,host\n", "t");
  BOOST_TEST(list.rows.empty());
  BOOST_TEST(list.errors.back().message.starts_with("1990001 more errors"));
}

BOOST_AUTO_TEST_CASE(a_file_names_the_list) {
  const TemporaryFile file("sluice-list-test.csv", "indicator,kind\na.example,host\ncom,domain\n");
  const auto list = load_indicator_list(file.path());
  BOOST_REQUIRE_EQUAL(list.rows.size(), 1U);
  BOOST_TEST(list.rows[0].facts.rule_id.starts_with("sluice-list-test/"));
  BOOST_REQUIRE_EQUAL(list.errors.size(), 1U);
  BOOST_TEST(list.errors[0].file == file.path().string());
  BOOST_TEST(list.errors[0].line == 3U);

  const TemporaryFile odd("sluice list.csv", "indicator,kind\n");
  BOOST_TEST(load_indicator_list(odd.path()).errors.at(0).message.starts_with("the name of the list, \"sluice list\""));
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read) {
  const auto directory = std::filesystem::temp_directory_path();
  BOOST_TEST(load_indicator_list(directory / "sluice-no-such-list.csv").errors.at(0).message ==
             "cannot be opened: No such file or directory");
  BOOST_TEST(load_indicator_list(directory).errors.at(0).message == "is a directory: name a file");
  const TemporaryFile large("sluice-large-list.csv", std::string(sluice::list_size_limit + 1, '#'));
  BOOST_TEST(load_indicator_list(large.path()).errors.at(0).message == "larger than 64 MiB: split the list");
}

BOOST_AUTO_TEST_CASE(texts_and_numbers_of_the_closed_lists) {
  for (const auto text : sluice::kind_texts()) BOOST_TEST(text_of(*sluice::kind_from(text)) == text);
  for (const auto text : sluice::class_texts()) BOOST_TEST(text_of(*sluice::class_from(text)) == text);
  for (const auto text : sluice::confidence_texts()) BOOST_TEST(text_of(*sluice::confidence_from(text)) == text);
  BOOST_TEST(!sluice::class_from("Telemetry"));
  BOOST_TEST((sluice::class_from("dns-bypass") == sluice::FindingClass::dns_bypass));
  BOOST_TEST((sluice::class_from("anonymiser") == sluice::FindingClass::anonymiser));
  BOOST_TEST((sluice::confidence_from("defined") == sluice::Confidence::defined));
  BOOST_TEST((sluice::kind_from("cidr") == sluice::RuleKind::cidr));
  BOOST_TEST(sluice::signature_id(sluice::FindingClass::telemetry) == 1'000'001U);
  BOOST_TEST(sluice::signature_id(sluice::FindingClass::anonymiser) == 1'000'011U);
}

BOOST_AUTO_TEST_SUITE_END()
