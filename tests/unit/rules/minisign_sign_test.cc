#include "rules/signing/minisign_sign.hh"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/minisign_samples.hh"

using namespace sluice;

namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string parse_error(std::string_view text, std::optional<std::string_view> password = std::nullopt) {
  const auto key = MinisignSecretKey::parse(text, password);
  return key ? "accepted" : key.error();
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// All but the first line, which everyone words as he likes.
std::string_view signed_lines(std::string_view signature) { return signature.substr(signature.find('\n')); }

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const auto at = out.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  return out.replace(at, from.size(), to);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_minisign_sign)

// Ed25519 signatures of one key over the same bytes are equal (RFC 8032 section 5.1.6).
BOOST_AUTO_TEST_CASE(what_we_sign_is_what_minisign_signs) {
  for (const auto& text : {minisign_secret_key, minisign_protected_key}) {
    const auto key = MinisignSecretKey::parse(text, "correct horse");
    BOOST_REQUIRE_MESSAGE(key.has_value(), (key ? std::string() : key.error()));
    BOOST_TEST(text_of(key->public_key().id) == "89F46A20CD3CCC99");
    const auto signature = key->sign(bytes_of(minisign_data), "sequence 7");
    BOOST_REQUIRE(signature.has_value());
    BOOST_TEST(signed_lines(*signature) == signed_lines(minisign_signature));
  }
}

BOOST_AUTO_TEST_CASE(the_public_key_of_a_secret_one_is_the_one_in_its_file) {
  const auto key = MinisignSecretKey::parse(minisign_secret_key, std::nullopt);
  const auto published = parse_minisign_public_key(minisign_public_key);
  BOOST_REQUIRE((key && published));
  BOOST_TEST((key->public_key().key == published->key));
  BOOST_TEST((key->public_key().id == published->id));
}

BOOST_AUTO_TEST_CASE(a_protected_key_opens_with_its_password_only) {
  BOOST_TEST(has(parse_error(minisign_protected_key), "give its password"));
  BOOST_TEST(has(parse_error(minisign_protected_key, ""), "wrong password"));
  BOOST_TEST(has(parse_error(minisign_protected_key, "correct horse "), "wrong password"));
  BOOST_TEST(parse_error(minisign_protected_key, "correct horse") == "accepted");
}

BOOST_AUTO_TEST_CASE(a_key_file_that_is_none_or_was_altered_says_so) {
  BOOST_TEST(has(parse_error(""), "is cut"));
  BOOST_TEST(has(parse_error(minisign_public_key), "no secret key"));
  BOOST_TEST(has(parse_error(replaced(minisign_secret_key, "hyCAAAA", "hyDAAAA")), "altered"));
  BOOST_TEST(has(parse_error(replaced(minisign_secret_key, "AAA=", "AAE=")), "altered"));
  BOOST_TEST(has(parse_error(replaced(minisign_secret_key, "RWQAAEIy", "RWQBAEIy")), "altered"));
  // Memory for opening it: byte 7 of memlimit becomes 1, that is 2^56.
  BOOST_TEST(has(parse_error(replaced(minisign_protected_key, "AAAEAAAAAbHu6", "AAAEAAAABbHu6"), "correct horse"),
                 "more memory"));
}

BOOST_AUTO_TEST_CASE(a_comment_that_would_not_be_read_again_is_not_signed) {
  const auto key = MinisignSecretKey::parse(minisign_secret_key, std::nullopt);
  BOOST_REQUIRE(key.has_value());
  const auto data = bytes_of(minisign_data);
  BOOST_TEST(!key->sign(data, "two\nlines").has_value());
  BOOST_TEST(!key->sign(data, "\xff").has_value());
  BOOST_TEST(!key->sign(data, std::string(minisign_trusted_comment_limit, 'c')).has_value());
  const auto longest = key->sign(data, std::string(minisign_trusted_comment_limit - 32, 'c'));
  BOOST_REQUIRE(longest.has_value());
  BOOST_TEST(verify_minisign(data, *longest, std::vector{key->public_key()}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
