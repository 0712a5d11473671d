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

std::vector<std::string_view> Device::several() const {
  std::vector<std::string_view> reasons;
  if (identification.contradicts) reasons.emplace_back("contradicting-votes");
  // A phone that was set up anew has another id from then on, and the old one no more.
  std::vector<std::pair<std::int64_t, std::int64_t>> times;
  for (const auto& link : links)
    if (link.kind == LinkKind::push_id) times.emplace_back(link.first_ns, link.last_ns);
  std::sort(times.begin(), times.end());
  for (std::size_t i = 1; i < times.size(); ++i)
    if (times[i].first < times[i - 1].second) {
      reasons.emplace_back("several-push-ids");
      break;
    }
  constexpr std::uint8_t both = 3;
  if (systems == both) reasons.emplace_back("several-systems");
  return reasons;
}

// What systems start with; 255 is what neighbours speak to each other with, small ones stay on the link or look for a
// way.
bool Device::note_hop_limit(std::uint8_t limit) noexcept {
  constexpr std::uint8_t routers = 8;  // behind more of them nobody is inside
  const auto before = std::pair{systems, distance};
  std::uint8_t bit = 1;
  for (const std::uint8_t start : {64, 128}) {
    if (limit <= start && limit > start - routers) {
      systems = static_cast<std::uint8_t>(systems | bit);
      distance = std::max(distance, static_cast<std::uint8_t>(start - limit));
    }
    bit = static_cast<std::uint8_t>(bit << 1U);
  }
  return before != std::pair{systems, distance};
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
  systems = static_cast<std::uint8_t>(systems | other.systems);
  distance = std::max(distance, other.distance);
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
