#include "control/findings/findings.hh"

#include <fmt/format.h>
#include <algorithm>
#include <ostream>
#include <string_view>
#include <tuple>

#include "control/findings/wording.hh"
#include "control/text/safe_text.hh"
#include "control/text/table.hh"
#include "control/text/timestamp.hh"

namespace sluice {
namespace {

std::string device_text(const Address& device, bool is_inside) {
  return is_inside ? device.text() : device.text() + " (side not known)";
}

std::string_view class_text(const RuleFacts* rule) {
  return rule != nullptr ? text_of(rule->finding_class) : "unknown";
}

std::string recipient_text(const RuleFacts* rule, std::uint64_t row) {
  if (rule == nullptr) return fmt::format("row {} is not in the rules at hand", row);
  return rule->recipient.empty() ? "not named" : rule->recipient;
}

std::string_view lowered_words(Lowered lowered) {
  switch (lowered) {
    case Lowered::no: return "";
    case Lowered::address_alone: return " (an address once listed; low confidence)";
    case Lowered::expired: return " (the row has expired; low confidence)";
  }
  return "";
}

// 1234567 -> "1,234,567"
std::string grouped_digits(std::uint64_t number) {
  auto digits = fmt::to_string(number);
  constexpr std::size_t group = 3;
  for (auto at = digits.size(); at > group; at -= group) digits.insert(at - group, 1, ',');
  return digits;
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped_digits(number), noun, number == 1 ? "" : "s");
}

std::string share_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "";
  const auto percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  return percent < 0.1 ? "< 0.1 %" : fmt::format("{:.1f} %", percent);
}

}  // namespace

Finding FindingsTable::read(const Event& alert) const {
  return read_finding(alert, rules_ != nullptr ? rules_->book(alert.header().generation) : nullptr, clock_is_set_);
}

void FindingsTable::consume(const Event& event) {
  const auto type = event.header().type;
  if (type == EventType::alert) add(read(event), event);
  opacity_.consume(event);
  if (type == EventType::tls && !event.find(Field::tls_sni)) ++handshakes_without_name_;
  if (type == EventType::quic && !event.find(Field::quic_sni)) ++handshakes_without_name_;
}

std::shared_ptr<const RuleFacts> FindingsTable::keep(const RuleFacts& facts, std::uint32_t generation) {
  auto& rule = known_[facts.rule_id];
  if (rule.facts == nullptr || rule.generation != generation)
    rule = {generation, std::make_shared<const RuleFacts>(facts)};
  return rule.facts;
}

void FindingsTable::add(const Finding& finding, const Event& alert) {
  // Ids of rules have a '/' in them, so that none is "row 7".
  const Key key{finding.device,
                finding.rule != nullptr ? finding.rule->rule_id : fmt::format("row {}", finding.rule_row)};
  auto found = rows_.find(key);
  if (found == rows_.end()) {
    if (rows_.size() >= row_limit) {
      ++left_out_;
      return;
    }
    found = rows_.emplace(key, Row{}).first;
    found->second.rule_row = finding.rule_row;
    found->second.first = finding.time;
    found->second.last = finding.time;
  }
  auto& row = found->second;
  if (finding.rule != nullptr) row.rule = keep(*finding.rule, alert.header().generation);
  row.confidence = finding.confidence;
  row.count += finding.is_repeated ? 0U : 1U;
  row.blocked += finding.action == Action::drop ? 1U : 0U;
  row.device_is_inside = row.device_is_inside || finding.device_is_inside;
  row.lowered = finding.lowered;
  row.first = std::min(row.first, finding.time);
  row.last = std::max(row.last, finding.time);
  if (finding.stage >= row.stage) {
    row.stage = finding.stage;
    row.stage_field = finding.matched_field;
  }
  const auto where = place_of(finding);
  Place place{std::string{where.destination}, where.remote, where.vlan};
  if (std::find(row.places.begin(), row.places.end(), place) == row.places.end()) {
    if (row.places.size() < seen_limit)
      row.places.push_back(std::move(place));
    else
      row.more_places = true;
  }
  auto what = seen_words(finding, alert, reveals_);
  if (finding.is_repeated) std::erase(row.seen, finding.destination());  // it says more now
  if (std::find(row.seen.begin(), row.seen.end(), what) != row.seen.end()) return;
  if (row.seen.size() < seen_limit)
    row.seen.push_back(std::move(what));
  else
    row.saw_more = true;
}

const RuleException* FindingsTable::suppressed_by(const Entry& entry) const {
  const auto& row = entry.second;
  if (exceptions_ == nullptr || row.rule == nullptr) return nullptr;
  const RuleException* first = nullptr;
  for (const auto& place : row.places) {
    const auto* const found = find_exception(
        *exceptions_, ExceptionAction::suppress, row.rule->rule_id,
        {entry.first.first, place.vlan, place.destination, place.remote, nanoseconds_since_epoch(row.last)});
    if (found == nullptr) return nullptr;
    // What was seen beyond the places at hand may be elsewhere.
    if (row.more_places && (found->vlan || !found->destination.empty() || found->destination_range)) return nullptr;
    if (first == nullptr) first = found;
  }
  return first;
}

std::vector<std::string> FindingsTable::cells(const Key& key, const Row& row) const {
  std::string seen;
  for (const auto& what : row.seen) seen += (seen.empty() ? "" : ", ") + what;
  if (row.saw_more) seen += ", and others";
  seen += lowered_words(row.lowered);

  auto when = second_text(row.first);
  if (unix_seconds(row.last) != unix_seconds(row.first)) when += " to " + second_text(row.last, row.first);
  if (row.count > 1) when += ", " + counted(row.count, "time");
  if (row.blocked > 0) when += fmt::format(", {} blocked", grouped_digits(row.blocked));

  return {device_text(key.first, row.device_is_inside),         std::string{class_text(row.rule.get())},
          recipient_text(row.rule.get(), row.rule_row),         seen,
          std::string{stage_words(row.stage, row.stage_field)}, when,
          row.rule != nullptr ? row.rule->source : ""};
}

// By device, then class, then row of the list.
std::vector<const FindingsTable::Entry*> FindingsTable::sorted() const {
  std::vector<const Entry*> entries;
  for (const auto& entry : rows_) entries.push_back(&entry);
  std::stable_sort(entries.begin(), entries.end(), [](const Entry* a, const Entry* b) {
    const auto order = [](const Entry* entry) {
      return std::tuple{entry->first.first, class_text(entry->second.rule.get()), entry->second.rule_row};
    };
    return order(a) < order(b);
  });
  return entries;
}

void FindingsTable::print(std::ostream& out, const Statistics& statistics, std::size_t width) const {
  const auto received = statistics.total().received;
  const auto unseen = std::min(statistics.inspection.uninspected.sum(), received);
  if (rows_.empty()) {
    out << fmt::format("No finding: {}, {} inspected; see what could not be seen.\n",
                       counted(received - unseen, "packet"), counted(statistics.inspection.flows_created, "flow"));
    return;
  }
  constexpr std::size_t source_lines = 3;  // events carry the whole
  Table table{{{"Device", 11},
               {"Class", 9},
               {"Recipient", 9},
               {"What was seen", 14},
               {"Stage", 9},
               {"When (UTC)", 10},
               {"Source", 8, false, source_lines}}};
  std::size_t suppressed = 0;
  for (const auto* entry : sorted()) {
    if (suppressed_by(*entry) == nullptr)
      table.add(cells(entry->first, entry->second));
    else
      ++suppressed;
  }
  if (suppressed < rows_.size()) {
    out << counted(rows_.size() - suppressed, "finding") << ":\n\n";
    table.print(out, width);
  } else {
    out << "No finding raises an alarm.\n";
  }
  if (suppressed > 0) out << fmt::format("\nSuppressed by exceptions: {}.\n", grouped_digits(suppressed));
  if (left_out_ > 0) out << fmt::format("\nThe table is full: {} more not listed.\n", counted(left_out_, "alert"));
}

void FindingsTable::print_uninspected(std::ostream& out, const Statistics& statistics, std::size_t width) const {
  const auto received = statistics.total().received;
  const auto& uninspected = statistics.inspection.uninspected;
  out << "\nWhat could not be seen";
  if (uninspected.sum() == 0)
    out << ": every packet was inspected.\n";
  else {
    Table table{{{"Reason", 20}, {"Packets", 7, true}, {"Share", 7, true}}};
    for (std::size_t i = 0; i < uninspected_reason_names.size(); ++i) {
      const auto reason = static_cast<UninspectedReason>(i);
      if (uninspected[reason] == 0) continue;
      table.add({std::string{uninspected_words(reason)}, grouped_digits(uninspected[reason]),
                 share_text(uninspected[reason], received)});
    }
    out << ":\n\n";
    table.print(out, width);
  }
  if (handshakes_without_name_ > 0)
    out << fmt::format("\n{} without a readable server name.\n",
                       counted(handshakes_without_name_, "TLS or QUIC handshake"));
  const auto& inspection = statistics.inspection;
  opacity_.print(out, inspection.flows_by_visibility, inspection.bytes_by_visibility, width);
}

std::string FindingsTable::finding_line(const Event& alert) const {
  const auto finding = read(alert);
  const auto* const exception =
      exceptions_ == nullptr || finding.rule == nullptr
          ? nullptr
          : find_exception(*exceptions_, ExceptionAction::suppress, finding.rule->rule_id, place_of(finding));
  const auto suppressed = exception == nullptr ? std::string() : ", no alarm by exception " + exception->id;
  return shown_text(
      fmt::format("{} | {} | {} | {}{} | {}{}{} | {}", device_text(finding.device, finding.device_is_inside),
                  class_text(finding.rule.get()), recipient_text(finding.rule.get(), finding.rule_row),
                  seen_words(finding, alert, reveals_), lowered_words(finding.lowered),
                  stage_words(finding.stage, finding.matched_field), finding.action == Action::drop ? ", blocked" : "",
                  suppressed, finding.rule != nullptr ? finding.rule->source : ""));
}

}  // namespace sluice
