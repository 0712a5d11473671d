#include "control/access/account.hh"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "control/text/timestamp.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Json names_of(RoleSet roles) {
  auto names = Json::array();
  for (std::size_t i = 0; i < role_names.size(); ++i)
    if (roles.has(static_cast<Role>(i))) names.push_back(role_names[i]);
  return names;
}

std::optional<AccountToken> token_from(const Json& document) {
  const auto text = [&](const char* key) {
    const auto found = document.find(key);
    return found != document.end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  const auto seconds = [&](const char* key) -> std::optional<std::int64_t> {
    const auto found = document.find(key);
    if (found == document.end() || !found->is_number_integer()) return std::nullopt;
    return found->get<std::int64_t>();
  };
  if (!document.is_object()) return std::nullopt;
  AccountToken token{text("id"), text("digest")};
  const auto created = seconds("created"), expires = seconds("expires");
  if (token.id.empty() || !is_sha256(token.digest) || !created || !expires) return std::nullopt;
  token.created_s = *created;
  token.expires_s = *expires;
  return token;
}

Json moment(std::int64_t seconds) {
  if (seconds == 0) return nullptr;
  return timestamp_text(Tick{std::chrono::duration_cast<Duration>(std::chrono::seconds{seconds})});
}

}  // namespace

bool is_account_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= Account::name_limit && is_alphanumeric(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_alphanumeric(c) || c == '.' || c == '-' || c == '_' || c == '@'; });
}

tl::expected<RoleSet, std::string> roles_from(const Json& list) {
  RoleSet roles;
  if (!list.is_array()) return tl::unexpected(std::string{"roles: is no list"});
  for (const auto& name : list) {
    const auto role = name.is_string() ? role_from(name.get_ref<const std::string&>()) : std::nullopt;
    if (!role) return tl::unexpected(fmt::format("roles: {} is none of {}", name.dump(), RoleSet::all().text()));
    roles.add(*role);
  }
  return roles;
}

tl::expected<std::vector<std::string>, std::string> groups_from(const Json& list) {
  std::vector<std::string> groups;
  if (!list.is_array()) return tl::unexpected(std::string{"groups: is no list"});
  if (list.size() > Account::group_limit)
    return tl::unexpected(fmt::format("groups: are more than {}", Account::group_limit));
  for (const auto& name : list) {
    if (!name.is_string()) return tl::unexpected(std::string{"groups: holds what is no text"});
    groups.push_back(name.get<std::string>());
    if (groups.back().empty() || groups.back().size() > Account::group_limit)
      return tl::unexpected(fmt::format("groups: a name has 1 to {} bytes", Account::group_limit));
  }
  return groups;
}

Json stored_document(const Account& account) {
  auto tokens = Json::array();
  for (const auto& token : account.tokens)
    tokens.push_back(
        {{"id", token.id}, {"digest", token.digest}, {"created", token.created_s}, {"expires", token.expires_s}});
  return {{"name", account.name},
          {"roles", names_of(account.roles)},
          {"groups", account.groups},
          {"tokens", std::move(tokens)}};
}

Json shown_document(const Account& account) {
  auto tokens = Json::array();
  for (const auto& token : account.tokens)
    tokens.push_back({{"id", token.id}, {"created", moment(token.created_s)}, {"expires", moment(token.expires_s)}});
  return {{"name", account.name},
          {"roles", names_of(account.roles)},
          {"groups", account.groups},
          {"tokens", std::move(tokens)}};
}

tl::expected<Account, std::string> account_from(const Json& document) {
  if (!document.is_object()) return tl::unexpected(std::string{"is no object"});
  Account account;
  const auto name = document.find("name");
  if (name == document.end() || !name->is_string() || !is_account_name(name->get_ref<const std::string&>()))
    return tl::unexpected(std::string{"name: is missing, or no name"});
  account.name = name->get<std::string>();
  const auto member = [&](const char* key) { return document.contains(key) ? document.at(key) : Json(nullptr); };
  auto roles = roles_from(member("roles"));
  if (!roles) return tl::unexpected(roles.error());
  account.roles = *roles;
  auto groups = groups_from(member("groups"));
  if (!groups) return tl::unexpected(groups.error());
  account.groups = std::move(*groups);
  const auto tokens = member("tokens");
  if (!tokens.is_array() || tokens.size() > Account::token_limit)
    return tl::unexpected(std::string{"tokens: is no list, or too long"});
  for (const auto& entry : tokens) {
    auto token = token_from(entry);
    if (!token) return tl::unexpected(std::string{"tokens: one has a member that is missing or wrong"});
    account.tokens.push_back(std::move(*token));
  }
  return account;
}

}  // namespace sluice
