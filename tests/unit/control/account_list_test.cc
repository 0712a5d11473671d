#include "control/access/account_list.hh"

#include <sys/stat.h>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "control/access/secret_token.hh"
#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

struct Accounts : TemporaryFolder {
  std::string file = path + "/state/accounts.json";
  AccountList list = *AccountList::load(file);

  static Account account(std::string name, RoleSet roles) { return {std::move(name), roles, {}, {}}; }
  [[nodiscard]] std::string text() const {
    std::ostringstream text;
    text << std::ifstream{file}.rdbuf();
    return text.str();
  }
  void write(const std::string& text) const { std::ofstream{file} << text; }
};

template <class Result>
void is_refused(const Result& result, AccountFailure::Kind kind, const std::string& part) {
  BOOST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().kind == kind));
  BOOST_TEST(result.error().error.find(part) != std::string::npos, result.error().error);
  BOOST_TEST(!result.error().remedy.empty());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(account_list, Accounts)

BOOST_AUTO_TEST_CASE(accounts_and_tokens_outlive_the_program_and_no_token_is_kept) {
  BOOST_REQUIRE(list.add({"anna", RoleSet{Role::analyst}, {"cabinet"}, {}}).has_value());
  const auto granted = list.grant("anna", 1000, 100);
  BOOST_REQUIRE(granted.has_value());
  BOOST_TEST(text().find(granted->token) == std::string::npos);
  struct stat status {};
  BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777U) == 0600U);

  const auto again = AccountList::load(file);
  BOOST_REQUIRE(again.has_value());
  const auto holder = again->holder_of(granted->token, 1099);
  BOOST_REQUIRE(holder.has_value());
  BOOST_TEST(holder->name == "anna");
  BOOST_TEST((holder->roles == RoleSet{Role::analyst}));
  BOOST_TEST(holder->groups == std::vector<std::string>{"cabinet"});
  BOOST_TEST(!again->holder_of(granted->token, 1100).has_value());  // its time is over
  BOOST_TEST(!again->holder_of(make_token(), 1000).has_value());
}

BOOST_AUTO_TEST_CASE(a_token_is_revoked_and_an_account_removed_with_its_own) {
  BOOST_REQUIRE(list.add(account("anna", RoleSet{Role::analyst})).has_value());
  const auto one = *list.grant("anna", 1, 0), other = *list.grant("anna", 1, 0);
  BOOST_REQUIRE(list.revoke("anna", one.kept.id).has_value());
  BOOST_TEST(!list.holder_of(one.token, 5).has_value());
  BOOST_TEST(list.holder_of(other.token, 5).has_value());
  is_refused(list.revoke("anna", one.kept.id), AccountFailure::Kind::unknown, "no such token");
  BOOST_REQUIRE(list.remove("anna").has_value());
  BOOST_TEST(!list.holder_of(other.token, 5).has_value());
  is_refused(list.grant("anna", 1, 0), AccountFailure::Kind::unknown, "anna");
}

BOOST_AUTO_TEST_CASE(what_is_expired_makes_room) {
  BOOST_REQUIRE(list.add(account("anna", RoleSet{Role::analyst})).has_value());
  for (std::size_t i = 0; i < Account::token_limit; ++i) BOOST_REQUIRE(list.grant("anna", 1, 10).has_value());
  is_refused(list.grant("anna", 5, 10), AccountFailure::Kind::conflict, "16 tokens");
  BOOST_TEST(list.grant("anna", 11, 10).has_value());
  BOOST_TEST(list.find("anna")->tokens.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_no_account_is_refused) {
  using Kind = AccountFailure::Kind;
  const RoleSet analyst{Role::analyst};
  for (const auto* name : {"", "uid:0", "-a", "a b", "a/b", "a\n", "\xc3\xa4"})
    is_refused(list.add(account(name, analyst)), Kind::wrong, "name");
  is_refused(list.add(account(std::string(33, 'a'), analyst)), Kind::wrong, "name");
  is_refused(list.add(account("anna", {})), Kind::wrong, "roles");
  BOOST_REQUIRE(list.add(account("anna", analyst)).has_value());
  is_refused(list.add(account("anna", analyst)), Kind::conflict, "anna");
  is_refused(list.change("anna", RoleSet{}, {}), Kind::wrong, "roles");
  is_refused(list.change("bert", analyst, {}), Kind::unknown, "bert");
}

BOOST_AUTO_TEST_CASE(the_last_admin_stays) {
  using Kind = AccountFailure::Kind;
  BOOST_REQUIRE(list.add(account("one", RoleSet{Role::admin, Role::auditor})).has_value());
  is_refused(list.remove("one"), Kind::conflict, "nobody would be left");
  is_refused(list.change("one", RoleSet{Role::auditor}, {}), Kind::conflict, "nobody would be left");
  BOOST_REQUIRE(list.add(account("two", RoleSet{Role::admin})).has_value());
  BOOST_TEST(list.change("one", RoleSet{Role::auditor}, {}).has_value());
  is_refused(list.remove("two"), Kind::conflict, "nobody would be left");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_not_so) {
  BOOST_REQUIRE(list.add(account("anna", RoleSet{Role::analyst})).has_value());
  BOOST_REQUIRE(::rename((path + "/state").c_str(), (path + "/away").c_str()) == 0);
  std::ofstream{path + "/state"} << "in the way";
  is_refused(list.add(account("bert", RoleSet{Role::analyst})), AccountFailure::Kind::unwritten, "state");
  is_refused(list.grant("anna", 1, 0), AccountFailure::Kind::unwritten, "state");
  BOOST_TEST(list.all().size() == 1U);
  BOOST_TEST(list.all()[0].tokens.empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_list_is_named) {
  BOOST_REQUIRE(list.add(account("anna", RoleSet{Role::analyst})).has_value());
  const auto good = text();
  const auto with = [&](const std::string& from, const std::string& to) {
    auto changed = good;
    return changed.replace(changed.find(from), from.size(), to);
  };
  for (const auto& bad :
       {std::string{}, std::string{"[]"}, std::string{"{"}, with("analyst", "emperor"), with("\"anna\"", "7"),
        with("\"groups\": []", "\"groups\": 1"), with("\"tokens\": []", "\"tokens\": [{\"id\": \"1\"}]")}) {
    write(bad);
    const auto loaded = AccountList::load(file);
    BOOST_REQUIRE_MESSAGE(!loaded.has_value(), bad);
    BOOST_TEST(loaded.error().starts_with(file));
  }
  BOOST_TEST(AccountList::load(path + "/none").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
