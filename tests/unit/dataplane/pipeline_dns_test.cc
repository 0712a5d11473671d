// What DNS told a device, and what of that is said of its other flows.
#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string_view>

#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;
using std::chrono::seconds;

namespace {

struct Answer {
  std::string_view owner;
  std::uint16_t type;
  Frame data;
};

Frame name_of(std::string_view name) {
  Frame query = dns_query(name);
  return {query.begin() + 12, query.end() - 4};
}
Frame address_of(const char* text) {
  const auto address = *Address::parse(text);
  return address.is_v4() ? Frame(address.bytes.begin() + 12, address.bytes.end())
                         : Frame(address.bytes.begin(), address.bytes.end());
}

// RFC 1035 section 4.1: a response to the query of pipeline_run.hh.
Frame dns_answers(std::string_view name, std::initializer_list<Answer> answers) {
  auto message = dns_query(name);
  message[2] = 0x81;
  message[3] = 0x80;
  message[7] = static_cast<std::uint8_t>(answers.size());
  for (const auto& answer : answers) {
    put(message, name_of(answer.owner));
    put16(message, answer.type);
    put16(message, 1);
    put32(message, 60);
    put16(message, static_cast<unsigned>(answer.data.size()));
    put(message, answer.data);
  }
  return message;
}

constexpr std::uint16_t a = 1;
constexpr std::uint16_t cname = 5;
constexpr std::uint16_t https = 65;

const char* const phone_address = "192.168.1.10";
const char* const resolver = "192.168.1.1";

class Phone {
 public:
  explicit Phone(Mode mode = Mode::monitor) : run(options(mode)) {}

  bool look_up(std::string_view name, std::initializer_list<Answer> answers) {
    const auto at = ends(phone_address, port_++, resolver, 53);
    return run.send(udp_frame(at, dns_query(name))) && run.send(udp_frame(at.reversed(), dns_answers(name, answers)));
  }
  // A connection in which each side sends bytes that no parser knows.
  void talk(const char* server, std::uint16_t port = 8000) {
    Connection connection{run, port_++, port, server};
    connection.open();
    connection.client(0, bytes_of("\x01\x02\x03\x04 what is this"));
    connection.server(0, bytes_of("\x05\x06\x07\x08 who knows"), 17);
  }
  // The events without those of the look-ups themselves.
  Lines events() {
    run.pipeline().finish(run.now, run.sent);
    auto lines = run.events();
    std::erase_if(lines, [](const auto& line) { return line.starts_with("dns ") || line.starts_with("flow dns"); });
    return lines;
  }

  PipelineRun run;

 private:
  static PipelineOptions options(Mode mode) {
    auto options = small_options(mode);
    options.inside = InsideNetworks::private_addresses();
    return options;
  }
  std::uint16_t port_ = 40000;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_dns)

BOOST_AUTO_TEST_CASE(a_flow_without_a_name_gets_the_one_that_was_looked_up) {
  Phone phone;
  phone.look_up("push.example", {{"push.example", a, address_of("198.51.100.7")}});
  phone.run.wait(seconds{1});
  phone.talk("198.51.100.7");
  phone.talk("198.51.100.8");
  BOOST_TEST(
      (phone.events() == Lines{"flow unknown shutdown at push.example", "flow unknown shutdown never resolved"}));
}

BOOST_AUTO_TEST_CASE(a_listed_name_is_found_again_where_its_address_is_called) {
  Phone phone;
  phone.look_up("www.listed.example", {{"www.listed.example", a, address_of("198.51.100.7")}});
  phone.talk("198.51.100.7");
  phone.run.send(tcp_frame(ends(phone_address, 41000, "198.51.100.7", 9000), 1, 0, tcp_flag::syn));
  BOOST_TEST(
      (phone.events() ==
       Lines{"alert www.listed.example looked-up pass", "alert www.listed.example connected pass at www.listed.example",
             "alert www.listed.example tried pass at www.listed.example", "flow unknown shutdown at www.listed.example",
             "flow unknown shutdown at www.listed.example"}));
}

BOOST_AUTO_TEST_CASE(a_name_of_its_own_goes_first) {
  Phone phone;
  phone.look_up("www.listed.example", {{"www.listed.example", a, address_of("198.51.100.7")}});
  Connection connection{phone.run, 41000, 80, "198.51.100.7"};
  connection.open();
  connection.client(0, bytes_of("GET / HTTP/1.1\r\nHost: other.example\r\n\r\n"));
  BOOST_TEST((phone.events() ==
              Lines{"alert www.listed.example looked-up pass", "http other.example /", "flow http shutdown"}));
}

BOOST_AUTO_TEST_CASE(an_alias_of_a_listed_name_is_found_by_the_name_that_was_asked) {
  Phone phone;
  phone.look_up("metrics.shop.example", {{"metrics.shop.example", cname, name_of("shop.edge.example")},
                                         {"shop.edge.example", cname, name_of("collect.listed.example")},
                                         {"collect.listed.example", a, address_of("198.51.100.7")}});
  phone.talk("198.51.100.7");
  BOOST_TEST((phone.events() ==
              Lines{"alert metrics.shop.example looked-up pass alias of collect.listed.example",
                    "alert metrics.shop.example connected pass alias of collect.listed.example at metrics.shop.example",
                    "flow unknown shutdown at metrics.shop.example"}));
}

BOOST_AUTO_TEST_CASE(an_https_record_may_be_the_alias_and_hold_the_addresses) {
  Phone phone;
  Frame alias{0, 0};
  put(alias, name_of("collect.listed.example"));
  phone.look_up("metrics.shop.example", {{"metrics.shop.example", https, alias}});
  Frame service{0, 1, 0, 0, 4, 0, 4};  // "1 . ipv4hint=198.51.100.7", RFC 9460 section 7.3
  put(service, address_of("198.51.100.7"));
  phone.look_up("push.example", {{"push.example", https, service}});
  phone.talk("198.51.100.7");
  BOOST_TEST((phone.events() == Lines{"alert metrics.shop.example looked-up pass alias of collect.listed.example",
                                      "flow unknown shutdown at push.example"}));
}

BOOST_AUTO_TEST_CASE(what_the_asked_name_hits_is_not_said_again_of_its_aliases) {
  Phone phone;
  phone.look_up("www.listed.example", {{"www.listed.example", cname, name_of("edge.listed.example")},
                                       {"edge.listed.example", a, address_of("198.51.100.7")}});
  BOOST_TEST((phone.events() == Lines{"alert www.listed.example looked-up pass"}));
}

BOOST_AUTO_TEST_CASE(records_of_other_names_teach_nothing) {
  Phone phone;
  phone.look_up("push.example", {{"other.example", a, address_of("198.51.100.7")},
                                 {"other.example", cname, name_of("collect.listed.example")}});
  phone.run.wait(seconds{1});
  phone.talk("198.51.100.7");
  BOOST_TEST((phone.events() == Lines{"flow unknown shutdown never resolved"}));
}

BOOST_AUTO_TEST_CASE(enforce_drops_the_answer_that_holds_the_alias) {
  Phone phone{Mode::enforce};
  BOOST_TEST(phone.look_up("push.example", {{"push.example", a, address_of("198.51.100.7")}}));
  BOOST_TEST(!phone.look_up("metrics.shop.example", {{"metrics.shop.example", cname, name_of("a.listed.example")}}));
  BOOST_TEST((phone.events() == Lines{"alert metrics.shop.example looked-up drop alias of a.listed.example"}));
}

BOOST_AUTO_TEST_SUITE_END()
