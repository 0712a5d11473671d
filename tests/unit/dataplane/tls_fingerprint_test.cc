#include "dataplane/tls/tls_fingerprint.hh"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string>
#include <vector>

#include "tests/unit/quic_samples.hh"

namespace sluice {
namespace {

using Octets = std::vector<std::uint8_t>;

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
Octets pairs(const std::vector<std::uint16_t>& values) {
  Octets bytes;
  for (const auto value : values) bytes = bytes + number(value, 2);
  return bytes;
}
Octets extension(std::uint16_t type, const Octets& data = {}) { return number(type, 2) + prefixed(data, 2); }

// The body of a ClientHello (RFC 8446 section 4.1.2).
Octets hello_of(std::uint16_t version, const std::vector<std::uint16_t>& ciphers, const Octets& extensions,
                bool is_dtls = false) {
  return number(version, 2) + Octets(32, 9) + Octets{0} + (is_dtls ? Octets{0} : Octets{}) +
         prefixed(pairs(ciphers), 2) + Octets{1, 0} + (extensions.empty() ? Octets{} : prefixed(extensions, 2));
}

struct Prints {
  std::string ja3, text, ja4;
};
Prints prints_of(const Octets& body, HelloCarrier carrier = HelloCarrier::tls) {
  const auto hello = read_client_hello(body, carrier);
  BOOST_REQUIRE(hello.has_value());
  Ja3 ja3;
  write_ja3(*hello, ja3);
  return {std::string{ja3.hash_text()}, std::string{ja3.text()}, std::string{ja4_of(*hello).view()}};
}

const Octets server_name = extension(0, prefixed(Octets{0} + prefixed(Octets{'a', '.', 'b'}, 2), 2));
Octets alpn(std::string_view name) { return extension(16, prefixed(prefixed(Octets(name.begin(), name.end()), 1), 2)); }
const Octets signatures =
    extension(13, prefixed(pairs({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}), 2));
const Octets versions = extension(43, prefixed(pairs({0x6a6a, 0x0304, 0x0303}), 1));

// The Chrome hello of FoxIO's technical description of JA4, in an order of its own and with GREASE around it.
const std::vector<std::uint16_t> chrome_ciphers{0x1a1a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
                                                0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
Octets chrome_extensions() {
  auto block = extension(0x2a2a) + extension(0x001b) + server_name + extension(0x0033) + alpn("h2") +
               extension(0x4469) + extension(0x0017) + extension(0x002d) + signatures + extension(0x0005) +
               extension(0x0023) + extension(0x0012) + versions + extension(0xff01) + extension(0x000b, Octets{1, 0}) +
               extension(0x000a, prefixed(pairs({0x3a3a, 0x001d, 0x0017, 0x0018}), 2)) + extension(0x4a4a, Octets{0}) +
               extension(0x0015, Octets(10, 0));
  return block;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_fingerprint)

// The value that the description gives for that hello.
BOOST_AUTO_TEST_CASE(ja4_of_the_description) {
  const auto body = hello_of(0x0303, chrome_ciphers, chrome_extensions());
  BOOST_TEST(prints_of(body).ja4 == "t13d1516h2_8daaf6152771_e5627efa2ab1");
  BOOST_TEST(prints_of(body, HelloCarrier::quic).ja4 == "q13d1516h2_8daaf6152771_e5627efa2ab1");
}

// Texts written down from the hello above; digests by md5sum.
BOOST_AUTO_TEST_CASE(ja3_leaves_grease_out) {
  const auto prints = prints_of(hello_of(0x0303, chrome_ciphers, chrome_extensions()));
  BOOST_TEST(prints.text ==
             "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,"
             "27-0-51-16-17513-23-45-13-5-35-18-43-65281-11-10-21,29-23-24,0");
}

// The two examples of github.com/salesforce/ja3.
BOOST_AUTO_TEST_CASE(ja3_of_the_description) {
  const auto full =
      prints_of(hello_of(769, {47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4},
                         extension(0) + extension(10, prefixed(pairs({23, 24, 25}), 2)) + extension(11, Octets{1, 0})));
  BOOST_TEST(full.text == "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0");
  BOOST_TEST(full.ja3 == "ada70206e40642a3e4461f35503241d5");
  const auto bare = prints_of(hello_of(769, {4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99}, {}));
  BOOST_TEST(bare.text == "769,4-5-10-9-100-98-3-6-19-18-99,,,");
  BOOST_TEST(bare.ja3 == "de350869b8c85de67a350c8d186f11e6");
  // no extension, no ALPN, no name, TLS 1.0; digest of the ciphers by sha256sum
  BOOST_TEST(bare.ja4 == "t10i110000_3609b414f052_000000000000");
}

BOOST_AUTO_TEST_CASE(the_first_part_of_ja4) {
  const auto head = [](const Octets& body, HelloCarrier carrier = HelloCarrier::tls) {
    return prints_of(body, carrier).ja4.substr(0, 10);
  };
  const auto with_alpn = [&](std::string_view name) { return head(hello_of(0x0303, {1}, alpn(name))).substr(8); };
  BOOST_TEST(with_alpn("http/1.1") == "h1");
  BOOST_TEST(with_alpn("h2") == "h2");
  BOOST_TEST(with_alpn("x") == "xx");
  BOOST_TEST(with_alpn("\xab") == "ab");
  BOOST_TEST(with_alpn("\xab\xcd") == "ad");
  BOOST_TEST(with_alpn("0\xab") == "3b");  // FoxIO: 0x30 0xAB is "3b"
  BOOST_TEST(with_alpn("01\xab\xcd") == "3d");
  BOOST_TEST(with_alpn("") == "00");
  BOOST_TEST(head(hello_of(0x0300, {1}, {})) == "ts3i010000");
  BOOST_TEST(head(hello_of(0x0302, {1}, extension(0))) == "t11d010100");
  BOOST_TEST(head(hello_of(0x0305, {1}, {})) == "t00i010000");
  BOOST_TEST(head(hello_of(0xfeff, {1}, {}, true), HelloCarrier::dtls) == "dd1i010000");
  BOOST_TEST(head(hello_of(0xfefd, {1}, {}, true), HelloCarrier::dtls) == "dd2i010000");
  // DTLS counts downwards: 0xfefc is the highest.
  const auto dtls_versions = extension(43, prefixed(pairs({0xfefd, 0xfefc}), 1));
  BOOST_TEST(head(hello_of(0xfefd, {1}, dtls_versions, true), HelloCarrier::dtls) == "dd3i010100");
  // 99 is the highest count
  const std::vector<std::uint16_t> many(120, 0x1301);
  BOOST_TEST(head(hello_of(0x0303, many, {})) == "t12i990000");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit) {
  std::vector<std::uint16_t> many(ja4_list_limit, 0xc02b);
  BOOST_TEST(prints_of(hello_of(0x0303, many, {})).ja4.size() == 36U);
  BOOST_TEST(prints_of(hello_of(0x0303, many, {})).text == "");  // its digest stands all the same
  BOOST_TEST(prints_of(hello_of(0x0303, many, {})).ja3.size() == 32U);
  many.push_back(1);
  BOOST_TEST(prints_of(hello_of(0x0303, many, {})).ja4 == "");
}

BOOST_AUTO_TEST_CASE(ja3s_of_a_server_hello) {
  const auto body =
      number(0x0303, 2) + Octets(32, 1) + Octets{0} + number(0xc02f, 2) + Octets{0} +
      prefixed(extension(65281, Octets{0}) + extension(0) + extension(11, Octets{1, 0}) + extension(35), 2);
  const auto hello = read_server_hello(body);
  BOOST_REQUIRE(hello.has_value());
  Ja3 ja3s;
  write_ja3s(*hello, ja3s);
  BOOST_TEST(ja3s.text() == "771,49199,65281-0-11-35");
  BOOST_TEST(ja3s.hash_text() == "a2c05b7498f29a65608835b44035c0c5");  // md5sum
}

BOOST_AUTO_TEST_CASE(grease) {
  BOOST_TEST(is_grease(0x0a0a));
  BOOST_TEST(is_grease(0xfafa));
  BOOST_TEST(!is_grease(0x0a1a));
  BOOST_TEST(!is_grease(0x1301));
  BOOST_TEST(!is_grease(0x0b0b));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sluice
