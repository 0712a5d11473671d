#include "control/evidence/chain_line.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

namespace {

const std::string zeros(64, '0');
const std::string uuid = "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77";

ChainLine line_of(ChainKind kind) {
  ChainLine line;
  line.number = 3;
  line.time = "2026-11-21T04:16:27.123456+0000";
  line.kind = kind;
  line.previous = zeros;
  line.tap = uuid;
  line.authority = std::string(64, 'a');
  line.clock_state = "ntp";
  line.device = uuid;
  line.public_key = std::string(64, 'b');
  line.bytes = 600;
  line.digest = std::string(64, 'c');
  line.blocks = std::string(32, 'd');
  line.through = 2;
  return line;
}

const std::string tombstone = R"({"number":3,"time":"2026-11-21T04:16:27.123456+0000","kind":"tombstone","device":")" +
                              uuid + R"(","previous":")" + zeros + R"("})";

}  // namespace

BOOST_AUTO_TEST_SUITE(chain_line)

BOOST_AUTO_TEST_CASE(each_kind_is_read_as_it_was_written) {
  for (const auto kind :
       {ChainKind::start, ChainKind::device, ChainKind::record, ChainKind::retired, ChainKind::tombstone}) {
    const auto text = text_of(line_of(kind));
    BOOST_TEST(text.find('\n') == std::string::npos);
    const auto parsed = parse_chain_line(text);
    BOOST_REQUIRE_MESSAGE(parsed, text << ": " << (parsed ? std::string{} : parsed.error()));
    BOOST_TEST((parsed->kind == kind));
    BOOST_TEST(text_of(*parsed) == text);
  }
  BOOST_TEST(text_of(line_of(ChainKind::tombstone)) == tombstone);
}

// The digest of a line stands for its meaning: there is one way to write each.
BOOST_AUTO_TEST_CASE(the_same_written_otherwise_is_refused) {
  BOOST_REQUIRE(parse_chain_line(tombstone));
  const auto with = [](std::string text, const std::string& part, const std::string& other) {
    const auto at = text.find(part);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, part.size(), other);
  };
  for (const auto& [part, other] : std::vector<std::pair<std::string, std::string>>{{":3", ": 3"},
                                                                                    {":3", ":3.0"},
                                                                                    {":3", ":-3"},
                                                                                    {":3", ":\"3\""},
                                                                                    {"{", "{\"x\":1,"},
                                                                                    {"tombstone", "tombstones"},
                                                                                    {"tombstone", "retired"},
                                                                                    {zeros, zeros.substr(1)},
                                                                                    {zeros, std::string(64, 'A')},
                                                                                    {uuid, "../../etc"},
                                                                                    {"T04", " 04"},
                                                                                    {"\"device\"", "\"\\u0064evice\""},
                                                                                    {"}", "}}"}}) {
    BOOST_TEST(!parse_chain_line(with(tombstone, part, other)));
  }
  BOOST_TEST(!parse_chain_line(""));
  BOOST_TEST(!parse_chain_line("[]"));
  BOOST_TEST(!parse_chain_line(std::string(chain_line_limit + 1, '[')));
}

BOOST_AUTO_TEST_CASE(a_record_has_as_many_digests_as_blocks) {
  auto line = line_of(ChainKind::record);
  for (const std::uint64_t bytes : {512, 1025, 1 << 20}) {
    line.bytes = bytes;
    BOOST_TEST(!parse_chain_line(text_of(line)));
  }
  line.bytes = 1024;
  BOOST_TEST(parse_chain_line(text_of(line)).has_value());
}

BOOST_AUTO_TEST_CASE(heads_and_names) {
  const auto head = parse_chain_head("17:" + zeros);
  BOOST_REQUIRE(head);
  BOOST_TEST(head->number == 17U);
  BOOST_TEST(head->digest == zeros);
  for (const auto& text : {"17", ":", "0:", "x:"}) BOOST_TEST(!parse_chain_head(text + zeros.substr(1)));
  BOOST_TEST(!parse_chain_head("0:" + zeros));
  BOOST_TEST(!parse_chain_head("17:" + zeros + "0"));
  BOOST_TEST(record_path("/e", 17) == "/e/records/0000000017.box");
  BOOST_TEST(record_number("0000000017.box") == 17U);
  for (const auto* const name : {"17.box", "0000000017.bo", "0000000000.box", "00000000x7.box", ".box", ""})
    BOOST_TEST(record_number(name) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
