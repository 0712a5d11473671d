// What the API answers, as JSON. control/README.md lists the keys.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "control/api/pushes.hh"
#include "control/rollout/rollout_status.hh"
#include "control/store/store_desk.hh"
#include "control/tap/event_loop.hh"
#include "control/tap/tap_commands.hh"

namespace sluice {

// Who answers.
struct ControlFacts {
  std::string version;
  std::string tap_id;
  std::string site;
  std::string eve_file;         // empty: none
  std::int64_t started_ns = 0;  // since 1970
};

using TapAnswer = tl::expected<TapStatus, TapFailure>;

[[nodiscard]] nlohmann::ordered_json status_document(const ControlFacts& facts, const LoopStatus& loop,
                                                     const TapAnswer& tap, const RolloutStatus& rollout);
// {"guard_up", "holder", "since", "order", "order_user", "takeovers"}
[[nodiscard]] nlohmann::ordered_json bypass_document(const GuardStatus& guard);
[[nodiscard]] nlohmann::ordered_json packs_document(const Pushes::History& history, const TapAnswer& tap);
[[nodiscard]] nlohmann::ordered_json push_document(const PushDone& done, bool dry_run);
[[nodiscard]] nlohmann::ordered_json reload_document(const ReloadResult& result);
// {"findings", "bytes", "bytes_limit", "unwritten", "failing", "reason"}
[[nodiscard]] nlohmann::ordered_json store_document(const StoreStatus& store);
// {"error": "...", "remedy": "..."}
[[nodiscard]] nlohmann::ordered_json error_document(const std::string& error, const std::string& remedy);

}  // namespace sluice
