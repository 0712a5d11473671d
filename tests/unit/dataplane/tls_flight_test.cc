#include "dataplane/tls/tls_flight.hh"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "dataplane/tls/client_hello.hh"
#include "dataplane/tls/server_hello.hh"

using sluice::Bytes;
using sluice::parse_client_hello;
using sluice::Probe;
using sluice::probe_tls;
using sluice::TlsError;
using sluice::TlsFlight;
using What = sluice::TlsStep::What;

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

// openssl s_client 3.0 -tls1_3 -servername update.example.test -alpn h2,http/1.1; tshark 4.0: handshake length 262,
// version 0x0303, supported_versions 0x0304, four cipher suites.
const Octets client_1_3 = unhex(
    "160301010a010001060303aede28d61b937c012460d3426b07016ff4eac674a234689ec7ca4ef3a83ca32b2048a4af9c"
    "c092ca3bb2ae1662bf6e24097d674c01c576c62cb37c16f1749f07aa000813021303130100ff010000b5000000180016"
    "0000137570646174652e6578616d706c652e74657374000b000403000102000a00160014001d0017001e001900180100"
    "0101010201030104002300000010000e000c02683208687474702f312e310016000000170000000d001e001c04030503"
    "0603080708080809080a080b080408050806040105010601002b0003020304002d00020101003300260024001d00204d"
    "1423099c4d9ee6efdeeb445b31ced52f773ffce791722bfc3c3127c0648d14");

// The answer of openssl s_server, and the head of the record after it; tshark: supported_versions 0x0304, cipher
// suite 0x1302, no ALPN in clear text.
const Octets server_1_3 = unhex(
    "160303007a020000760303cfa06e06d6c8ff66f5c4553a52da744f1af704778b42c8ab7ee7b020aac2c26e2048a4af9c"
    "c092ca3bb2ae1662bf6e24097d674c01c576c62cb37c16f1749f07aa130200002e002b0002030400330024001d00202e"
    "0bb8b24c395d93a306f2d67c0917d70877ded954a7950362d0ebd964fd1720140303");

// openssl s_client -tls1_2 -alpn http/1.1: no supported_versions.
const Octets client_1_2 = unhex(
    "16030100ae010000aa0303fbcc17306fdf837034931f2a744e77ddf7062ba356ca53c1315df014116edde2000004c02b"
    "00ff0100007d0000001800160000137570646174652e6578616d706c652e74657374000b000403000102000a000c000a"
    "001d0017001e00190018002300000010000b000908687474702f312e310016000000170000000d002a00280403050306"
    "03080708080809080a080b080408050806040105010601030303010302040205020602");

// Its answer, without the certificate record that follows; tshark: 0x0303, cipher suite 0xc02b, ALPN http/1.1.
const Octets server_1_2 = unhex(
    "16030300500200004c0303747b351802cddde0a30b6c8a3ed2ffc9d56231a8e0289ffa444f574e4752440100c02b0000"
    "24ff01000100000b000403000102002300000010000b000908687474702f312e3100170000");

// openssl s_client -tls1_2 -noservername
const Octets client_nameless = unhex(
    "16030100830100007f0303df17f7f154f69a00a2dace9e42636f2d69cc80558ce88a48942f8dc842002dbf000004c02b"
    "00ff01000052000b000403000102000a000c000a001d0017001e00190018002300000016000000170000000d002a0028"
    "040305030603080708080809080a080b080408050806040105010601030303010302040205020602");

constexpr std::size_t record_header = 5;

Octets number(std::size_t value, std::size_t width) {
  Octets bytes;
  while (width-- != 0) bytes.push_back(static_cast<std::uint8_t>(value >> 8 * width));
  return bytes;
}

Octets operator+(Octets left, const Octets& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Octets prefixed(const Octets& bytes, std::size_t width) { return number(bytes.size(), width) + bytes; }
Octets extension(std::uint16_t type, const Octets& data) { return number(type, 2) + prefixed(data, 2); }

// A handshake message: ClientHello of version 3.3 with one cipher suite, `tail` after the compression methods.
Octets hello_with(const Octets& tail) {
  const Octets body = unhex("0303") + Octets(32, 0xab) + unhex("00 0002c02b 0100") + tail;
  return unhex("01") + prefixed(body, 3);
}
Octets hello_with_extensions(const Octets& extensions) { return hello_with(prefixed(extensions, 2)); }

Octets server_name(std::string_view name) {
  return extension(0, prefixed(unhex("00") + prefixed(Octets(name.begin(), name.end()), 2), 2));
}

// The message in records of at most `size` bytes.
Octets in_records(Bytes message, std::size_t size) {
  Octets stream;
  for (; !message.empty(); message = message.subspan(std::min(size, message.size()))) {
    const auto fragment = message.first(std::min(size, message.size()));
    stream = stream + unhex("160301") + prefixed(Octets(fragment.begin(), fragment.end()), 2);
  }
  return stream;
}

std::vector<std::string> names_of(const sluice::AlpnNames& alpn) {
  std::vector<std::string> names;
  for (const auto name : alpn) names.emplace_back(name);
  return names;
}

// The first message of a stream, by the reader that the pipeline has: its body, where it is the wanted one.
tl::expected<Bytes, TlsError> first_message(Bytes stream, What wanted, std::span<std::uint8_t> scratch) {
  if (probe_tls(stream) == Probe::no) return tl::unexpected{TlsError::not_this};
  TlsFlight flight;
  for (;;) {
    const auto step = flight.next(stream, scratch);
    if (!step) return tl::unexpected{step.error()};
    if (step->what == wanted) return step->body;
    if (step->what != What::passed) return tl::unexpected{TlsError::not_this};
    stream = stream.subspan(step->consumed);
  }
}

tl::expected<sluice::ClientHello, TlsError> parse_tls_client_hello(Bytes stream, std::span<std::uint8_t> scratch) {
  const auto body = first_message(stream, What::client_hello, scratch);
  if (!body) return tl::unexpected{body.error()};
  return sluice::read_client_hello(*body, sluice::HelloCarrier::tls);
}

tl::expected<sluice::ServerHello, TlsError> parse_tls_server_hello(Bytes stream, std::span<std::uint8_t> scratch) {
  const auto body = first_message(stream, What::server_hello, scratch);
  return body ? sluice::read_server_hello(*body) : tl::unexpected{body.error()};
}

// What a whole stream gives, given all at once or byte by byte: "client_hello", "server_hello", "certificate SIZE",
// "resumed", "end", or the error, where it is not need_more.
std::vector<std::string> steps_of(const Octets& stream, bool byte_by_byte) {
  std::vector<std::string> steps;
  std::array<std::uint8_t, 8192> scratch;
  TlsFlight flight;
  std::size_t at = 0;
  for (std::size_t there = byte_by_byte ? 0 : stream.size(); there <= stream.size(); ++there) {
    while (at <= there) {
      const auto step = flight.next(Bytes{stream}.subspan(at, there - at), scratch);
      if (!step) {
        if (step.error() == TlsError::need_more) break;
        steps.push_back("error " + std::to_string(static_cast<int>(step.error())));
        return steps;
      }
      at += step->consumed + step->skip;
      switch (step->what) {
        case What::passed: break;
        case What::client_hello: steps.emplace_back("client_hello"); break;
        case What::server_hello: steps.emplace_back("server_hello"); break;
        case What::certificate: steps.push_back("certificate " + std::to_string(step->body.size())); break;
        case What::resumed: steps.emplace_back("resumed"); break;
        case What::end: steps.emplace_back("end"); return steps;
      }
    }
  }
  return steps;
}

void expect_steps(const Octets& stream, const std::vector<std::string>& expected) {
  BOOST_TEST(steps_of(stream, false) == expected, boost::test_tools::per_element());
  BOOST_TEST(steps_of(stream, true) == expected, boost::test_tools::per_element());
}

// Handshake messages (RFC 5246 section 7.4).
Octets message(std::uint8_t type, const Octets& body) { return Octets{type} + prefixed(body, 3); }
Octets certificate_message(const std::vector<std::size_t>& sizes) {
  Octets list;
  for (const auto size : sizes) list = list + prefixed(Octets(size, 0x30), 3);
  return message(11, prefixed(list, 3));
}
const Octets server_message = unhex(
    "0200004c0303747b351802cddde0a30b6c8a3ed2ffc9d56231a8e0289ffa444f574e4752440100c02b0000"
    "24ff01000100000b000403000102002300000010000b000908687474702f312e3100170000");
const Octets change_cipher_spec = unhex("140303000101");

const std::vector<std::string> h2_and_http{"h2", "http/1.1"};

struct Scratch {
  std::array<std::uint8_t, 2048> bytes{};
};

void expect_error(const Octets& message, TlsError reason) {
  const auto hello = parse_client_hello(message);
  BOOST_REQUIRE(!hello);
  BOOST_TEST((hello.error() == reason));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_flight)

BOOST_FIXTURE_TEST_CASE(a_client_hello_of_openssl, Scratch) {
  const auto hello = parse_tls_client_hello(client_1_3, bytes);
  BOOST_REQUIRE(hello.has_value());
  BOOST_TEST(hello->sni == "update.example.test");
  BOOST_TEST(hello->legacy_version == 0x0303);
  BOOST_TEST(hello->highest_version == 0x0304);
  BOOST_TEST(names_of(hello->alpn) == h2_and_http, boost::test_tools::per_element());
  BOOST_TEST(!hello->has_encrypted_client_hello);
  BOOST_TEST(hello->cipher_suites == Bytes(unhex("13021303130100ff")), boost::test_tools::per_element());
  BOOST_TEST(hello->extensions.size() == 0xb5U);
  BOOST_TEST(hello->handshake_size == 266U);
}

BOOST_FIXTURE_TEST_CASE(without_supported_versions_the_legacy_version_counts, Scratch) {
  const auto hello = parse_tls_client_hello(client_1_2, bytes);
  BOOST_REQUIRE(hello.has_value());
  BOOST_TEST(hello->highest_version == 0x0303);
  BOOST_TEST(hello->sni == "update.example.test");
  BOOST_TEST(names_of(hello->alpn) == std::vector<std::string>{"http/1.1"}, boost::test_tools::per_element());

  const auto nameless = parse_tls_client_hello(client_nameless, bytes);
  BOOST_REQUIRE(nameless.has_value());
  BOOST_TEST(nameless->sni == "");
  BOOST_TEST(nameless->alpn.empty());
}

BOOST_FIXTURE_TEST_CASE(server_hellos_of_openssl, Scratch) {
  const auto modern = parse_tls_server_hello(server_1_3, bytes);
  BOOST_REQUIRE(modern.has_value());
  BOOST_TEST(modern->selected_version == 0x0304);
  BOOST_TEST(modern->cipher_suite == 0x1302);
  BOOST_TEST(modern->alpn == "");

  const auto older = parse_tls_server_hello(server_1_2, bytes);
  BOOST_REQUIRE(older.has_value());
  BOOST_TEST(older->selected_version == 0x0303);
  BOOST_TEST(older->cipher_suite == 0xc02b);
  BOOST_TEST(older->alpn == "http/1.1");
}

BOOST_FIXTURE_TEST_CASE(each_side_refuses_the_other, Scratch) {
  BOOST_TEST((parse_tls_client_hello(server_1_3, bytes).error() == TlsError::not_this));
  BOOST_TEST((parse_tls_server_hello(client_1_3, bytes).error() == TlsError::not_this));
  // an alert: handshake_failure
  BOOST_TEST((parse_tls_server_hello(unhex("15030300020228"), bytes).error() == TlsError::not_this));
}

BOOST_FIXTURE_TEST_CASE(every_truncation_needs_more, Scratch) {
  for (const auto* stream : {&client_1_3, &client_1_2, &client_nameless}) {
    for (std::size_t size = 0; size < stream->size(); ++size) {
      const auto hello = parse_tls_client_hello(Bytes{*stream}.first(size), bytes);
      BOOST_REQUIRE_MESSAGE(!hello, size);
      BOOST_REQUIRE_MESSAGE(hello.error() == TlsError::need_more, size);
    }
    const auto message = Bytes{*stream}.subspan(record_header);
    for (std::size_t size = 0; size < message.size(); ++size) {
      BOOST_REQUIRE_MESSAGE(parse_client_hello(message.first(size)).error() == TlsError::need_more, size);
    }
    BOOST_TEST(parse_client_hello(message).has_value());
  }
  constexpr std::size_t server_hello_end = record_header + 0x7a;
  for (std::size_t size = 0; size < server_hello_end; ++size) {
    BOOST_REQUIRE_MESSAGE(parse_tls_server_hello(Bytes{server_1_3}.first(size), bytes).error() == TlsError::need_more,
                          size);
  }
  BOOST_TEST(parse_tls_server_hello(Bytes{server_1_3}.first(server_hello_end), bytes).has_value());
}

BOOST_FIXTURE_TEST_CASE(records_of_any_size_are_joined, Scratch) {
  const auto message = Bytes{client_1_3}.subspan(record_header);
  for (std::size_t size = 1; size <= message.size(); ++size) {
    const auto stream = in_records(message, size);
    const auto hello = parse_tls_client_hello(stream, bytes);
    BOOST_REQUIRE_MESSAGE(hello.has_value(), size);
    BOOST_TEST(hello->sni == "update.example.test");
    BOOST_TEST(hello->handshake_size == 266U);
    BOOST_REQUIRE((probe_tls(stream) == Probe::yes));
    const auto cut = parse_tls_client_hello(Bytes{stream}.first(stream.size() - 1), bytes);
    BOOST_REQUIRE_MESSAGE(cut.error() == TlsError::need_more, size);
  }
}

BOOST_FIXTURE_TEST_CASE(a_message_in_one_record_needs_no_scratch, Scratch) {
  BOOST_TEST(parse_tls_client_hello(client_1_3, {}).has_value());
  BOOST_TEST((parse_tls_client_hello(Bytes{client_1_3}.first(100), {}).error() == TlsError::need_more));
  const auto message = Bytes{client_1_3}.subspan(record_header);
  const auto stream = in_records(message, 200);
  BOOST_TEST((parse_tls_client_hello(stream, {}).error() == TlsError::message_too_long));
  const std::span room{bytes};
  BOOST_TEST((parse_tls_client_hello(stream, room.first(265)).error() == TlsError::message_too_long));
  BOOST_TEST(parse_tls_client_hello(stream, room.first(266)).has_value());
  // as small as the handshake header, and smaller
  BOOST_TEST((parse_tls_client_hello(in_records(message, 1), room.first(3)).error() == TlsError::message_too_long));
}

BOOST_FIXTURE_TEST_CASE(nothing_may_stand_between_the_records_of_a_message, Scratch) {
  const auto message = Bytes{client_1_3}.subspan(record_header);
  const auto first = in_records(message.first(100), 100);
  const auto rest = in_records(message.subspan(100), 200);
  BOOST_REQUIRE(parse_tls_client_hello(first + rest, bytes).has_value());
  for (const auto* between : {"140301000101", "15030100020100", "1603010000", "1604010001aa", "1603014001"}) {
    const auto hello = parse_tls_client_hello(first + unhex(between) + rest, bytes);
    BOOST_REQUIRE_MESSAGE(!hello, between);
    BOOST_TEST((hello.error() == TlsError::record), between);
  }
}

BOOST_AUTO_TEST_CASE(probing) {
  BOOST_TEST((probe_tls(client_1_3) == Probe::yes));
  BOOST_TEST((probe_tls(server_1_2) == Probe::yes));
  for (std::size_t size = 0; size < 10; ++size) BOOST_TEST((probe_tls(Bytes{client_1_3}.first(size)) == Probe::maybe));
  BOOST_TEST((probe_tls(Bytes{client_1_3}.first(10)) == Probe::yes));

  for (const auto* other : {
           "170303001000",            // application data
           "160101010a010001060303",  // version 1.1
           "160305010a010001060303",  // a version after 1.3
           "1603010000",              // an empty record
           "1603014001010040000303",  // a record above 2^14
           "160301010a000001060303",  // HelloRequest
           "160301010a0b0001060303",  // Certificate
           "160301002c010000280303",  // a ClientHello of 40 bytes: one less than the least
           "1603010029020000250303",  // a ServerHello of 37 bytes: one less than the least
           "160301010a010201450303",  // 131,397 bytes: more than the vectors can hold
           "160301010a01000106feff",  // the version of DTLS in a record of TLS
           "802e0103010015000000",    // ClientHello in the form of SSLv2
           "16fefd0000000000000000",  // DTLS
           "474554202f20485454",      // "GET / HTT"
       }) {
    BOOST_TEST((probe_tls(unhex(other)) == Probe::no), other);
    BOOST_TEST((parse_tls_client_hello(unhex(other), {}).error() == TlsError::not_this), other);
  }
  BOOST_TEST((probe_tls(unhex("160301002d010000290303")) == Probe::yes));  // the least ClientHello
}

BOOST_AUTO_TEST_CASE(a_hello_without_extensions_is_fine) {
  const auto hello = parse_client_hello(hello_with({}));
  BOOST_REQUIRE(hello.has_value());
  BOOST_TEST(hello->sni == "");
  BOOST_TEST(hello->extensions.empty());
  BOOST_TEST(parse_client_hello(hello_with(unhex("0000"))).has_value());
}

BOOST_AUTO_TEST_CASE(an_extension_block_that_is_cut_is_an_error) {
  expect_error(hello_with(unhex("00")), TlsError::malformed);              // half a length
  expect_error(hello_with(unhex("000500000001")), TlsError::malformed);    // block longer than the message
  expect_error(hello_with(unhex("0003001600")), TlsError::malformed);      // extension without its length
  expect_error(hello_with(unhex("0005001600020a")), TlsError::malformed);  // extension longer than the block
}

BOOST_AUTO_TEST_CASE(server_names) {
  const auto sni_of = [](const Octets& extensions) {
    const auto message = hello_with_extensions(extensions);
    const auto hello = parse_client_hello(message);
    return hello ? std::string{hello->sni} : std::string{"error"};
  };
  BOOST_TEST(sni_of(server_name("a")) == "a");
  BOOST_TEST(sni_of(server_name("odd name\xff.")) == "odd name\xff.");  // not ours to judge
  BOOST_TEST(sni_of(extension(0, {})) == "");
  BOOST_TEST(sni_of(server_name("")) == "");
  BOOST_TEST(sni_of(server_name(std::string(1024, 'x'))) == std::string(1024, 'x'));
  BOOST_TEST(sni_of(server_name(std::string(1025, 'x'))) == std::string(1024, 'x'));
  // a name of another type comes first
  BOOST_TEST(sni_of(extension(0, unhex("000a 01000261620000026364"))) == "cd");
  BOOST_TEST(sni_of(extension(0, unhex("0004 00000361"))) == "error");  // name longer than the list
  BOOST_TEST(sni_of(extension(0, unhex("0005 00000161"))) == "error");  // list longer than the extension
}

BOOST_AUTO_TEST_CASE(an_extension_twice_is_refused) {
  expect_error(hello_with_extensions(server_name("a.example") + server_name("b.example")),
               TlsError::duplicate_extension);
  const auto alpn = extension(16, unhex("0003026832"));
  expect_error(hello_with_extensions(alpn + alpn), TlsError::duplicate_extension);
  const auto versions = extension(43, unhex("020304"));
  expect_error(hello_with_extensions(versions + versions), TlsError::duplicate_extension);
}

BOOST_AUTO_TEST_CASE(highest_version) {
  const auto highest_of = [](std::string_view list) -> unsigned {
    const auto hello = parse_client_hello(hello_with_extensions(extension(43, prefixed(unhex(list), 1))));
    return hello ? hello->highest_version : 0U;
  };
  BOOST_TEST(highest_of("fafa03040303") == 0x0304U);  // GREASE first, as Chrome sends it
  BOOST_TEST(highest_of("030303020a0a") == 0x0303U);  // GREASE last
  BOOST_TEST(highest_of("7f1703030302") == 0x7f17U);  // Chrome 65: draft 23
  BOOST_TEST(highest_of("7f1c03047f1703030302") == 0x0304U);
  BOOST_TEST(highest_of("dada") == 0x0303U);      // nothing but GREASE: legacy_version
  BOOST_TEST(highest_of("fefd0302") == 0x0302U);  // DTLS 1.2 is no version of TLS
  BOOST_TEST(highest_of("030403") == 0U);         // half a version: an error
}

BOOST_AUTO_TEST_CASE(alpn_lists) {
  const auto message = hello_with_extensions(extension(16, unhex("0006 020a0a00026832")));
  expect_error(message, TlsError::malformed);  // 7 bytes behind a length of 6: the last name is cut
  const auto good = hello_with_extensions(extension(16, unhex("0007 020a0a00026832")));
  const auto hello = parse_client_hello(good);
  BOOST_REQUIRE(hello.has_value());
  const std::vector<std::string> expected{"\x0a\x0a", "", "h2"};
  BOOST_TEST(names_of(hello->alpn) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(encrypted_client_hello_is_noticed) {
  const auto hello = parse_client_hello(hello_with_extensions(extension(0xfe0d, unhex("00")) + server_name("outer")));
  BOOST_REQUIRE(hello.has_value());
  BOOST_TEST(hello->has_encrypted_client_hello);
}

BOOST_AUTO_TEST_CASE(fixed_fields_out_of_bounds) {
  const auto body = [](std::string_view version, std::string_view rest) {
    return unhex("01") + prefixed(unhex(version) + Octets(32, 0) + unhex(rest), 3);
  };
  BOOST_TEST(parse_client_hello(body("0303", "00 0002c02b 0100")).has_value());
  expect_error(body("fefd", "00 0002c02b 0100"), TlsError::not_this);
  expect_error(body("0303", "21" + std::string(66, '0') + "0002c02b 0100"),
               TlsError::malformed);  // session id: 33
  expect_error(body("0303", "00 0003c02b13 0100"),
               TlsError::malformed);  // half a cipher suite
  expect_error(body("0303", "00 0000 0100"),
               TlsError::malformed);  // no cipher suite
  expect_error(body("0303", "00 0002c02b 00"),
               TlsError::malformed);  // no compression method
  expect_error(unhex("0100000401020304"), TlsError::malformed);
  expect_error(unhex("0200"), TlsError::not_this);
}

BOOST_AUTO_TEST_CASE(a_chain_longer_than_any_buffer) {
  // A server's flight of 30 kB: hello, five certificates of 6,000 bytes, key exchange, done.
  const auto flight = server_message + certificate_message({6000, 6000, 6000, 6000, 6000}) +
                      message(12, Octets(300, 1)) + message(14, {});
  const std::vector<std::string> expected{"server_hello",
                                          "certificate 6000",
                                          "certificate 6000",
                                          "certificate 6000",
                                          "certificate 6000",
                                          "certificate 6000",
                                          "end"};
  for (const std::size_t record : {16384U, 4096U, 1400U, 61U}) {
    auto stream = in_records(flight, record);
    expect_steps(stream, expected);
  }
}

BOOST_AUTO_TEST_CASE(certificates_at_their_bound) {
  expect_steps(in_records(server_message + certificate_message({7999, 8000, 8001, 100}), 16384),
               {"server_hello", "certificate 7999", "certificate 8000", "certificate 100"});
  expect_steps(in_records(server_message + certificate_message({0, 5}), 16384), {"server_hello", "certificate 5"});
  const std::vector<std::size_t> many(33, 1);
  auto steps = steps_of(in_records(server_message + certificate_message(many), 16384), false);
  BOOST_TEST(steps.size() == 1 + 32 + 1U);
  BOOST_TEST(steps.back() == "error " + std::to_string(static_cast<int>(TlsError::too_many_messages)));
}

BOOST_AUTO_TEST_CASE(lists_that_lie) {
  const auto malformed = "error " + std::to_string(static_cast<int>(TlsError::malformed));
  // the list says 4 bytes of the 6 that the message has; a certificate longer than its list; two bytes of a length
  expect_steps(in_records(server_message + message(11, unhex("000004 000003 aaaaaa")), 16384),
               {"server_hello", malformed});
  expect_steps(in_records(server_message + message(11, unhex("000005 000003 aaaa")), 16384),
               {"server_hello", malformed});
  expect_steps(in_records(server_message + message(11, unhex("000002 0000")), 16384), {"server_hello", malformed});
  expect_steps(in_records(server_message + message(11, unhex("000000")) + message(14, {}), 16384),
               {"server_hello", "end"});
}

// RFC 5246 section 7.3, figure 2; RFC 5077 section 3.4 with a new ticket.
BOOST_AUTO_TEST_CASE(an_abbreviated_handshake) {
  const auto finished = unhex("1603030028") + Octets(40, 0);
  expect_steps(in_records(server_message, 16384) + change_cipher_spec + finished, {"server_hello", "resumed", "end"});
  expect_steps(in_records(server_message + message(4, Octets(200, 7)), 16384) + change_cipher_spec + finished,
               {"server_hello", "resumed", "end"});
  // A whole one: the server changes the cipher after its certificate.
  expect_steps(in_records(server_message + certificate_message({100}), 16384) + change_cipher_spec + finished,
               {"server_hello", "certificate 100", "end"});
  // The client says no such thing.
  expect_steps(client_1_3 + change_cipher_spec + unhex("1703030010"), {"client_hello", "end"});
}

// RFC 8446 section 4.1.4, appendix D.4: the second hello comes behind a ChangeCipherSpec for show.
BOOST_AUTO_TEST_CASE(a_second_hello_behind_change_cipher_spec) {
  expect_steps(client_1_3 + change_cipher_spec + client_1_3 + unhex("1703030010"),
               {"client_hello", "client_hello", "end"});
  const auto encrypted = unhex("1603030028") + Octets(40, 0x5a);
  expect_steps(client_1_3 + change_cipher_spec + encrypted, {"client_hello", "end"});
}

BOOST_AUTO_TEST_CASE(alerts_and_ciphertext) {
  expect_steps(client_1_3 + unhex("15030100020100"), {"client_hello"});  // close_notify: in clear text
  expect_steps(client_1_3 + unhex("150303001a"), {"client_hello", "end"});
  expect_steps(client_1_3 + unhex("1703030100"), {"client_hello", "end"});
  expect_steps(client_1_3 + unhex("ff03030100"), {"client_hello", "end"});
}

BOOST_AUTO_TEST_CASE(a_flight_without_end) {
  Octets stream = client_1_3;
  for (int i = 0; i < 63; ++i) stream = stream + in_records(message(23, {}), 16384);
  auto steps = steps_of(stream, false);
  BOOST_TEST(steps.back() == "client_hello");
  steps = steps_of(stream + in_records(message(23, {}), 16384), false);
  BOOST_TEST(steps.back() == "error " + std::to_string(static_cast<int>(TlsError::too_many_messages)));
}

BOOST_AUTO_TEST_CASE(a_hello_retry_request) {
  // RFC 8446 section 4.1.3: the random that says so; TLS_AES_128_GCM_SHA256, supported_versions, key_share secp256r1.
  const auto body =
      unhex("0303cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c00130100000c002b00020304003300020017");
  const auto hello = sluice::read_server_hello(body);
  BOOST_REQUIRE(hello.has_value());
  BOOST_TEST(hello->is_retry_request);
  BOOST_TEST(hello->selected_version == 0x0304);
  BOOST_TEST(hello->hides_the_rest());
  auto other = body;
  other[33] ^= 1;
  BOOST_TEST(!sluice::read_server_hello(other)->is_retry_request);
}

BOOST_AUTO_TEST_SUITE_END()
