#include "control/vantage/vantage_judge.hh"

#include <algorithm>
#include <iterator>

namespace sluice {
namespace {

// Signs that it takes, and how many times those to the contrary.
constexpr std::uint64_t found_signs = 10;
constexpr std::uint64_t not_found_signs = 5;
constexpr std::uint64_t setup_signs = 3;
constexpr std::uint64_t majority = 9;
constexpr std::uint64_t public_majority = 3;
constexpr std::uint64_t unheard_majority = 100;
// Leases last for hours or days, and devices ask again at half of that.
constexpr std::uint64_t dhcp_devices = 3;
constexpr auto dhcp_patience = std::chrono::hours{1};
constexpr std::uint64_t dhcp_device_seconds = 250 * 3600;

std::uint64_t dhcp_messages(const Wiring& signs) noexcept {
  return signs[WiringSign::client_inside] + signs[WiringSign::client_outside] + signs[WiringSign::server_inside] +
         signs[WiringSign::server_outside] + signs[WiringSign::dhcp_other];
}

}  // namespace

// Another data plane may be wired otherwise; what is known of devices stays.
void VantageJudge::begin_anew(const VantageSample& sample) {
  samples_.clear();
  std::vector<VantageJudgement> begun;
  for (const auto& pair : sample.pairs)
    for (const auto condition : {VantageCondition::ports_swapped, VantageCondition::one_direction_only})
      begun.push_back({condition, pair.name, VantageState::not_known, sample.wall, false, {}, {}});
  for (const auto condition :
       {VantageCondition::no_dhcp, VantageCondition::nat_suspected, VantageCondition::router_between}) {
    const auto known = std::find_if(judgements_.begin(), judgements_.end(),
                                    [&](const auto& judgement) { return judgement.condition == condition; });
    if (known != judgements_.end())
      begun.push_back(*known);
    else
      begun.push_back({condition, {}, VantageState::not_known, sample.wall, false, {}, {}});
  }
  judgements_ = std::move(begun);
  signs_.assign(judgements_.size(), sample.time);
}

void VantageJudge::take(VantageSample sample) {
  const auto is_as = [&](const VantageSample& last) {
    return last.epoch == sample.epoch &&
           std::equal(last.pairs.begin(), last.pairs.end(), sample.pairs.begin(), sample.pairs.end(),
                      [](const auto& one, const auto& other) { return one.name == other.name; });
  };
  if (samples_.empty() || !is_as(samples_.back())) begin_anew(sample);
  samples_.push_back(std::move(sample));
  const auto& now = samples_.back();
  while (now.time - samples_.front().time > setup_window) samples_.pop_front();
  const auto by_devices = [&](VantageJudgement& judgement, std::uint64_t count, const std::vector<std::string>& ids) {
    if (count == 0) return now.devices.known == 0 ? Evidence::none : Evidence::against;
    judgement.figures = {{"devices", count}, {"of", now.devices.known}};
    judgement.devices = ids;
    return Evidence::in_favour;
  };
  for (std::size_t i = 0; i < judgements_.size(); ++i) {
    auto& judgement = judgements_[i];
    const auto evidence = [&] {
      switch (judgement.condition) {
        case VantageCondition::ports_swapped: return swapped(judgement, i / 2);
        case VantageCondition::one_direction_only: return one_direction(judgement, i / 2, signs_[i]);
        case VantageCondition::no_dhcp: return without_dhcp(judgement);
        case VantageCondition::nat_suspected:
          return by_devices(judgement, now.devices.several, now.devices.several_ids);
        case VantageCondition::router_between: return by_devices(judgement, now.devices.routed, now.devices.routed_ids);
      }
      return Evidence::none;
    }();
    settle(judgement, signs_[i], evidence);
  }
}

void VantageJudge::settle(VantageJudgement& judgement, Time& sign, Evidence evidence) {
  const auto& now = samples_.back();
  auto state = judgement.state;
  if (evidence != Evidence::none) {
    sign = now.time;
    state = evidence == Evidence::in_favour ? VantageState::found : VantageState::not_found;
  } else if (state == VantageState::not_found && now.time - sign >= memory) {
    state = VantageState::not_known;
  }
  if (state == judgement.state) return;
  judgement.state = state;
  judgement.since = now.wall;
  if (state == VantageState::found) return;
  judgement.figures.clear();
  judgement.devices.clear();
}

// The last sample that is not younger; where all are, the first.
const VantageSample& VantageJudge::since(Time begin) const {
  const auto younger =
      std::find_if(samples_.begin(), samples_.end(), [&](const auto& sample) { return sample.time > begin; });
  return younger == samples_.begin() ? samples_.front() : *std::prev(younger);
}

// A counter that was read as it stood before (of a worker that died) does not go down; garbage may.
Wiring VantageJudge::grown(std::size_t pair, Time begin) const {
  const auto& before = since(begin).pairs[pair].signs.values;
  Wiring grown = samples_.back().pairs[pair].signs;
  for (std::size_t i = 0; i < before.size(); ++i)
    grown.values[i] = grown.values[i] >= before[i] ? grown.values[i] - before[i] : 0;
  return grown;
}

VantageJudge::Evidence VantageJudge::swapped(VantageJudgement& judgement, std::size_t pair) const {
  const auto now = samples_.back().time;
  const auto flows = grown(pair, now - window);
  const auto setup = grown(pair, now - setup_window);
  const auto wrong = flows[WiringSign::private_outside];
  const auto right = flows[WiringSign::private_inside];
  const auto answered_wrong = setup[WiringSign::server_inside] + setup[WiringSign::router_inside];
  const auto answered_right = setup[WiringSign::server_outside] + setup[WiringSign::router_outside];
  const auto setup_wrong = setup[WiringSign::client_outside] + answered_wrong;
  const auto setup_right = setup[WiringSign::client_inside] + answered_right;
  const bool by_addresses = wrong >= found_signs && wrong >= majority * right &&
                            wrong >= public_majority * flows[WiringSign::public_pair] && setup_wrong >= setup_right;
  const bool by_setup = setup[WiringSign::client_outside] >= setup_signs && answered_wrong >= setup_signs &&
                        setup_right == 0 && right == 0;
  if (by_addresses || by_setup) {
    judgement.figures = {{"begun_outside", wrong},
                         {"begun_inside", right},
                         {"between_public", flows[WiringSign::public_pair]},
                         {"setup_as_if_swapped", setup_wrong},
                         {"setup_as_it_should_be", setup_right}};
    return Evidence::in_favour;
  }
  if (right >= not_found_signs && right >= majority * wrong) return Evidence::against;
  const bool set_up_well = setup[WiringSign::client_inside] != 0 && answered_right != 0 && setup_wrong == 0;
  return set_up_well && wrong == 0 ? Evidence::against : Evidence::none;
}

VantageJudge::Evidence VantageJudge::one_direction(VantageJudgement& judgement, std::size_t pair, Time sign) const {
  const auto& now = samples_.back();
  const auto flows = grown(pair, now.time - window);
  const auto inside = flows[WiringSign::unheard_inside];
  const auto outside = flows[WiringSign::unheard_outside];
  const auto both = flows[WiringSign::connected];
  const auto unheard = std::max(inside, outside);
  const bool goes_past = unheard >= found_signs && unheard >= unheard_majority * (std::min(inside, outside) + both);
  const auto lately = grown(pair, now.time - silence);
  const auto asked = lately[WiringSign::asked];
  const auto& before = since(now.time - silence);
  const bool is_silent = now.time - before.time >= silence && asked >= found_signs &&
                         lately[WiringSign::connected] == 0 &&  // a mirror port has both directions
                         now.pairs[pair].received_outside == before.pairs[pair].received_outside;
  if (goes_past || is_silent) {
    judgement.silent_inside = goes_past && inside > outside;
    judgement.figures = {{"one_end_heard", unheard}, {"both_ends_heard", both}};
    if (is_silent) judgement.figures.emplace_back("begun_while_nothing_came_in", asked);
    return Evidence::in_favour;
  }
  // What was heard before it was found says nothing of now.
  const bool is_found = judgement.state == VantageState::found;
  const auto heard = grown(pair, is_found ? std::max(sign, now.time - window) : now.time - window);
  const auto both_since = heard[WiringSign::connected];
  const auto one_since = heard[WiringSign::unheard_inside] + heard[WiringSign::unheard_outside];
  return both_since >= not_found_signs && both_since > one_since ? Evidence::against : Evidence::none;
}

VantageJudge::Evidence VantageJudge::without_dhcp(VantageJudgement& judgement) {
  const auto& now = samples_.back();
  const bool is_first = samples_.size() == 1;
  std::uint64_t messages = 0;
  for (std::size_t pair = 0; pair < now.pairs.size(); ++pair)
    messages += dhcp_messages(is_first ? now.pairs[pair].signs : grown(pair, samples_[samples_.size() - 2].time));
  if (messages != 0) {
    quiet_ = {};
    quiet_device_seconds_ = 0;
    return Evidence::against;
  }
  if (is_first) return Evidence::none;
  const auto step = std::chrono::duration_cast<std::chrono::seconds>(now.time - samples_[samples_.size() - 2].time);
  quiet_ += step;
  quiet_device_seconds_ += static_cast<std::uint64_t>(step.count()) * now.devices.present;
  if (now.devices.present < dhcp_devices || quiet_ < dhcp_patience || quiet_device_seconds_ < dhcp_device_seconds)
    return Evidence::none;
  judgement.figures = {{"devices", now.devices.present},
                       {"minutes", static_cast<std::uint64_t>(quiet_.count()) / 60},
                       {"device_hours", quiet_device_seconds_ / 3600}};
  return Evidence::in_favour;
}

}  // namespace sluice
