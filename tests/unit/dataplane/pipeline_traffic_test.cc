// What a site's policy does with all traffic of a device, through the pipeline.
#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "config/configuration.hh"
#include "dataplane/generations/policy_settings.hh"
#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr const char* phone = "192.168.1.10";
constexpr const char* neighbour = "192.168.1.11";
constexpr const char* server = "198.51.100.7";
constexpr const char* resolver = "198.51.100.53";

std::unique_ptr<Generation> generation_with(const std::string& policy, Mode mode = Mode::enforce,
                                            std::uint32_t number = 1) {
  const auto loaded = config::parse("{\"policy\":" + policy + "}", "tap.json");
  BOOST_REQUIRE_MESSAGE(loaded.has_value(), (loaded ? std::string{} : config::text(loaded.error().front())));
  auto rules = listed_rules();
  rules.indicators[0].facts.confidence = Confidence::defined;
  rules.policy = site_policy(*loaded->policy);
  auto generation = make_generation(rules, {}, number, 1);
  BOOST_REQUIRE(generation.has_value());
  (*generation)->policy = Policy{mode, false};
  return std::move(*generation);
}

PipelineOptions options(Mode mode = Mode::enforce) {
  auto options = small_options(mode);
  options.inside = InsideNetworks::private_addresses();
  return options;
}

std::string line(const char* action, const std::string& more = {}) {
  return R"({"traffic":[{"name":"one","devices":["192.168.1.10"],"action":")" + std::string{action} + "\"" + more +
         "}]}";
}

const auto quarantine = line("quarantine");
const auto to_server = ends(phone, 5000, server, 4000);

void look_up(PipelineRun& run, std::string_view name, const char* address) {
  const auto at = ends(phone, 40053, resolver, 53);
  BOOST_TEST(run.send(udp_frame(at, dns_query(name))));
  BOOST_TEST(run.send(udp_frame(at.reversed(), dns_answer(name, address))));
}

std::uint64_t held(PipelineRun& run, Restraint kind) { return run.pipeline().counters().restrained[kind]; }

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_traffic)

BOOST_AUTO_TEST_CASE(nothing_of_a_device_that_is_exempt_is_read_or_recorded) {
  PipelineRun run{options(), generation_with(line("exempt"))};
  const auto query = ends(phone, 40053, resolver, 53);
  BOOST_TEST(run.send(udp_frame(query, dns_query("www.listed.example"))));
  BOOST_TEST((run.uninspected == UninspectedReason::exempt));
  BOOST_TEST(run.send(udp_frame(query.reversed(), dns_answer("www.listed.example", server))));
  auto broken = udp_frame(to_server, as_bytes("payload"));
  broken.resize(broken.size() - 10);  // its headers say more than there is
  BOOST_TEST(run.send(broken));
  BOOST_TEST((run.uninspected == UninspectedReason::exempt));
  // Whoever of the two began.
  BOOST_TEST(run.send(udp_frame(ends(neighbour, 5000, phone, 4000), as_bytes("hello"))));
  BOOST_TEST((run.uninspected == UninspectedReason::exempt));
  Connection talk{run, 40000, 80};
  talk.open();
  BOOST_TEST(talk.client(0, as_bytes("GET / HTTP/1.1\r\nHost: www.listed.example\r\n\r\n")));
  run.pipeline().finish(run.now, run.sent);
  BOOST_TEST(run.events() == Lines{}, boost::test_tools::per_element());
  BOOST_TEST(run.packet_events() == Lines{}, boost::test_tools::per_element());
  BOOST_TEST(run.count(UninspectedReason::exempt) == run.sent);
  BOOST_TEST(run.pipeline().counters().findings == 0U);
  BOOST_TEST(run.pipeline().counters().flows_by_visibility.sum() == 0U);

  PipelineRun others{options(), generation_with(line("exempt"))};
  BOOST_TEST(!others.send(udp_frame(ends(neighbour, 40053, resolver, 53), dns_query("www.listed.example"))));
  BOOST_TEST(others.count(UninspectedReason::exempt) == 0U);
}

// Whether nothing is recorded of a packet from one address to another.
bool is_exempt(PipelineRun& run, const char* from, const char* to, std::uint16_t vlan = 0) {
  auto frame = udp_frame(ends(from, 5000, to, 4000), as_bytes("hello"));
  if (vlan != 0) {
    const std::array<std::uint8_t, 4> tag{0x81, 0x00, static_cast<std::uint8_t>(vlan >> 8),
                                          static_cast<std::uint8_t>(vlan)};  // IEEE 802.1Q
    frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  }
  BOOST_TEST(run.send(frame));
  const bool flow_is = run.uninspected == UninspectedReason::exempt;
  frame.resize(frame.size() - 2);  // its headers say more than there is: a packet without a flow
  BOOST_TEST(run.send(frame));
  BOOST_TEST(flow_is == (run.uninspected == UninspectedReason::exempt));
  return flow_is;
}

BOOST_AUTO_TEST_CASE(an_exemption_may_be_of_networks_outside) {
  constexpr const char* web = "198.51.100.7";
  constexpr const char* intranet = "192.168.9.9";
  PipelineRun run{options(), generation_with(R"({"traffic":[
      {"name":"one","devices":["192.168.1.10"],"vlans":[7],"prefixes":["198.51.100.0/24"],"action":"exempt"},
      {"name":"two","prefixes":["203.0.113.0/24","192.168.0.0/16"],"action":"exempt"}]})")};
  // Device, VLAN and network all must hold.
  BOOST_TEST(is_exempt(run, phone, web, 7));
  BOOST_TEST(is_exempt(run, web, phone, 7));
  BOOST_TEST(!is_exempt(run, phone, web));
  BOOST_TEST(!is_exempt(run, phone, web, 8));
  BOOST_TEST(!is_exempt(run, neighbour, web, 7));
  BOOST_TEST(!is_exempt(run, phone, "198.51.101.7", 7));
  // The network alone, of the end that is not the device: ours is no network outside.
  BOOST_TEST(is_exempt(run, phone, "203.0.113.255"));
  BOOST_TEST(is_exempt(run, "203.0.113.0", neighbour, 9));
  BOOST_TEST(!is_exempt(run, phone, "203.0.114.0"));
  BOOST_TEST(is_exempt(run, phone, intranet));  // which of the two is the device nobody knows

  auto unknown = options();
  unknown.inside = {};
  PipelineRun either{unknown, generation_with(R"({"traffic":[{"name":"one","prefixes":["203.0.113.0/24"],
                                                "action":"exempt"}]})")};
  BOOST_TEST(is_exempt(either, "198.51.100.7", "203.0.113.9"));
  BOOST_TEST(is_exempt(either, "203.0.113.9", "198.51.100.7"));
  BOOST_TEST(!is_exempt(either, "198.51.100.7", "198.51.100.8"));
}

BOOST_AUTO_TEST_CASE(lines_with_networks_keep_their_place_in_the_order) {
  PipelineRun run{options(), generation_with(R"({"traffic":[
      {"name":"one","prefixes":["198.51.100.0/24"],"action":"quarantine"},
      {"name":"two","devices":["192.168.1.10"],"prefixes":["198.51.0.0/16"],"action":"exempt"},
      {"name":"three","devices":["198.51.100.8"],"action":"exempt"}]})")};
  BOOST_TEST(!run.send(udp_frame(ends(phone, 5000, "198.51.100.7", 4000), as_bytes("hello"))));
  BOOST_TEST(is_exempt(run, phone, "198.51.101.7"));
  BOOST_TEST(is_exempt(run, phone, "198.51.100.8"));  // an exemption of the other end itself goes first
}

BOOST_AUTO_TEST_CASE(a_device_in_quarantine_reaches_the_resolver_the_portal_and_what_is_never_blocked) {
  PipelineRun run{options(), generation_with(
                                 R"({"portal":["portal.example","192.0.2.0/28"],"never_block":["203.0.113.9"],
      "traffic":[{"name":"one","devices":["192.168.1.10"],"action":"quarantine"}]})")};
  const auto goes = [&](const char* to, std::uint16_t port = 4000) {
    return run.send(udp_frame(ends(phone, 5000, to, port), as_bytes("hello")));
  };
  BOOST_TEST(!goes(server));
  BOOST_TEST(goes("192.0.2.15"));
  BOOST_TEST(!goes("192.0.2.16"));
  BOOST_TEST(goes("203.0.113.9"));
  look_up(run, "www.portal.example", "198.51.100.80");
  BOOST_TEST(goes("198.51.100.80"));
  look_up(run, "epdg.epc.mnc001.mcc262.pub.3gppnetwork.org", "198.51.100.81");
  BOOST_TEST(goes("198.51.100.81", 4500));
  look_up(run, "elsewhere.example", "198.51.100.82");
  BOOST_TEST(!goes("198.51.100.82"));
  BOOST_TEST(!run.send(udp_frame(ends(server, 4000, phone, 6000), as_bytes("hello"))));     // nor do others reach it
  BOOST_TEST(!run.send(udp_frame(ends(server, 53, phone, 6001), dns_query("a.example"))));  // nobody asked
  BOOST_TEST(!run.send(udp_frame(ends(server, 4000, phone, 53), dns_query("a.example"))));  // it serves no look-ups
  BOOST_TEST(run.send(udp_frame(ends(neighbour, 5000, server, 4000), as_bytes("hello"))));
  Connection talk{run, 40000, 443, server};
  talk.open();
  BOOST_TEST(held(run, Restraint::quarantine) == 9U);
  BOOST_TEST((run.packet_events() == Lines(9, "drop quarantine")));
}

BOOST_AUTO_TEST_CASE(what_a_device_needs_for_a_network_passes_packet_by_packet) {
  const auto ntp_question = [] {
    Frame message(48, 0);
    message[0] = 0x23;  // version 4, client: RFC 5905 section 7.3
    message[47] = 1;
    return message;
  }();
  const auto clock = ends(phone, 40000, "192.0.2.1", 123);
  PipelineRun run{options(), generation_with(quarantine)};
  BOOST_TEST(run.send(udp_frame(clock, ntp_question)));
  BOOST_TEST(!run.send(udp_frame(clock, as_bytes("what hides behind a port"))));
  BOOST_TEST(run.send(udp_frame(clock, ntp_question)));
  PipelineRun strict{options(),
                     generation_with(R"({"may_block":["network"],"traffic":[{"name":"one","action":"quarantine"}]})")};
  BOOST_TEST(!strict.send(udp_frame(clock, ntp_question)));
}

BOOST_AUTO_TEST_CASE(a_device_in_quarantine_is_told_and_nobody_else) {
  PipelineRun run{options(), generation_with(quarantine)};
  Connection talk{run, 40000, 443, server};
  (void)run.send(tcp_frame(talk.at(), Connection::client_isn, 0, tcp_flag::syn));
  const auto replies = run.pipeline().replies();
  BOOST_REQUIRE(replies.size() == 1U);
  BOOST_TEST((replies[0].end == RejectTarget::source));
  Packet reset;
  reset.frame = replies[0].frame();
  BOOST_REQUIRE(decode(reset, nullptr));
  BOOST_TEST((reset.tcp_flags & tcp_flag::rst) != 0);
  BOOST_TEST((reset.destination == *Address::parse(phone)));
  (void)run.send(udp_frame(ends(server, 4000, phone, 6000), as_bytes("hello")));
  BOOST_TEST(run.pipeline().replies().size() == 0U);
}

BOOST_AUTO_TEST_CASE(monitor_holds_nothing_back_and_says_what_it_would) {
  PipelineRun run{options(Mode::monitor), generation_with(quarantine, Mode::monitor)};
  BOOST_TEST(run.send(udp_frame(to_server, as_bytes("hello"))));
  BOOST_TEST(run.pipeline().replies().size() == 0U);
  BOOST_TEST(held(run, Restraint::quarantine) == 1U);
  run.pipeline().finish(run.now, run.sent);
  std::size_t flows = 0;
  run.each_event([&](const Event& event) {
    ++flows;
    BOOST_TEST(!event.find(Field::flow_dropped));
    BOOST_TEST((event.find(Field::flow_would) && event.find(Field::restraint)));
  });
  BOOST_TEST(flows == 1U);
}

BOOST_AUTO_TEST_CASE(connections_that_live_follow_a_change_of_the_policy) {
  PipelineRun run{options(), generation_with("{}")};
  const auto hello = udp_frame(to_server, as_bytes("hello"));
  BOOST_TEST(run.send(hello));
  run.use(generation_with(quarantine, Mode::enforce, 2));
  BOOST_TEST(!run.send(hello));
  run.use(generation_with(line("exempt"), Mode::enforce, 3));
  BOOST_TEST(run.send(hello));
  BOOST_TEST((run.uninspected == UninspectedReason::exempt));
  run.use(generation_with("{}", Mode::enforce, 4));
  BOOST_TEST(run.send(hello));
  BOOST_TEST((run.uninspected != UninspectedReason::exempt));
  run.pipeline().finish(run.now, run.sent);
  // What it said before, and in quarantine, and after: nothing of what it said while it was exempt.
  BOOST_TEST((run.events() == Lines{"flow unknown evicted", "flow unknown evicted", "flow unknown shutdown"}));
}

BOOST_AUTO_TEST_CASE(a_quarantine_keeps_its_hours) {
  const auto start = tick_from_nanoseconds(std::int64_t{1'782'885'600} * 1'000'000'000);  // Wednesday, 08:00 in Berlin
  auto settings = options();
  settings.timeouts[static_cast<std::size_t>(ExpiryClass::datagram)] = hours{100};
  PipelineRun run{settings, generation_with(
                                R"({"time_zone":"Europe/Berlin","traffic":[{"name":"one","action":"quarantine",
      "hours":["Mon-Fri 08:00-18:00"]}]})")};
  const auto hello = udp_frame(to_server, as_bytes("hello"));
  const auto goes_at = [&](Tick at) {
    run.now = at;
    return run.send(hello);
  };
  BOOST_TEST(goes_at(start - milliseconds{1}));
  BOOST_TEST(!goes_at(start));
  BOOST_TEST(!goes_at(start + hours{10} - milliseconds{1}));
  BOOST_TEST(goes_at(start + hours{10}));
  BOOST_TEST(!goes_at(start + hours{24}));
}

BOOST_AUTO_TEST_CASE(a_limit_holds_for_all_connections_of_a_device) {
  for (const auto mode : {Mode::enforce, Mode::monitor}) {
    PipelineRun run{options(mode), generation_with(line("limit", R"(,"limit_kbit_per_s":800)"), mode)};
    const Frame payload(958, 0x55);
    std::uint64_t passed = 0;
    std::uint64_t others = 0;
    for (int i = 0; i < 4'000; ++i) {  // 10 seconds of 3,200 kbit/s, over four connections
      const auto port = static_cast<std::uint16_t>(5000 + i % 4);
      passed += run.send(udp_frame(ends(phone, port, server, 4000), payload)) ? 1'000U : 0U;
      others += run.send(udp_frame(ends(neighbour, port, server, 4000), payload)) ? 1U : 0U;
      run.wait(microseconds{2'500});
    }
    BOOST_TEST(others == 4'000U);
    if (mode == Mode::monitor) {
      BOOST_TEST(passed == 4'000'000U);
    } else {
      BOOST_TEST(passed >= 1'000'000U);
      BOOST_TEST(passed <= 1'012'000U);
    }
    BOOST_TEST(held(run, Restraint::limit) >= 2'988U);
    BOOST_TEST(run.packet_events().empty());
  }
}

BOOST_AUTO_TEST_CASE(a_limit_of_a_finding_holds_until_its_line_is_gone) {
  const std::string slow = R"({"lines":[{"name":"slow","destinations":["listed.example"],"action":"limit",
      "limit_kbit_per_s":8}]})";
  PipelineRun run{options(), generation_with(slow)};
  Connection talk{run, 40000, 80, server};
  talk.open();
  const auto request = as_bytes("GET / HTTP/1.1\r\nHost: www.listed.example\r\n\r\n");
  BOOST_TEST(talk.client(0, request));
  const Frame body(1'000, 0x41);
  const auto goes = [&] { return talk.server(0, body, request.size()); };
  BOOST_TEST(goes());
  BOOST_TEST(!goes());
  run.use(generation_with(R"({"lines":[{"name":"other","destinations":["192.0.2.1"],"action":"limit",
      "limit_kbit_per_s":8},{"name":"slow","destinations":["listed.example"],"action":"limit","limit_kbit_per_s":8}]})",
                          Mode::enforce, 2));
  BOOST_TEST(!goes());
  run.use(generation_with("{}", Mode::enforce, 3));
  BOOST_TEST(goes());
  BOOST_TEST(goes());
}

BOOST_AUTO_TEST_SUITE_END()
