#include "rules/names/domain_name.hh"

#include <boost/test/unit_test.hpp>

using sluice::DomainNameError;
using sluice::normal_domain;
using sluice::parse_domain_name;

namespace sluice {
std::ostream& operator<<(std::ostream& out, DomainNameError error) { return out << explain(error); }
}  // namespace sluice

namespace {

DomainNameError error_of(std::string_view text) {
  const auto name = parse_domain_name(text);
  BOOST_REQUIRE_MESSAGE(!name, "accepted: " << text);
  return name.error();
}

std::string labels(std::size_t count, std::size_t size) {
  std::string name;
  for (std::size_t i = 0; i < count; ++i) name += (i == 0 ? "" : ".") + std::string(size, 'a');
  return name;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(domain_name)

BOOST_AUTO_TEST_CASE(lower_case_and_no_trailing_dot) {
  BOOST_TEST(normal_domain("Data.MiStat.Xiaomi.COM.").value() == "data.mistat.xiaomi.com");
  BOOST_TEST(normal_domain("_psis._udp.jpush.cn").value() == "_psis._udp.jpush.cn");
  BOOST_TEST(normal_domain("localhost").value() == "localhost");
  BOOST_TEST(normal_domain("1.2.3.4.example").value() == "1.2.3.4.example");
  BOOST_TEST(normal_domain("r3---sn-x.example").value() == "r3---sn-x.example");
}

// Expected values from the punycode codec of Python 3.11, and RFC 3492 section 7.1.
BOOST_AUTO_TEST_CASE(u_labels_become_a_labels) {
  BOOST_TEST(normal_domain("b\xc3\xbc"
                           "cher.example")
                 .value() == "xn--bcher-kva.example");
  BOOST_TEST(normal_domain("B\xc3\x9c"
                           "CHER.Example")
                 .value() == "xn--bcher-kva.example");
  // RFC 3492 section 7.1 (B): Chinese (simplified)
  BOOST_TEST(normal_domain("\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9\x88\xe4\xb8\x8d\xe8\xaf\xb4"
                           "\xe4\xb8\xad\xe6\x96\x87.cn")
                 .value() == "xn--ihqwcrb4cv8a8dqg056pqjye.cn");
  // sharp s stays itself (non-transitional), and a label with an underscore beside it is left alone
  BOOST_TEST(normal_domain("_x.fa\xc3\x9f.de").value() == "_x.xn--fa-hia.de");
  // the ideographic full stop separates labels (UTS 46)
  BOOST_TEST(normal_domain("b\xc3\xbc"
                           "cher\xe3\x80\x82"
                           "example")
                 .value() == "xn--bcher-kva.example");
  BOOST_TEST(error_of("\xff.example") == DomainNameError::international);
  BOOST_TEST(error_of("a\xe2\x80\xa8"
                      "b.example") == DomainNameError::international);  // U+2028, disallowed
}

BOOST_AUTO_TEST_CASE(what_is_refused_and_why) {
  BOOST_TEST(error_of("") == DomainNameError::empty);
  BOOST_TEST(error_of(".") == DomainNameError::empty);
  BOOST_TEST(error_of("*.example.com") == DomainNameError::wildcard);
  BOOST_TEST(error_of("*") == DomainNameError::wildcard);
  BOOST_TEST(error_of("a..example") == DomainNameError::empty_label);
  BOOST_TEST(error_of(".example") == DomainNameError::empty_label);
  BOOST_TEST(error_of("example..") == DomainNameError::empty_label);
  for (const char* text : {"http://example.com", "example.com:443", "example.com/x", "a b.example", "a*.example"})
    BOOST_TEST(error_of(text) == DomainNameError::character);
  BOOST_TEST(error_of(std::string_view("b\xc3\xbc\0x.example", 12)) == DomainNameError::character);
  BOOST_TEST(error_of("-a.example") == DomainNameError::hyphen);
  BOOST_TEST(error_of("a-.example") == DomainNameError::hyphen);
  BOOST_TEST(error_of("192.0.2.1") == DomainNameError::numeric);
}

BOOST_AUTO_TEST_CASE(bounds_are_those_of_dns) {
  const std::string label_63(63, 'a');
  BOOST_TEST(normal_domain(label_63 + ".example").has_value());
  BOOST_TEST(error_of(label_63 + "a.example") == DomainNameError::long_label);
  // 4 labels of 62 and 3 dots are 251; "a." makes 253
  BOOST_TEST(normal_domain("a." + labels(4, 62)).has_value());
  BOOST_TEST(normal_domain("a." + labels(4, 62) + ".").has_value());
  BOOST_TEST(error_of("aa." + labels(4, 62)) == DomainNameError::long_name);
}

BOOST_AUTO_TEST_SUITE_END()
