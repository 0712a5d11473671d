#include "control/text/uuid.hh"

#include <boost/test/unit_test.hpp>

using sluice::Uuid;

namespace {

// RFC 9562 section 6.6.
const Uuid dns_name_space = *Uuid::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

}  // namespace

BOOST_AUTO_TEST_SUITE(control_uuid)

BOOST_AUTO_TEST_CASE(version_5_is_that_of_the_rfc) {
  // RFC 9562 appendix A.4; the second is in the documentation of Python's uuid module.
  BOOST_TEST(Uuid::named(dns_name_space, "www.example.com").text() == "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  BOOST_TEST(Uuid::named(dns_name_space, "python.org").text() == "886313e1-3b8a-5372-9b90-0c9aee199e5d");
}

BOOST_AUTO_TEST_CASE(version_4_is_random) {
  const auto one = Uuid::random();
  BOOST_TEST((one != Uuid::random()));
  // RFC 9562 sections 4.1 and 4.2
  BOOST_TEST(one.text().at(14) == '4');
  BOOST_TEST(std::string{"89ab"}.find(one.text().at(19)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(text_and_back) {
  constexpr auto text = "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77";
  BOOST_TEST(Uuid::parse(text)->text() == text);
  BOOST_TEST(Uuid::parse("0B9ED8B6-53A1-4C4E-9F0E-3F6A5D2C1B77")->text() == text);
}

BOOST_AUTO_TEST_CASE(other_text_is_no_uuid) {
  BOOST_TEST(!Uuid::parse(""));
  BOOST_TEST(!Uuid::parse("0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b7"));
  BOOST_TEST(!Uuid::parse("0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b777"));
  BOOST_TEST(!Uuid::parse("0b9ed8b6-53a1-4c4e-9f0e+3f6a5d2c1b77"));
  BOOST_TEST(!Uuid::parse("0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b7g"));
  BOOST_TEST(!Uuid::parse("0b9ed8b653a1-4c4e-9f0e-3f6a-5d2c1b77"));
}

BOOST_AUTO_TEST_SUITE_END()
