// The packs that were pushed, and the sets that they stood in: kept on disk, so that a push can be taken back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/tap/tap_client.hh"
#include "rules/pack/pack.hh"

namespace sluice {

// One pack that was pushed.
struct KeptPack {
  std::string digest;
  std::string name;
  std::string channel;
  std::uint64_t sequence = 0;
  std::int64_t expires_ns = 0;  // 0 = never
  std::int64_t pushed_ns = 0;   // since 1970; first time
};

// One set of packs that was live.
struct KeptSet {
  std::uint64_t number = 0;  // counts up
  std::int64_t when_ns = 0;
  std::string cause;  // "before" (what ran before the first push), "push", "rollback"
  std::string ruleset_digest;
  std::vector<std::string> packs;       // digests
  std::optional<std::uint64_t> before;  // the set that a rollback goes to
  SignedManifest manifest{};            // that the packs came with; empty: none
  bool allow_rollback = false;          // an operator let it be older than what was live
};

class PackHistory {
 public:
  static constexpr std::size_t set_limit = 16;  // sets that are kept, and the packs in them

  // The folder is made with the first push. Where what lies there cannot be understood it is put aside, and the error
  // is in `complaint`.
  explicit PackHistory(std::string directory);

  [[nodiscard]] const std::string& complaint() const noexcept { return complaint_; }
  [[nodiscard]] const std::vector<KeptPack>& packs() const noexcept { return packs_; }
  [[nodiscard]] const std::vector<KeptSet>& sets() const noexcept { return sets_; }
  [[nodiscard]] const KeptSet* latest() const noexcept { return sets_.empty() ? nullptr : &sets_.back(); }
  [[nodiscard]] const KeptSet* set(std::uint64_t number) const noexcept;

  // Nothing where it is not kept; an error where its file is gone or altered.
  [[nodiscard]] tl::expected<std::optional<SignedPack>, std::string> pack(const std::string& digest) const;
  [[nodiscard]] tl::expected<void, std::string> keep(const SignedPack& pack, const PackInfo& info, std::int64_t now_ns);
  // Numbers the set and forgets those beyond the limit, with the packs that stand in none.
  [[nodiscard]] tl::expected<void, std::string> add(KeptSet set);

 private:
  [[nodiscard]] tl::expected<void, std::string> load();
  [[nodiscard]] tl::expected<void, std::string> save() const;
  [[nodiscard]] std::string path(const std::string& digest, const char* ending) const;

  std::string directory_;
  std::string complaint_;
  std::vector<KeptPack> packs_;
  std::vector<KeptSet> sets_;
};

}  // namespace sluice
