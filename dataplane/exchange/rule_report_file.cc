#include "dataplane/exchange/rule_report_file.hh"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <string>

#include "dataplane/command_generated.h"

namespace sluice {
namespace {

constexpr flatbuffers::uoffset_t depth_limit = 4;
constexpr flatbuffers::uoffset_t table_limit = 4'000'000;  // a table a rule
constexpr std::size_t alignment = 8;

std::string text(const flatbuffers::String* string) {
  return string == nullptr ? std::string{} : std::string{string->data(), string->size()};
}

RuleReportRow taken(const wire::RuleCost& rule) {
  RuleReportRow row;
  row.label = {text(rule.rule_id()),
               text(rule.subject()),
               text(rule.file()),
               rule.line(),
               rule.sid(),
               static_cast<SignatureAction>(std::min(rule.action(), static_cast<std::uint8_t>(signature_action_last)))};
  row.checked = rule.checked();
  row.matched = rule.matched();
  row.sampled = rule.sampled();
  row.cycles = rule.cycles();
  row.estimated = rule.estimated();
  row.limits = rule.limits();
  row.skipped = rule.skipped();
  row.suspension = static_cast<Suspension>(std::min(rule.suspension(), static_cast<std::uint8_t>(suspension_last)));
  row.suspended_ns = rule.suspended_ns();
  row.exempt = rule.exempt();
  return row;
}

}  // namespace

std::vector<std::uint8_t> encode_rule_report(const RuleReport& report) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<wire::RuleCost>> rules;
  rules.reserve(report.rules.size());
  for (const auto& rule : report.rules) {
    const auto& label = rule.label;
    const auto id = builder.CreateString(label.rule_id);
    const auto subject = builder.CreateString(label.subject);
    const auto file = builder.CreateSharedString(label.file);
    rules.push_back(wire::CreateRuleCost(builder, id, subject, file, label.line, label.sid,
                                         static_cast<std::uint8_t>(label.action), rule.checked, rule.matched,
                                         rule.sampled, rule.cycles, rule.estimated, rule.limits, rule.skipped,
                                         static_cast<std::uint8_t>(rule.suspension), rule.suspended_ns, rule.exempt));
  }
  const auto list = builder.CreateVector(rules);
  builder.Finish(
      wire::CreateRuleReport(builder, report.generation, report.signatures, report.workers, report.elapsed, list),
      wire::RequestIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

std::optional<RuleReport> decode_rule_report(Bytes file) {
  if (file.size() > rule_report_size_limit || file.size() < 2 * sizeof(flatbuffers::uoffset_t)) return std::nullopt;
  // Aligned as FlatBuffers wants it.
  std::vector<std::uint64_t> copy((file.size() + alignment - 1) / alignment);
  auto* const data = reinterpret_cast<std::uint8_t*>(copy.data());
  std::copy(file.begin(), file.end(), data);
  flatbuffers::Verifier verifier{data, file.size(), depth_limit, table_limit};
  if (!verifier.VerifyBuffer<wire::RuleReport>(wire::RequestIdentifier())) return std::nullopt;
  const auto& packed = *flatbuffers::GetRoot<wire::RuleReport>(data);
  RuleReport report{packed.generation(), packed.signatures(), packed.workers(), packed.elapsed(), {}};
  // Tables may share their place in the file, so that its size alone bounds nothing.
  if (packed.rules()->size() > std::max<std::size_t>(packed.signatures(), 1)) return std::nullopt;
  auto room = rule_report_size_limit;
  for (const auto* rule : *packed.rules()) {
    auto row = taken(*rule);
    const auto size = sizeof row + row.label.rule_id.size() + row.label.subject.size() + row.label.file.size();
    if (size > room) return std::nullopt;
    room -= size;
    report.rules.push_back(std::move(row));
  }
  return report;
}

}  // namespace sluice
