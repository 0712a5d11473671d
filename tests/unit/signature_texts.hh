// Rules for the tests of the signature reader: what a text yields, as values and as errors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "rules/signatures/signature_file.hh"

namespace signature_texts {

// The list "t" has exactly these errors, each beginning with one of the texts (place and what is wrong).
inline void expect_errors(std::string_view text, const std::vector<std::string>& expected) {
  const auto list = sluice::parse_signatures(text, "t");
  std::string all;
  for (const auto& error : list.errors) all += error.text() + "\n";
  BOOST_TEST_REQUIRE(list.errors.size() == expected.size(), text << "\n" << all);
  for (std::size_t i = 0; i < expected.size(); ++i)
    BOOST_TEST(list.errors[i].text().starts_with(expected[i]),
               "got: " << list.errors[i].text() << "\nexpected: " << expected[i]);
}

inline sluice::SignatureList accepted(std::string_view text) {
  auto list = sluice::parse_signatures(text, "t");
  for (const auto& error : list.errors) BOOST_ERROR(error.text());
  return std::move(list.signatures);
}

inline sluice::Signature one(std::string_view text) {
  auto list = accepted(text);
  BOOST_REQUIRE_EQUAL(list.size(), 1U);
  return std::move(list.front());
}

// The rule with this header and a content. Its options begin at column 2 + size of the header.
inline std::string with_header(std::string_view header) {
  return std::string(header) + " (msg:\"m\"; content:\"abc\"; sid:1;)\n";
}

// The rule of tcp with these options behind msg and sid: they begin at column 47.
inline std::string with_options(std::string_view options, std::string_view protocol = "tcp ") {
  return "alert " + std::string(protocol) + " any any -> any any (msg:\"m\"; sid:1; " + std::string(options) + ")\n";
}

}  // namespace signature_texts
