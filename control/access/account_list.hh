// The accounts of the API, in a file that is replaced whole at each change.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "control/access/account.hh"

namespace sluice {

struct AccountFailure {
  enum class Kind : std::uint8_t { wrong, unknown, conflict, unwritten };
  Kind kind{};
  std::string error;
  std::string remedy;
};

class AccountList {
 public:
  static constexpr std::size_t limit = 256;  // accounts
  template <class Value>
  using Result = tl::expected<Value, AccountFailure>;

  // None where there is no such file. The error of one that holds none names it and what to do.
  [[nodiscard]] static tl::expected<AccountList, std::string> load(std::string path);
  AccountList(AccountList&& other) noexcept : path_(std::move(other.path_)), accounts_(std::move(other.accounts_)) {}

  [[nodiscard]] std::vector<Account> all() const;
  [[nodiscard]] std::optional<Account> find(std::string_view name) const;
  // Whose token that is, where it has not expired.
  [[nodiscard]] std::optional<Account> holder_of(std::string_view token, std::int64_t now_s) const;

  // Without tokens. What is not written is not so.
  [[nodiscard]] Result<Account> add(Account account);
  // Members that are given replace what was. The last account with the role of an admin stays one.
  [[nodiscard]] Result<Account> change(std::string_view name, const std::optional<RoleSet>& roles,
                                       const std::optional<std::vector<std::string>>& groups);
  [[nodiscard]] Result<void> remove(std::string_view name);
  struct Granted {
    std::string token;  // is nowhere else
    AccountToken kept;
  };
  // `lifetime_s`: 0 for ever.
  [[nodiscard]] Result<Granted> grant(std::string_view name, std::int64_t now_s, std::int64_t lifetime_s);
  [[nodiscard]] Result<void> revoke(std::string_view name, std::string_view token_id);

 private:
  explicit AccountList(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Result<void> write(std::vector<Account> accounts);

  std::string path_;
  mutable std::mutex mutex_;  // of what follows
  std::vector<Account> accounts_;
};

}  // namespace sluice
