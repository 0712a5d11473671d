#include "dataplane/signatures/signature_state.hh"

#include <algorithm>
#include <cstring>
#include <limits>

#include "dataplane/flow/flow.hh"
#include "dataplane/packet/packet.hh"

namespace sluice {
namespace {

constexpr Tick forever{Duration{std::numeric_limits<std::int64_t>::max()}};

Address as_address(std::uint64_t number) noexcept {
  Address out;
  std::memcpy(out.bytes.data(), &number, sizeof number);
  return out;
}

// The two ends in one order, whichever sent the packet.
void put_pair(const SignatureInput& input, Address& first, Address& second) noexcept {
  first = std::min(input.source, input.destination);
  second = std::max(input.source, input.destination);
}

Tick time_of(const SignatureInput& input) noexcept { return input.packet == nullptr ? Tick{} : input.packet->time; }

}  // namespace

SignatureState::SignatureState(const Uses& uses)
    : variables_(uses.flow_variables ? flow_variables_blocks : 0),
      host_bits_(uses.host_bits ? host_bit_entries : 0, 0),
      rates_(uses.rates ? rate_entries : 0, 0) {}

FlowVariables* SignatureState::own_variables(const SignatureInput& input, std::uint64_t& full) noexcept {
  if (input.flow == nullptr) return nullptr;
  auto& trace = input.flow->trace;
  trace.use(input.generation);
  if (trace.variables == no_index) trace.variables = variables_.take();
  if (trace.variables == no_index) ++full;
  return variables(trace);
}

SignatureState::Key SignatureState::host_key(const PacketCondition& condition, const SignatureInput& input) noexcept {
  // One bit of a host, whichever end it is of the packet at hand.
  constexpr auto of_host = static_cast<std::uint32_t>(HostTrack::source);
  Key key{{}, {}, condition.names[0], condition.track};
  switch (static_cast<HostTrack>(condition.track)) {
    case HostTrack::source: key.first = input.source; break;
    case HostTrack::destination:
      key.first = input.destination;
      key.track = of_host;
      break;
    case HostTrack::pair: put_pair(input, key.first, key.second); break;
    case HostTrack::flow: key.first = as_address(input.flow == nullptr ? 0 : input.flow->id); break;
  }
  return key;
}

bool SignatureState::has_host_bit(const PacketCondition& condition, const SignatureInput& input) noexcept {
  const auto* const entry = host_bits_.find(host_key(condition, input));
  return entry != nullptr && time_of(input) < entry->until;
}

void SignatureState::keep(std::uint32_t name, Bytes text, const SignatureInput& input, std::uint64_t& full) noexcept {
  auto* const own = own_variables(input, full);
  if (own != nullptr && !own->texts.set(name, text)) ++full;
}

bool SignatureState::holds(const PacketCondition& condition, const SignatureInput& input) noexcept {
  const auto operation = static_cast<StateOperation>(condition.subject);
  if (condition.kind == ConditionKind::host_bit)
    return has_host_bit(condition, input) == (operation == StateOperation::is_set);
  FlowVariables* known = nullptr;
  if (input.flow != nullptr && input.flow->trace.generation == input.generation) known = variables(input.flow->trace);
  const auto value = [&](std::uint32_t name) { return known == nullptr ? nullptr : known->find(name); };
  if (operation == StateOperation::compare) {
    const auto* const own = value(condition.names[0]);
    if (own == nullptr) return false;
    auto number = condition.number;
    if (condition.names.size() > 1) {
      const auto* const other = value(condition.names[1]);
      if (other == nullptr) return false;
      number.first = other->value;
    }
    return number.holds(own->value);
  }
  const bool any =
      std::any_of(condition.names.begin(), condition.names.end(), [&](auto name) { return value(name) != nullptr; });
  if (operation == StateOperation::is_set) return any && input.flow != nullptr;
  if (input.flow == nullptr) return false;
  return std::any_of(condition.names.begin(), condition.names.end(), [&](auto name) { return value(name) == nullptr; });
}

void SignatureState::apply(const PacketCondition& condition, const SignatureInput& input,
                           std::uint64_t& full) noexcept {
  const auto operation = static_cast<StateOperation>(condition.subject);
  const auto name = condition.names[0];
  if (condition.kind == ConditionKind::host_bit) {
    const bool has = has_host_bit(condition, input);
    const bool wanted = operation == StateOperation::set || (operation == StateOperation::toggle && !has);
    if (!wanted && !has) return;
    const auto key = host_key(condition, input);
    const auto now = time_of(input);
    auto& entry = host_bits_.place(key);
    if (entry.until > now && std::memcmp(&entry.key, &key, sizeof key) != 0) ++full;
    entry.key = key;
    entry.until = wanted ? now + std::chrono::seconds{condition.number.first} : Tick{};
    return;
  }
  auto* const own = own_variables(input, full);
  if (own == nullptr) return;
  if (condition.kind == ConditionKind::flow_bit) {
    const bool has = own->find(name) != nullptr;
    if (operation == StateOperation::unset || (operation == StateOperation::toggle && has))
      own->unset(name);
    else if (!own->set(name, 1))
      ++full;
    return;
  }
  auto operand = static_cast<std::uint32_t>(condition.number.first);
  if (condition.names.size() > 1) {
    const auto* const other = own->find(condition.names[1]);
    if (other == nullptr) return;
    operand = other->value;
  }
  const auto* const before = own->find(name);
  // A variable that nobody has set begins at 0, and none goes past its ends.
  const auto value = before == nullptr ? 0U : before->value;
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  const auto result = operation == StateOperation::add        ? value + std::min(operand, most - value)
                      : operation == StateOperation::subtract ? value - std::min(operand, value)
                                                              : operand;
  if (!own->set(name, result)) ++full;
}

Reporting SignatureState::report(std::uint32_t row, const SignatureThreshold& threshold, const SignatureInput& input,
                                 std::uint64_t& full) noexcept {
  using Kind = SignatureThreshold::Kind;
  if (threshold.kind == Kind::none) return Reporting::told;
  Key key{{}, {}, row, static_cast<std::uint32_t>(threshold.track)};
  switch (threshold.track) {
    case SignatureThreshold::Track::rule: break;
    case SignatureThreshold::Track::source: key.first = input.source; break;
    case SignatureThreshold::Track::destination: key.first = input.destination; break;
    case SignatureThreshold::Track::pair: put_pair(input, key.first, key.second); break;
    case SignatureThreshold::Track::flow: key.first = as_address(input.flow == nullptr ? 0 : input.flow->id); break;
  }
  const auto now = time_of(input);
  const bool is_backoff = threshold.kind == Kind::backoff;
  auto& rate = rates_.place(key);
  const bool is_known =
      rate.until != Tick{} && std::memcmp(&rate.key, &key, sizeof key) == 0 && (is_backoff || now < rate.until);
  if (!is_known) {
    if (now < rate.until && std::memcmp(&rate.key, &key, sizeof key) != 0) ++full;
    rate.key = key;
    rate.start = now;
    rate.until = is_backoff ? forever : now + std::chrono::seconds{threshold.seconds};
    rate.count = 0;
    rate.next = threshold.count;
  }
  if (threshold.unique != SignatureThreshold::Unique::none) {
    const auto port =
        threshold.unique == SignatureThreshold::Unique::source_port ? input.source_port : input.destination_port;
    const auto known = rate.ports.begin() + std::min<std::size_t>(rate.count, Rate::ports_limit);
    if (std::find(rate.ports.begin(), known, port) == known) {
      if (rate.count < Rate::ports_limit) rate.ports[rate.count] = port;
      ++rate.count;
    }
  } else if (rate.count != std::numeric_limits<std::uint32_t>::max()) {
    ++rate.count;
  }
  switch (threshold.kind) {
    case Kind::none: return Reporting::told;
    case Kind::limit: return rate.count <= threshold.count ? Reporting::told : Reporting::silent;
    case Kind::threshold:
      if (rate.count < threshold.count) return Reporting::none;
      rate.count = 0;
      return Reporting::told;
    case Kind::both:
      if (rate.count < threshold.count) return Reporting::none;
      return rate.count == threshold.count ? Reporting::told : Reporting::silent;
    case Kind::backoff:
      if (rate.count != rate.next) return rate.count < threshold.count ? Reporting::none : Reporting::silent;
      rate.next *= threshold.multiplier;
      return Reporting::told;
    case Kind::filter: return rate.count > threshold.count ? Reporting::told : Reporting::none;
  }
  return Reporting::told;
}

}  // namespace sluice
