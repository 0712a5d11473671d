#include "control/findings/opacity.hh"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "control/findings/wording.hh"
#include "control/text/table.hh"

namespace sluice {
namespace {

std::string size_text(std::uint64_t bytes) {
  constexpr double kilo = 1e3, mega = 1e6, giga = 1e9;
  const auto size = static_cast<double>(bytes);
  if (size < kilo) return fmt::format("{} B", bytes);
  if (size < mega) return fmt::format("{:.1f} kB", size / kilo);
  if (size < giga) return fmt::format("{:.1f} MB", size / mega);
  return fmt::format("{:.1f} GB", size / giga);
}

std::string amount_text(std::uint64_t flows, std::uint64_t bytes) {
  return flows == 0 ? "-" : fmt::format("{}, {}", flows, size_text(bytes));
}

std::uint64_t number(const Event& event, Field field) {
  const auto found = event.find(field);
  return found ? found->integer() : 0;
}

// What stood in the way, the most bytes first.
std::string reasons_text(const ByVisibility& flows, const ByVisibility& bytes) {
  std::vector<Visibility> reasons;
  for (std::size_t i = 0; i < visibility_names.size(); ++i) {
    const auto reason = static_cast<Visibility>(i);
    if (shows_nothing(reason) && flows[reason] != 0) reasons.push_back(reason);
  }
  std::stable_sort(reasons.begin(), reasons.end(), [&](auto a, auto b) { return bytes[a] > bytes[b]; });
  std::string text;
  for (const auto reason : reasons)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", opacity_words(reason), flows[reason]);
  return text;
}

}  // namespace

void OpacityTable::consume(const Event& event) {
  const auto& header = event.header();
  const auto judged = event.find(Field::flow_visibility);
  if (header.type != EventType::flow || !judged || judged->integer() >= visibility_names.size()) return;
  const auto visibility = static_cast<Visibility>(judged->integer());
  const auto& device = header.inside == Inside::destination ? header.destination : header.source;
  auto found = devices_.find(device);
  if (found == devices_.end() && devices_.size() < device_limit) found = devices_.emplace(device, Seen{}).first;
  auto& seen = found == devices_.end() ? others_ : found->second;
  seen.is_inside = seen.is_inside || header.inside != Inside::unknown;
  ++seen.flows[visibility];
  seen.bytes[visibility] += number(event, Field::flow_bytes_to_server) + number(event, Field::flow_bytes_to_client);
}

std::uint64_t OpacityTable::unseen_bytes(const Seen& seen) noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < visibility_names.size(); ++i)
    if (shows_nothing(static_cast<Visibility>(i))) sum += seen.bytes.values[i];
  return sum;
}

std::vector<std::string> OpacityTable::cells(std::string name, const Seen& seen) {
  std::uint64_t unseen_flows = 0;
  for (std::size_t i = 0; i < visibility_names.size(); ++i)
    if (shows_nothing(static_cast<Visibility>(i))) unseen_flows += seen.flows.values[i];
  const auto amount = [&](Visibility visibility) {
    return amount_text(seen.flows[visibility], seen.bytes[visibility]);
  };
  return {std::move(name),
          amount(Visibility::clear_text),
          amount(Visibility::name_only),
          amount_text(unseen_flows, unseen_bytes(seen)),
          reasons_text(seen.flows, seen.bytes),
          amount(Visibility::no_payload)};
}

void OpacityTable::print(std::ostream& out, const ByVisibility& flows, const ByVisibility& bytes,
                         std::size_t width) const {
  if (flows.sum() == 0) return;
  std::vector<const std::pair<const Address, Seen>*> sorted;
  for (const auto& device : devices_) sorted.push_back(&device);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return unseen_bytes(a->second) > unseen_bytes(b->second); });

  Table table{{{"Device", 12},
               {"Clear text", 10},
               {"Name only", 10},
               {"Nothing", 10},
               {"Why nothing", 16},
               {"No payload", 10}}};
  table.add(cells("all", {flows, bytes, true}));
  auto rest = others_;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto& [device, seen] = *sorted[i];
    if (i >= printed_limit)
      rest += seen;
    else
      table.add(cells(device.text() + (seen.is_inside ? "" : " (side not known)"), seen));
  }
  if (rest.flows.sum() != 0) table.add(cells("others", rest));
  out << "\nHow much could be seen of each device, by flows that ended and their bytes:\n\n";
  table.print(out, width);
}

}  // namespace sluice
