#include "control/findings/rule_books.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(control_rule_books)

BOOST_AUTO_TEST_CASE(what_is_known_of_a_generation_grows) {
  RuleBooks books;
  BOOST_TEST(books.find(7) == nullptr);
  books.add(7, "d1");
  BOOST_TEST(books.find(7)->digest == "d1");
  BOOST_TEST(books.book(7) == nullptr);
  books.add(7, "", std::make_shared<const RuleBook>(std::vector<RuleFacts>(3)));
  BOOST_TEST(books.find(7)->digest == "d1");
  BOOST_REQUIRE(books.book(7) != nullptr);
  BOOST_TEST(books.book(7)->size() == 3U);
  books.add(7, "d2");
  BOOST_TEST(books.find(7)->digest == "d2");
  BOOST_TEST(books.book(7) != nullptr);
}

BOOST_AUTO_TEST_CASE(the_last_few_generations_are_kept) {
  RuleBooks books;
  for (std::uint32_t generation = 1; generation <= RuleBooks::limit + 1; ++generation)
    books.add(generation, std::to_string(generation), std::make_shared<const RuleBook>());
  BOOST_TEST(books.find(1) == nullptr);
  for (std::uint32_t generation = 2; generation <= RuleBooks::limit + 1; ++generation)
    BOOST_TEST(books.find(generation)->digest == std::to_string(generation));
  books.clear();
  BOOST_TEST(books.find(2) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
