#include "control/access/gate.hh"

#include <boost/test/unit_test.hpp>

#include "control/access/secret_token.hh"
#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

struct Gated : TemporaryFolder {
  AccountList list = *AccountList::load(path + "/accounts.json");
  Gate gate{list};
  Gate::Clock::time_point now{1h};
  std::string token;

  Gated() {
    BOOST_REQUIRE(list.add({"anna", RoleSet{Role::analyst}, {"cabinet"}, {}}).has_value());
    token = list.grant("anna", 1000, 100)->token;
  }
  [[nodiscard]] auto ask(const std::string& authorization, const std::string& certificate = {},
                         const std::string& address = "192.0.2.1") {
    return gate.admit({address, authorization, certificate}, now, 1050);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(gate, Gated)

BOOST_AUTO_TEST_CASE(a_token_and_a_certificate_stand_for_their_account) {
  const auto by_token = ask("Bearer " + token);
  BOOST_REQUIRE(by_token.has_value());
  BOOST_TEST(by_token->name == "anna");
  BOOST_TEST((by_token->proof == Proof::token));
  BOOST_TEST(by_token->from == "192.0.2.1");
  BOOST_TEST(by_token->sees("cabinet"));
  BOOST_TEST(!by_token->sees("pool"));
  BOOST_TEST(!by_token->sees(""));
  const auto by_certificate = ask("", "anna");
  BOOST_REQUIRE(by_certificate.has_value());
  BOOST_TEST((by_certificate->proof == Proof::certificate));
  // A certificate does not make up for a token that is none.
  BOOST_TEST(!ask("Bearer " + make_token(), "anna").has_value());
  BOOST_TEST(!ask("", "bert").has_value());
  BOOST_TEST(!ask("", "").has_value());
}

BOOST_AUTO_TEST_CASE(who_guesses_is_not_looked_at_for_a_minute) {
  for (std::uint32_t i = 0; i < Gate::failure_limit; ++i) {
    const auto refused = ask("Bearer " + make_token());
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST(refused.error().status == 401);
  }
  const auto held = ask("Bearer " + token);
  BOOST_REQUIRE(!held.has_value());
  BOOST_TEST(held.error().status == 429);
  BOOST_TEST(ask("Bearer " + token, "", "192.0.2.2").has_value());  // another address
  now += Gate::failure_time;
  BOOST_TEST(ask("Bearer " + token).has_value());
  BOOST_TEST(gate.counts().refused == Gate::failure_limit);
  BOOST_TEST(gate.counts().held_back == 1U);
}

BOOST_AUTO_TEST_CASE(who_asks_too_often_waits) {
  std::size_t admitted = 0;
  while (ask("Bearer " + token).has_value()) ++admitted;
  BOOST_TEST(admitted == static_cast<std::size_t>(Gate::burst));
  BOOST_TEST(ask("Bearer " + token).error().status == 429);
  now += 1s;
  admitted = 0;
  while (ask("Bearer " + token).has_value()) ++admitted;
  BOOST_TEST(admitted == static_cast<std::size_t>(Gate::rate));
}

BOOST_AUTO_TEST_CASE(guessing_addresses_are_bounded) {
  for (std::size_t i = 0; i < 3 * Gate::address_limit; ++i)
    BOOST_TEST_REQUIRE(!ask("", "", "2001:db8::" + std::to_string(i)).has_value());
  BOOST_TEST(gate.counts().refused == 3 * Gate::address_limit);
}

BOOST_AUTO_TEST_SUITE_END()
