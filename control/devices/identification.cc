#include "control/devices/identification.hh"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "control/devices/vote_text.hh"

namespace sluice {
namespace {

// Facts that come from the same place and are not two witnesses.
enum class Origin : std::uint8_t { dhcp, push, user_agent, asked_names, local_service, host_name, ja4, hardware };

Origin origin_of(FactKind kind) {
  switch (kind) {
    case FactKind::push_model:
    case FactKind::push_build: return Origin::push;
    case FactKind::dhcp_vendor_class:
    case FactKind::dhcp_parameters: return Origin::dhcp;
    case FactKind::user_agent: return Origin::user_agent;
    case FactKind::connectivity_check:
    case FactKind::name: return Origin::asked_names;
    case FactKind::mdns_model:
    case FactKind::ssdp_server: return Origin::local_service;
    case FactKind::dhcp_host_name:
    case FactKind::mdns_host_name: return Origin::host_name;
    case FactKind::ja4: return Origin::ja4;
    case FactKind::hardware_address: break;
  }
  return Origin::hardware;
}

// What a vote of that rung is worth alone.
Certainty worth_of(int weight) {
  if (weight >= rung::push) return Certainty::high;
  if (weight >= rung::local_service) return Certainty::medium;
  return weight > 0 ? Certainty::low : Certainty::none;
}

Certainty raised(Certainty certainty) { return static_cast<Certainty>(static_cast<int>(certainty) + 1); }
Certainty lowered(Certainty certainty) {
  return certainty > Certainty::low ? static_cast<Certainty>(static_cast<int>(certainty) - 1) : certainty;
}

// The numbers in a text, so that "Android 9" comes before "Android 12".
std::vector<unsigned long> numbers_in(const std::string& text) {
  std::vector<unsigned long> numbers;
  bool goes_on = false;
  for (const auto c : text) {
    if (is_digit(c)) {
      if (!goes_on) numbers.push_back(0);
      numbers.back() = numbers.back() * 10 + static_cast<unsigned long>(c - '0');
    }
    goes_on = is_digit(c);
  }
  return numbers;
}

using Common = std::string (*)(std::string_view, std::string_view);

// One thing that votes speak of: who said what, from where, and how strongly.
class Question {
 public:
  explicit Question(Common common) : common_(common) {}

  void add(const std::string& said, const Vote& vote) {
    if (said.empty() || vote.weight <= 0) return;
    auto& best = answers_[said][origin_of(vote.from)];
    best = std::max(best, vote.weight);
  }

  // The answer of the highest rung; of several there the one that most origins bear out, then the later version. What
  // others say more exactly without denying it makes it more exact.
  [[nodiscard]] std::string answer() const {
    std::vector<std::tuple<int, std::size_t, std::vector<unsigned long>, std::string>> order;
    for (const auto& [said, origins] : answers_)
      order.emplace_back(weight_of(origins), supporters(said).size(), numbers_in(said), said);
    std::sort(order.begin(), order.end(), std::greater<>{});
    std::string answer;
    for (const auto& [weight, origins, numbers, said] : order)
      if (auto both = common_(answer, said); !both.empty()) answer = std::move(both);
    return answer;
  }

  // README.md, "The ladder".
  [[nodiscard]] Certainty certainty_of(const std::string& answer) const {
    const auto origins = supporters(answer);
    if (answer.empty() || origins.empty()) return Certainty::none;
    std::vector<int> weights;
    for (const auto& [origin, weight] : origins) weights.push_back(weight);
    std::sort(weights.begin(), weights.end(), std::greater<>{});
    const auto worth = worth_of(weights.front());
    const auto denial = strongest_denial(answer);
    if (denial >= weights.front()) return lowered(worth);
    const bool has_second =
        weights.size() > 1 && (worth == Certainty::low || worth_of(weights[1]) >= Certainty::medium);
    return has_second && worth < Certainty::high && worth_of(denial) < worth ? raised(worth) : worth;
  }

  // Whether votes that a device casts in earnest exclude each other.
  [[nodiscard]] bool contradicts() const {
    for (const auto& [one, its] : answers_)
      for (const auto& [other, theirs] : answers_)
        if (worth_of(std::min(weight_of(its), weight_of(theirs))) == Certainty::high && common_(one, other).empty())
          return true;
    return false;
  }

 private:
  using Origins = std::map<Origin, int>;

  static int weight_of(const Origins& origins) {
    int weight = 0;
    for (const auto& [origin, its] : origins) weight = std::max(weight, its);
    return weight;
  }

  // From where the answer is borne out, and how strongly.
  [[nodiscard]] Origins supporters(const std::string& answer) const {
    Origins all;
    for (const auto& [said, origins] : answers_) {
      if (common_(answer, said).empty()) continue;
      for (const auto& [origin, weight] : origins) all[origin] = std::max(all[origin], weight);
    }
    return all;
  }

  [[nodiscard]] int strongest_denial(const std::string& answer) const {
    int strongest = 0;
    for (const auto& [said, origins] : answers_)
      if (common_(answer, said).empty()) strongest = std::max(strongest, weight_of(origins));
    return strongest;
  }

  Common common_;
  std::map<std::string, Origins> answers_;
};

std::string common_family(std::string_view one, std::string_view other) {
  return common_system(system_family(one), system_family(other));
}

// Builds are as they are: none is the other, only more exact.
std::string common_build(std::string_view one, std::string_view other) {
  if (one.empty() || one == other) return std::string{other};
  return other.empty() ? std::string{one} : std::string{};
}

}  // namespace

std::string_view text_of(Certainty certainty) noexcept {
  constexpr std::array<std::string_view, 4> texts{"none", "low", "medium", "high"};
  return texts[static_cast<std::size_t>(certainty)];
}

Identification identify(std::span<const Vote> votes) {
  Question vendor{common_vendor};
  Question every_model{common_model};
  Question every_family{common_family};
  for (const auto& vote : votes) {
    vendor.add(vote.vendor, vote);
    every_model.add(vote.model, vote);
    every_family.add(vote.os, vote);
  }
  Identification result;
  result.vendor = vendor.answer();
  // A model, a system and a build are of the maker that is named: what says them of another is another device's.
  const auto is_of_maker = [&](const Vote& vote) {
    return result.vendor.empty() || vote.vendor.empty() || !common_vendor(result.vendor, vote.vendor).empty();
  };
  Question model{common_model};
  Question system{common_system};
  Question family{common_family};
  for (const auto& vote : votes) {
    if (!is_of_maker(vote)) continue;
    model.add(vote.model, vote);
    system.add(vote.os, vote);
    family.add(vote.os, vote);
  }
  result.model = model.answer();
  result.os = system.answer();
  Question build{common_build};
  for (const auto& vote : votes)
    if (is_of_maker(vote) && (vote.model.empty() || !common_model(result.model, vote.model).empty()))
      build.add(vote.build, vote);
  result.build = build.answer();
  result.model_certainty = model.certainty_of(result.model);
  result.os_certainty = family.certainty_of(result.os);
  result.certainty = result.vendor.empty() ? result.os_certainty : vendor.certainty_of(result.vendor);
  result.contradicts = vendor.contradicts() || every_model.contradicts() || every_family.contradicts();
  if (result.contradicts)
    for (auto* certainty : {&result.certainty, &result.model_certainty, &result.os_certainty})
      *certainty = lowered(*certainty);
  return result;
}

}  // namespace sluice
