#include "control/devices/device.hh"

#include <algorithm>
#include <utility>

namespace sluice {

bool Device::add(const Vote& vote, std::int64_t now_ns) {
  const auto found = std::find_if(votes.begin(), votes.end(), [&](const auto& seen) { return seen.vote == vote; });
  if (found != votes.end()) {
    ++found->count;
    found->last_ns = std::max(found->last_ns, now_ns);
    return false;
  }
  // A device that says something else each time pushes out what it said long ago, not what weighs most.
  if (votes.size() >= vote_limit)
    votes.erase(std::min_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) {
      return std::pair{a.vote.weight, a.last_ns} < std::pair{b.vote.weight, b.last_ns};
    }));
  votes.push_back({vote, 1, now_ns, now_ns});
  judge();
  return true;
}

SeenLink* Device::find(LinkKind kind, const IdentifierDigest& digest) noexcept {
  const auto found = std::find_if(links.begin(), links.end(),
                                  [&](const auto& link) { return link.kind == kind && link.digest == digest; });
  return found == links.end() ? nullptr : &*found;
}

void Device::take(Device&& other) {
  for (auto& link : other.links) {
    if (auto* const known = find(link.kind, link.digest); known != nullptr) {
      known->first_ns = std::min(known->first_ns, link.first_ns);
      known->last_ns = std::max(known->last_ns, link.last_ns);
    } else if (links.size() < link_limit) {
      links.push_back(std::move(link));
    }
  }
  for (auto& seen : other.votes) {
    const auto known = std::find_if(votes.begin(), votes.end(), [&](const auto& own) { return own.vote == seen.vote; });
    if (known == votes.end()) {
      if (votes.size() < vote_limit) votes.push_back(std::move(seen));
      continue;
    }
    known->count += seen.count;
    known->first_ns = std::min(known->first_ns, seen.first_ns);
    known->last_ns = std::max(known->last_ns, seen.last_ns);
  }
  if (name.empty()) name = std::move(other.name);
  if (group.empty()) group = std::move(other.group);
  if (other.place && (!place || other.last_ns > last_ns)) place = other.place;
  forwards = forwards || other.forwards;
  first_ns = std::min(first_ns, other.first_ns);
  last_ns = std::max(last_ns, other.last_ns);
  judge();
}

void Device::judge() {
  std::vector<Vote> cast;
  cast.reserve(votes.size());
  for (const auto& seen : votes) cast.push_back(seen.vote);
  identification = identify(cast);
}

}  // namespace sluice
