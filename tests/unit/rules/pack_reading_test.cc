#include "rules/pack/pack_reading.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(rules_pack_reading)

BOOST_AUTO_TEST_CASE(memory_is_counted_over_the_whole_pack) {
  PackReading reading;
  reading.at("indicator", 3, "test/a");
  BOOST_TEST(reading.spend(pack_unpacked_limit));
  BOOST_TEST(reading.spend(0));
  BOOST_TEST(!reading.spend(1));
  BOOST_TEST(reading.fault() == "indicator 3 (test/a): size: the pack takes more than 1024 MiB of memory: split it");

  // and texts are counted wherever they stand in the file
  PackReading texts;
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(builder.CreateString(std::string(1 << 20, 'a')));
  const auto* text = flatbuffers::GetRoot<flatbuffers::String>(builder.GetBufferPointer());
  for (int i = 0; i < 1024; ++i) BOOST_TEST(texts.text(text, "carries", 1 << 20).size() == 1U << 20);
  BOOST_TEST(!texts.failed());
  BOOST_TEST(texts.text(text, "carries", 1 << 20).empty());
  BOOST_TEST(texts.failed());
}

BOOST_AUTO_TEST_CASE(the_first_fault_stands_and_nothing_is_taken_behind_it) {
  PackReading reading;
  reading.at("the pack itself", 0);
  reading.fail("name", "one");
  reading.at("indicator", 1);
  reading.fail("kind", "two");
  BOOST_TEST(reading.fault() == "the pack itself: name: one");
  BOOST_TEST(!reading.spend(1));
}

BOOST_AUTO_TEST_SUITE_END()
