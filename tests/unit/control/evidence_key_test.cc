#include "control/evidence/evidence_key.hh"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/unit/scratch_folder.hh"

using namespace sluice;

BOOST_AUTO_TEST_SUITE(evidence_key)

BOOST_AUTO_TEST_CASE(only_the_other_half_opens_a_box) {
  const auto key = EvidenceSecretKey::random(), other = EvidenceSecretKey::random();
  const auto box = seal(key.public_key(), "what was said");
  BOOST_TEST(box.size() == std::string{"what was said"}.size() + evidence_seal_size);
  BOOST_TEST(key.open(box).value() == "what was said");
  BOOST_TEST(!other.open(box));
  BOOST_TEST(!key.open(box.substr(1)));
  BOOST_TEST(!key.open(""));
  for (std::size_t i = 0; i < box.size(); ++i) {
    auto altered = box;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    BOOST_TEST(!key.open(altered));
  }
  BOOST_TEST((seal(key.public_key(), "x") != seal(key.public_key(), "x")));
}

// Alice's keys of RFC 7748 section 6.1.
BOOST_AUTO_TEST_CASE(the_public_half_is_that_of_x25519) {
  const auto secret =
      EvidenceSecretKey::from(*hex_bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
  BOOST_TEST(hex_text(secret.value().public_key()) ==
             "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  BOOST_TEST(!EvidenceSecretKey::from("short"));
}

BOOST_AUTO_TEST_CASE(hex_is_lower_case_and_whole) {
  BOOST_TEST(hex_text(std::string_view{"\x00\xff\x10", 3}) == "00ff10");
  BOOST_TEST(hex_bytes("00ff10").value() == (std::string{"\x00\xff\x10", 3}));
  BOOST_TEST(hex_bytes("").value() == "");
  for (const auto* const text : {"0", "0g", "FF", "0x", " 0"}) BOOST_TEST(!hex_bytes(text));
}

BOOST_AUTO_TEST_CASE(files_say_which_half_they_are) {
  const ScratchFolder folder;
  const auto secret = EvidenceSecretKey::random();
  const auto write = [](const std::string& path, const std::string& text, ::mode_t mode) {
    std::ofstream{path} << text;
    ::chmod(path.c_str(), mode);
    return path;
  };
  const auto own = write(folder.file("own"), file_text(secret), 0600);
  const auto pub = write(folder.file("pub"), file_text(secret.public_key()), 0644);
  BOOST_TEST((load_evidence_public_key(pub) == secret.public_key()));
  BOOST_TEST((load_evidence_secret_key(own).value().public_key() == secret.public_key()));
  BOOST_TEST(!load_evidence_public_key(own));
  BOOST_TEST(!load_evidence_secret_key(write(folder.file("pub2"), file_text(secret.public_key()), 0600)));
  BOOST_TEST(load_evidence_secret_key(write(folder.file("open"), file_text(secret), 0640)).error().find("chmod 600") !=
             std::string::npos);
  BOOST_TEST(load_evidence_public_key(folder.file("none")).error().find("keygen") != std::string::npos);
  const auto cut = file_text(secret.public_key()).substr(0, 40);
  BOOST_TEST(!load_evidence_public_key(write(folder.file("cut"), cut, 0644)));
  // A point of small order (RFC 7748 section 6.1): whatever is sealed to it anybody opens.
  BOOST_TEST(!load_evidence_public_key(write(folder.file("zero"), file_text(EvidencePublicKey{}), 0644)));
}

BOOST_AUTO_TEST_SUITE_END()
