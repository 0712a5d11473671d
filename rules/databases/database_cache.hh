// Compiled databases kept on disk, so that a restart need not compile what it compiled before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/databases/databases.hh"

namespace sluice {

// Since the cache was opened.
struct DatabaseCacheCounters {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;   // damaged ones included
  std::uint64_t damaged = 0;  // entries that were removed because they were not what they should have been
  std::uint64_t stored = 0;
  std::uint64_t unstored = 0;  // what could not be kept; failure() says why
  std::uint64_t evicted = 0;   // removed to stay below the limit
};

// One file an entry (mode 0600) in a directory of its own (mode 0700): nobody else may write what Hyperscan will run,
// so entries and directories that another user owns or may write to are not used. Several processes may share it.
class DatabaseCache {
 public:
  // Touches nothing yet. `byte_limit` bounds the sum of all entries.
  DatabaseCache(std::string directory, std::uint64_t byte_limit);

  // The databases of just these patterns, whatever else is in the ruleset, for the Hyperscan and the CPU of this
  // process.
  [[nodiscard]] std::optional<Databases> find(std::string_view prefilter_digest);
  // Makes the directory where there is none; replaces the entry whole or not at all; removes what was used longest ago
  // until the limit is kept. That it failed costs time at the next start and nothing else: see counters().
  void store(const Databases& databases);

  [[nodiscard]] const DatabaseCacheCounters& counters() const noexcept { return counters_; }
  // Why the last entry could not be kept; empty where none failed.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

 private:
  void evict();
  void not_kept(std::string why);

  std::string directory_;
  std::uint64_t byte_limit_;
  DatabaseCacheCounters counters_;
  std::string failure_;
};

}  // namespace sluice
