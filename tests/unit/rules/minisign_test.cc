#include "rules/signing/minisign.hh"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/minisign_samples.hh"

using namespace sluice;

namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

MinisignPublicKey key_of(std::string_view text) {
  const auto key = parse_minisign_public_key(text);
  BOOST_REQUIRE_MESSAGE(key.has_value(), (key ? std::string() : key.error()));
  return *key;
}

std::string refusal(std::string_view data, std::string_view signature, const std::vector<MinisignPublicKey>& keys) {
  const auto verified = verify_minisign(bytes_of(data), signature, keys);
  return verified ? "accepted" : verified.error();
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const auto at = out.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  return out.replace(at, from.size(), to);
}

struct Keys {
  MinisignPublicKey own = key_of(minisign_public_key);
  MinisignPublicKey other = key_of(minisign_other_public_key);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rules_minisign, Keys)

BOOST_AUTO_TEST_CASE(a_key_is_named_as_minisign_names_it) {
  BOOST_TEST(text_of(own.id) == "89F46A20CD3CCC99");
  BOOST_TEST(text_of(other.id) == "ABE86F806EE59760");
}

BOOST_AUTO_TEST_CASE(what_minisign_signed_is_accepted_by_any_of_the_trusted_keys) {
  for (const auto& keys : {std::vector{own}, std::vector{other, own}, std::vector{own, other}}) {
    const auto verified = verify_minisign(bytes_of(minisign_data), minisign_signature, keys);
    BOOST_REQUIRE(verified.has_value());
    BOOST_TEST(*verified == "sequence 7");
    const auto legacy = verify_minisign(bytes_of(minisign_data), minisign_legacy_signature, keys);
    BOOST_REQUIRE(legacy.has_value());
    BOOST_TEST(*legacy == "legacy");
  }
}

BOOST_AUTO_TEST_CASE(line_ends_may_be_those_of_another_system) {
  std::string signature;
  for (const char c : minisign_signature) signature += c == '\n' ? std::string("\r\n") : std::string(1, c);
  BOOST_TEST(refusal(minisign_data, signature, {own}) == "accepted");
  signature = minisign_signature.substr(0, minisign_signature.size() - 1);
  BOOST_TEST(refusal(minisign_data, signature, {own}) == "accepted");
}

BOOST_AUTO_TEST_CASE(each_refusal_says_why) {
  const std::string_view good = minisign_signature;
  BOOST_TEST(has(refusal(minisign_data, "", {own}), "no signature"));
  BOOST_TEST(has(refusal(minisign_data, good, {}), "no key is trusted"));
  const auto unknown = refusal(minisign_data, good, {other});
  BOOST_TEST(has(unknown, "89F46A20CD3CCC99"), unknown);
  BOOST_TEST(has(unknown, "none of the trusted ones (ABE86F806EE59760)"), unknown);
  BOOST_TEST(has(refusal("hello pact\n", good, {own}), "did not sign these bytes"));
  BOOST_TEST(has(refusal(minisign_data, replaced(good, "sequence 7", "sequence 8"), {own}), "comment was altered"));
  BOOST_TEST(has(refusal(minisign_data, replaced(good, "trusted comment: s", "trusted remark: s"), {own}), "line 3"));
  BOOST_TEST(has(refusal(minisign_data, replaced(good, "sequence 7", "sequence\0337"), {own}), "line 3"));
  BOOST_TEST(has(refusal(minisign_data, replaced(good, "vdQY=", "vdQ="), {own}), "line 2"));
  BOOST_TEST(has(refusal(minisign_data, replaced(good, "RUSZ", "RUWZ"), {own}), "of a kind"));
  BOOST_TEST(has(refusal(minisign_data, replaced(good, "Dw==", "Dw="), {own}), "line 4"));
  BOOST_TEST(has(refusal(minisign_data, std::string(good) + "more\n", {own}), "more than its 4 lines"));
  BOOST_TEST(has(refusal(minisign_data, replaced(good, "untrusted", "Untrusted"), {own}), "no file of minisign"));
  BOOST_TEST(has(refusal(minisign_data, std::string(minisign_file_limit + 1, 'u'), {own}), "larger than"));
  // A legacy signature is one of the bytes, a prehashed one of their hash: neither passes for the other.
  BOOST_TEST(has(refusal(minisign_data, replaced(good, "RUSZ", "RWSZ"), {own}), "did not sign"));
}

BOOST_AUTO_TEST_CASE(a_key_with_the_id_of_another_does_not_stand_in_its_way) {
  auto impostor = other;
  impostor.id = own.id;
  BOOST_TEST(has(refusal(minisign_data, minisign_signature, {impostor}), "did not sign these bytes"));
  BOOST_TEST(refusal(minisign_data, minisign_signature, {impostor, own}) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_key_file_that_is_none_says_so) {
  for (const auto& [text, word] : std::vector<std::pair<std::string, std::string_view>>{
           {"", "is cut"},
           {std::string(minisign_signature), "more than its 2 lines"},
           {std::string(minisign_secret_key), "no public key"},
           {replaced(minisign_public_key, "RWSZ", "RXSZ"), "of a kind"},
           {replaced(minisign_public_key, "hyC\n", "hy\n"), "no public key"}}) {
    const auto key = parse_minisign_public_key(text);
    BOOST_REQUIRE(!key.has_value());
    BOOST_TEST(has(key.error(), word), key.error());
  }
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_anywhere_but_in_the_untrusted_comment_is_refused) {
  std::mt19937 random{20261121};
  const auto covered = minisign_signature.find('\n');  // what stands before is covered by nothing
  for (int i = 0; i < 1000; ++i) {
    std::string data(minisign_data);
    std::string signature(minisign_signature);
    auto& text = i % 4 == 0 ? data : signature;
    const auto first = i % 4 == 0 ? 0 : covered;
    const auto at = first + random() % (text.size() - first);
    const auto bit = random() % 8;
    text[at] = static_cast<char>(text[at] ^ 1 << bit);
    BOOST_TEST(refusal(data, signature, {own}) != "accepted", "byte " << at << ", bit " << bit);
  }
}

BOOST_AUTO_TEST_CASE(a_cut_signature_and_cut_data_are_refused) {
  for (std::size_t size = 0; size + 1 < minisign_signature.size(); ++size)
    BOOST_TEST(refusal(minisign_data, minisign_signature.substr(0, size), {own}) != "accepted", size);
  for (std::size_t size = 0; size < minisign_data.size(); ++size)
    BOOST_TEST(has(refusal(minisign_data.substr(0, size), minisign_signature, {own}), "did not sign"), size);
}

BOOST_AUTO_TEST_SUITE_END()
