// Each row of the table of lapses is forced here: what it counts, and what the site may have done with the traffic.
#include "dataplane/base/lapses.hh"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "config/configuration.hh"
#include "dataplane/generations/policy_settings.hh"
#include "dataplane/http/http2.hh"
#include "rules/databases/compile.hh"
#include "rules/databases/prefilter.hh"
#include "rules/signatures/signature_file.hh"
#include "tests/unit/hello_samples.hh"
#include "tests/unit/tcp_talk.hh"

using namespace sluice;
using namespace sluice::test;
using quic_samples::from_hex;
using std::chrono::microseconds;
using std::chrono::seconds;

namespace {

constexpr const char* phone = "192.168.1.10";
constexpr const char* server = "198.51.100.7";
constexpr std::uint16_t any_port = 9999;
const std::string needle = R"(alert tcp any any -> any any (msg:"n"; content:"needle"; sid:1;))";
constexpr std::size_t link_header = 14;

// Of no protocol that is known.
std::string noise(std::size_t size) {
  std::string bytes(size, '.');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(0x80 + i * 7 % 0x70);
  return bytes;
}

bool send_all(Connection& connection, std::string_view stream) {
  constexpr std::size_t piece = 1000;
  bool passes = true;
  for (std::size_t at = 0; at < stream.size(); at += piece)
    passes = connection.client(at, as_bytes(stream.substr(at, piece))) && passes;
  return passes;
}

Frame fragment(unsigned id, std::size_t offset, std::size_t size, bool more) {
  auto frame = ip_frame(ends(phone, 0, server, 0), ip_protocol::udp, Frame(size, 0x5a));
  const auto field = static_cast<unsigned>(offset / 8) | (more ? 0x2000U : 0U);  // RFC 791 section 3.1
  frame[18] = static_cast<std::uint8_t>(id >> 8);
  frame[19] = static_cast<std::uint8_t>(id);
  frame[20] = static_cast<std::uint8_t>(field >> 8);
  frame[21] = static_cast<std::uint8_t>(field);
  return frame;
}

Frame datagram(std::uint16_t port, Bytes payload, std::uint16_t to = any_port) {
  return udp_frame(ends(phone, port, server, to), payload);
}

Frame cut_datagram(std::uint16_t port) {
  auto frame = datagram(port, as_bytes("payload"));
  frame.resize(frame.size() - 10);
  return frame;
}

// IPv6 with every wrong there is room for (RFC 8200 section 4, RFC 9293 section 3.1) in IPv4 with wrong options: 16
// kinds of them.
Frame packet_of_anomalies() {
  const auto inside = from_hex(
      "6000000000582b40"  // 88 bytes behind it; begins with a routing header, of type 0
      "fd000000000000000000000000000010"
      "20010db8000000000000000000000007"
      "2b00000000000000"
      "0000000000000000"          // and another
      "00003e0001000500"          // hop-by-hop options: unknown, of no padding, too short
      "3c00000000000000"          // and again: padding alone
      "3c003e0400000000"          // destination options: unknown
      "2c00000000000000"          // and again: padding alone
      "06ff000600000001"          // the fragment header of a whole datagram, with what is reserved
      "1f9001bb0000000100000000"  // TCP
      "80020200000000000204"
      "05b4020405b403040000");
  Frame frame(12, 0x02);
  const auto size = static_cast<unsigned>(28 + inside.size());
  put16(frame, 0x0800);
  put32(frame, 0x47000000 | size);
  put32(frame, 0x00004000);
  put32(frame, 0x40290000);
  put(frame, from_hex("c0a8010ac6336407"));
  put(frame, from_hex("5e025e0283400000"));  // twice one that nobody knows, and one that is longer than all
  put(frame, inside);
  return frame;
}

// Addresses of 4,000 hosts of one long name.
Frame long_answer() {
  const std::string label(60, 'a');
  auto message = dns_query(label + "." + label + "." + label + "." + label);
  constexpr unsigned count = 4000;
  message[2] = 0x81;
  message[3] = 0x80;
  message[6] = count >> 8;
  message[7] = count & 0xff;
  for (unsigned i = 0; i < count; ++i) put(message, from_hex("c00c0001000100000e100004c6336401"));
  return message;
}

struct Forced {
  std::string rules{};
  std::string policy{};  // beside what is dropped
  void (*set)(PipelineOptions&) = [](PipelineOptions&) {};
  bool (*play)(PipelineRun&);  // whether all passed of what may be dropped for it
};

// Of each lapse how it comes about.
std::map<Lapse, Forced> forced() {
  std::map<Lapse, Forced> all;
  all[Lapse::overload_payload] = {.rules = needle, .play = [](PipelineRun& run) {
                                    run.pipeline().shed(Shedding::at(Shed::payload, 0));
                                    return Connection{run, 40000, any_port}.open().client(0, as_bytes(noise(20)));
                                  }};
  all[Lapse::overload_handshake] = {.play = [](PipelineRun& run) {
    run.pipeline().shed(Shedding::at(Shed::handshakes, 0));
    return Connection{run}.open().client(0, client_hello());
  }};
  all[Lapse::flow_table_full] = {.play = [](PipelineRun& run) {
    bool passes = true;
    for (std::uint16_t port = 1; port <= 1000; ++port) passes = run.send(datagram(port, as_bytes("x"))) && passes;
    return passes;
  }};
  all[Lapse::buffer_full] = {.set = [](PipelineOptions& options) { options.reassembly_buffers = 8; },
                             .play =
                                 [](PipelineRun& run) {
                                   const std::string half = "GET / HTTP/1.1\r\nHost: ";
                                   bool passes = true;
                                   for (std::uint16_t port = 1; port <= 9; ++port) {
                                     passes = Connection{run, port, 80}.open().client(0, as_bytes(half)) && passes;
                                     run.wait(microseconds{1});
                                   }
                                   return Connection{run, 1, 80}.client(half.size(), as_bytes("a")) && passes;
                                 }};
  all[Lapse::payload_windows_full] = {
      .rules = needle,
      .set = [](PipelineOptions& options) { options.payload_windows = 1; },
      .play =
          [](PipelineRun& run) {
            Connection{run, 40000, any_port}.open().client(0, as_bytes(noise(20)));
            return Connection{run, 40001, any_port}.open().client(0, as_bytes(noise(20)));
          }};
  all[Lapse::fragment_table_full] = {.play = [](PipelineRun& run) {
    for (unsigned id = 0; id <= FragmentTable::datagrams_limit; ++id) run.send(fragment(id, 0, 64, true));
    BOOST_TEST(run.count(UninspectedReason::fragment_table_full) == 1U);  // the oldest has given way
    bool passes = true;
    for (std::size_t i = 0; i <= FragmentTable::runs_limit; ++i)
      passes = run.send(fragment(5000, 16 * i, 8, true)) && passes;
    return passes;
  }};
  all[Lapse::bodies_full] = {.set = [](PipelineOptions& options) { options.followed_bodies = 1; },
                             .play =
                                 [](PipelineRun& run) {
                                   const auto message =
                                       "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9000\r\n\r\n" +
                                       std::string(6000, 'x');
                                   bool passes = true;
                                   for (std::uint16_t port = 1; port <= 2; ++port)
                                     passes = send_all(Connection{run, port, 80}.open(), message) && passes;
                                   return passes;
                                 }};
  all[Lapse::event_ring_full] = {.play = [](PipelineRun& run) {
    bool passes = true;
    for (int i = 0; i < 100'000 && run.pipeline().counters().events_lost == 0; ++i)
      passes = run.send(datagram(5000, dns_query("www.example.com"), 53)) && passes;
    return passes;
  }};
  all[Lapse::event_queues_full] = {.set = [](PipelineOptions& options) { options.event_queues = 1; },
                                   .play =
                                       [](PipelineRun& run) {
                                         bool passes = true;
                                         for (std::uint16_t port = 1; port <= 2; ++port)
                                           passes = Connection{run, port}.open().client(0, client_hello()) && passes;
                                         return passes;
                                       }};
  std::string bits;
  for (std::size_t i = 0; i <= FlowVariables::limit; ++i) bits += "flowbits:set,b" + std::to_string(i) + "; ";
  all[Lapse::signature_state_full] = {
      .rules = R"(alert tcp any any -> any any (msg:"n"; content:"needle"; )" + bits + "sid:1;)",
      .play = [](PipelineRun& run) {
        return Connection{run, 40000, any_port}.open().client(0, as_bytes(noise(9) + "needle"));
      }};
  all[Lapse::dns_memory_full] = {.set = [](PipelineOptions& options) { options.resolved_names = 16; },
                                 .play =
                                     [](PipelineRun& run) {
                                       const auto at = ends(phone, 5000, "198.51.100.53", 53);
                                       bool passes = run.send(udp_frame(at, dns_query("www.example.com")));
                                       for (int i = 1; i <= 100; ++i) {
                                         const auto address = "203.0.113." + std::to_string(i);
                                         const auto answer = dns_answer("www.example.com", address.c_str());
                                         passes = run.send(udp_frame(at.reversed(), answer)) && passes;
                                       }
                                       return passes;
                                     }};
  all[Lapse::rate_limits_full] = {
      .policy = R"(, "traffic": [{"name": "all", "action": "limit", "limit_kbit_per_s": 1000000}])",
      .set = [](PipelineOptions& options) { options.flow_table_entries = 32'768; },
      .play =
          [](PipelineRun& run) {
            bool passes = true;
            for (unsigned i = 0; i < 2 * rate_limits_entries; ++i) {
              const auto device = "10.0." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250);
              passes = run.send(udp_frame(ends(device.c_str(), 5000, server, any_port), as_bytes("x"))) && passes;
            }
            return passes;
          }};
  all[Lapse::fragment] = {.play = [](PipelineRun& run) {
    const bool first = run.send(fragment(1, 0, 64, true));
    return run.send(fragment(1, 8, 8, false)) && first;  // it ends before what was there
  }};
  all[Lapse::fragment_overlap] = {.play = [](PipelineRun& run) {
    const bool first = run.send(fragment(1, 0, 64, true));
    return run.send(fragment(1, 32, 64, true)) && first;
  }};
  all[Lapse::malformed] = {.play = [](PipelineRun& run) {
    auto frame = datagram(5000, as_bytes("x"));
    frame[link_header] = 0x44;  // a header of 16 bytes
    return run.send(frame);
  }};
  all[Lapse::checksum] = {.set = [](PipelineOptions& options) { options.verify_checksums = true; },
                          .play =
                              [](PipelineRun& run) {
                                auto frame = datagram(5000, as_bytes("x"));
                                frame[link_header + 20 + 6] = 0x12;
                                return run.send(frame);
                              }};
  all[Lapse::tunnel_depth] = {.play = [](PipelineRun& run) {
    constexpr std::uint8_t ip_in_ip = 4;
    auto frame = datagram(5000, as_bytes("x"));
    for (std::size_t i = 0; i <= Encapsulation::limit; ++i)
      frame = ip_frame(ends(phone, 0, server, 0), ip_in_ip, Bytes{frame}.subspan(link_header));
    return run.send(frame);
  }};
  all[Lapse::midstream] = {.set = [](PipelineOptions& options) { options.midstream = false; },
                           .play = [](PipelineRun& run) { return Connection{run}.client(0, as_bytes("x")); }};
  all[Lapse::stream_gap] = {.rules = needle, .play = [](PipelineRun& run) {
                              Connection connection{run, 40000, any_port};
                              bool passes = connection.open().client(0, as_bytes(noise(13)));
                              passes = connection.client(14, as_bytes(noise(13))) && passes;
                              return connection.server(0, {}, 27) && passes;  // it has got the byte that never came by
                            }};
  all[Lapse::handshake_size] = {.play = [](PipelineRun& run) {
    return send_all(Connection{run, 40000, 80}.open(), "GET / HTTP/1.1\r\nX: " + std::string(10'000, 'x'));
  }};
  all[Lapse::parse_error] = {.play = [](PipelineRun& run) {
    auto query = dns_query("www.example.com");
    query.resize(query.size() - 6);
    return run.send(datagram(5000, query, 53));
  }};
  all[Lapse::http2_limit] = {.play = [](PipelineRun& run) {
    // RFC 9113 section 6: settings, headers that go on, and on.
    std::string frames =
        "000000040000000000"
        "000001010000000001"
        "82";
    for (int i = 0; i < 20; ++i) frames += "000000090000000001";
    Connection connection{run, 40000, 80};
    bool passes = connection.open().client(0, as_bytes(http2_preface));
    return connection.client(http2_preface.size(), from_hex(frames)) && passes;
  }};
  all[Lapse::tcp_refused] = {.play = [](PipelineRun& run) {
    return Connection{run}.open().client(0, as_bytes("x"), 0);  // without ACK
  }};
  all[Lapse::copies_full] = {
      .set = [](PipelineOptions& options) { options.reassembly_buffers = 8; },
      .play =
          [](PipelineRun& run) {
            bool passes = true;
            for (std::uint16_t port = 1; port <= 20; ++port)
              passes = Connection{run, port, 80}.open().client(0, as_bytes(request("a.example"))) && passes;
            return passes;
          }};
  std::string many;
  for (std::size_t i = 1; i <= 20; ++i)
    many += R"(alert tcp any any -> any any (msg:"n"; content:"needle"; sid:)" + std::to_string(i) + ";)\n";
  all[Lapse::matching_limit] = {
      .rules = many, .play = [](PipelineRun& run) {
        return Connection{run, 40000, any_port}.open().client(0, as_bytes(noise(9) + "needle"));
      }};
  all[Lapse::decoder_memory] = {
      .set = [](PipelineOptions& options) { options.followed_bodies = 1; },
      .play =
          [](PipelineRun& run) {
            // RFC 7932 section 9: a window of 4 MiB, and 1 MiB that is not compressed; Node reads it so too.
            const auto message =
                "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Encoding: br\r\nContent-Length: 1048581\r\n\r\n"
                "\xab\xff\xff\x0f" +
                std::string(8000, 'A');
            Connection connection{run, 40000, 80};
            const bool passes = send_all(connection.open(), message);
            return connection.client(message.size(), {}, tcp_flag::fin | tcp_flag::ack) && passes;
          }};
  all[Lapse::event_size] = {.play = [](PipelineRun& run) {
    const auto at = ends(phone, 5000, "198.51.100.53", 53);
    const bool asked = run.send(udp_frame(at, dns_query("www.example.com")));
    return run.send(udp_frame(at.reversed(), long_answer())) && asked;
  }};
  all[Lapse::anomalies_limit] = {.play = [](PipelineRun& run) { return run.send(packet_of_anomalies()); }};
  all[Lapse::packet_events_limit] = {.play = [](PipelineRun& run) {
    bool passes = true;
    for (int i = 0; i < 1100; ++i) passes = run.send(cut_datagram(5000)) && passes;
    return passes;
  }};
  all[Lapse::replies_limit] = {.rules = "reject udp any any -> any 9 (sid:1;)",
                               .set = [](PipelineOptions& options) { options.flow_table_entries = 4096; },
                               .play =
                                   [](PipelineRun& run) {
                                     for (std::uint16_t port = 1; port <= 1100; ++port)
                                       run.send(datagram(port, as_bytes("x"), 9));
                                     return true;  // what the rule drops is no matter of this
                                   }};
  return all;
}

std::unique_ptr<Generation> generation_of(const std::string& signatures, const std::string& policy, Mode mode,
                                          std::uint32_t number = 1) {
  auto loaded = parse_signatures(signatures, "test");
  for (const auto& error : loaded.errors) BOOST_ERROR(error.text());
  const auto site = config::parse("{\"policy\": " + policy + "}", "tap.json");
  BOOST_REQUIRE_MESSAGE(site.has_value(), (site ? std::string{} : config::text(site.error().front())));
  const RuleList rules{{}, std::move(loaded.signatures), {}, site_policy(*site->policy)};
  const auto databases = compile_databases(rules.signatures, make_prefilter(rules.signatures));
  BOOST_REQUIRE(databases.has_value());
  auto generation = make_generation(rules, *databases, number, 1);
  BOOST_REQUIRE_MESSAGE(generation.has_value(), (generation ? std::string{} : generation.error()));
  (*generation)->policy = Policy{mode, false};
  return std::move(*generation);
}

std::string fate_of(std::string_view name, const char* fate) {
  return "{\"uninspected\": {\"" + std::string{name} + "\": \"" + fate + "\"}}";
}

struct Outcome {
  bool passes = false;
  std::uint64_t count = 0;
  std::uint64_t restrained = 0;
  bool is_said = false;  // an event says that a packet was dropped for it
};

// `fate`: empty where none is named.
Outcome play(const LapseRow& row, const Forced& how, Mode mode, const std::string& fate) {
  auto options = small_options(mode);
  options.inside = InsideNetworks::private_addresses();
  how.set(options);
  auto policy = fate.empty() ? std::string{"{\"uninspected\": {}}"} : fate_of(row.name, fate.c_str());
  policy.insert(policy.size() - 1, how.policy);
  PipelineRun run{options, generation_of(how.rules, policy, mode)};
  Outcome outcome;
  outcome.passes = how.play(run);
  const auto& counters = run.pipeline().counters();
  outcome.count = row.count(counters);
  outcome.restrained = counters.restrained[Restraint::uninspected];
  for (const auto& line : run.packet_events()) outcome.is_said |= line == "drop uninspected" || line == "drop refused";
  return outcome;
}

std::string file(const std::string& name) {
  std::ifstream stream{SLUICE_SOURCE_ROOT "/" + name};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lapse)

BOOST_AUTO_TEST_CASE(each_is_forced_counted_and_passes_but_where_the_site_says_otherwise) {
  const auto all = forced();
  for (const auto& row : lapses) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_REQUIRE_MESSAGE(all.contains(row.lapse), "nothing here forces it");
      const auto& how = all.at(row.lapse);
      const bool is_refusal = row.lapse == Lapse::tcp_refused;  // dropped by default, and counted by itself
      const auto plain = play(row, how, Mode::enforce, is_refusal ? "pass" : "");
      BOOST_TEST(plain.count > 0U);
      BOOST_TEST(plain.passes);
      BOOST_TEST(plain.restrained == 0U);
      if (row.scope == LapseRow::Scope::none) continue;
      const auto enforced = play(row, how, Mode::enforce, is_refusal ? "" : "drop");
      BOOST_TEST(enforced.count > 0U);
      BOOST_TEST(!enforced.passes);
      BOOST_TEST((enforced.restrained > 0U) == !is_refusal);
      BOOST_TEST(enforced.is_said);
      const auto watched = play(row, how, Mode::monitor, "drop");
      BOOST_TEST(watched.count > 0U);
      BOOST_TEST(watched.passes);
      BOOST_TEST((watched.restrained > 0U) == !is_refusal);
      BOOST_TEST(!watched.is_said);
    }
  }
}

BOOST_AUTO_TEST_CASE(those_that_may_be_dropped_are_options_and_no_others) {
  for (const auto& row : lapses) {
    for (const auto* fate : {"pass", "drop"}) {
      const auto read = config::parse("{\"policy\": " + fate_of(row.name, fate) + "}", "tap.json");
      BOOST_TEST(read.has_value() == (row.scope != LapseRow::Scope::none), row.name);
      if (!read) continue;
      LapseFates expected;
      expected.set(row.lapse, std::string_view{fate} == "drop");
      BOOST_TEST((site_policy(*read->policy).lapses == expected), row.name);
    }
  }
  BOOST_TEST((site_policy(*config::defaults().policy).lapses == LapseFates{}));
}

BOOST_AUTO_TEST_CASE(the_page_lists_each_and_what_is_said_of_it) {
  const auto page = file("dataplane/pipeline/README.md");
  for (const auto& row : lapses) {
    BOOST_TEST((page.find("| `" + std::string{row.name} + "` |") != std::string::npos), row.name);
    BOOST_TEST((page.find(row.says) != std::string::npos), row.says);
  }
}

BOOST_AUTO_TEST_CASE(a_flow_that_could_not_be_read_is_over_until_the_site_lets_such_pass) {
  const auto drop = fate_of("parse_error", "drop");
  PipelineRun run{small_options(Mode::enforce), generation_of("", drop, Mode::enforce)};
  auto broken = dns_query("www.example.com");
  broken.resize(broken.size() - 6);
  const auto right = datagram(5000, dns_query("www.example.com"), 53);
  BOOST_TEST(run.send(right));
  BOOST_TEST(!run.send(datagram(5000, broken, 53)));
  BOOST_TEST(!run.send(right));
  BOOST_TEST(run.send(datagram(5001, dns_query("www.example.com"), 53)));
  run.use(generation_of("", drop, Mode::enforce, 2));
  BOOST_TEST(!run.send(right));
  run.use(generation_of("", drop, Mode::monitor, 3));
  BOOST_TEST(run.send(right));
  run.use(generation_of("", "{}", Mode::enforce, 4));
  (void)run.events();
  BOOST_TEST(run.send(right));
  const auto events = run.events();
  BOOST_TEST((std::find(events.begin(), events.end(), "dns query www.example.com") != events.end()));
}

BOOST_AUTO_TEST_CASE(what_is_never_blocked_passes_although_nobody_can_look_into_it) {
  const auto policy = R"({"uninspected": {"flow_table_full": "drop"}, "never_block": ["203.0.113.9"]})";
  PipelineRun run{small_options(Mode::enforce), generation_of("", policy, Mode::enforce)};
  const auto at = ends(phone, 40053, "198.51.100.53", 53);
  BOOST_TEST(run.send(udp_frame(at, dns_query("epdg.epc.mnc001.mcc262.pub.3gppnetwork.org"))));
  BOOST_TEST(
      run.send(udp_frame(at.reversed(), dns_answer("epdg.epc.mnc001.mcc262.pub.3gppnetwork.org", "198.51.100.81"))));
  for (std::uint16_t port = 1; port <= 1000; ++port) run.send(datagram(port, as_bytes("x")));
  const auto goes = [&](const char* from, std::uint16_t source_port, const char* to, std::uint16_t port,
                        Bytes payload) {
    const bool passes = run.send(udp_frame(ends(from, source_port, to, port), payload));
    BOOST_TEST((run.uninspected == UninspectedReason::flow_table_full));
    return passes;
  };
  BOOST_TEST(!goes(phone, 2000, server, 4500, as_bytes("hello")));
  BOOST_TEST(goes(phone, 2000, "198.51.100.81", 4500, as_bytes("a call")));
  BOOST_TEST(goes("198.51.100.81", 4501, phone, 2001, as_bytes("a call")));
  BOOST_TEST(!goes("192.168.1.11", 2000, "198.51.100.81", 4500, as_bytes("another's")));
  BOOST_TEST(goes(phone, 2000, "203.0.113.9", 443, as_bytes("the site's own")));
  Frame time(48, 0);
  time[0] = 0x23;  // RFC 5905 section 7.3: version 4, from a client
  BOOST_TEST(goes(phone, 2123, "198.51.100.123", 123, time));
  BOOST_TEST(!goes(phone, 2123, "198.51.100.123", 123, as_bytes("no time at all")));
}

BOOST_AUTO_TEST_SUITE_END()
