#include "dataplane/http/content_coding.hh"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "tests/unit/quic_samples.hh"

using namespace sluice;
using quic_samples::from_hex;

namespace {

// "imei=123456789012345&" eight times over, by Python's gzip and zlib modules and by Node's brotli.
constexpr std::string_view as_gzip =
    "1f8b0800000000000203cbcc4dcdb435343236313533b7b03400b3d432079f2000d2752a53a8000000";
constexpr std::string_view as_zlib = "78dacbcc4dcdb435343236313533b7b03400b3d432079f2000a5c72899";
constexpr std::string_view as_deflate = "cbcc4dcdb435343236313533b7b03400b3d432079f2000";
constexpr std::string_view as_brotli = "1ba700f845078766f1f9906130a81652ac142041f8c38a9a47560fdb50";
// The start of 1,000,000 zero bytes in 1,003 of gzip (Python's).
constexpr std::string_view zero_bomb =
    "1f8b0800000000000203edc101010000008220ffaf6e4840010000000000000000000000000000000000000000000000000000000000000000"
    "000"
    "000";

std::string plain() {
  std::string text;
  for (int i = 0; i < 8; ++i) text += "imei=123456789012345&";
  return text;
}

ContentCodings codings_of(std::string_view list) {
  ContentCodings codings;
  codings.add(list);
  return codings;
}

struct Decoder {
  std::unique_ptr<ContentDecoder> decoder = std::make_unique<ContentDecoder>();
  std::optional<ContentError> error;

  std::string decode(std::string_view codings, Bytes coded) {
    const auto decoded = decoder->decode(codings_of(codings), coded);
    error = decoded.error;
    return std::string{as_text(decoded.content)};
  }
  std::string decode(std::string_view codings, std::string_view hex) { return decode(codings, from_hex(hex)); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(content_coding, Decoder)

BOOST_AUTO_TEST_CASE(what_browsers_and_servers_send) {
  BOOST_TEST(decode("gzip", as_gzip) == plain());
  BOOST_TEST(decode("X-GZip", as_gzip) == plain());
  BOOST_TEST(decode("deflate", as_zlib) == plain());
  BOOST_TEST(decode("deflate", as_deflate) == plain());  // without zlib's header, as some servers send it
  BOOST_TEST(decode("br", as_brotli) == plain());
  BOOST_TEST(decode("identity, br", as_brotli) == plain());
  BOOST_TEST(!error);
}

BOOST_AUTO_TEST_CASE(a_cut_body_is_decoded_as_far_as_it_came) {
  const auto whole = from_hex(as_gzip);
  BOOST_TEST(decode("gzip", Bytes{whole}.first(30)).starts_with("imei=1234567"));
  BOOST_TEST(!error);
  BOOST_TEST(decode("gzip", Bytes{whole}.first(5)).empty());
  BOOST_TEST(!error);
}

BOOST_AUTO_TEST_CASE(members_of_a_gzip_file_are_one_content) {
  BOOST_TEST(decode("gzip", std::string{as_gzip} + std::string{as_gzip}) == plain() + plain());
  BOOST_TEST(decode("gzip", std::string{as_gzip} + "00ff") == plain());  // what follows is passed over
}

BOOST_AUTO_TEST_CASE(codings_over_each_other) {
  // gzip of the 41 bytes above, stored: RFC 1951 section 3.2.4, RFC 1952 section 2.3
  const std::string stored =
      "1f8b0800000000000003"
      "012900d6ff" +
      std::string{as_gzip} + "0000000000000000";
  BOOST_TEST(decode("gzip, gzip", stored) == plain());
  BOOST_TEST(codings_of("gzip, deflate, br, gzip").size() == 4U);
  BOOST_TEST(!codings_of("gzip, deflate, br, gzip").error());
  BOOST_TEST((codings_of("gzip,gzip,gzip,gzip,gzip").error() == ContentError::too_many_codings));
}

// More than the word, another coding than was named, and a header with a wrong check sum (RFC 1952 section 2.3.1),
// alone and behind an extra field, a name and a comment.
BOOST_AUTO_TEST_CASE(what_clients_pass_over) {
  BOOST_TEST(decode("gzip x", as_gzip) == plain());
  BOOST_TEST(decode("br;q=1", as_brotli) == plain());
  BOOST_TEST(decode("deflate", as_gzip) == plain());
  BOOST_TEST(decode("gzip", as_zlib) == plain());
  const std::string content{as_deflate};
  BOOST_TEST(decode("gzip", "1f8b08020000000000030000" + content) == plain());
  BOOST_TEST(decode("gzip", "1f8b081e0000000000030200aabb6e0063000000" + content) == plain());
  BOOST_TEST(!error.has_value());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_decoded_stays_as_it_was_sent) {
  BOOST_TEST(decode("zstd", as_bytes("as sent")) == "as sent");
  BOOST_TEST((error == ContentError::unknown_coding));
  BOOST_TEST(decode("gzip", as_bytes("as sent")) == "as sent");
  BOOST_TEST((error == ContentError::corrupt));
  BOOST_TEST(decode("br", as_bytes("\xff\xff\xff\xff as sent")) == "\xff\xff\xff\xff as sent");
  BOOST_TEST((error == ContentError::corrupt));
  auto broken = from_hex(as_gzip);
  broken[20] ^= 0xff;
  BOOST_TEST(decode("gzip", broken).starts_with("imei"));
}

BOOST_AUTO_TEST_CASE(a_bomb_ends_at_the_bound_and_is_named) {
  const auto content = decode("gzip", zero_bomb);
  BOOST_TEST(content.size() == content_decoded_limit);
  BOOST_TEST((error == ContentError::expansion));
  // A larger expansion than that of DEFLATE does not matter either: the window of 16 MiB finds no room.
  constexpr std::string_view brotli_zeros = "cfff1f98000000000000000000";  // WBITS 24, a piece of 16 MiB
  (void)decode("br", brotli_zeros);
  BOOST_TEST(error.has_value());
  BOOST_TEST(decode("gzip", as_gzip) == plain());  // nothing of it stays behind
  BOOST_TEST(!error);
}

BOOST_AUTO_TEST_SUITE_END()
