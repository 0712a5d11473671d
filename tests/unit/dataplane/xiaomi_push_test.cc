#include "dataplane/parsers/xiaomi_push.hh"

#include <boost/test/unit_test.hpp>
#include <deque>
#include <string>

using namespace sluice;
using namespace std::string_literals;

namespace {

std::string be(std::uint64_t value, unsigned bytes) {
  std::string text;
  for (auto i = bytes; i-- > 0;) text += static_cast<char>(value >> (8U * i) & 0xffU);
  return text;
}

// RFC 1950 section 8.2, as it is defined.
std::uint32_t adler(const std::string& bytes) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65521U;
    b = (b + a) % 65521U;
  }
  return b << 16U | a;
}

std::string framed(const std::string& blob) {
  const auto covered = "\xc2\xfe\x00\x05"s + be(blob.size(), 4) + blob;
  return covered + be(adler(covered), 4);
}

std::string blob(const std::string& header, const std::string& body) {
  return "\x00\x02"s + be(header.size(), 2) + be(body.size(), 4) + header + body;
}

// Field `number` below 16 as a text below 128 bytes, and as a number below 128.
std::string text(unsigned number, const std::string& value) {
  return be(number << 3U | 2U, 1) + be(value.size(), 1) + value;
}
std::string integer(unsigned number, unsigned value) { return be(number << 3U, 1) + be(value, 1); }

const std::string conn_header =
    "\x08\x00\x10\x00\x1a\x0axiaomi.com\x2a\x04"
    "CONN"s;

std::string conn(const std::string& body) { return framed(blob(conn_header, body)); }

// A whole frame byte by byte; its last four are what Python's zlib.adler32 gives for the others.
const std::string whole =
    "\xc2\xfe\x00\x05\x00\x00\x00\x75"  // magic, version, size of the blob: 117
    "\x00\x02\x00\x16\x00\x00\x00\x57"  // type, header of 22 bytes, body of 87
    "\x08\x00\x10\x00\x1a\x0axiaomi.com\x2a\x04"
    "CONN"      // 1: 0, 2: 0, 3: host, 5: command
    "\x08\x6a"  // 1: 106
    "\x12\x08"
    "PHONE-A1"  // model
    "\x1a\x0b"
    "V99.0.1.TST"  // build
    "\x22\x0c"
    "a-0123456789"  // device id
    "\x28\x29"      // 5: 41
    "\x32\x13"
    "mobile-lte-internet"  // network
    "\x3a\x0e"
    "push.test:5222"
    "\x42\x05"
    "de_CH"     // locale
    "\x50\x1e"  // 10: 30
    "\x12\x63\x1f\xf0"s;

XiaomiPushFrame parsed(const std::string& stream) {
  static std::deque<std::string> kept;  // what the views point into
  const auto frame = parse_xiaomi_push(as_bytes(kept.emplace_back(stream)));
  BOOST_REQUIRE(frame);
  return *frame;
}

XiaomiDevice device(const std::string& body) {
  const auto frame = parsed(conn(body));
  BOOST_REQUIRE(frame.device);
  return *frame.device;
}

void expect_error(const std::string& stream, XiaomiPushError reason) {
  const auto frame = parse_xiaomi_push(as_bytes(stream));
  BOOST_REQUIRE(!frame);
  BOOST_TEST((frame.error() == reason));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(xiaomi_push)

BOOST_AUTO_TEST_CASE(a_device_says_what_it_is) {
  const auto frame = parsed(whole + "next");
  BOOST_TEST(frame.size == 129U);
  BOOST_TEST(!frame.is_encrypted);
  BOOST_TEST(frame.command == "CONN");
  BOOST_TEST(frame.host == "xiaomi.com");
  BOOST_REQUIRE(frame.device);
  BOOST_TEST(frame.device->connection_version == 106U);
  BOOST_TEST(frame.device->model == "PHONE-A1");
  BOOST_TEST(frame.device->build == "V99.0.1.TST");
  BOOST_TEST(frame.device->device_id == "a-0123456789");
  BOOST_TEST(frame.device->sdk_version == 41U);
  BOOST_TEST(frame.device->network_type == "mobile-lte");
  BOOST_TEST(frame.device->network_name == "internet");
  BOOST_TEST(frame.device->server == "push.test:5222");
  BOOST_TEST(frame.device->locale == "de_CH");
  BOOST_TEST(frame.device->api_level == 30U);
}

BOOST_AUTO_TEST_CASE(the_probe_needs_eight_bytes) {
  for (std::size_t size = 0; size < 8; ++size)
    BOOST_TEST((probe_xiaomi_push(as_bytes(whole.substr(0, size))) == Probe::maybe), size);
  BOOST_TEST((probe_xiaomi_push(as_bytes(whole.substr(0, 8))) == Probe::yes));
  for (std::size_t at = 0; at < 4; ++at) {
    auto other = whole;
    other[at] = static_cast<char>(other[at] ^ 1);
    BOOST_TEST((probe_xiaomi_push(as_bytes(other)) == Probe::no), at);
    BOOST_TEST((probe_xiaomi_push(as_bytes(other.substr(0, at + 1))) == Probe::no), at);
    expect_error(other, XiaomiPushError::not_this);
  }
  const auto probe = [](std::uint64_t size) { return probe_xiaomi_push(as_bytes("\xc2\xfe\x00\x05"s + be(size, 4))); };
  BOOST_TEST((probe(0) == Probe::yes));
  BOOST_TEST((probe(7) == Probe::no));
  BOOST_TEST((probe(8) == Probe::yes));
  BOOST_TEST((probe(32'768) == Probe::yes));
  BOOST_TEST((probe(32'769) == Probe::no));
  BOOST_TEST((probe(0xffffffff) == Probe::no));
}

BOOST_AUTO_TEST_CASE(every_prefix_wants_more) {
  for (std::size_t size = 0; size < whole.size(); ++size)
    expect_error(whole.substr(0, size), XiaomiPushError::need_more);
}

BOOST_AUTO_TEST_CASE(every_wrong_byte_is_noticed) {
  for (std::size_t at = 8; at < whole.size(); ++at) {
    auto other = whole;
    other[at] = static_cast<char>(other[at] ^ 0x20);
    expect_error(other, XiaomiPushError::checksum);
  }
}

BOOST_AUTO_TEST_CASE(frames_without_anything_to_read) {
  const auto keep_alive = parsed(framed(""));
  BOOST_TEST(keep_alive.size == 12U);
  BOOST_TEST(!keep_alive.is_encrypted);
  BOOST_TEST(keep_alive.command == "");

  // Sizes that do not add up: one too few, one too many, a header beyond the end, ciphertext.
  for (const auto& unreadable : {"\x00\x02\x00\x00\x00\x00\x00\x01"s, "\x00\x02\x00\x00\x00\x00\x00\x00!"s,
                                 "\x00\x02\xff\xff\x00\x00\x00\x00"s, "\x9f\x11\x83\x5a\xc4\x0e\x77\xd2\x69\xb0"s}) {
    const auto frame = parsed(framed(unreadable));
    BOOST_TEST(frame.is_encrypted);
    BOOST_TEST(frame.size == unreadable.size() + 12U);
    BOOST_TEST(frame.command == "");
    BOOST_TEST(!frame.device);
  }
}

BOOST_AUTO_TEST_CASE(the_longest_blob) {
  const auto frame = parsed(framed(std::string(32'768, '\xff')));
  BOOST_TEST(frame.is_encrypted);
  BOOST_TEST(frame.size == 32'768U + 12U);
}

// The server answers under the same command: 1 a challenge, 2 the address of the client. They are no device's.
BOOST_AUTO_TEST_CASE(an_answer_names_no_device) {
  const auto answer = conn(text(1, "challenge") + text(2, "192.0.2.1"));
  const auto frame = parsed(answer);
  BOOST_TEST(frame.command == "CONN");
  BOOST_TEST(!frame.device);
  BOOST_TEST(!parsed(conn("")).device);
}

BOOST_AUTO_TEST_CASE(other_commands_are_named_and_their_bodies_left) {
  const auto closing = framed(blob(text(5, "CLOSE"), integer(1, 106) + text(2, "PHONE-A1") + "\x0b"));
  const auto frame = parsed(closing);
  BOOST_TEST(frame.command == "CLOSE");
  BOOST_TEST(frame.host == "");
  BOOST_TEST(!frame.device);
  BOOST_TEST(parsed(framed(blob("", ""))).command == "");
}

BOOST_AUTO_TEST_CASE(the_network_is_told_from_its_name) {
  const auto network = [](const std::string& value) {
    const auto said = device(integer(1, 106) + text(6, value));
    return std::string{said.network_type} + "|" + std::string{said.network_name};
  };
  BOOST_TEST(network("wifi") == "wifi|");
  BOOST_TEST(network("wifi-Home") == "wifi|Home");  // the name of a Wi-Fi never passes for its type
  BOOST_TEST(network("mobile") == "mobile|");
  BOOST_TEST(network("mobile-lte") == "mobile-lte|");
  BOOST_TEST(network("mobile-lte-") == "mobile-lte|");
  BOOST_TEST(network("mobile-lte-web.example") == "mobile-lte|web.example");
  BOOST_TEST(network("mobile-nr-a-b:") == "mobile-nr|a-b:");
  BOOST_TEST(network("mobile--x") == "mobile-|x");
  BOOST_TEST(network("mobiles-x-y") == "mobiles|x-y");
  BOOST_TEST(network("") == "|");
  BOOST_TEST(network("-x") == "|x");
}

BOOST_AUTO_TEST_CASE(what_is_not_said_is_empty_and_the_last_word_counts) {
  const auto little = device(integer(1, 0));
  BOOST_TEST(little.connection_version == 0U);
  BOOST_TEST(little.model == "");
  BOOST_TEST(little.network_type == "");
  BOOST_TEST(little.api_level == 0U);
  BOOST_TEST(device(text(2, "old") + integer(1, 1) + text(2, "new")).model == "new");
  // Unknown fields, and known ones of another type: a nested message (9), a text where a number belongs.
  const auto odd = device(integer(1, 1) + text(9, "\x08\x01") + text(5, "4.9") + text(10, "30") + integer(2, 7) +
                          text(15, "?") + text(8, "fr"));
  BOOST_TEST(odd.sdk_version == 0U);
  BOOST_TEST(odd.api_level == 0U);
  BOOST_TEST(odd.model == "");
  BOOST_TEST(odd.locale == "fr");
  // int32 -1 comes as ten bytes, and is cut to 32 bits.
  BOOST_TEST(device(integer(1, 1) + "\x50\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s).api_level == 0xffffffffU);
}

BOOST_AUTO_TEST_CASE(any_bytes_may_stand_in_a_text) {
  BOOST_TEST(device(integer(1, 1) + text(2, "\x00\xff\x1b[2J"s)).model == "\x00\xff\x1b[2J"s);
}

BOOST_AUTO_TEST_CASE(texts_have_a_bound) {
  const auto sized = [](unsigned number, std::size_t size) {
    const auto tag = be(number << 3U | 2U, 1);
    return tag + static_cast<char>((size & 0x7fU) | 0x80U) + static_cast<char>(size >> 7U) + std::string(size, 'x');
  };
  BOOST_TEST(device(integer(1, 1) + sized(2, 512)).model.size() == 512U);
  for (const unsigned number : {2U, 3U, 4U, 6U, 7U, 8U}) {
    expect_error(conn(integer(1, 1) + sized(number, 513)), XiaomiPushError::value_too_long);
    expect_error(conn(sized(number, 513) + integer(1, 1)), XiaomiPushError::value_too_long);
  }
  BOOST_TEST(!parsed(conn(text(1, "challenge") + sized(3, 513))).device);  // a server's message of the day
  BOOST_TEST(device(integer(1, 1) + sized(9, 513)).model == "");           // not read
  expect_error(framed(blob(sized(3, 513) + text(5, "CONN"), "")), XiaomiPushError::value_too_long);
  expect_error(framed(blob(sized(5, 513), "")), XiaomiPushError::value_too_long);
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_malformed) {
  expect_error(framed(blob("\x1a", "")), XiaomiPushError::malformed);
  expect_error(framed(blob("\x0b", integer(1, 1))), XiaomiPushError::malformed);  // a group
  expect_error(conn(integer(1, 1) + "\x12\x05"
                                    "ab"),
               XiaomiPushError::malformed);
  expect_error(conn(integer(1, 1) + "\x0b"), XiaomiPushError::malformed);
}

BOOST_AUTO_TEST_SUITE_END()
