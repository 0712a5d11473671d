#include "dataplane/flow/quic_paths.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/hello_samples.hh"
#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr const char* phone = "192.168.1.10";
constexpr const char* server = "198.51.100.7";
const Frame known_id{0xa1, 0xb2, 0xc3, 0xd4, 0xe5};
const Frame other_id{0xa1, 0xb2, 0xc3, 0xd4, 0xe6};

// An Initial of the server (RFC 9000 section 17.2.2), whose payload nobody can open.
Frame answer(const Frame& id) {
  Frame packet{0xc1, 0, 0, 0, 1, 0, static_cast<std::uint8_t>(id.size())};
  put(packet, id);
  put(packet, Frame{0, 0x40, 40});
  packet.resize(packet.size() + 40, 0x77);
  return packet;
}

// RFC 9000 section 17.3.1
Frame short_packet(const Frame& id) {
  Frame packet{0x43};
  put(packet, id);
  packet.resize(packet.size() + 30, 0x55);
  return packet;
}

struct Talk {
  explicit Talk(Record record = Record::all)
      : run([&] {
          auto options = small_options();
          options.record = record;
          return options;
        }()) {}

  bool client(std::uint16_t port, const Frame& datagram, const char* address = phone) {
    return run.send(udp_frame(ends(address, port, server, 443), datagram));
  }
  bool from_server(std::uint16_t port, const Frame& datagram) {
    return run.send(udp_frame(ends(server, 443, phone, port), datagram));
  }
  Talk& handshake(const Frame& id = known_id) {
    for (const auto hex : initials_v1) client(40000, quic_samples::from_hex(hex));
    from_server(40000, answer(id));
    return *this;
  }
  [[nodiscard]] const InspectionCounters& counters() { return run.pipeline().counters(); }
  Lines at_the_end() {
    (void)run.events();
    run.pipeline().finish(run.now, 0);
    return run.events();
  }

  PipelineRun run;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(quic_paths)

BOOST_AUTO_TEST_CASE(a_connection_that_goes_on_from_another_port_or_address_is_the_same_flow) {
  for (const auto record : {Record::all, Record::findings}) {
    Talk talk{record};
    talk.handshake().client(40001, short_packet(known_id));
    BOOST_TEST((talk.run.uninspected == UninspectedReason::ciphertext));
    talk.from_server(40001, short_packet({}));
    talk.client(50000, short_packet(known_id), "192.168.1.11");
    BOOST_TEST(talk.counters().quic_rebindings == 2U);
    BOOST_TEST(talk.counters().flows_created == 1U);
    const auto last = talk.at_the_end();
    if (record == Record::all) BOOST_TEST((last == Lines{"flow quic shutdown"}));
  }
}

BOOST_AUTO_TEST_CASE(an_id_that_was_never_in_the_clear_is_a_new_opaque_flow) {
  Talk talk;
  talk.handshake().client(40001, short_packet(other_id));
  BOOST_TEST((talk.run.uninspected == UninspectedReason::ciphertext));
  BOOST_TEST(talk.counters().quic_rebindings == 0U);
  BOOST_TEST(talk.counters().quic_migrations == 1U);
  BOOST_TEST((talk.at_the_end() == Lines{"flow quic shutdown", "flow quic shutdown"}));
}

BOOST_AUTO_TEST_CASE(where_no_handshake_was_seen_a_short_header_proves_nothing) {
  Talk talk;
  talk.client(40001, short_packet(known_id));
  BOOST_TEST(talk.counters().quic_migrations == 0U);
  BOOST_TEST((talk.run.uninspected == UninspectedReason::unknown_protocol));
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_over_does_not_go_on) {
  Talk talk;
  talk.handshake();
  talk.run.wait(Duration{120'000'000'000});
  talk.client(40001, short_packet(known_id));
  BOOST_TEST(talk.counters().quic_rebindings == 0U);
  BOOST_TEST(talk.counters().quic_migrations == 1U);
}

BOOST_AUTO_TEST_CASE(short_ids_are_met_by_chance_and_do_not_count) {
  Talk talk;
  talk.handshake({0xa1, 0xb2, 0xc3}).client(40001, short_packet({0xa1, 0xb2, 0xc3}));
  BOOST_TEST(talk.counters().quic_rebindings == 0U);
  BOOST_TEST(talk.counters().quic_migrations == 1U);
}

BOOST_AUTO_TEST_CASE(what_waits_in_a_flow_that_moves_is_sent_once) {
  PipelineRun run{with_queues()};
  for (const auto hex : initials_v1) run.send(udp_frame(ends(phone, 40000, server, 443), quic_samples::from_hex(hex)));
  run.send(udp_frame(ends(server, 443, phone, 40000), answer(known_id)));
  run.send(udp_frame(ends(phone, 40001, server, 443), short_packet(known_id)));
  run.pipeline().finish(run.now, 0);
  BOOST_TEST((run.events() ==
              Lines{"alert www.listed.example handshake pass", "quic www.listed.example", "flow quic shutdown"}));
}

BOOST_AUTO_TEST_SUITE_END()
