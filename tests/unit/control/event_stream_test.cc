#include "control/api/event_stream.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

namespace {
constexpr auto at_once = std::chrono::milliseconds{0};
}

BOOST_AUTO_TEST_SUITE(control_event_stream)

BOOST_AUTO_TEST_CASE(followers_get_the_lines_of_their_kind) {
  EventStream stream;
  BOOST_TEST(!stream.is_followed(StreamKind::eve));
  const auto findings = stream.follow(StreamKind::findings);
  const auto eve = stream.follow(StreamKind::eve);
  const auto other = stream.follow(StreamKind::eve);
  BOOST_TEST(stream.is_followed(StreamKind::eve));
  stream.put(StreamKind::eve, "{}");
  stream.put(StreamKind::eve, "[]");
  stream.put(StreamKind::findings, "a finding");
  BOOST_TEST(*eve->take(at_once) == "{}\n[]\n");
  BOOST_TEST(*other->take(at_once) == "{}\n[]\n");
  BOOST_TEST(*findings->take(at_once) == "a finding\n");
  BOOST_TEST(*eve->take(at_once) == "");
}

BOOST_AUTO_TEST_CASE(too_many_are_refused_until_one_leaves) {
  EventStream stream;
  std::vector<std::shared_ptr<EventStream::Follower>> followers;
  for (std::size_t i = 0; i < EventStream::follower_limit; ++i) followers.push_back(stream.follow(StreamKind::eve));
  BOOST_TEST((stream.follow(StreamKind::eve) == nullptr));
  followers.pop_back();
  BOOST_TEST((stream.follow(StreamKind::findings) != nullptr));
}

BOOST_AUTO_TEST_CASE(a_slow_follower_is_told_what_it_lost) {
  EventStream stream;
  const auto eve = stream.follow(StreamKind::eve);
  const auto findings = stream.follow(StreamKind::findings);
  const std::string line(1023, 'x');
  const auto fits = EventStream::waiting_limit / 1024;
  for (std::size_t i = 0; i < fits + 7; ++i) {
    stream.put(StreamKind::eve, line);
    stream.put(StreamKind::findings, line);
  }
  const auto text = *eve->take(at_once);
  BOOST_TEST(text.size() <= EventStream::waiting_limit + 100);
  BOOST_TEST(text.ends_with("\n{\"lost_lines\":7}\n"));
  BOOST_TEST(findings->take(at_once)->ends_with("\n# 7 lines lost\n"));
  stream.put(StreamKind::eve, "{}");
  BOOST_TEST(*eve->take(at_once) == "{}\n");
}

BOOST_AUTO_TEST_CASE(the_end_comes_after_what_waits) {
  EventStream stream;
  const auto eve = stream.follow(StreamKind::eve);
  stream.put(StreamKind::eve, "{}");
  stream.end();
  BOOST_TEST(*eve->take(at_once) == "{}\n");
  BOOST_TEST(!eve->take(std::chrono::seconds{60}).has_value());
  BOOST_TEST((stream.follow(StreamKind::eve) == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
