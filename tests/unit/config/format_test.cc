#include "config/format.hh"

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

using sluice::config::complaint;
using sluice::config::Format;

namespace {

bool right(Format format, std::string_view text) { return !complaint(format, text).has_value(); }
std::string wrong(Format format, std::string_view text) { return complaint(format, text).value_or("nothing"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(config_format)

BOOST_AUTO_TEST_CASE(networks) {
  for (const auto* text : {"10.0.0.0/8", "0.0.0.0/0", "192.0.2.1", "192.0.2.1/32", "2001:db8::/32", "::/0", "fe80::1",
                           "2001:db8::1/128", "10.128.0.0/9"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(right(Format::cidr, text)); }
  }
  for (const auto* text :
       {"", "/8", "10.0.0/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ", "10.0.0.0/8/8",
        "010.0.0.0/8", "2001:db8::/129", "fe80::1%eth0", "[::1]", "example.com"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(!right(Format::cidr, text)); }
  }
  BOOST_TEST(wrong(Format::cidr, "10.128.0.0/8") ==
             "\"10.128.0.0/8\" has bits set behind its prefix; the network is 10.0.0.0/8");
  BOOST_TEST(wrong(Format::cidr, "2001:db8:8000::/33") == "nothing");
  BOOST_TEST(wrong(Format::cidr, "2001:db8:8000::/32") ==
             "\"2001:db8:8000::/32\" has bits set behind its prefix; the network is 2001:db8::/32");
  BOOST_TEST(wrong(Format::cidr, "::1/129") == "\"::1/129\" has no prefix length from 0 to 128 behind the slash");
}

BOOST_AUTO_TEST_CASE(paths) {
  BOOST_TEST(right(Format::path, "/"));
  BOOST_TEST(right(Format::path, "/a b/ü"));
  BOOST_TEST(!right(Format::path, ""));
  BOOST_TEST(!right(Format::path, "a/b"));
  BOOST_TEST(right(Format::path, "/" + std::string(4094, 'x')));
  BOOST_TEST(wrong(Format::path, "/" + std::string(4095, 'x')) == "the path is longer than 4095 bytes");
}

BOOST_AUTO_TEST_CASE(listening_addresses) {
  for (const auto* text : {"127.0.0.1:9477", "0.0.0.0:1", "[::1]:65535", "[2001:db8::1]:80"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(right(Format::listen, text)); }
  }
  for (const auto* text : {"", ":9477", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "::1:80",
                           "[127.0.0.1]:80", "localhost:80", "127.0.0.1:80 "}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(!right(Format::listen, text)); }
  }
}

BOOST_AUTO_TEST_CASE(paths_that_may_be_left_out) {
  BOOST_TEST(right(Format::path_or_empty, ""));
  BOOST_TEST(right(Format::path_or_empty, "/var/log/x"));
  BOOST_TEST(!right(Format::path_or_empty, "x"));
}

BOOST_AUTO_TEST_CASE(key_ids) {
  BOOST_TEST(right(Format::key_id, "89F46A20CD3CCC99"));
  BOOST_TEST(right(Format::key_id, "605f3198319e1a5"));  // minisign leaves zeros in front away
  for (const auto* text : {"", "89F46A20CD3CCC990", "89F46A20CD3CCC9G", "0x89F46A", "-1", "/etc/own.pub"})
    BOOST_TEST(!right(Format::key_id, text), text);
}

BOOST_AUTO_TEST_CASE(uuids) {
  BOOST_TEST(right(Format::uuid, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"));  // RFC 9562 section 4
  BOOST_TEST(right(Format::uuid, "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"));
  BOOST_TEST(!right(Format::uuid, "f81d4fae7dec11d0a76500a0c91e6bf6"));
  BOOST_TEST(!right(Format::uuid, "f81d4fae-7dec-11d0-a765-00a0c91e6bf"));
  BOOST_TEST(!right(Format::uuid, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6a"));
  BOOST_TEST(!right(Format::uuid, "g81d4fae-7dec-11d0-a765-00a0c91e6bf6"));
  BOOST_TEST(!right(Format::uuid, "{f81d4fae-7dec-11d0-a765-00a0c91e6bf}"));
}

BOOST_AUTO_TEST_CASE(names_and_labels) {
  BOOST_TEST(right(Format::name, "Up-link_2.a"));
  BOOST_TEST(!right(Format::name, ""));
  BOOST_TEST(!right(Format::name, "up link"));
  BOOST_TEST(!right(Format::name, "ü"));
  BOOST_TEST(right(Format::name, std::string(64, 'x')));
  BOOST_TEST(!right(Format::name, std::string(65, 'x')));

  BOOST_TEST(right(Format::rule, "local/1000001"));
  BOOST_TEST(right(Format::rule, "vendor-telemetry/*"));
  for (const char* text : {"", "1000001", "/1", "local/", "lo*/1", "local/1/2", "local/*1", "local/a b"})
    BOOST_TEST(!right(Format::rule, text), text);
  BOOST_TEST(right(Format::label, "Zürich, 2. Stock"));
  BOOST_TEST(!right(Format::label, ""));
  BOOST_TEST(!right(Format::label, "a\nb"));
  BOOST_TEST(wrong(Format::label, "a\x1b[0m") == "\"a?[0m\" holds a control character");
  // 32 characters of two bytes and one more: the message is not cut inside a character.
  std::string umlauts = "x";
  for (int i = 0; i < 32; ++i) umlauts += "ü";
  BOOST_TEST(wrong(Format::label, umlauts) == '"' + umlauts.substr(0, 63) + "...\" is longer than 64 bytes");
}

BOOST_AUTO_TEST_CASE(whom_and_what_a_line_of_the_policy_is_about) {
  for (const char* text :
       {"192.0.2.1", "192.0.2.0/24", "2001:db8::/32", "press", "10.0.0.300"})  // a group may be so called
    BOOST_TEST(right(Format::device_or_group, text), text);
  for (const char* text : {"", "192.0.2.1/24", "2001:db8::g", "the press"})
    BOOST_TEST(!right(Format::device_or_group, text), text);

  BOOST_TEST(right(Format::finding_class, "known-c2-indicator"));
  for (const char* text : {"", "c2", "Telemetry"}) BOOST_TEST(!right(Format::finding_class, text), text);

  for (const char* text : {"example.com", "A.Example.com", "_dns.resolver.arpa", "xn--bcher-kva.example", "192.0.2.1",
                           "192.0.2.0/24", "2001:db8::1"})
    BOOST_TEST(right(Format::destination, text), text);
  for (const char* text : {"", "example", ".example.com", "example.com.", "*.example.com", "a..example", "-a.example",
                           "b\u00fccher.example", "http://example.com/", "192.0.2.300", "192.0.2.1/24", "a.example:80"})
    BOOST_TEST(!right(Format::destination, text), text);
  const auto label = std::string(63, 'a');
  BOOST_TEST(right(Format::destination, label + ".example"));
  BOOST_TEST(!right(Format::destination, "a" + label + ".example"));
  BOOST_TEST(right(Format::destination, label + '.' + label + '.' + label + '.' + label.substr(2)));
  BOOST_TEST(!right(Format::destination, label + '.' + label + '.' + label + '.' + label.substr(1)));
}

BOOST_AUTO_TEST_CASE(arguments_of_the_eal) {
  for (const auto* text : {"--vdev", "net_null0", "--log-level=pmd:8", "--legacy-mem", "-a", "--lcores-not"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(right(Format::eal_argument, text)); }
  }
  for (const auto* text : {"", "-l", "-l0-3", "-c3", "-m", "-m64", "--lcores", "--lcores=0@1", "--main-lcore=1",
                           "--no-huge", "--huge-dir=/mnt", "--vdev net_null0"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(!right(Format::eal_argument, text)); }
  }
  BOOST_TEST(wrong(Format::eal_argument, "--lcores=0@1") == "--lcores is set by the option \"cpus\"");
}

BOOST_AUTO_TEST_CASE(formats_have_names) {
  BOOST_TEST((sluice::config::format_named("cidr") == Format::cidr));
  BOOST_TEST((sluice::config::format_named("") == Format::none));
  BOOST_CHECK_THROW((void)sluice::config::format_named("crid"), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
