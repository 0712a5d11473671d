#include "control/rollout/rollout_status.hh"

#include <fmt/format.h>

#include "control/text/safe_text.hh"
#include "control/text/timestamp.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

Json moment(std::int64_t since_epoch_ns) {
  if (since_epoch_ns == 0) return nullptr;
  return timestamp_text(tick_from_nanoseconds(since_epoch_ns));
}

}  // namespace

Json rollout_document(const RolloutStatus& status) {
  Json held = Json::array();
  for (const auto& rule : status.held)
    held.push_back({{"rule", rule.rule},
                    {"cause", text_of(rule.cause)},
                    {"since", moment(rule.since_ns)},
                    {"blocks", rule.counts.blocks},
                    {"flows", rule.counts.flows},
                    {"devices", rule.counts.devices}});
  Json document = {{"held", std::move(held)},
                   {"watch",
                    {{"number", status.watch.number},
                     {"state", watch_states[static_cast<std::size_t>(status.watch.state)]},
                     {"reason", stored_text(status.watch.reason)},
                     {"since", moment(status.watch.since_ns)},
                     {"until", moment(status.watch.until_ns)}}},
                   {"trial", nullptr},
                   {"promoted", status.promoted},
                   {"withdrawn", status.withdrawn},
                   {"fuse_trips", status.fuse_trips}};
  if (const auto& trial = status.trial)
    document["trial"] = {{"promote_if", trial->condition},   {"since", moment(trial->since_ns)},
                         {"until", moment(trial->until_ns)}, {"rules", trial->rules},
                         {"blocks", trial->counts.blocks},   {"flows", trial->counts.flows},
                         {"devices", trial->counts.devices}};
  if (!status.complaint.empty()) document["complaint"] = stored_text(status.complaint);
  return document;
}

std::vector<std::string> rollout_notices(const RolloutStatus& status) {
  std::vector<std::string> notices;
  std::size_t by_fuse = 0;
  for (const auto& rule : status.held) by_fuse += rule.cause == HoldCause::fuse ? 1 : 0;
  if (by_fuse != 0)
    notices.push_back(fmt::format(
        "fuse: {} new rules blocked too much and are held: they raise alarms and block nothing (`sluice fuse list`)",
        by_fuse));
  if (status.trial)
    notices.push_back(fmt::format("trial: the new rules of the last push block nothing until {}; promoted if {}",
                                  timestamp_text(tick_from_nanoseconds(status.trial->until_ns)),
                                  status.trial->condition));
  if (!status.complaint.empty()) notices.push_back(status.complaint);
  return notices;
}

}  // namespace sluice
