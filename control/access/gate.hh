// Lets those in who have an account, and holds back who asks too often or guesses.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "control/access/account_list.hh"
#include "control/access/principal.hh"

namespace sluice {

struct GateCounts {
  std::uint64_t refused = 0;    // without a token, or with one that is none
  std::uint64_t held_back = 0;  // that came too often
};

class Gate {
 public:
  using Clock = std::chrono::steady_clock;
  // Requests of one account: so many at once, so many a second for longer.
  static constexpr double burst = 200, rate = 50;
  // Of one address that failed so often, nothing is looked at until a minute is over.
  static constexpr std::uint32_t failure_limit = 10;
  static constexpr auto failure_time = std::chrono::minutes{1};
  static constexpr std::size_t address_limit = 4096;  // that are remembered

  struct Asked {
    std::string address;
    std::string_view authorization;  // the header
    std::string certificate_name;  // common name of the client's certificate, which was verified; empty: there is none
  };
  struct Refusal {
    int status = 0;
    std::string error, remedy;
    bool is_guess = false;  // of a token; worth a line in the audit
  };

  explicit Gate(AccountList& accounts) : accounts_(&accounts) {}

  [[nodiscard]] tl::expected<Principal, Refusal> admit(const Asked& asked, Clock::time_point now, std::int64_t now_s);
  [[nodiscard]] GateCounts counts() const;

 private:
  struct Bucket {
    double tokens = burst;
    Clock::time_point at{};
  };
  struct Failures {
    std::uint32_t count = 0;
    Clock::time_point until{};
  };
  [[nodiscard]] bool is_held_back(const std::string& address, Clock::time_point now);
  void note_failure(const std::string& address, Clock::time_point now);
  [[nodiscard]] bool takes_turn(const std::string& name, Clock::time_point now);

  AccountList* accounts_;
  mutable std::mutex mutex_;  // of what follows
  std::map<std::string, Bucket, std::less<>> buckets_;
  std::map<std::string, Failures, std::less<>> failures_;
  GateCounts counts_;
};

}  // namespace sluice
