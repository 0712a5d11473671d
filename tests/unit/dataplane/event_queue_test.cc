#include "dataplane/event/event_queue.hh"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/event/event.hh"

namespace sluice {
namespace {

struct Queue {
  EventQueuePool pool{1};
  EventQueue& queue = pool.at(pool.take());
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(event_queue, Queue)

BOOST_AUTO_TEST_CASE(the_oldest_comes_first) {
  BOOST_TEST(queue.empty());
  BOOST_TEST(queue.front().empty());
  BOOST_TEST(queue.push(as_bytes("first")));
  BOOST_TEST(queue.push(as_bytes("the second")));
  BOOST_TEST(as_text(queue.front()) == "first");
  queue.pop();
  BOOST_TEST(as_text(queue.front()) == "the second");
  queue.pop();
  queue.pop();  // of nothing
  BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(what_finds_no_room_changes_nothing) {
  constexpr std::size_t most = EventQueue::total_size - sizeof(std::uint32_t) - sizeof(std::uint16_t);
  BOOST_TEST(!queue.push(as_bytes(std::string(most + 1, 'x'))));
  BOOST_TEST(!queue.push({}));
  BOOST_TEST(queue.empty());
  BOOST_TEST(queue.push(as_bytes(std::string(most, 'x'))));
  BOOST_TEST(!queue.push(as_bytes("y")));
  BOOST_TEST(queue.front().size() == most);
}

BOOST_AUTO_TEST_CASE(one_in_the_middle_is_found_and_taken_out) {
  for (const auto* text : {"first", "the second", "third"}) BOOST_TEST(queue.push(as_bytes(text)));
  const auto second = queue.next(queue.front());
  BOOST_TEST(as_text(second) == "the second");
  queue.erase(second);
  BOOST_TEST(as_text(queue.front()) == "first");
  const auto last = queue.next(queue.front());
  BOOST_TEST(as_text(last) == "third");
  BOOST_TEST(queue.next(last).empty());
  queue.erase({});
  BOOST_TEST(queue.front().size() == 5U);
}

BOOST_AUTO_TEST_CASE(a_record_goes_on_where_it_ended) {
  std::vector<std::uint8_t> room(1024);
  EventWriter hello{room};
  EventHeader header;
  header.type = EventType::tls;
  header.packet = 7;
  hello.begin(header);
  hello.text(Field::tls_sni, "phone.example");
  BOOST_TEST(queue.push(hello.finish()));

  EventWriter answer{room};
  answer.resume(queue.front());
  answer.integer(Field::tls_version_offered, 0x0304);
  const auto event = Event::parse(answer.finish());
  BOOST_REQUIRE(event);
  BOOST_TEST(event->header().packet == 7U);
  BOOST_TEST(event->find(Field::tls_sni)->text() == "phone.example");
  BOOST_TEST(event->find(Field::tls_version_offered)->integer() == 0x0304U);
}

BOOST_AUTO_TEST_CASE(what_is_no_record_does_not_go_on) {
  std::vector<std::uint8_t> room(1024);
  EventWriter event{room};
  event.resume(as_bytes("not a record"));
  event.text(Field::tls_sni, "phone.example");
  BOOST_TEST(event.finish().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sluice
