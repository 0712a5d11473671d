// An account of the API: a person, or a program that asks it.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "control/access/role.hh"

namespace sluice {

struct AccountToken {
  std::string id;              // names it; says nothing of the token
  std::string digest;          // of the token
  std::int64_t created_s = 0;  // since 1970, as the next
  std::int64_t expires_s = 0;  // 0: never
};

struct Account {
  static constexpr std::size_t name_limit = 32;   // bytes
  static constexpr std::size_t group_limit = 64;  // bytes of a name of a group, and groups
  static constexpr std::size_t token_limit = 16;

  std::string name;
  RoleSet roles;
  std::vector<std::string> groups;  // of devices that it sees; empty: all
  std::vector<AccountToken> tokens;
};

// Letters, digits, '.', '-', '_' and '@'; begins with a letter or digit. "uid:" is for users of this machine.
[[nodiscard]] bool is_account_name(std::string_view name) noexcept;

// As the file has it. The error says which member is wrong.
[[nodiscard]] nlohmann::ordered_json stored_document(const Account& account);
[[nodiscard]] tl::expected<Account, std::string> account_from(const nlohmann::ordered_json& document);
// As the API shows it: without digests.
[[nodiscard]] nlohmann::ordered_json shown_document(const Account& account);

// Of a list of texts. The error says what is wrong with it.
[[nodiscard]] tl::expected<RoleSet, std::string> roles_from(const nlohmann::ordered_json& list);
[[nodiscard]] tl::expected<std::vector<std::string>, std::string> groups_from(const nlohmann::ordered_json& list);

}  // namespace sluice
