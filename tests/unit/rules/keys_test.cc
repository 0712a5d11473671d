#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "rules/signing/keyring.hh"
#include "tests/unit/manifest_samples.hh"
#include "tests/unit/minisign_samples.hh"

using namespace sluice;

namespace {

MinisignPublicKey key_of(std::string_view text) {
  const auto key = parse_minisign_public_key(text);
  BOOST_REQUIRE_MESSAGE(key.has_value(), (key ? std::string() : key.error()));
  return *key;
}

struct Keys {
  MinisignPublicKey first = key_of(minisign_public_key);
  MinisignPublicKey second = key_of(minisign_second_public_key);
  MinisignPublicKey stranger = key_of(minisign_other_public_key);
  std::string both = std::string{manifest_signature} + std::string{manifest_second_signature};

  // The ids of the keys whose signatures are good, or why the file is refused.
  static std::string judged(std::string_view signatures, const Keyring& keyring,
                            std::string_view data = manifest_sample) {
    const std::span bytes{reinterpret_cast<const std::uint8_t*>(data.data()), data.size()};
    const auto good = verify_signatures(bytes, signatures, keyring);
    if (!good) return good.error();
    std::string ids;
    for (const auto& one : *good) ids += text_of(one.key) + " ";
    return ids;
  }
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// As minisign shows them: the public keys' last eight bytes of id, last one first (`minisign -G` prints it).
constexpr std::string_view first_id = "89F46A20CD3CCC99 ";
constexpr std::string_view second_id = "605F3198319E1A5 ";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(keys, Keys)

BOOST_AUTO_TEST_CASE(ids_are_read_as_they_are_written) {
  for (const auto& key : {first, second, stranger}) BOOST_TEST((key_id_from(text_of(key.id)) == key.id));
  BOOST_TEST((key_id_from("89f46a20cd3ccc99") == first.id));
  BOOST_TEST((key_id_from("605F3198319E1A5") == second.id));  // `minisign -G` leaves the zero away
  for (const auto* text : {"", "-1", "89F46A20CD3CCC999", "89F46A20CD3CCCXY", "+9F46A20CD3CCC99", "0x"})
    BOOST_TEST(!key_id_from(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(one_signature_of_any_trusted_key_is_enough_by_default) {
  BOOST_TEST(judged(manifest_signature, {{first}, {}}) == first_id);
  BOOST_TEST(judged(manifest_second_signature, {{first, second}, {}}) == "0" + std::string{second_id});
  BOOST_TEST(judged(both, {{second}, {}}) == "0" + std::string{second_id});
  BOOST_TEST(has(judged(both, {{stranger}, {}}), "none of the trusted ones (ABE86F806EE59760)"));
  BOOST_TEST(has(judged("", {{first}, {}}), "no signature"));
  BOOST_TEST(has(judged(manifest_signature, {{}, {}}), "no key is trusted"));
}

BOOST_AUTO_TEST_CASE(a_threshold_counts_different_keys) {
  BOOST_TEST(judged(both, {{first, second, stranger}, {}, 2}) == std::string{first_id} + "0" + std::string{second_id});
  BOOST_TEST(has(judged(both, {{first, second, stranger}, {}, 3}), "of 3 different trusted keys are needed"));
  BOOST_TEST(has(judged(manifest_signature, {{first, second}, {}, 2}), "1 is good (89F46A20CD3CCC99)"));
  const auto twice = std::string{manifest_signature} + std::string{manifest_signature};
  BOOST_TEST(has(judged(twice, {{first, second}, {}, 2}), "1 is good"));
  // The same key under another id, as a file that somebody altered may say: still one key.
  auto renamed = first;
  renamed.id = second.id;
  BOOST_TEST(has(judged(twice, {{first, renamed}, {}, 2}), "1 is good"));
  BOOST_TEST(has(judged(both, {{first, stranger}, {}, 2}), "605F3198319E1A5, which is none of the trusted ones"));
}

BOOST_AUTO_TEST_CASE(what_a_revoked_key_signed_counts_for_nothing) {
  BOOST_TEST(has(judged(manifest_signature, {{first, second}, {first.id}}), "89F46A20CD3CCC99, which is revoked here"));
  BOOST_TEST(has(judged(manifest_signature, {{second}, {first.id}}), "which is revoked here"));
  BOOST_TEST(judged(both, {{first, second}, {first.id}}) == "0" + std::string{second_id});
  const auto refused = judged(both, {{first, second}, {first.id}, 2});
  BOOST_TEST(has(refused, "1 is good"), refused);
  BOOST_TEST(has(refused, "89F46A20CD3CCC99, which is revoked"), refused);
  // Nor under another id.
  auto renamed = first;
  renamed.id = stranger.id;
  BOOST_TEST(has(judged(manifest_signature, {{first, renamed}, {renamed.id}}), "which is revoked here"));
}

BOOST_AUTO_TEST_CASE(a_signature_that_a_trusted_key_never_made_refuses_the_file) {
  auto altered = both;
  altered[both.rfind("the second")] = 'T';
  BOOST_TEST(has(judged(altered, {{first, second}, {}}), "comment was altered"));
  BOOST_TEST(has(judged(both, {{first, second}, {}}, "other data"), "did not sign these bytes"));
}

BOOST_AUTO_TEST_CASE(cut_texts_and_too_many_are_refused) {
  for (std::size_t size = 0; size + 1 < both.size(); ++size) {
    if (size == manifest_signature.size() || size + 1 == manifest_signature.size()) continue;  // the first alone
    const auto refused = judged(both.substr(0, size), {{first, second}, {}, 1});
    BOOST_TEST(!has(refused, first_id), size << ": " << refused);
  }
  BOOST_TEST(has(judged(both + "more\n", {{first}, {}}), "is cut"));
  std::string many;
  for (std::size_t i = 0; i <= signature_count_limit; ++i) many += manifest_signature;
  BOOST_TEST(has(judged(many, {{first}, {}}), "more than 16 signatures"));
  BOOST_TEST(has(judged(std::string(minisign_file_limit + 1, 'u'), {{first}, {}}), "larger than"));
}

BOOST_AUTO_TEST_SUITE_END()
