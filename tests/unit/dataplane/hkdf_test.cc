#include "dataplane/quic/hkdf.hh"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <string_view>
#include <vector>

#include "tests/unit/quic_samples.hh"

using quic_samples::from_hex;
using sluice::as_bytes;
using sluice::Bytes;

namespace {

bool same(Bytes bytes, std::string_view hex) { return std::ranges::equal(bytes, from_hex(hex)); }

std::vector<std::uint8_t> expanded(const sluice::Sha256Digest& secret, std::string_view label, std::size_t size) {
  std::vector<std::uint8_t> out(size);
  sluice::hkdf_expand_label(secret, label, out);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hkdf)

BOOST_AUTO_TEST_CASE(hmac_of_rfc_4231) {
  // Section 4.3
  BOOST_TEST(same(sluice::hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?")),
                  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
  // Section 4.7: a key longer than a block
  const std::vector<std::uint8_t> long_key(131, 0xaa);
  BOOST_TEST(same(sluice::hmac_sha256(long_key, as_bytes("Test Using Larger Than Block-Size Key - Hash Key First")),
                  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

BOOST_AUTO_TEST_CASE(extract_of_rfc_5869) {  // appendix A.1
  BOOST_TEST(same(sluice::hkdf_extract(from_hex("000102030405060708090a0b0c"), std::vector<std::uint8_t>(22, 0x0b)),
                  "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
}

BOOST_AUTO_TEST_CASE(labels_of_rfc_9001) {  // appendix A.1
  const auto initial =
      sluice::hkdf_extract(from_hex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), from_hex(quic_samples::dcid));
  BOOST_TEST(same(initial, "7db5df06e7a69e432496adedb00851923595221596ae2ae9fb8115c1e9ed0a44"));
  const auto client = expanded(initial, "client in", 32);
  BOOST_TEST(same(client, "c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea"));
  sluice::Sha256Digest secret;
  std::ranges::copy(client, secret.begin());
  BOOST_TEST(same(expanded(secret, "quic key", 16), "1f369613dd76d5467730efcbe3b1a22d"));
  BOOST_TEST(same(expanded(secret, "quic iv", 12), "fa044b2f42a3fd3b46fb255c"));
  BOOST_TEST(
      same(expanded(initial, "server in", 32), "3c199828fd139efd216c155ad844cc81fb82fa8d7446fa7d78be803acdda951b"));
}

BOOST_AUTO_TEST_SUITE_END()
