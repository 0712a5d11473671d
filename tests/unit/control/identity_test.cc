#include "control/api/identity.hh"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "control/text/uuid.hh"
#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

BOOST_FIXTURE_TEST_SUITE(control_identity, TemporaryFolder)

BOOST_AUTO_TEST_CASE(the_configured_id_is_taken_as_it_is) {
  BOOST_TEST(*tap_identity("0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", path) == "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77");
  BOOST_TEST(!std::filesystem::exists(path + "/tap_id"));
}

BOOST_AUTO_TEST_CASE(without_one_it_is_made_once) {
  const auto folder = path + "/deep/state";
  const auto first = tap_identity("", folder);
  BOOST_REQUIRE_MESSAGE(first.has_value(), (first ? std::string{} : first.error()));
  const auto id = Uuid::parse(*first);
  BOOST_REQUIRE(id.has_value());
  BOOST_TEST((id->bytes[6] >> 4) == 4);  // RFC 9562 section 4.2: version 4
  BOOST_TEST((id->bytes[8] >> 6) == 2);  // section 4.1
  BOOST_TEST(*tap_identity("", folder) == *first);
  BOOST_TEST(*tap_identity("", path + "/other") != *first);
  struct stat status {};
  BOOST_REQUIRE(::stat((folder + "/tap_id").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777U) == 0600U);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_an_error_and_stays_as_it_is) {
  for (const auto* text : {"", "no uuid\n", "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b7\n"}) {
    write_text(path + "/tap_id", text);
    const auto id = tap_identity("", path);
    BOOST_REQUIRE(!id.has_value());
    BOOST_TEST(id.error().find(path + "/tap_id") != std::string::npos);
    BOOST_TEST(text_file(path + "/tap_id") == text);
  }
  write_text(path + "/tap_id", std::string(1000, 'x'));
  BOOST_TEST(!tap_identity("", path).has_value());
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_is_an_error) {
  BOOST_TEST(!tap_identity("", "/proc/none/state").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
