#include "dataplane/tls/x509.hh"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "dataplane/base/digest.hh"
#include "rules/names/address.hh"
#include "tests/unit/quic_samples.hh"
#include "tests/unit/x509_samples.hh"

namespace sluice {
namespace {

using quic_samples::from_hex;

std::string name_text(Bytes name) {
  std::array<char, x509_name_text_limit> room;
  return std::string{x509_name_text(name, room)};
}

template <class Digest>
std::string hex(const Digest& digest) {
  const auto text = hex_of(digest);
  return {text.data(), text.size()};
}

// A Name of one attribute: type 2.5.4.3, value with the given tag.
std::string common_name_of(std::uint8_t tag, const std::vector<std::uint8_t>& value) {
  std::vector<std::uint8_t> attribute{0x06, 0x03, 0x55, 0x04, 0x03, tag, static_cast<std::uint8_t>(value.size())};
  attribute.insert(attribute.end(), value.begin(), value.end());
  for (const std::uint8_t wrapper : {0x30, 0x31, 0x30})
    attribute.insert(attribute.begin(), {wrapper, static_cast<std::uint8_t>(attribute.size())});
  return name_text(attribute);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(x509)

// Expected: openssl x509 -serial -dates -subject -fingerprint.
BOOST_AUTO_TEST_CASE(a_certificate_of_openssl) {
  const auto der = from_hex(test::self_signed_certificate);
  const auto certificate = parse_x509(der);
  BOOST_REQUIRE(certificate);
  BOOST_TEST(certificate->serial == Bytes(from_hex("0a1b2c")), boost::test_tools::per_element());
  BOOST_TEST(name_text(certificate->subject) ==
             "C=CN, ST=Beijing, L=\u5317\u4eac, O=Example, Inc., OU=Push, CN=push.example.net, "
             "Email=ops@example.net, serialNumber=42");
  BOOST_TEST(certificate->is_self_signed());
  BOOST_TEST(*certificate->not_before == 1795270523);  // Nov 21 14:15:23 2026 GMT: UTCTime
  BOOST_TEST(*certificate->not_after == 2745670523);   // Jan  2 14:15:23 2057 GMT: GeneralizedTime
  BOOST_TEST(hex(sha1_of(der)) == "846f825b0041a686f3a3b7b54254b3e9d08333a7");
  BOOST_TEST(hex(sha256_of(der)) == "aea608c2fc0f2ce7c43e7c36349203fae93069af4a0aa04fd5128c211d58baab");

  std::vector<std::string> names;
  X509AlternativeNames list{certificate->alternative_names};
  while (const auto name = list.next()) {
    std::array<char, Address::text_limit> room;
    if (name->kind == X509AlternativeName::Kind::dns)
      names.emplace_back(as_text(name->value));
    else if (name->value.size() == 4)
      names.emplace_back(Address::v4(name->value.first<4>()).text_to(room));
    else
      names.emplace_back(Address::v6(name->value.first<16>()).text_to(room));
  }
  const std::vector<std::string> expected{"push.example.net", "*.example.net", "192.0.2.7", "2001:db8::7"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(version_1_and_an_rdn_of_two) {
  const auto der = from_hex(test::signed_certificate);
  const auto certificate = parse_x509(der);
  BOOST_REQUIRE(certificate);
  BOOST_TEST(certificate->serial == Bytes(from_hex("0080ff")), boost::test_tools::per_element());
  BOOST_TEST(name_text(certificate->subject) == "C=DE, OU=a + OU=b, CN=leaf");
  BOOST_TEST(name_text(certificate->issuer) == "C=DE, DC=example, CN=Test CA");
  BOOST_TEST(!certificate->is_self_signed());
  BOOST_TEST(certificate->alternative_names.empty());
}

BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
  const auto der = from_hex(test::self_signed_certificate);
  for (std::size_t size = 0; size < der.size(); ++size) {
    const auto certificate = parse_x509(Bytes{der}.first(size));
    BOOST_REQUIRE_MESSAGE(!certificate, size);
    const bool is_cut = certificate.error() == X509Error::truncated || certificate.error() == X509Error::cut_length;
    BOOST_REQUIRE_MESSAGE(is_cut, size);
  }
  auto longer = der;
  longer.push_back(0);
  BOOST_TEST((parse_x509(longer).error() == X509Error::structure));
}

BOOST_AUTO_TEST_CASE(lengths_that_der_does_not_have) {
  auto der = from_hex(test::self_signed_certificate);
  der[1] = 0x80;  // indefinite: BER alone
  BOOST_TEST((parse_x509(der).error() == X509Error::length));
  der[1] = 0x84;  // four bytes of length
  BOOST_TEST((parse_x509(der).error() == X509Error::length));
  BOOST_TEST((parse_x509(from_hex("3084ffffffff")).error() == X509Error::length));
  BOOST_TEST((parse_x509(from_hex("3084ffffff")).error() == X509Error::cut_length));
  BOOST_TEST((parse_x509(from_hex("3082ff")).error() == X509Error::cut_length));
  BOOST_TEST((parse_x509(from_hex("3083ffffff30")).error() == X509Error::truncated));
  BOOST_TEST((parse_x509(from_hex("1f0100")).error() == X509Error::structure));
}

BOOST_AUTO_TEST_CASE(times) {
  const auto not_before_of = [](std::string_view time, std::uint8_t tag) -> std::string {
    auto der = from_hex(test::signed_certificate);
    // UTCTime of 13 bytes stands where openssl asn1parse shows it: behind serial, algorithm and issuer.
    constexpr std::size_t at = 3 + 1 + 3 + 5 + 12 + 58 + 2;
    BOOST_REQUIRE(der[at] == 0x17);
    der[at] = tag;
    BOOST_REQUIRE(time.size() == 13U);
    std::copy(time.begin(), time.end(), der.begin() + at + 2);
    const auto certificate = parse_x509(der);
    if (!certificate) return "refused";
    return certificate->not_before ? std::to_string(*certificate->not_before) : "none";
  };
  // Expected: date -u -d ... +%s
  BOOST_TEST(not_before_of("691231000000Z", 0x17) == "-86400");
  BOOST_TEST(not_before_of("500101000000Z", 0x17) == "-631152000");  // 1950 (RFC 5280 section 4.1.2.5.1)
  BOOST_TEST(not_before_of("491231235959Z", 0x17) == "2524607999");  // 2049
  BOOST_TEST(not_before_of("240229120000Z", 0x17) == "1709208000");
  BOOST_TEST(not_before_of("230229120000Z", 0x17) == "none");  // no such day
  BOOST_TEST(not_before_of("241301120000Z", 0x17) == "none");
  BOOST_TEST(not_before_of("240101240000Z", 0x17) == "none");
  BOOST_TEST(not_before_of("2401011200 0Z", 0x17) == "none");
  BOOST_TEST(not_before_of("240101120000+", 0x17) == "none");
  BOOST_TEST(not_before_of("205007081200Z", 0x18) == "2540894400");  // GeneralizedTime without seconds
  BOOST_TEST(not_before_of("240101120000Z", 0x04) == "refused");
}

BOOST_AUTO_TEST_CASE(values_of_names) {
  BOOST_TEST(common_name_of(0x0c, {'a', ',', ' ', 'b'}) == "CN=a, b");
  BOOST_TEST(common_name_of(0x1e, {0x53, 0x17, 0x4e, 0xac}) == "CN=\u5317\u4eac");   // BMPString
  BOOST_TEST(common_name_of(0x1e, {0xd8, 0x00, 0x00, 0x41, 0x00}) == "CN=\ufffdA");  // a half pair, half a unit
  BOOST_TEST(common_name_of(0x1c, {0x00, 0x01, 0xf6, 0x00}) == "CN=\U0001f600");     // UniversalString
  BOOST_TEST(common_name_of(0x14, {0xe9}) == "CN=\xe9");                             // TeletexString: as sent
  BOOST_TEST(common_name_of(0x0c, {}) == "CN=");
  // An attribute without a name of its own: 1.3.6.1.4.1.311.60.2.1.3 and one of the root 2.
  BOOST_TEST(name_text(from_hex("301531133011060b2b0601040182373c02010313024445")) == "1.3.6.1.4.1.311.60.2.1.3=DE");
  BOOST_TEST(name_text(from_hex("300b3109300706028837130178")) == "2.999=x");
}

BOOST_AUTO_TEST_CASE(text_is_cut_at_its_room) {
  const auto der = from_hex(test::self_signed_certificate);
  const auto certificate = parse_x509(der);
  std::array<char, 10> room;
  BOOST_TEST(x509_name_text(certificate->subject, room) == "C=CN, ST=B");
  BOOST_TEST(x509_name_text(certificate->subject, {}) == "");
}

BOOST_AUTO_TEST_CASE(damage_in_alternative_names_hides_names_alone) {
  auto der = from_hex(test::self_signed_certificate);
  // The second dNSName says that it is longer than what is left.
  const auto text = test::self_signed_certificate.find("820d2a2e");
  der[text / 2 + 1] = 0xff;
  const auto certificate = parse_x509(der);
  BOOST_REQUIRE(certificate);
  X509AlternativeNames list{certificate->alternative_names};
  BOOST_TEST(as_text(list.next()->value) == "push.example.net");
  BOOST_TEST(!list.next());
  BOOST_TEST(!list.next());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sluice
