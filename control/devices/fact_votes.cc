#include "control/devices/vote.hh"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "control/devices/row_vote.hh"
#include "control/devices/user_agent_vote.hh"

namespace sluice {
namespace {

using Votes = std::vector<Vote>;

Votes votes_with(std::optional<Vote> vote) {
  Votes votes;
  if (vote) votes.push_back(std::move(*vote));
  return votes;
}

// The frames of a push protocol name an API level of Android: whatever sends them runs it.
Votes of_android(Votes votes) {
  for (auto& vote : votes)
    if (vote.os.empty()) vote.os = "Android";
  return votes;
}

Votes build_votes(const DeviceFact& fact, const VendorTable& vendors) {
  const auto build = vote_text(fact.value);
  if (build.empty()) return {};
  auto vote = row_vote(vendors, PatternKind::build, build, fact.kind, rung::push)
                  .value_or(Vote{fact.kind, {}, {}, {}, {}, rung::push, std::string{text_of(fact.kind)}});
  vote.build = build;
  return votes_with(std::move(vote));
}

// The model that a vendor class names may be one whose maker is known more exactly.
Votes dhcp_class_votes(std::string_view text, const VendorTable& vendors) {
  auto votes =
      votes_with(row_vote(vendors, PatternKind::dhcp_vendor_class, text, FactKind::dhcp_vendor_class, rung::dhcp));
  if (votes.empty() || votes.front().model.empty()) return votes;
  auto model = model_vote(vendors, votes.front().model, FactKind::dhcp_vendor_class, rung::dhcp);
  if (model && !model->vendor.empty()) votes.push_back(std::move(*model));
  return votes;
}

// Option 55 as the table has it: "1,3,6,15".
std::string numbers_of(std::string_view bytes) {
  std::string numbers;
  for (const auto byte : bytes) {
    if (!numbers.empty()) numbers += ',';
    numbers += std::to_string(static_cast<unsigned char>(byte));
  }
  return numbers;
}

std::string_view first_label(std::string_view name) { return name.substr(0, name.find('.')); }

std::string_view without_last_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

// "connect.rom.miui.com" of "connect.rom.miui.com:80/generate_204".
std::string_view host_of(std::string_view asked) {
  return without_last_dot(asked.substr(0, asked.find_first_of(":/?")));
}

Votes hardware_votes(std::string_view bytes, const VendorTable& vendors, const OuiTable* oui) {
  HardwareAddress address{};
  if (oui == nullptr || bytes.size() != address.size()) return {};
  std::transform(bytes.begin(), bytes.end(), address.begin(),
                 [](char byte) { return static_cast<std::uint8_t>(byte); });
  const auto organisation = oui->vendor_of(address);
  if (organisation.empty()) return {};
  if (auto vote = row_vote(vendors, PatternKind::organisation, organisation, FactKind::hardware_address,
                           rung::hardware_address))
    return votes_with(std::move(vote));
  auto vendor = vote_text(organisation);
  if (vendor.empty()) return {};
  return {Vote{FactKind::hardware_address, std::move(vendor), {}, {}, {}, rung::hardware_address, "ieee"}};
}

}  // namespace

std::vector<Vote> votes_of(const DeviceFact& fact, const VendorTable& vendors, const OuiTable* oui) {
  const auto text = std::string_view{fact.value}.substr(0, fact_value_limit);
  const auto by_row = [&](PatternKind kind, std::string_view part, int weight) {
    return votes_with(row_vote(vendors, kind, part, fact.kind, weight));
  };
  switch (fact.kind) {
    case FactKind::push_model: return of_android(votes_with(model_vote(vendors, text, fact.kind, rung::push)));
    case FactKind::push_build: return of_android(build_votes(fact, vendors));
    case FactKind::dhcp_vendor_class: return dhcp_class_votes(text, vendors);
    case FactKind::dhcp_parameters: return by_row(PatternKind::dhcp_parameters, numbers_of(text), rung::dhcp);
    case FactKind::dhcp_host_name:
    case FactKind::mdns_host_name: return by_row(PatternKind::host_name, first_label(text), rung::host_name);
    case FactKind::user_agent: return user_agent_votes(text, vendors);
    case FactKind::connectivity_check:
      return by_row(PatternKind::connectivity_check, host_of(text), rung::connectivity_check);
    case FactKind::mdns_model: return votes_with(model_vote(vendors, text, fact.kind, rung::local_service));
    case FactKind::ssdp_server: return by_row(PatternKind::ssdp_server, text, rung::local_service);
    case FactKind::ja4: return by_row(PatternKind::ja4, text, rung::ja4);
    case FactKind::name: return by_row(PatternKind::name, without_last_dot(text), rung::name);
    case FactKind::hardware_address: return hardware_votes(text, vendors, oui);
  }
  return {};
}

}  // namespace sluice
