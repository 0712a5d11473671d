#include "control/access/gate.hh"

#include <algorithm>
#include <optional>
#include <utility>

#include "control/access/secret_token.hh"

namespace sluice {
namespace {

constexpr int http_unauthorized = 401;  // RFC 9110 section 15.5.2
constexpr int http_too_many = 429;      // RFC 6585 section 4

}  // namespace

bool Gate::is_held_back(const std::string& address, Clock::time_point now) {
  const auto found = failures_.find(address);
  if (found == failures_.end()) return false;
  if (now >= found->second.until) {
    failures_.erase(found);
    return false;
  }
  return found->second.count >= failure_limit;
}

void Gate::note_failure(const std::string& address, Clock::time_point now) {
  ++counts_.refused;
  if (failures_.size() >= address_limit)
    std::erase_if(failures_, [&](const auto& entry) { return now >= entry.second.until; });
  if (failures_.size() >= address_limit) failures_.clear();  // who has that many addresses is not held back by it
  auto& failures = failures_[address];
  if (failures.count++ == 0) failures.until = now + failure_time;
}

bool Gate::takes_turn(const std::string& name, Clock::time_point now) {
  auto [found, is_new] = buckets_.try_emplace(name);
  auto& bucket = found->second;
  if (is_new) bucket.at = now;
  const std::chrono::duration<double> passed = now - bucket.at;
  bucket.tokens = std::min(burst, bucket.tokens + passed.count() * rate);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

tl::expected<Principal, Gate::Refusal> Gate::admit(const Asked& asked, Clock::time_point now, std::int64_t now_s) {
  const std::lock_guard lock{mutex_};
  const auto refuse = [&](int status, const char* error, const char* remedy, bool is_guess = false) {
    return tl::unexpected(Refusal{status, error, remedy, is_guess});
  };
  if (is_held_back(asked.address, now)) {
    ++counts_.held_back;
    return refuse(http_too_many, "too many requests from this address had no account", "try again in a minute");
  }
  const auto token = bearer_token(asked.authorization);
  std::optional<Account> account;
  if (!token.empty())
    account = accounts_->holder_of(token, now_s);
  else if (asked.authorization.empty() && !asked.certificate_name.empty())
    account = accounts_->find(asked.certificate_name);
  if (!account) {
    note_failure(asked.address, now);
    return refuse(http_unauthorized, token.empty() ? "who asks is not known" : "the token is none, or has expired",
                  "send `Authorization: Bearer TOKEN`; `sluice accounts token NAME` makes one", true);
  }
  if (!takes_turn(account->name, now)) {
    ++counts_.held_back;
    return refuse(http_too_many, "the account asks too often", "50 requests a second at most");
  }
  return Principal{account->name, token.empty() ? Proof::certificate : Proof::token, account->roles, account->groups,
                   asked.address};
}

GateCounts Gate::counts() const {
  const std::lock_guard lock{mutex_};
  return counts_;
}

}  // namespace sluice
