#include "dataplane/event/event_ring.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "dataplane/event/event_sink.hh"

using namespace sluice;

namespace {

constexpr std::size_t ring_size = 2 * event_size_limit;

struct Ring {
  std::vector<std::uint8_t> data = std::vector<std::uint8_t>(ring_size);
  RingIndex written;
  RingIndex read;
  RingProducer producer{data, written, read};
  RingConsumer consumer{data, written, read};
};

std::vector<std::uint8_t> record_of(std::size_t size, std::uint8_t fill) {
  return std::vector<std::uint8_t>(size, fill);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(event_ring)

BOOST_AUTO_TEST_CASE(records_come_out_as_they_went_in_across_many_wraps) {
  const auto ring = std::make_unique<Ring>();
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const auto record = record_of(8 * (1 + i % 300), static_cast<std::uint8_t>(i));
    BOOST_REQUIRE(ring->producer.push(i, record));
    BOOST_REQUIRE(ring->consumer.next_tag() == i);
    const auto out = ring->consumer.pop();
    BOOST_REQUIRE(out.has_value());
    BOOST_REQUIRE(out->tag == i);
    BOOST_REQUIRE((std::equal(record.begin(), record.end(), out->bytes.begin(), out->bytes.end())));
  }
  BOOST_TEST(!ring->consumer.pop().has_value());
  BOOST_TEST(ring->consumer.damaged() == 0U);
}

BOOST_AUTO_TEST_CASE(a_full_ring_refuses_and_loses_nothing_that_is_in_it) {
  const auto ring = std::make_unique<Ring>();
  std::uint64_t pushed = 0;
  while (ring->producer.push(pushed, record_of(1000, static_cast<std::uint8_t>(pushed)))) ++pushed;
  BOOST_TEST(pushed == ring_size / 1016);
  for (std::uint64_t i = 0; i < pushed; ++i) BOOST_TEST(ring->consumer.pop()->bytes[0] == static_cast<std::uint8_t>(i));
  BOOST_TEST(!ring->consumer.pop().has_value());
}

BOOST_AUTO_TEST_CASE(a_hostile_consumer_index_stops_the_producer_and_nothing_else) {
  const auto ring = std::make_unique<Ring>();
  ring->read.position = 1'000'000;  // has read what was never written
  BOOST_TEST(!ring->producer.push(1, record_of(8, 1)));
  ring->read.position = 0;
  BOOST_TEST(ring->producer.push(1, record_of(8, 1)));
}

BOOST_AUTO_TEST_CASE(garbage_in_the_ring_is_given_up_and_counted) {
  for (const std::uint32_t size : {0xfffffff0U, 7U, static_cast<std::uint32_t>(event_size_limit) + 8, 64U}) {
    const auto ring = std::make_unique<Ring>();
    std::memcpy(ring->data.data(), &size, sizeof size);
    ring->written.position = 32;  // a record of 64 bytes cannot be complete either
    BOOST_TEST(!ring->consumer.pop().has_value());
    BOOST_TEST(ring->consumer.damaged() == 1U);
    BOOST_TEST(ring->read.position == 32U);  // starts over behind the damage
  }
  const auto ring = std::make_unique<Ring>();
  ring->written.position = ~std::uint64_t{0} - 3;
  BOOST_TEST(!ring->consumer.pop().has_value());
  BOOST_TEST(ring->consumer.damaged() == 1U);
}

BOOST_AUTO_TEST_CASE(an_index_that_the_other_side_writes_over_leads_nobody_out_of_the_ring) {
  // The other side maps the same file: a word that is only ours to write may be written over all the same.
  constexpr std::size_t guard = 64;
  std::vector<std::uint8_t> memory(ring_size + guard);
  RingIndex written;
  RingIndex read;
  RingProducer producer{std::span{memory}.first(ring_size), written, read};
  const auto consumer = std::make_unique<RingConsumer>(std::span{memory}.first(ring_size), written, read);
  for (const std::uint64_t lie : {std::uint64_t{ring_size - 3}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    written.position = lie;
    read.position = lie;
    (void)producer.push(7, record_of(64, 0xff));
    BOOST_TEST(std::count(memory.begin() + ring_size, memory.end(), 0) == std::ptrdiff_t{guard});
    while (consumer->pop()) {
    }
    // Once each has seen what the other one says, events flow again.
    (void)producer.push(7, record_of(64, 0xff));
    while (consumer->pop()) {
    }
    BOOST_REQUIRE(producer.push(8, record_of(64, 0x11)));
    const auto record = consumer->pop();
    BOOST_REQUIRE(record.has_value());
    BOOST_TEST(record->bytes[0] == 0x11);
  }
}

BOOST_AUTO_TEST_CASE(two_threads) {
  const auto ring = std::make_unique<Ring>();
  constexpr std::uint64_t total = 200'000;
  std::thread producer{[&] {
    for (std::uint64_t i = 0; i < total;) {
      std::array<std::uint8_t, 48> record{};
      std::memcpy(record.data(), &i, sizeof i);
      if (ring->producer.push(i, record))
        ++i;
      else
        std::this_thread::yield();
    }
  }};
  std::uint64_t expected = 0;
  while (expected < total) {
    const auto record = ring->consumer.pop();
    if (!record) {
      std::this_thread::yield();
      continue;
    }
    std::uint64_t value = 0;
    std::memcpy(&value, record->bytes.data(), sizeof value);
    if (value != expected || record->tag != expected) break;
    ++expected;
  }
  producer.join();
  BOOST_TEST(expected == total);
}

BOOST_AUTO_TEST_CASE(a_full_ring_costs_the_newest_event_and_counts_it) {
  const auto findings = std::make_unique<Ring>();
  const auto records = std::make_unique<Ring>();
  EventSink sink{findings->producer, records->producer};
  InspectionCounters counters;
  const auto record = record_of(1000, 1);
  constexpr std::size_t room = ring_size / 1016;
  for (std::size_t i = 0; i < room + 8; ++i) sink.put(EventType::flow, 0, record, counters);
  BOOST_TEST(counters.events == room);
  BOOST_TEST(counters.events_lost == 8);
  sink.put(EventType::alert, 0, record, counters);  // a flood of flow records costs no finding
  BOOST_TEST(findings->consumer.pop().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(event)

BOOST_AUTO_TEST_CASE(fields_come_back_in_order) {
  alignas(8) std::array<std::uint8_t, 1024> buffer{};
  EventWriter writer{buffer};
  EventHeader header;
  header.type = EventType::dns;
  header.packet = 7;
  writer.begin(header);
  writer.text(Field::dns_query_name, "example.org");
  writer.integer(Field::dns_query_type, 28);
  writer.text(Field::dns_query_name, "");
  const auto event = Event::parse(writer.finish());
  BOOST_TEST(event.has_value());
  BOOST_TEST(event->header().packet == 7U);
  std::vector<std::uint16_t> ids;
  for (const auto& field : *event) ids.push_back(static_cast<std::uint16_t>(field.field));
  BOOST_TEST((ids == std::vector<std::uint16_t>{19, 20, 19}));
  BOOST_TEST(event->find(Field::dns_query_type)->integer() == 28U);
  BOOST_TEST(event->find(Field::dns_query_name)->text() == "example.org");
  BOOST_TEST(!event->find(Field::tls_sni).has_value());
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_left_out_and_said) {
  alignas(8) std::array<std::uint8_t, 128> buffer{};
  EventWriter writer{buffer};
  EventHeader header;
  header.type = EventType::http;
  writer.begin(header);
  writer.text(Field::http_uri, std::string(200, 'x'));
  writer.integer(Field::dns_id, 1);
  BOOST_TEST(writer.truncated());
  const auto event = Event::parse(writer.finish());
  BOOST_TEST(event.has_value());
  BOOST_TEST(!event->find(Field::http_uri).has_value());
}

BOOST_AUTO_TEST_CASE(a_lying_record_is_refused) {
  alignas(8) std::array<std::uint8_t, 256> buffer{};
  EventWriter writer{buffer};
  EventHeader header;
  header.type = EventType::tls;
  writer.begin(header);
  writer.text(Field::tls_sni, "a.example");
  const auto good = writer.finish();
  BOOST_TEST(Event::parse(good).has_value());
  BOOST_TEST(!Event::parse(good.first(good.size() - 8)).has_value());
  std::vector<std::uint8_t> bad(good.begin(), good.end());
  bad[sizeof(EventHeader) + 2] = 0xff;  // the field's length
  BOOST_TEST(!Event::parse(bad).has_value());
  bad.assign(good.begin(), good.end());
  bad[offsetof(EventHeader, type)] = 99;
  BOOST_TEST(!Event::parse(bad).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
