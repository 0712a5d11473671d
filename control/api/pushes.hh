// Pushes and rollbacks: one at a time, each the whole set of packs that is to be live.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "control/api/pack_history.hh"
#include "control/tap/tap_commands.hh"

namespace sluice {

enum class PushResult : std::uint8_t {
  accepted,      // the pushed pack is live
  rolled_back,   // the set before the last push is live again
  checked,       // a dry run found nothing wrong
  refused,       // by the data plane, or here
  unreachable,   // no data plane
  already_live,  // nothing was to be done
  reverted,      // the set before is live again, since the push did harm or its trial failed
};
constexpr std::array<std::string_view, 7> push_result_names{"accepted",    "rolled_back",  "checked", "refused",
                                                            "unreachable", "already_live", "reverted"};
using PushCounts = std::array<std::uint64_t, push_result_names.size()>;

struct PushFailure {
  enum class Kind : std::uint8_t { busy, refused, unreachable, failed };
  Kind kind{};
  std::string error;
  std::string remedy;
};

struct PushOptions {
  bool allow_rollback = false;  // take a lower sequence than the live pack's
  bool dry_run = false;         // check everything and change nothing
  bool only = false;            // the set is this pack alone
  bool unless_live = false;     // what is live already is not made live again
};

// The packs of both sets, as they were signed. They live as long as the call that shows them.
struct SetChange {
  std::vector<std::span<const std::uint8_t>> before;  // empty where they are not all known
  std::vector<std::span<const std::uint8_t>> after;
};
// Called when everything is known and nothing was changed, and not in a dry run: an error refuses the push.
using BeforeLive = std::function<tl::expected<void, PushFailure>(const SetChange& change)>;

struct PushDone {
  PublishResult published;
  std::vector<PackInfo> set;  // what is live now (or would be); of packs that are not kept here only the name
  std::string warning;        // it is live, and something beside it went wrong
  bool already_live = false;  // and nothing was changed
};

class Pushes {
 public:
  // `configured`: the files of rules.packs, with which a data plane starts that was never pushed to.
  Pushes(TapCommands tap, std::string state_directory, std::vector<std::string> configured);

  [[nodiscard]] tl::expected<PushDone, PushFailure> push(const SignedPack& pack, const PushOptions& options,
                                                         const BeforeLive& before_live = {});
  // All packs of the manifest, and no other one, become the set at once; those that are live or kept here need not be
  // sent. `only` means nothing.
  [[nodiscard]] tl::expected<PushDone, PushFailure> push_ruleset(const SignedManifest& manifest,
                                                                 const std::vector<SignedPack>& packs,
                                                                 const PushOptions& options,
                                                                 const BeforeLive& before_live = {});
  [[nodiscard]] tl::expected<PushDone, PushFailure> rollback(bool dry_run);
  // The same, not at an operator's wish: `cause` is written down in the place of "rollback".
  [[nodiscard]] tl::expected<PushDone, PushFailure> revert(const char* cause);

  struct History {
    std::vector<KeptPack> packs;
    std::vector<KeptSet> sets;
  };
  [[nodiscard]] History history();
  // Of the pushes since then (since 1970) that are kept with what was live before, the oldest first.
  struct PastChange {
    std::int64_t when_ns = 0;
    std::vector<SignedPack> before;
    std::vector<SignedPack> after;
  };
  [[nodiscard]] std::vector<PastChange> changes_since(std::int64_t when_ns);
  [[nodiscard]] PushCounts counts() const noexcept;
  [[nodiscard]] const std::string& complaint() const noexcept { return history_.complaint(); }

 private:
  struct Member {
    std::string digest;
    PackInfo info;
    SignedPack pack;
  };
  using Members = tl::expected<std::vector<Member>, PushFailure>;

  [[nodiscard]] tl::expected<PushDone, PushFailure> pushed(const SignedPack& pack, const PushOptions& options,
                                                           const BeforeLive& before_live);
  [[nodiscard]] tl::expected<PushDone, PushFailure> counted(PushDone live);
  // Nothing where one of these is not live, or another one is, too, where `no_others`.
  [[nodiscard]] std::optional<PushDone> all_live(const std::vector<std::string>& digests, bool no_others) const;
  [[nodiscard]] Members members_of(const SignedManifest& manifest, const std::vector<SignedPack>& packs) const;
  // Makes the set live, and writes it down beside the one before it.
  [[nodiscard]] tl::expected<PushDone, PushFailure> go_live(const std::vector<Member>& set, const Members& before,
                                                            const SignedManifest& manifest, const PushOptions& options,
                                                            const BeforeLive& before_live);
  [[nodiscard]] tl::expected<PushDone, PushFailure> rolled_back(bool dry_run, const char* cause);
  // Packs that are live now, but for the one of that name.
  [[nodiscard]] Members live_without(const std::string& name) const;
  [[nodiscard]] tl::expected<Member, std::string> find(const std::string& digest) const;
  [[nodiscard]] tl::expected<PublishResult, PushFailure> publish(const std::vector<Member>& set,
                                                                 const SignedManifest& manifest, bool allow_rollback,
                                                                 bool dry_run) const;
  [[nodiscard]] std::string record(const std::vector<Member>& set, KeptSet kept);
  void count(const tl::expected<PushDone, PushFailure>& done, bool dry_run, PushResult good) noexcept;

  TapCommands tap_;
  std::vector<std::string> configured_;
  std::mutex mutex_;  // held for a whole push
  std::mutex history_mutex_;
  PackHistory history_;
  std::array<std::atomic<std::uint64_t>, push_result_names.size()> counts_{};
};

}  // namespace sluice
