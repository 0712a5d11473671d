#include "rules/signatures/signature_condition_check.hh"

#include <algorithm>

#include "rules/signatures/anomaly.hh"
#include "rules/signatures/signature.hh"

namespace sluice {
namespace {

// The names that a kind has, at least and at most.
struct NameCount {
  std::size_t least = 0;
  std::size_t most = 0;
};

NameCount names_of(const SignatureCondition& condition) noexcept {
  switch (condition.kind) {
    case ConditionKind::flow_bit: return {1, condition_names_limit};
    case ConditionKind::flow_number: return {1, 2};
    case ConditionKind::host_bit: return {1, 1};
    default: return {0, 0};
  }
}

std::uint8_t last_subject(ConditionKind kind) noexcept {
  switch (kind) {
    case ConditionKind::flow_packets:
    case ConditionKind::flow_bytes:
    case ConditionKind::stream_size: return static_cast<std::uint8_t>(FlowSubject::both);
    case ConditionKind::application: return static_cast<std::uint8_t>(ApplicationSubject::original);
    case ConditionKind::flow_bit:
    case ConditionKind::host_bit: return static_cast<std::uint8_t>(StateOperation::is_not_set);
    case ConditionKind::flow_number: return static_cast<std::uint8_t>(StateOperation::compare);
    default: return 0;
  }
}

}  // namespace

std::string_view untold_event(const Signature& signature) noexcept {
  for (const auto& condition : signature.conditions) {
    if (condition.kind < ConditionKind::decode_event) continue;
    const auto& event = kind_of(static_cast<Anomaly>(condition.first));
    if (!event.is_told) return event.name;
  }
  return {};
}

std::string_view fault_of(const SignatureCondition& condition) noexcept {
  const auto names = names_of(condition);
  if (condition.names.size() < names.least || condition.names.size() > names.most) return "has no such number of names";
  const auto is_unfit = [](const std::string& name) { return name.empty() || name.size() > condition_name_limit; };
  if (std::any_of(condition.names.begin(), condition.names.end(), is_unfit)) return "has a name that is none";
  if (condition.subject > last_subject(condition.kind)) return "has a subject that is none";
  if (condition.kind == ConditionKind::host_bit && condition.track > static_cast<std::uint8_t>(HostTrack::flow))
    return "has a host that is none";
  if (condition.kind == ConditionKind::application && condition.first != unknown_application &&
      condition.first != failed_application &&
      (condition.first > static_cast<std::uint64_t>(signature_protocol_last) ||
       is_transport(static_cast<SignatureProtocol>(condition.first))))
    return "has a protocol that is none";
  const bool is_event = condition.kind == ConditionKind::decode_event ||
                        condition.kind == ConditionKind::stream_event ||
                        condition.kind == ConditionKind::application_event;
  if (is_event && condition.first >= anomaly_count) return "has an event that is none";
  return {};
}

}  // namespace sluice
