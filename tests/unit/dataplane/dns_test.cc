#include "dataplane/dns/dns.hh"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "dataplane/dns/dns_text.hh"
#include "dataplane/dns/svcb.hh"
#include "dataplane/event/dns_fields.hh"

using sluice::Bytes;
using sluice::dns_rcode_name;
using sluice::dns_type_name;
using sluice::DnsError;
using sluice::DnsName;
using sluice::parse_dns;
using sluice::Probe;
using sluice::probe_dns;
using sluice::probe_dns_tcp;

namespace {

using Octets = std::vector<std::uint8_t>;

// Pairs of digits, with spaces between them or not.
Octets unhex(std::string_view digits) {
  Octets bytes;
  while (digits.size() >= 2) {
    if (digits.front() == ' ') {
      digits.remove_prefix(1);
      continue;
    }
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string{digits.substr(0, 2)}, nullptr, 16)));
    digits.remove_prefix(2);
  }
  return bytes;
}

Octets operator+(Octets left, const Octets& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

// Answers of dnsmasq 2.90 to kdig 3.2; what they say is what kdig and tshark 4.0 print of them.
const Octets cname_and_a = unhex(
    "3f128580000100020000000003777777076578616d706c6504746573740000010001c00c000500010000000000130465"
    "646765076578616d706c65047465737400c02e00010001000000000004c0000209");
const Octets aaaa = unhex(
    "e3db858000010001000000000464617461066d6973746174076578616d706c6500001c0001c00c001c00010000000000"
    "1020010db8000000000000000000000007");
const Octets mx = unhex(
    "84de85800001000100000000076578616d706c65047465737400000f0001c00c000f0001000000000015000a046d6169"
    "6c076578616d706c65047465737400");
const Octets txt = unhex(
    "b1f185800001000100000000076578616d706c6504746573740000100001c00c001000010000000000170b763d737066"
    "31202d616c6c0a7365636f6e64206f6e65");
const Octets srv = unhex(
    "e72985800001000100000000055f6d717474045f746370076578616d706c6504746573740000210001c00c0021000100"
    "00000000190005000a22b30470757368076578616d706c65047465737400");
const Octets ptr = unhex(
    "843a858000010001000000000139013201300331393207696e2d61646472046172706100000c0001c00c000c00010000"
    "000000130465646765076578616d706c65047465737400");
const Octets nxdomain = unhex("291f81830001000000000000046e6f7065047a6f6e65076578616d706c650000010001");
const Octets tcp_query = unhex("0022e99f0120000100000000000003777777076578616d706c6504746573740000010001");

// A query for the address of `name`; `questions` = the count in the header.
Octets asking(const Octets& name, std::string_view questions = "0001") {
  return unhex("1234 0100") + unhex(questions) + unhex("0000 0000 0000") + name + unhex("0001 0001");
}

// The record of a response to "a.": type and data as given, its name the root.
Octets answering(std::string_view type, std::string_view rdata) {
  const auto data = unhex(rdata);
  return unhex("1234 8180 0001 0001 0000 0000 016100 0001 0001") + unhex("00") + unhex(type) + unhex("0001 00000e10") +
         Octets{static_cast<std::uint8_t>(data.size() >> 8), static_cast<std::uint8_t>(data.size())} + data;
}

// The data of a record as an event holds it: its values and parts, numbers in decimal, a space between; the number of a
// parameter before a '='.
std::string data_of(const sluice::DnsMessage& message, const sluice::DnsRecord& record) {
  using sluice::Field;
  alignas(8) std::array<std::uint8_t, 4096> room;
  sluice::EventWriter writer{room};
  sluice::EventHeader header;
  header.type = sluice::EventType::dns;
  writer.begin(header);
  put_dns_record(writer, message, record);
  std::string text;
  const auto event = sluice::Event::parse(writer.finish());
  for (const auto& field : *event) {
    const auto add = [&](const std::string& value) { text += (text.empty() || text.back() == '=' ? "" : " ") + value; };
    if (field.field == Field::dns_answer_data || field.field == Field::dns_data_text) add(std::string{field.text()});
    if (field.field == Field::dns_data_number) add(std::to_string(field.integer()));
    if (field.field == Field::dns_parameter) add(std::to_string(field.integer()) + "=");
  }
  return text;
}

// What a message says, a line each: "? NAME TYPE", then "SECTION NAME TTL TYPE DATA"; last the error, if there is one.
std::vector<std::string> lines_of(Bytes bytes) {
  static const std::array<std::string, 3> sections{"answer", "authority", "additional"};
  auto message = parse_dns(bytes);
  if (!message) return {"error " + std::to_string(static_cast<int>(message.error()))};
  std::vector<std::string> lines;
  sluice::DnsNumberText number;
  sluice::DnsQuestion question;
  while (message->next_question(question)) {
    lines.push_back("? " + std::string{question.name.view()} + " " + std::string{dns_type_name(question.type, number)});
  }
  sluice::DnsRecord record;
  while (message->next_record(record)) {
    lines.push_back(sections.at(static_cast<std::size_t>(record.section)) + " " + std::string{record.name.view()} +
                    " " + std::to_string(record.ttl) + " " + std::string{dns_type_name(record.type, number)} + " " +
                    data_of(*message, record));
  }
  if (message->error()) lines.push_back("error " + std::to_string(static_cast<int>(*message->error())));
  return lines;
}

void expect(const Octets& message, const std::vector<std::string>& expected) {
  BOOST_TEST(lines_of(message) == expected, boost::test_tools::per_element());
}

std::string line_of_error(DnsError error) { return "error " + std::to_string(static_cast<int>(error)); }

// The data of a message of one answer.
std::string rdata_of(const Octets& bytes) {
  auto message = parse_dns(bytes);
  sluice::DnsRecord record;
  BOOST_REQUIRE(message->next_record(record));
  return data_of(*message, record);
}

// The name at the start of these bytes, or its error.
std::string name_of(Bytes bytes, std::size_t offset = 0) {
  DnsName name;
  const auto end = name.read(bytes, offset);
  return end ? std::string{name.view()} + " ends at " + std::to_string(*end) : line_of_error(end.error());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dns)

BOOST_AUTO_TEST_CASE(answers_of_dnsmasq) {
  expect(cname_and_a, {"? www.example.test A", "answer www.example.test 0 CNAME edge.example.test",
                       "answer edge.example.test 0 A 192.0.2.9"});
  expect(aaaa, {"? data.mistat.example AAAA", "answer data.mistat.example 0 AAAA 2001:db8::7"});
  expect(mx, {"? example.test MX", "answer example.test 0 MX mail.example.test"});
  expect(txt, {"? example.test TXT", "answer example.test 0 TXT v=spf1 -all second one"});
  expect(srv, {"? _mqtt._tcp.example.test SRV", "answer _mqtt._tcp.example.test 0 SRV 5 10 8883 push.example.test"});
  expect(ptr, {"? 9.2.0.192.in-addr.arpa PTR", "answer 9.2.0.192.in-addr.arpa 0 PTR edge.example.test"});
  expect(nxdomain, {"? nope.zone.example A"});
}

BOOST_AUTO_TEST_CASE(header_fields) {
  const auto header = sluice::parse_dns_header(nxdomain);
  BOOST_REQUIRE(header.has_value());
  BOOST_TEST(header->id == 0x291f);
  BOOST_TEST(header->response());
  BOOST_TEST(header->opcode() == 0U);
  BOOST_TEST(header->rcode() == 3);
  BOOST_TEST(!header->truncated());
  BOOST_TEST(header->questions == 1);
  // NOTIFY (opcode 4) with TC, RFC 1996
  const auto notify = sluice::parse_dns_header(unhex("0001 2200 0002 0003 0004 0005"));
  BOOST_TEST(notify->opcode() == 4U);
  BOOST_TEST(notify->truncated());
  BOOST_TEST(!notify->response());
  BOOST_TEST(notify->answers == 3);
  BOOST_TEST(notify->authorities == 4);
  BOOST_TEST(notify->additionals == 5);
  BOOST_TEST((sluice::parse_dns_header(Bytes{nxdomain}.first(11)).error() == DnsError::need_more));
}

// What stands before the cut is kept, whole questions and records of it.
BOOST_AUTO_TEST_CASE(every_truncation_keeps_what_is_before_it) {
  for (const auto* message : {&cname_and_a, &aaaa, &mx, &txt, &srv, &ptr, &nxdomain}) {
    const auto whole = lines_of(*message);
    for (std::size_t size = 0; size < message->size(); ++size) {
      auto lines = lines_of(Bytes{*message}.first(size));
      BOOST_REQUIRE_MESSAGE(!lines.empty() && lines.back() == line_of_error(DnsError::need_more), size);
      lines.pop_back();
      BOOST_REQUIRE_LT(lines.size(), whole.size());
      BOOST_TEST(std::equal(lines.begin(), lines.end(), whole.begin()));
    }
  }
  const auto lines = lines_of(Bytes{cname_and_a}.first(cname_and_a.size() - 1));
  BOOST_TEST(lines.size() == 3U);  // question, CNAME, error
}

BOOST_AUTO_TEST_CASE(records_pass_over_questions_not_read) {
  auto message = parse_dns(cname_and_a);
  sluice::DnsRecord record;
  BOOST_TEST(message->next_record(record));
  BOOST_TEST(record.name.view() == "www.example.test");
  sluice::DnsQuestion question;
  BOOST_TEST(!message->next_question(question));
}

BOOST_AUTO_TEST_CASE(sections_follow_each_other) {
  // one NS record (target "b.") in the authority section, an OPT record (RFC 6891, 1,232 bytes) in the additional one
  const auto message = unhex("1234 8180 0001 0000 0001 0001 016100 0001 0001") +
                       unhex("c00c 0002 0001 0000003c 0003 016200") + unhex("00 0029 04d0 00000000 0000");
  expect(message, {"? a A", "authority a 60 NS b", "additional  0 OPT 1232"});
}

BOOST_AUTO_TEST_CASE(record_data) {
  // RFC 1035 section 3.3.13
  BOOST_TEST(rdata_of(answering("0006", "036e7331c00c 0161c00c 00000001 00000002 00000003 00000004 00000005")) ==
             "ns1.a a.a 1 2 3 4 5");
  BOOST_TEST(rdata_of(answering("0027", "0178 00")) == "x");  // DNAME
  BOOST_TEST(rdata_of(answering("000f", "0000 00")) == ".");  // "null MX", RFC 7505
  BOOST_TEST(rdata_of(answering("0010", "00")) == "");        // an empty string
  BOOST_TEST(rdata_of(answering("0010", "03 615c07")) == "a\\\x07");
  BOOST_TEST(rdata_of(answering("0010", "01 61 05 6263")) == "a");  // the second string is cut
  // RFC 8659 section 4.2: 0 issue "ca1.example.net"
  BOOST_TEST(rdata_of(answering("0101", "00 05 6973737565 6361312e6578616d706c652e6e6574")) ==
             "0 issue ca1.example.net");
  // RFC 3403 section 6.2: 100 50 "s" "http+I2L+I2C+I2R" "" _http._tcp.foo.com
  BOOST_TEST(rdata_of(answering("0023",
                                "0064 0032 01 73 10 687474702b49324c2b4932432b493252 00 "
                                "05 5f68747470 04 5f746370 03 666f6f 03 636f6d 00")) ==
             "100 50 s http+I2L+I2C+I2R  _http._tcp.foo.com");
  // RFC 4034 sections 5.4 (the digest's bytes), 3.3 (without the signature)
  BOOST_TEST(rdata_of(answering("002b", "ec45 05 01 2bb183")) == "60485 5 1 \x2b\xb1\x83");
  BOOST_TEST(rdata_of(answering("002e",
                                "0001 05 03 00015180 3e7c9dd7 3e5510d7 0a52 07 6578616d706c65 03 636f6d 00 "
                                "a6b7")) == "1 5 3 86400 1048354263 1045762263 2642 example.com");
  // data that does not fit its type
  BOOST_TEST(rdata_of(answering("0001", "c00002")) == "");
  BOOST_TEST(rdata_of(answering("001c", "c0000201")) == "");
  BOOST_TEST(rdata_of(answering("0005", "0162") + unhex("00")) == "");  // the name goes on behind the data
  BOOST_TEST(rdata_of(answering("000f", "00")) == "");
  BOOST_TEST(rdata_of(answering("0021", "0000")) == "0");  // SRV: what is whole of it
  BOOST_TEST(rdata_of(answering("0021", "0000 0000 0050 0162") + unhex("00")) == "0 0 80");
  BOOST_TEST(rdata_of(answering("0005", "")) == "");
}

BOOST_AUTO_TEST_CASE(edns_options) {
  // RFC 6891 section 6.1.2; RFC 7871 section 6: family 1, prefix 24, scope 0, 192.0.2; RFC 7830: padding
  const auto message =
      unhex("1234 0100 0000 0000 0000 0001 00 0029 1000 00008000 000f 0008 0007 0001 18 00 c00002 000c 0000");
  auto parsed = parse_dns(message);
  sluice::DnsRecord record;
  BOOST_REQUIRE(parsed->next_record(record));
  BOOST_TEST(data_of(*parsed, record) == std::string("4096 8=\x00\x01\x18\x00\xc0\x00\x02 12=", 18));
}

// RFC 9460 appendix D, the wire format of each figure
BOOST_AUTO_TEST_CASE(service_records) {
  const auto svcb = [](std::string_view data) { return rdata_of(answering("0040", data)); };
  const std::string foo_com = "03666f6f076578616d706c6503636f6d00";
  BOOST_TEST(svcb("0000" + foo_com) == "0 foo.example.com");
  BOOST_TEST(svcb("0001 00") == "1 .");
  BOOST_TEST(svcb("0010" + foo_com + "0003 0002 0035") == "16 foo.example.com 3=53");
  BOOST_TEST(svcb("0001" + foo_com + "029b 0005 68656c6c6f") == "1 foo.example.com 667=hello");
  BOOST_TEST(svcb("0001" + foo_com + "0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001") ==
             "1 foo.example.com 6=2001:db8::1 2001:db8::53:1");
  BOOST_TEST(svcb("0010 03666f6f076578616d706c65036f726700 0000 0004 0001 0004 0001 0009 02 6832 05 68332d3139 "
                  "0004 0004 c0000201") == "16 foo.example.org 0=1 4 1=h2 h3-19 4=192.0.2.1");
  // Keys that do not rise (section 2.2), and a value that is cut: what stands before them.
  BOOST_TEST(svcb("0001 00 0003 0002 0035 0003 0002 0036") == "1 . 3=53");
  BOOST_TEST(svcb("0001 00 0003 0002 0035 0004 0005 c0") == "1 . 3=53");
}

// RFC 9849 section 4: two configurations, between them one of a version that nobody knows.
BOOST_AUTO_TEST_CASE(ech_configurations) {
  const auto config = [](std::string_view id, std::string_view name) {
    const auto public_name = unhex(name);
    const auto body = unhex(id) + unhex("0020 0002 abcd 0004 00010001 00") +
                      Octets{static_cast<std::uint8_t>(public_name.size())} + public_name + unhex("0000");
    return unhex("fe0d 00") + Octets{static_cast<std::uint8_t>(body.size())} + body;
  };
  const auto list = [](const Octets& configs) {
    return unhex("00") + Octets{static_cast<std::uint8_t>(configs.size())} + configs;
  };
  const auto names = [](const Octets& bytes) {
    sluice::EchConfigList configs{bytes};
    sluice::EchConfig config;
    std::string text;
    while (configs.next(config)) text += std::to_string(config.id) + " " + std::string{config.public_name} + ",";
    return text;
  };
  const auto first = config("2a", "612e65");
  const auto second = config("ff", "622e65");
  BOOST_TEST(names(list(first + unhex("fe0a 0001 00") + second)) == "42 a.e,255 b.e,");
  BOOST_TEST(names(list(config("2a", ""))).empty());  // a public name has at least one byte
  BOOST_TEST(names(unhex("00")).empty());
  const auto whole = list(first);
  for (std::size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(names(Octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).empty());
}

BOOST_AUTO_TEST_CASE(record_data_is_cut_at_the_end_of_the_buffer) {
  auto message = parse_dns(cname_and_a);
  sluice::DnsRecord record;
  BOOST_REQUIRE(message->next_record(record));
  std::array<char, 6> text;
  BOOST_TEST(format_rdata(*message, record, text) == "edge.e");
  BOOST_TEST(format_rdata(*message, record, {}) == "");
}

// RFC 1035 section 5.1 for the escapes; the case stays.
BOOST_AUTO_TEST_CASE(names_as_text) {
  BOOST_TEST(name_of(unhex("00")) == " ends at 1");
  BOOST_TEST(name_of(unhex("03577757 03436f6d 00")) == "WwW.Com ends at 9");
  BOOST_TEST(name_of(unhex("05612e625c63 00")) == "a\\046b\\092c ends at 7");
  BOOST_TEST(name_of(unhex("06 01ff7f 00c3a9 00")) == "\\001\\255\\127\\000\\195\\169 ends at 8");
  BOOST_TEST(name_of(unhex("03 6120 22 00")) == "a \" ends at 5");
}

BOOST_AUTO_TEST_CASE(compressed_names) {
  // RFC 1035 section 4.1.4: F.ISI.ARPA, FOO.F.ISI.ARPA, ARPA and the root
  auto message = Octets(20, 0) + unhex("0146 03495349 0441525041 00");
  message.resize(40);
  message = message + unhex("03464f4f c014");
  message.resize(64);
  message = message + unhex("c01a");
  message.resize(92);
  message = message + unhex("00");
  BOOST_TEST(name_of(message, 20) == "F.ISI.ARPA ends at 32");
  BOOST_TEST(name_of(message, 40) == "FOO.F.ISI.ARPA ends at 46");
  BOOST_TEST(name_of(message, 64) == "ARPA ends at 66");
  BOOST_TEST(name_of(message, 92) == " ends at 93");
}

// tshark and Suricata 8 follow pointers both ways, as servers do.
BOOST_AUTO_TEST_CASE(pointers_go_both_ways_and_loops_end) {
  const auto bad = line_of_error(DnsError::bad_pointer);
  const auto too_long = line_of_error(DnsError::name_too_long);
  BOOST_TEST(name_of(unhex("c002 0161 00")) == "a ends at 2");          // forwards
  BOOST_TEST(name_of(unhex("c002 0161 00 c000"), 5) == "a ends at 7");  // back, then forwards
  BOOST_TEST(name_of(unhex("c000")) == bad);                            // to itself
  BOOST_TEST(name_of(unhex("c002 c000"), 2) == bad);                    // there and back
  BOOST_TEST(name_of(unhex("0161 c000")) == too_long);                  // to the labels that it ends
  BOOST_TEST(name_of(unhex("0161 0162 c002")) == too_long);             // into them
  BOOST_TEST(name_of(unhex("0161 00 c000"), 3) == "a ends at 5");
  BOOST_TEST(name_of(unhex("c0")) == line_of_error(DnsError::need_more));

  // a chain of pointers, each to the one before it
  Octets chain = unhex("00");
  for (unsigned i = 0; i < sluice::dns_pointer_limit; ++i) {
    const auto target = i == 0 ? 0U : 1 + 2 * (i - 1);
    chain.push_back(static_cast<std::uint8_t>(0xc0 | target >> 8));
    chain.push_back(static_cast<std::uint8_t>(target));
  }
  BOOST_TEST(name_of(chain, chain.size() - 2) == " ends at " + std::to_string(chain.size()));
  const auto last = static_cast<std::uint8_t>(chain.size() - 2);
  chain.push_back(0xc0);
  chain.push_back(last);
  BOOST_TEST(name_of(chain, chain.size() - 2) == bad);
}

BOOST_AUTO_TEST_CASE(names_are_bounded) {
  const auto label = [](std::size_t size) { return Octets{static_cast<std::uint8_t>(size)} + Octets(size, 0x01); };
  const auto three = label(63) + label(63) + label(63);
  const auto longest = three + label(61) + unhex("00");
  BOOST_TEST(longest.size() == sluice::dns_name_wire_limit);
  DnsName name;
  BOOST_TEST(name.read(longest, 0).value() == 255U);
  BOOST_TEST(name.view().size() == sluice::dns_name_text_limit);
  BOOST_TEST(name.view().ends_with("\\001"));
  BOOST_TEST(name_of(three + label(62) + unhex("00")) == line_of_error(DnsError::name_too_long));
  BOOST_TEST((name.read(three + label(62) + unhex("00"), 0).error() == DnsError::name_too_long));
  BOOST_TEST(name.view() == "");  // nothing of the name before
  BOOST_TEST(name_of(unhex("40 00")) == line_of_error(DnsError::bad_label));
  BOOST_TEST(name_of(unhex("80 00")) == line_of_error(DnsError::bad_label));
}

BOOST_AUTO_TEST_CASE(records_are_bounded) {
  Octets many = unhex("1234 8180 0000 ffff 0000 0000");
  for (std::size_t i = 0; i <= sluice::dns_record_limit; ++i) many = many + unhex("00 0001 0001 00000000 0000");
  const auto lines = lines_of(many);
  BOOST_TEST(lines.size() == sluice::dns_record_limit + 1);
  BOOST_TEST(lines.back() == line_of_error(DnsError::too_many_records));
}

BOOST_AUTO_TEST_CASE(probing_datagrams) {
  for (const auto* message : {&cname_and_a, &aaaa, &mx, &txt, &srv, &ptr, &nxdomain}) {
    BOOST_TEST((probe_dns(*message) == Probe::yes));
  }
  const auto name = unhex("0161 00");
  BOOST_TEST((probe_dns(asking(name)) == Probe::yes));
  BOOST_TEST((probe_dns(asking(name, "0020")) == Probe::yes));
  BOOST_TEST((probe_dns(asking(name, "0021")) == Probe::no));
  BOOST_TEST((probe_dns(asking(unhex("00"))) == Probe::yes));  // the root
}

BOOST_AUTO_TEST_CASE(probing_header_bits) {
  const auto with = [](std::string_view flags, std::string_view question) {
    return probe_dns(unhex("1234") + unhex(flags) + unhex("0001 0000 0000 0000") + unhex(question));
  };
  BOOST_TEST((with("2800", "00 0006 0001") == Probe::yes));  // UPDATE, RFC 2136
  BOOST_TEST((with("3000", "00 0006 0001") == Probe::no));   // opcode 6
  BOOST_TEST((with("0170", "00 0001 0001") == Probe::yes));  // Z, AD and CD set
  BOOST_TEST((with("0100", "00 0001 8001") == Probe::yes));  // QU of mDNS, RFC 6762 section 5.4
  BOOST_TEST((with("0100", "00 0001 00fe") == Probe::yes));  // class NONE
  BOOST_TEST((with("0100", "00 0001 0002") == Probe::yes));
  BOOST_TEST((with("0100", "00 0001 0005") == Probe::no));  // a class that nobody assigned
  BOOST_TEST((with("0100", "00 0000 0001") == Probe::no));  // type 0
  BOOST_TEST((with("0100", "80 0001 0001") == Probe::no));  // a reserved label type
  BOOST_TEST((with("0100", "c00c 0001 0001") == Probe::no));
  BOOST_TEST((with("0100", "05 6161") == Probe::maybe));  // cut inside the question
  BOOST_TEST((with("0100", "00 0001 00") == Probe::maybe));
}

BOOST_AUTO_TEST_CASE(probing_messages_without_a_question) {
  BOOST_TEST((probe_dns(unhex("1234 8185 0000 0000 0000 0000")) == Probe::yes));  // REFUSED, the header alone
  BOOST_TEST((probe_dns(unhex("1234 8185 0000 0000 0000 0000 00")) == Probe::no));
  BOOST_TEST((probe_dns(unhex("1234 8180 0000 0000 0000 0000")) == Probe::no));
  BOOST_TEST((probe_dns(unhex("1234 0185 0000 0000 0000 0000")) == Probe::no));
  BOOST_TEST((probe_dns(Octets(12, 0)) == Probe::no));
  BOOST_TEST((probe_dns(Octets(64, 0)) == Probe::no));
  BOOST_TEST((probe_dns(Bytes{nxdomain}.first(11)) == Probe::no));
  // an answer of mDNS (RFC 6762 section 6), cache flush bit set
  const std::string_view answer = "0000 8400 0000 0001 0000 0000 0161 00 0001 8001 00000078 0004 c0000201";
  BOOST_TEST((probe_dns(unhex(answer)) == Probe::yes));
  BOOST_TEST((probe_dns(unhex(answer.substr(0, answer.size() - 2))) == Probe::maybe));
  BOOST_TEST((probe_dns(unhex("0000 8400 0000 0001 0000 0000 0161 00 0001 0009 00000078 0000")) == Probe::no));
  // OPT, whose class is a size
  BOOST_TEST((probe_dns(unhex("0000 8400 0000 0000 0000 0001 00 0029 04d0 00000000 0000")) == Probe::yes));
}

BOOST_AUTO_TEST_CASE(tcp_framing) {
  const auto message = sluice::dns_tcp_message(tcp_query);
  BOOST_REQUIRE(message.has_value());
  BOOST_TEST(message->size() == 34U);
  expect({message->begin(), message->end()}, {"? www.example.test A"});
  BOOST_TEST((probe_dns_tcp(tcp_query) == Probe::yes));
  BOOST_TEST(sluice::dns_tcp_message(tcp_query + tcp_query)->size() == 34U);  // a second query behind it
  for (std::size_t size = 0; size < tcp_query.size(); ++size) {
    const auto cut = Bytes{tcp_query}.first(size);
    BOOST_REQUIRE_MESSAGE(sluice::dns_tcp_message(cut).error() == DnsError::need_more, size);
    BOOST_REQUIRE_MESSAGE(probe_dns_tcp(cut) == Probe::maybe, size);
  }
  BOOST_TEST((sluice::dns_tcp_message(unhex("000b")).error() == DnsError::not_this));
  BOOST_TEST((probe_dns_tcp(unhex("000b")) == Probe::no));
  // a message that is complete and still ends inside its question
  BOOST_TEST((probe_dns_tcp(unhex("000e 1234 0100 0001 0000 0000 0000 0561")) == Probe::no));
}

// The numbers of the IANA registry; kdig and tshark print the same names.
BOOST_AUTO_TEST_CASE(names_of_numbers) {
  sluice::DnsNumberText buffer;
  const auto type = [&buffer](std::uint16_t number) { return dns_type_name(number, buffer); };
  BOOST_TEST(type(1) == "A");
  BOOST_TEST(type(28) == "AAAA");
  BOOST_TEST(type(43) == "DS");
  BOOST_TEST(type(52) == "TLSA");
  BOOST_TEST(type(65) == "HTTPS");
  BOOST_TEST(type(255) == "ANY");
  BOOST_TEST(type(257) == "CAA");
  BOOST_TEST(type(32769) == "DLV");
  BOOST_TEST(type(0) == "TYPE0");
  BOOST_TEST(type(54) == "TYPE54");
  BOOST_TEST(type(65535) == "TYPE65535");  // RFC 3597 section 5
  const auto rcode = [&buffer](std::uint16_t number) { return dns_rcode_name(number, buffer); };
  BOOST_TEST(rcode(0) == "NOERROR");
  BOOST_TEST(rcode(3) == "NXDOMAIN");
  BOOST_TEST(rcode(5) == "REFUSED");
  BOOST_TEST(rcode(10) == "NOTZONE");
  BOOST_TEST(rcode(12) == "RCODE12");
  BOOST_TEST(rcode(16) == "BADVERS");
  BOOST_TEST(rcode(23) == "BADCOOKIE");
  BOOST_TEST(rcode(24) == "RCODE24");
  BOOST_TEST(rcode(65535) == "RCODE65535");
}

BOOST_AUTO_TEST_CASE(text_is_cut_between_escapes) {
  std::array<char, 9> out;
  sluice::DnsText text{out};
  text.text(unhex("61 01 02 03"));
  BOOST_TEST(text.view() == "a\\001\\002");
  text.decimal(7);
  BOOST_TEST(text.view() == "a\\001\\002");
}

BOOST_AUTO_TEST_SUITE_END()
