#include "control/access/account_list.hh"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "control/access/secret_token.hh"
#include "control/text/text_file.hh"
#include "control/text/uuid.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;
using Failure = AccountFailure;

constexpr std::size_t file_limit = std::size_t{4} << 20U;  // bytes
constexpr std::size_t token_id_size = 8;

template <class Accounts>
auto named(Accounts& accounts, std::string_view name) {
  return std::find_if(accounts.begin(), accounts.end(), [&](const Account& account) { return account.name == name; });
}

bool has_admin(const std::vector<Account>& accounts) {
  return std::any_of(accounts.begin(), accounts.end(),
                     [](const Account& account) { return account.roles.has(Role::admin); });
}

tl::unexpected<Failure> no_such(std::string_view name) {
  return tl::unexpected(
      Failure{Failure::Kind::unknown, fmt::format("there is no account \"{}\"", name), "GET /v1/accounts lists them"});
}

tl::unexpected<Failure> last_admin() {
  return tl::unexpected(Failure{Failure::Kind::conflict, "nobody would be left to make accounts",
                                "give another account the role admin first"});
}

}  // namespace

tl::expected<AccountList, std::string> AccountList::load(std::string path) {
  AccountList list{std::move(path)};
  const auto text = read_text_file(list.path_, file_limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return list;
  const auto refuse = [&](const std::string& why) {
    return tl::unexpected(
        fmt::format("{}: {}: bring back a copy of it, or remove it: then there are no accounts, and "
                    "the first one is made anew",
                    list.path_, why));
  };
  const auto document = Json::parse(**text, nullptr, false);
  if (!document.is_object() || !document.contains("accounts") || !document["accounts"].is_array())
    return refuse("holds no list of accounts");
  for (const auto& entry : document["accounts"]) {
    auto account = account_from(entry);
    if (!account) return refuse("account " + std::to_string(list.accounts_.size() + 1) + ": " + account.error());
    if (named(list.accounts_, account->name) != list.accounts_.end()) return refuse(account->name + " is there twice");
    list.accounts_.push_back(std::move(*account));
  }
  return list;
}

AccountList::Result<void> AccountList::write(std::vector<Account> accounts) {
  auto entries = Json::array();
  for (const auto& account : accounts) entries.push_back(stored_document(account));
  if (const auto written = replace_text_file(path_, Json{{"accounts", std::move(entries)}}.dump(1) + "\n"); !written)
    return tl::unexpected(Failure{Failure::Kind::unwritten, written.error(), "nothing was changed"});
  accounts_ = std::move(accounts);
  return {};
}

std::vector<Account> AccountList::all() const {
  const std::lock_guard lock{mutex_};
  return accounts_;
}

std::optional<Account> AccountList::find(std::string_view name) const {
  const std::lock_guard lock{mutex_};
  const auto found = named(accounts_, name);
  if (found == accounts_.end()) return std::nullopt;
  return *found;
}

// How long it takes tells nothing of a token: what is compared are digests, which nobody can come closer to step by
// step.
std::optional<Account> AccountList::holder_of(std::string_view token, std::int64_t now_s) const {
  const auto digest = digest_of_token(token);
  const std::lock_guard lock{mutex_};
  for (const auto& account : accounts_)
    for (const auto& kept : account.tokens)
      if (kept.digest == digest) {
        if (kept.expires_s != 0 && kept.expires_s <= now_s) return std::nullopt;
        return account;
      }
  return std::nullopt;
}

AccountList::Result<Account> AccountList::add(Account account) {
  const std::lock_guard lock{mutex_};
  if (!is_account_name(account.name))
    return tl::unexpected(Failure{Failure::Kind::wrong, "name: is none",
                                  "letters, digits, '.', '-', '_' and '@', 32 at most; a letter or digit first"});
  if (account.roles.empty())
    return tl::unexpected(
        Failure{Failure::Kind::wrong, "roles: there is none", "give at least one of " + RoleSet::all().text()});
  if (named(accounts_, account.name) != accounts_.end())
    return tl::unexpected(Failure{Failure::Kind::conflict, fmt::format("there is an account \"{}\"", account.name),
                                  "change it, or take another name"});
  if (accounts_.size() == limit)
    return tl::unexpected(
        Failure{Failure::Kind::conflict, fmt::format("there are {} accounts", limit), "remove one that is not used"});
  account.tokens.clear();
  auto accounts = accounts_;
  accounts.push_back(account);
  if (auto written = write(std::move(accounts)); !written) return tl::unexpected(std::move(written).error());
  return account;
}

AccountList::Result<Account> AccountList::change(std::string_view name, const std::optional<RoleSet>& roles,
                                                 const std::optional<std::vector<std::string>>& groups) {
  const std::lock_guard lock{mutex_};
  auto accounts = accounts_;
  const auto found = named(accounts, name);
  if (found == accounts.end()) return no_such(name);
  if (roles && roles->empty())
    return tl::unexpected(
        Failure{Failure::Kind::wrong, "roles: there is none", "an account without any is to be removed"});
  if (roles) found->roles = *roles;
  if (groups) found->groups = *groups;
  if (!has_admin(accounts) && has_admin(accounts_)) return last_admin();
  const auto changed = *found;
  if (auto written = write(std::move(accounts)); !written) return tl::unexpected(std::move(written).error());
  return changed;
}

AccountList::Result<void> AccountList::remove(std::string_view name) {
  const std::lock_guard lock{mutex_};
  auto accounts = accounts_;
  const auto found = named(accounts, name);
  if (found == accounts.end()) return no_such(name);
  accounts.erase(found);
  if (!has_admin(accounts) && has_admin(accounts_)) return last_admin();
  return write(std::move(accounts));
}

AccountList::Result<AccountList::Granted> AccountList::grant(std::string_view name, std::int64_t now_s,
                                                             std::int64_t lifetime_s) {
  const std::lock_guard lock{mutex_};
  auto accounts = accounts_;
  const auto found = named(accounts, name);
  if (found == accounts.end()) return no_such(name);
  // Those that have expired make room.
  std::erase_if(found->tokens,
                [&](const AccountToken& token) { return token.expires_s != 0 && token.expires_s <= now_s; });
  if (found->tokens.size() == Account::token_limit)
    return tl::unexpected(Failure{Failure::Kind::conflict,
                                  fmt::format("the account has {} tokens", Account::token_limit),
                                  "revoke one that is not used"});
  Granted granted{make_token(), {}};
  granted.kept = {Uuid::random().text().substr(0, token_id_size), digest_of_token(granted.token), now_s,
                  lifetime_s == 0 ? 0 : now_s + lifetime_s};
  found->tokens.push_back(granted.kept);
  if (auto written = write(std::move(accounts)); !written) return tl::unexpected(std::move(written).error());
  return granted;
}

AccountList::Result<void> AccountList::revoke(std::string_view name, std::string_view token_id) {
  const std::lock_guard lock{mutex_};
  auto accounts = accounts_;
  const auto found = named(accounts, name);
  if (found == accounts.end()) return no_such(name);
  if (std::erase_if(found->tokens, [&](const AccountToken& token) { return token.id == token_id; }) == 0)
    return tl::unexpected(
        Failure{Failure::Kind::unknown, "the account has no such token", "GET /v1/accounts shows their ids"});
  return write(std::move(accounts));
}

}  // namespace sluice
