#include "rules/signatures/signature_parts.hh"

#include <boost/test/unit_test.hpp>

#include "signature_texts.hh"

using signature_texts::expect_errors;
using signature_texts::one;
using signature_texts::with_options;
using sluice::Buffer;

namespace {

sluice::Content content(const std::string& options, const char* protocol = "tcp ") {
  return *one(with_options(options, protocol)).parts.back().content;
}

sluice::Pcre pcre(const std::string& options, const char* protocol = "tcp ") {
  return *one(with_options(options, protocol)).parts.back().pcre;
}

// The options are wrong in one way; they begin at column 48.
void refused(const std::string& options, const std::string& error, const char* protocol = "tcp ") {
  expect_errors(with_options(options, protocol), {"t:1:" + error});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signature_parts)

BOOST_AUTO_TEST_CASE(contents_are_bytes) {
  BOOST_TEST(content("content:\"abc\";").bytes == "abc");
  BOOST_TEST(content("content:\"a|0d 0A|b|00|\";").bytes == std::string("a\r\nb\0", 5));
  BOOST_TEST(content("content:\"|c2fe|\";").bytes == "\xc2\xfe");
  BOOST_TEST(content(R"(content:"a\\b\"c\;d\:e";)").bytes == R"(a\b"c;d:e)");
  BOOST_TEST(content("content:\"\xc3\xbc\";").bytes == "\xc3\xbc");
  BOOST_TEST(content("content:\"" + std::string(255, 'x') + "\";").bytes.size() == 255U);
  refused("content:\"" + std::string(256, 'x') + "\";", "57: a content of 256 bytes, 255 at most");
  refused("content:\"\";", "57: an empty content");
  refused("content:\"||\";", "57: an empty content");
  refused("content:\"a|0\";", "58: the bar opened here is never closed");
  refused("content:\"a|0|\";", "60: half a byte");
  refused("content:\"a|0g|\";", "60: no hex digit between bars");
  refused(R"(content:"a\|b";)", "59: a bar cannot be escaped");
  refused(R"(content:"a\n";)", "58: content: a backslash stands only before");
  refused("content:abc;", "56: content has no value in quotes");
  refused("content;", "55: content has no value in quotes");
  refused("content:\"a\" b;", "59: text behind the closing quote");
}

BOOST_AUTO_TEST_CASE(modifiers_belong_to_the_content_before) {
  const auto signature = one(with_options(
      "content:\"abc\"; nocase; offset:2; depth:7; fast_pattern; content:!\"de\"; distance:-3; within:9; endswith;"));
  const auto& first = *signature.parts.at(0).content;
  BOOST_TEST(first.nocase);
  BOOST_TEST(first.fast_pattern);
  BOOST_TEST((first.offset == 2U && first.depth == 7U && !first.distance && !first.within));
  BOOST_TEST((!first.negated && !first.startswith && !first.endswith));
  const auto& second = *signature.parts.at(1).content;
  BOOST_TEST((second.negated && second.endswith && !second.nocase && !second.fast_pattern));
  BOOST_TEST((second.distance == -3 && second.within == 9 && !second.offset && !second.depth));
  BOOST_TEST(content("content:! \"a\"; content:\"b\"; fast_pattern:only;").fast_pattern);
}

// As Suricata refuses them ("relative and absolute", "depth smaller than the content", ...).
BOOST_AUTO_TEST_CASE(positions_that_cannot_be_are_refused) {
  refused("content:\"abc\"; depth:2;", "69: depth:\"2\" is not matched here: write a number from 3 to 65535");
  refused("content:\"a\"; content:\"abc\"; within:2;",
          "83: within:\"2\" is not matched here: write a number from 3 to 1048576");
  refused("content:\"a\"; offset:65536;", "68: offset:\"65536\" is not matched here");
  refused("content:\"a\"; offset:-1;", "68: offset:\"-1\" is not matched here");
  refused("content:\"a\"; offset:variable;", "68: offset:\"variable\" is not matched here");
  refused("content:\"a\"; offset;", "67: offset:\"\" is not matched here");
  refused("content:\"a\"; offset:1; offset:2;", "71: offset stands twice");
  refused("content:\"a\"; content:\"b\"; distance:1048577;", "83: distance:\"1048577\" is not matched here");
  refused("content:\"a\"; content:\"b\"; distance:1; offset:1;", "86: offset and depth count from the start");
  refused("content:\"a\"; startswith; offset:1;", "73: startswith says where the content stands");
  refused("content:\"a\"; content:\"b\"; startswith; within:5;", "86: startswith says where the content stands");
  // From the start, where no match stands before it.
  BOOST_TEST((content("content:\"a\"; distance:1;").distance == 1));
  BOOST_TEST((content("content:!\"a\"; content:\"b\"; within:1;").within == 1));
  refused("pcre:\"/a/R\";", "48: this counts from the match before it in payload");
  refused("http.uri; content:\"a\"; http.method; pcre:\"/b/R\";",
          "84: this counts from the match before it in http.method", "http");
  BOOST_TEST((content("pcre:\"/a/\"; content:\"c\"; within:1;").within == 1));
}

BOOST_AUTO_TEST_CASE(modifiers_need_a_content) {
  refused("nocase; content:\"a\";", "48: nocase modifies the content before it, and there is none");
  refused("pcre:\"/a/\"; nocase;", "60: nocase modifies the content before it");
  refused("http.uri; content:\"a\"; http.method; nocase; content:\"b\";", "84: nocase modifies the content", "http");
  refused("content:\"a\"; nocase; nocase;", "69: nocase stands twice");
  refused("content:\"a\"; nocase:1;", "68: nocase takes no value");
  // one error, not two: what modifies a content that could not be read is passed over
  refused("content:\"b\"; content:\"\"; nocase; depth:5;", "70: an empty content");
}

BOOST_AUTO_TEST_CASE(one_content_is_the_fast_pattern) {
  refused("content:\"a\"; fast_pattern; content:\"b\"; fast_pattern;", "88: a second fast_pattern");
  refused("content:\"a\"; content:!\"b\"; fast_pattern;", "75: fast_pattern on a negated content");
  const auto part = content("content:\"abcd\"; fast_pattern:1,2;");
  BOOST_TEST((part.fast_pattern && part.fast_pattern_offset == 1 && part.fast_pattern_length == 2));
  refused("content:\"abc\"; fast_pattern:2,2;", "76: no part of a content of 3 bytes");
  refused("content:\"abc\"; fast_pattern:all;", "76: fast_pattern takes nothing, only, or OFFSET,LENGTH");
  refused("content:\"a\"; offset:1; fast_pattern:only;",
          "71: fast_pattern:only stands for a content without a position");
}

BOOST_AUTO_TEST_CASE(sticky_buffers_hold_until_the_next) {
  const auto signature =
      one(with_options("http.method; content:\"GET\"; http.uri; content:\"a\"; pcre:\"/b/\"; http.host; content:\"c\"; "
                       "http.user_agent; content:\"d\"; http.header; content:\"e\"; http.request_body; content:\"f\";",
                       "http"));
  std::vector<Buffer> buffers;
  for (const auto& part : signature.parts) buffers.push_back(part.content ? part.content->buffer : part.pcre->buffer);
  BOOST_TEST((buffers == std::vector{Buffer::http_method, Buffer::http_uri, Buffer::http_uri, Buffer::http_host,
                                     Buffer::http_user_agent, Buffer::http_header, Buffer::http_request_body}));
  BOOST_TEST((content("dns.query; content:\"a\";", "dns ").buffer == Buffer::dns_query));
  BOOST_TEST((content("dns_query; content:\"a\";", "udp ").buffer == Buffer::dns_query));
  BOOST_TEST((content("tls.sni; content:\"a\";", "tls ").buffer == Buffer::tls_sni));
  BOOST_TEST((content("tls_sni; content:\"a\";", "tcp ").buffer == Buffer::tls_sni));
  BOOST_TEST((content("quic.sni; content:\"a\";", "quic").buffer == Buffer::quic_sni));
  refused("http.uri; http.method; content:\"a\";", "48: nothing looks in http.uri", "http");
  refused("content:\"a\"; http.uri;", "61: nothing looks in http.uri");
  refused("http.uri:1; content:\"a\";", "57: http.uri takes no value", "http");
}

BOOST_AUTO_TEST_CASE(older_spellings_stand_behind_the_content) {
  const auto signature = one(with_options(
      "content:\"GET\"; http_method; content:\"/a\"; nocase; http_uri; content:\"b\"; http_uri; distance:1; "
      "content:\"c\"; http_host; content:\"d\"; http_header; content:\"e\"; http_user_agent; content:\"f\"; "
      "http_client_body; pcre:\"/g/Ui\";"));
  std::vector<Buffer> buffers;
  for (const auto& part : signature.parts) buffers.push_back(part.content ? part.content->buffer : part.pcre->buffer);
  BOOST_TEST((buffers == std::vector{Buffer::http_method, Buffer::http_uri, Buffer::http_uri, Buffer::http_host,
                                     Buffer::http_header, Buffer::http_user_agent, Buffer::http_request_body,
                                     Buffer::http_uri}));
  refused("http.uri; content:\"a\"; http_uri;", "71: http_uri behind a content that looks in http.uri already", "http");
  refused("content:\"a\"; http_uri; http_method;", "71: this content looks in http.uri already", "http");
  refused("http_uri;", "48: http_uri modifies the content before it", "http");
}

BOOST_AUTO_TEST_CASE(expressions_have_flags) {
  const auto all = pcre("content:\"x\"; pcre:!\"/a\\/b.*c/ismxAEGR\";");
  BOOST_TEST(all.expression == "a\\/b.*c");
  BOOST_TEST((all.negated && all.nocase && all.multiline && all.dot_all && all.extended && all.anchored &&
              all.dollar_end && all.ungreedy && all.relative));
  const auto none = pcre("pcre:\"/a|3a|/\";");
  BOOST_TEST(none.expression == "a|3a|");
  BOOST_TEST((!none.negated && !none.nocase && !none.multiline && !none.dot_all && !none.extended && !none.anchored &&
              !none.dollar_end && !none.ungreedy && !none.relative));
  const std::vector<std::pair<std::string, Buffer>> buffers{
      {"U", Buffer::http_uri},           {"H", Buffer::http_header},     {"P", Buffer::http_request_body},
      {"Q", Buffer::http_response_body}, {"S", Buffer::http_stat_code},  {"Y", Buffer::http_stat_msg},
      {"W", Buffer::http_host},          {"V", Buffer::http_user_agent}, {"M", Buffer::http_method},
      {"I", Buffer::http_uri_raw},       {"D", Buffer::http_header_raw}, {"Z", Buffer::http_host_raw},
      {"C", Buffer::http_cookie}};
  for (const auto& [flag, buffer] : buffers)
    BOOST_TEST((pcre("pcre:\"/a/" + flag + "\";", "http").buffer == buffer), flag);
  refused("pcre:\"/a/T\";", "57: pcre flag \"T\" is not matched by this version");
  refused("pcre:\"/a/UH\";", "58: a second buffer flag", "http");
  refused("http.uri; content:\"a\"; pcre:\"/a/H\";", "71: the flag of this pcre names http.header", "http");
  refused("pcre:\"a\";", "54: no expression between slashes");
  refused("pcre:\"//\";", "54: no expression between slashes");
  refused("pcre:\"/a(b/\";", "58: the expression does not compile here: missing closing parenthesis");
  refused("pcre:\"/(*UTF)a/\";", "61: the expression does not compile here");
}

BOOST_AUTO_TEST_CASE(groups_may_be_kept_under_names) {
  using Captures = std::vector<sluice::PcreCapture>;
  BOOST_TEST((pcre("pcre:\"/^(.*)\\/(\\d+)/VG, flow:key,pkt:value\";", "http").captures ==
              Captures{{1, true, "key"}, {2, false, "value"}}));
  // By their own names, whichever groups stand between them; other names are groups and nothing else.
  BOOST_TEST((pcre("pcre:\"/(a)(?P<pkt_z>b)(?P<other>c)(?P<flow_x_1>d)/i\";").captures ==
              Captures{{2, false, "z"}, {4, true, "x_1"}}));
  BOOST_TEST(pcre("pcre:!\"/(?P<flow_x>d)/\";").captures.empty());
  refused("pcre:\"/(a)/, flow:a, pkt:b\";", "69: the expression has no group 2: remove this name");
  refused("pcre:\"/(a)/, var:a\";", "61: no capture: write flow:NAME or pkt:NAME");
  refused("pcre:\"/(a)/, flow:a b\";", "61: no capture");
  refused("pcre:\"/(a)/,\";", "60: no capture");
  refused("pcre:\"/(a)/, flow:" + std::string(65, 'x') + "\";", "61: no capture");
  refused("pcre:!\"/(a)/, flow:a\";", "60: a pcre that must not match captures nothing");
  std::string nine = "pcre:\"/";
  for (int i = 0; i < 9; ++i) nine += "(a)";
  refused(nine + "/, flow:a,flow:b,flow:c,flow:d,flow:e,flow:f,flow:g,flow:h,flow:i\";",
          "141: more than 8 captures that are kept");
  std::string far = "pcre:\"/";
  for (int i = 0; i < 15; ++i) far += "(a)";
  refused(far + "(?P<flow_far>a)/\";", "54: more than 8 captures that are kept, or one behind group 15");
}

BOOST_AUTO_TEST_CASE(buffers_fit_the_header) {
  refused("dns.query; content:\"a\";", "59: dns.query is of dns, and the header says http", "http");
  refused("http.uri; content:\"a\";", "58: http.uri is of http, and the header says udp", "udp ");
  refused("quic.sni; content:\"a\";", "58: quic.sni is of quic, and the header says tcp");
  refused("http.uri; content:\"a\"; http.stat_code; content:\"200\";",
          "87: http.uri and http.stat_code come at different moments", "http");
  BOOST_TEST((content("content:\"a\";", "http").buffer == Buffer::payload));
  BOOST_TEST(one(with_options("content:\"a\"; http.uri; content:\"b\";", "http")).parts.size() == 2U);
  refused("tcp.hdr; content:\"a\"; http.uri; content:\"b\";", "57: tcp.hdr is of a packet and http.uri of a message");
  refused("http.uri; content:\"b\"; tls.sni; content:\"c\";", "80: http.uri and tls.sni are of different protocols",
          "ip  ");
  BOOST_TEST((content("http.uri; content:\"a\";", "ip  ").buffer == Buffer::http_uri));
}

BOOST_AUTO_TEST_CASE(what_is_named_comes_at_one_moment) {
  refused("tls.sni; content:\"a\"; tls.cert_subject; content:\"b\";",
          "88: tls.sni and tls.cert_subject come at different moments", "tls ");
  refused("tls.cert_chain_len:2; tls.sni; content:\"a\";", "48: tls.sni and tls.cert_chain_len come", "tls ");
  refused("dns.opcode:0;", "48: dns.opcode is of dns, and the header says tls", "tls ");
  BOOST_TEST(one(with_options("file.data; content:\"a\"; http.stat_code; content:\"200\";", "http")).parts.size() ==
             2U);
  BOOST_TEST((content("ja3.hash; content:\"a\";", "quic").buffer == Buffer::ja3_hash));
  BOOST_TEST((content("ja3.hash; content:\"a\";", "tls ").buffer == Buffer::ja3_hash));
}

BOOST_AUTO_TEST_CASE(numbers_of_messages) {
  const auto signature = one(with_options("ssl_version:sslv3,tls1.0; tls.version:!1.2;", "tls "));
  BOOST_REQUIRE(signature.numbers.size() == 2U);
  BOOST_TEST((signature.numbers[0].any_of ==
              std::vector{sluice::IntegerTest::equal(0x0300), sluice::IntegerTest::equal(0x0301)}));
  BOOST_TEST((signature.numbers[1].any_of == std::vector{sluice::IntegerTest::different(0x0303)}));
  for (const std::string wrong :
       {"dns.opcode:a;", "dns.opcode:256;", "dns.opcode;", "tls.version:1.4;", "tls.version:0x1ffff;",
        "ssl_version:tls1.2,;", "ssl_version:!sslv2,sslv3;", "ssl_state:client_keyx;", "tls_cert_valid:1;",
        "tls_cert_notafter:soon;", "tls_cert_notafter:2015-13-01;", "tls_cert_notafter:2015<>2014;", "dns.rrtype:nix;",
        "http2.settings:SETTINGS_NIX;", "http2.settings:SETTINGS_ENABLE_PUSH>a;"}) {
    const auto colon = wrong.find(':');
    const auto name = wrong.substr(0, std::min(colon, wrong.size() - 1));
    const auto at = colon == std::string::npos ? 48 : 48 + colon + 1;
    refused(wrong, std::to_string(at) + ": " + name + ":\"", "ip  ");
  }
}

BOOST_AUTO_TEST_CASE(a_rule_may_look_for_nothing) {
  BOOST_TEST(one(with_options("")).parts.empty());
  BOOST_TEST(one(with_options("", "http")).parts.empty());
  BOOST_TEST(one(with_options("http.uri; content:!\"a\";", "http")).parts.size() == 1U);
  std::string many;
  for (std::size_t i = 0; i < sluice::signature_part_limit; ++i) many += "content:\"a\"; ";
  BOOST_TEST(one(with_options(many)).parts.size() == sluice::signature_part_limit);
  refused(many + "content:\"a\";", "880: more than 64 contents and expressions");
}

// Suricata's own words: the host is normalised to lower case, so that nocase is redundant and upper case never matches.
BOOST_AUTO_TEST_CASE(hosts_are_in_lower_case) {
  refused("http.host; content:\"a.Example\";", "59: upper case in http.host", "http");
  refused("http.host; content:\"a\"; nocase;", "72: nocase on http.host", "http");
  refused("pcre:\"/a\\.Example/W\";", "48: upper case in http.host", "http");
  BOOST_TEST((pcre("http.host; pcre:\"/^\\w+\\.example\\W?/i\";", "http").buffer == Buffer::http_host));
  BOOST_TEST(content("tls.sni; content:\"A\"; nocase;", "tls ").nocase);
  refused("http.method; content:\"GET \";", "61: a blank in http.method", "http");
}

BOOST_AUTO_TEST_SUITE_END()
