#include "rules/signatures/signature_span.hh"

#include <boost/test/unit_test.hpp>

#include "rules/signatures/signature_file.hh"

using namespace sluice;

namespace {

std::optional<std::uint64_t> span_of(const std::string& parts) {
  const auto file = parse_signatures(R"(alert tcp any any -> any any (msg:"s"; )" + parts + " sid:1;)", "test");
  BOOST_REQUIRE_MESSAGE(file.errors.empty(), (file.errors.empty() ? std::string{} : file.errors.front().text()));
  return signature_span(file.signatures.front());
}

constexpr auto unbound = std::nullopt;

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_signature_span)

BOOST_AUTO_TEST_CASE(one_content_is_as_long_as_it_is) {
  BOOST_TEST((span_of(R"(content:"abcd"; offset:9000;)") == 4U));
}

BOOST_AUTO_TEST_CASE(relative_contents_lie_as_far_apart_as_they_say) {
  BOOST_TEST((span_of(R"(content:"abcd"; content:"ef"; distance:10; within:5;)") == 4U + 10 + 5));
  BOOST_TEST((span_of(R"(content:"abcd"; content:"ef"; within:5; content:"gh"; distance:1; within:2;)") == 4U + 5 + 3));
  BOOST_TEST((span_of(R"(content:"abcd"; content:"ef"; distance:-10; within:20;)") == 4U + 10 + 6));
  BOOST_TEST((span_of(R"(content:"abcd"; content:"ef"; distance:0;)") == unbound));
  BOOST_TEST((span_of(R"(content:"abcd"; content:!"ef"; within:5000;)") == 5004U));
  BOOST_TEST((span_of(R"(content:"abcd"; content:!"ef"; distance:0;)") == 4U));
}

BOOST_AUTO_TEST_CASE(contents_that_are_free_may_lie_anywhere) {
  BOOST_TEST((span_of(R"(content:"abcd"; content:"ef";)") == unbound));
  BOOST_TEST((span_of(R"(content:"abcd"; depth:10; content:"ef"; offset:20; depth:30;)") == 50U));
  BOOST_TEST((span_of(R"(content:"abcd"; startswith; content:"ef"; offset:2; depth:30;)") == 32U));
  BOOST_TEST((span_of(R"(content:"abcd"; depth:10; content:"ef";)") == unbound));
  BOOST_TEST((span_of(R"(content:"abcd"; pcre:"/x.*y/R";)") == unbound));
}

BOOST_AUTO_TEST_CASE(checks_reach_as_far_as_they_read) {
  BOOST_TEST((span_of(R"(content:"abcd"; byte_test:2,=,7,10,relative;)") == 4U + 10 + 2));
  BOOST_TEST((span_of(R"(content:"abcd"; byte_extract:2,1,n,relative; content:"ef"; within:5;)") == 4U + 3 + 5));
  BOOST_TEST((span_of(R"(content:"abcd"; isdataat:100,relative;)") == 104U));
  BOOST_TEST((span_of(R"(content:"abcd"; isdataat:!1,relative;)") == 4U));
  BOOST_TEST((span_of(R"(content:"abcd"; depth:10; byte_test:4,>,7,100;)") == 104U));
  BOOST_TEST((span_of(R"(content:"abcd"; byte_jump:2,0,relative;)") == unbound));
  BOOST_TEST((span_of(R"(byte_extract:1,0,n; content:"abcd"; offset:n; depth:9;)") == unbound));
  BOOST_TEST((span_of(R"(content:"abcd"; base64_decode:bytes 40,relative; base64_data; content:"x";)") == 44U));
  BOOST_TEST((span_of(R"(content:"abcd"; base64_decode:relative; base64_data; content:"x";)") == unbound));
}

BOOST_AUTO_TEST_SUITE_END()
