#include "control/findings/findings.hh"

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>

#include "tests/unit/event_record.hh"

using namespace sluice;

namespace {

constexpr std::size_t wide = 200;

// Of the generation that header() carries.
RuleBooks three_rows() {
  auto advertising = telemetry_row();
  advertising.rule_id = "phones/3";
  advertising.finding_class = FindingClass::advertising;
  advertising.recipient = "Example Ads";
  RuleBooks books;
  books.add(3, "00ff", std::make_shared<const RuleBook>(RuleBook{{telemetry_row(), address_row(), advertising}}));
  return books;
}

struct Seen {
  std::string_view device = "192.0.2.10";
  std::uint64_t row = 0;
  std::string_view name = "data.example.net";
  Stage stage = Stage::name_in_handshake;
  Action action = Action::pass;
  std::int64_t second = 0;
};

void consume(FindingsTable& table, const Seen& seen) {
  auto at = header(EventType::alert);
  at.source = address(seen.device);
  at.time += std::chrono::seconds{seen.second};
  Record record{at};
  record.integer(Field::rule_row, seen.row)
      .integer(Field::matched_field,
               static_cast<std::uint64_t>(seen.stage == Stage::name_looked_up ? Field::dns_query_name : Field::tls_sni))
      .text(Field::matched_value, seen.name)
      .integer(Field::stage, static_cast<std::uint64_t>(seen.stage))
      .integer(Field::action, static_cast<std::uint64_t>(seen.action));
  table.consume(record.event());
}

std::string printed(const FindingsTable& table, std::size_t width = wide) {
  std::ostringstream out;
  table.print(out, Statistics{}, width);
  return out.str();
}

std::string uninspected(const FindingsTable& table, const Statistics& statistics) {
  std::ostringstream out;
  table.print_uninspected(out, statistics, wide);
  return out.str();
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Statistics received(std::uint64_t packets) {
  Statistics statistics;
  PortCounters counters;
  counters.received = packets;
  statistics.ports = {{"capture", counters}};
  return statistics;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_findings)

BOOST_AUTO_TEST_CASE(one_row_for_a_device_and_a_rule) {
  const auto rows = three_rows();
  FindingsTable table{&rows};
  consume(table, {.stage = Stage::name_looked_up});
  consume(table, {.name = "Data.Example.Net", .action = Action::drop, .second = 61});
  consume(table, {.name = "b.example.net", .stage = Stage::name_looked_up, .second = 5});
  BOOST_TEST(table.size() == 1U);
  BOOST_TEST(printed(table) ==
             "1 finding:\n\n"
             "Device      Class      Recipient       What was seen                    Stage                  "
             "When (UTC)                                           Source\n"
             "----------  ---------  --------------  -------------------------------  ---------------------  "
             "---------------------------------------------------  -------\n"
             "192.0.2.10  telemetry  Example Phones  data.example.net, b.example.net  name in TLS handshake  "
             "2026-11-21 04:36:27 to 04:37:28, 3 times, 1 blocked  a paper\n");
}

BOOST_AUTO_TEST_CASE(sorted_by_device_then_class) {
  const auto rows = three_rows();
  FindingsTable table{&rows};
  consume(table, {.device = "192.0.2.20"});
  consume(table, {.device = "192.0.2.3", .row = 0});
  consume(table, {.device = "192.0.2.3", .row = 2});
  const auto text = printed(table);
  BOOST_TEST(holds(text, "3 findings:"));
  const auto advertising = text.find("192.0.2.3   advertising");
  const auto telemetry = text.find("192.0.2.3   telemetry");
  const auto other = text.find("192.0.2.20  telemetry");
  BOOST_TEST(advertising != std::string::npos);
  BOOST_TEST(advertising < telemetry);
  BOOST_TEST(telemetry < other);
  BOOST_TEST(other != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_uncertain_is_said) {
  const auto rows = three_rows();
  FindingsTable table{&rows};
  auto at = header(EventType::alert);
  at.inside = Inside::unknown;
  Record record{at};
  record.integer(Field::rule_row, 1)
      .integer(Field::matched_field, static_cast<std::uint64_t>(Field::destination_ip))
      .text(Field::matched_value, "203.0.113.7")
      .integer(Field::stage, static_cast<std::uint64_t>(Stage::connected));
  table.consume(record.event());
  const auto text = printed(table);
  BOOST_TEST(holds(text, "192.0.2.10 (side not known)"));
  BOOST_TEST(holds(text, "203.0.113.7 (an address once listed; low confidence)"));
  BOOST_TEST(holds(text, "connected"));
}

BOOST_AUTO_TEST_CASE(names_are_bounded_and_harmless) {
  const auto rows = three_rows();
  FindingsTable table{&rows};
  consume(table, {.name = "\x1b[2J\xff"});
  for (int i = 0; i < 20; ++i) consume(table, {.name = "host" + std::to_string(i) + ".example.net"});
  const auto text = printed(table, 1'000);
  BOOST_TEST(holds(text, "\\x1b[2j\\xff, host0.example.net"));
  BOOST_TEST(!holds(text, "\x1b"));
  BOOST_TEST(holds(text, "host6.example.net, and others"));
  BOOST_TEST(!holds(text, "host7.example.net"));
  BOOST_TEST(holds(text, "21 times"));
}

BOOST_AUTO_TEST_CASE(a_rule_keeps_its_row_of_the_table_over_generations) {
  RuleBooks books = three_rows();
  FindingsTable table{&books};
  const auto see = [&](std::uint32_t generation, std::uint64_t row) {
    auto at = header(EventType::alert);
    at.generation = generation;
    Record record{at};
    alert_fields(record, row, "data.example.net", Action::pass, Action::pass);
    table.consume(record.event());
  };
  see(3, 0);
  auto renamed = telemetry_row();
  renamed.recipient = "Example Phones Ltd";
  books.add(4, "0100", std::make_shared<const RuleBook>(RuleBook{{address_row(), renamed}}));
  see(4, 1);
  // The books may go: the table keeps what it says.
  books.clear();
  const auto text = printed(table);
  BOOST_TEST(holds(text, "1 finding:"));
  BOOST_TEST(holds(text, "Example Phones Ltd"));
  BOOST_TEST(holds(text, "2 times"));
}

BOOST_AUTO_TEST_CASE(exceptions_hold_for_what_was_found_before) {
  const auto books = three_rows();
  FindingsTable table{&books};
  consume(table, {.device = "192.0.2.10", .row = 0, .name = "data.example.net"});
  consume(table, {.device = "192.0.2.10", .row = 0, .name = "more.example.net"});
  consume(table, {.device = "192.0.2.11", .row = 2, .name = "ads.example.org"});
  const auto suppress = [&](std::string_view device, std::string_view destination, std::int64_t expires_ns = 0) {
    RuleException exception;
    exception.id = "why";
    exception.action = ExceptionAction::suppress;
    if (!device.empty()) exception.device = AddressRange{address(device), address(device)};
    exception.destination = destination;
    exception.expires_ns = expires_ns;
    table.set_exceptions(std::make_shared<const ExceptionList>(ExceptionList{exception}));
    return holds(printed(table), "Suppressed by exceptions: 1.");
  };
  BOOST_TEST(!holds(printed(table), "Suppressed"));
  BOOST_TEST(suppress("192.0.2.10", "example.net"));
  BOOST_TEST(holds(printed(table), "1 finding:"));
  BOOST_TEST(!holds(printed(table), "data.example.net"));
  BOOST_TEST(table.size() == 2U);                           // recorded all the same
  BOOST_TEST(!suppress("192.0.2.10", "data.example.net"));  // it was seen elsewhere too
  BOOST_TEST(!suppress("192.0.2.10", "", 1));               // ended
  BOOST_TEST(suppress("", "org"));
  RuleException permit;
  permit.destination = "org";
  table.set_exceptions(std::make_shared<const ExceptionList>(ExceptionList{permit}));
  BOOST_TEST(!holds(printed(table), "Suppressed"));
  for (int i = 0; i < 9; ++i)
    consume(table, {.device = "192.0.2.11", .row = 2, .name = std::to_string(i) + ".ads.example.org"});
  BOOST_TEST(suppress("", "org") == 0U);  // more places than are kept
  BOOST_TEST(suppress("192.0.2.11", "") == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_decoded_is_shown_without_identifiers) {
  RuleBooks books;
  books.add(3, "00ff", std::make_shared<const RuleBook>(RuleBook{{signature_row()}}));
  FindingsTable table{&books};
  Record record{header(EventType::alert)};
  record.integer(Field::rule_row, 0)
      .text(Field::matched_value, "push.example")
      .integer(Field::stage, static_cast<std::uint64_t>(Stage::content_decoded));
  push_fields(record);
  table.consume(record.event());
  table.consume(record.event());
  constexpr auto seen = "push.example: PHONE-A1, build V99.0.1.TST, device-id redacted, network-name redacted";
  BOOST_TEST(table.finding_line(record.event()) ==
             std::string{"192.0.2.10 | clear-text-identifier | Example Phones | "} + seen + " | content decoded | ");
  BOOST_TEST(holds(printed(table), "PHONE-A1"));
  BOOST_TEST(!holds(printed(table), "Hi There"));
}

BOOST_AUTO_TEST_CASE(within_one_second_there_is_one_time) {
  const auto rows = three_rows();
  FindingsTable table{&rows};
  consume(table, {});
  consume(table, {});
  BOOST_TEST(holds(printed(table), "2026-11-21 04:36:27, 2 times  "));
}

BOOST_AUTO_TEST_CASE(a_row_that_is_not_there) {
  const auto rows = three_rows();
  FindingsTable table{&rows};
  consume(table, {.row = 77});
  BOOST_TEST(holds(printed(table), "row 77 is not in the rules at hand"));
}

BOOST_AUTO_TEST_CASE(a_full_table_counts_what_it_leaves_out) {
  const auto rows = three_rows();
  FindingsTable table{&rows};
  for (std::size_t row = 0; row < FindingsTable::row_limit + 2; ++row) consume(table, {.row = row});
  consume(table, {.row = 0});  // a known row still counts
  BOOST_TEST(table.size() == FindingsTable::row_limit);
  BOOST_TEST(table.left_out() == 2U);
}

BOOST_AUTO_TEST_CASE(nothing_found_says_what_was_looked_at) {
  FindingsTable table{nullptr};
  auto statistics = received(1'234);
  statistics.inspection.uninspected[UninspectedReason::ciphertext] = 34;
  statistics.inspection.flows_created = 1;
  std::ostringstream out;
  table.print(out, statistics, wide);
  BOOST_TEST(out.str() == "No finding: 1,200 packets, 1 flow inspected; see what could not be seen.\n");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_seen) {
  FindingsTable table{nullptr};
  auto statistics = received(10'000);
  statistics.inspection.uninspected[UninspectedReason::ciphertext] = 2'500;
  statistics.inspection.uninspected[UninspectedReason::malformed] = 1;
  BOOST_TEST(uninspected(table, statistics) ==
             "\nWhat could not be seen:\n\n"
             "Reason                                 Packets    Share\n"
             "-------------------------------------  -------  -------\n"
             "a header is cut or contradicts itself        1  < 0.1 %\n"
             "encrypted payload after the handshake    2,500   25.0 %\n");
  BOOST_TEST(uninspected(table, received(3)) == "\nWhat could not be seen: every packet was inspected.\n");
}

BOOST_AUTO_TEST_CASE(handshakes_without_a_name_are_counted) {
  FindingsTable table{nullptr};
  Record named{header(EventType::tls)};
  named.text(Field::tls_sni, "data.example.net");
  table.consume(named.event());
  Record unnamed{header(EventType::tls)};
  table.consume(unnamed.event());
  Record quic{header(EventType::quic)};
  table.consume(quic.event());
  BOOST_TEST(table.size() == 0U);
  BOOST_TEST(holds(uninspected(table, received(3)), "2 TLS or QUIC handshakes without a readable server name."));
}

BOOST_AUTO_TEST_CASE(one_finding_in_one_line) {
  const auto rows = three_rows();
  const FindingsTable table{&rows};
  Record record{header(EventType::alert)};
  alert_fields(record, 0, "data\n.example.net", Action::drop, Action::drop);
  BOOST_TEST(
      table.finding_line(record.event()) ==
      "192.0.2.10 | telemetry | Example Phones | data\\x0a.example.net | name in TLS handshake, blocked | a paper");
}

BOOST_AUTO_TEST_SUITE_END()
