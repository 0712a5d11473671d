// Which signatures go first, and at which moment each is looked for.
#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

#include "dataplane/signatures/signature_set_parts.hh"

namespace sluice {
namespace {

constexpr auto content = static_cast<std::uint8_t>(SignatureMoment::content);
constexpr auto packet_begin = static_cast<std::uint8_t>(SignatureMoment::packet_begin);
constexpr auto packet_end = static_cast<std::uint8_t>(SignatureMoment::packet_end);

// A condition on the packet that bytes come in, which those of a stream are not of.
bool is_on_packet(const SignatureCondition& condition) {
  const bool is_event = condition.kind == ConditionKind::decode_event || condition.kind == ConditionKind::stream_event;
  if (is_event) return true;
  return condition.kind < ConditionKind::flow_age && condition.kind != ConditionKind::ip_protocol &&
         condition.kind != ConditionKind::same_address;
}

// pass, drop, reject, alert: the order in which Suricata puts actions where nobody says otherwise.
int order_of(SignatureAction action) {
  switch (action) {
    case SignatureAction::pass: return 0;
    case SignatureAction::drop: return 1;
    case SignatureAction::alert: return 3;
    default: return 2;
  }
}

// Who sets what another asks for goes first; who does both, between them.
int order_of(const Signature& signature, ConditionKind kind) {
  bool sets = false;
  bool asks = false;
  for (const auto& condition : signature.conditions) {
    if (condition.kind != kind) continue;
    sets = sets || condition.is_effect();
    asks = asks || !condition.is_effect();
  }
  return sets && !asks ? 0 : sets ? 1 : asks ? 2 : 3;
}

}  // namespace

// What a head shows is not looked for again once its body has come.
Moments message_moments_of(const Signature& signature) {
  auto moments = when::any;
  bool has_payload = false;
  for (const auto& part : signature.parts) {
    has_payload = has_payload || part.buffer() == Buffer::payload;
    if (is_of_message(part.buffer())) moments &= sluice::moments_of(part.buffer());
  }
  for (const auto& number : signature.numbers) moments &= sluice::moments_of(number.number);
  const bool is_of_decoded = signature.protocol == SignatureProtocol::xiaomi_push && signature.parts.empty();
  if (moments == when::any) return is_of_decoded ? static_cast<Moments>(~when::payload) : moments;
  if ((moments & when::request_head) != 0) moments &= static_cast<Moments>(~when::request_body);
  if ((moments & when::response_head) != 0) moments &= static_cast<Moments>(~when::response_body);
  if (has_payload) moments |= when::payload;
  return moments;
}

std::uint8_t moments_of(const Signature& signature) {
  bool of_message = signature.protocol == SignatureProtocol::xiaomi_push || !signature.numbers.empty();
  bool of_packet =
      signature.protocol == SignatureProtocol::tcp_packet || signature.flow.contents == SignatureFlow::Contents::packet;
  for (const auto& part : signature.parts) {
    of_message = of_message || is_of_message(part.buffer());
    of_packet = of_packet || is_of_packet(part.buffer());
  }
  for (const auto& condition : signature.conditions) of_packet = of_packet || is_on_packet(condition);
  if (of_message) return content;
  if (signature.parts.empty() || of_packet) return packet_end;
  switch (signature.protocol) {
    case SignatureProtocol::icmp:
    case SignatureProtocol::icmp_v4:
    case SignatureProtocol::icmp_v6:
    case SignatureProtocol::sctp:
    case SignatureProtocol::packet_header: return packet_end;
    case SignatureProtocol::ip:
    case SignatureProtocol::ip4:
    case SignatureProtocol::ip6: return content | packet_end;  // of what is neither TCP nor UDP, packet by packet
    default: return content;
  }
}

std::uint32_t SignatureSet::Parts::variable(ConditionKind kind, const std::string& text) {
  const auto name = variable_letter(kind) + text;
  const auto number =
      static_cast<std::uint32_t>(std::find(variables.begin(), variables.end(), name) - variables.begin());
  if (number == variables.size()) variables.push_back(name);
  return number;
}

void SignatureSet::Parts::add_conditions(const Signature& signature, SignatureEntry& entry) {
  bool has_test = false;
  bool tells_application = false;
  for (const auto& condition : signature.conditions) {
    PacketCondition out{condition.kind,
                        condition.negated,
                        condition.subject,
                        condition.track,
                        {condition.comparison, condition.first, condition.second},
                        {}};
    for (const auto& name : condition.names) out.names.push_back(variable(condition.kind, name));
    uses.host_bits = uses.host_bits || condition.kind == ConditionKind::host_bit;
    uses.flow_variables = uses.flow_variables || condition.kind == ConditionKind::flow_bit ||
                          condition.kind == ConditionKind::flow_number;
    const bool is_application = condition.kind == ConditionKind::application;
    tells_application = tells_application || is_application;
    has_test = has_test || (!is_application && !condition.is_effect());
    if (condition.kind == ConditionKind::flow_number)
      entry.numbers.push_back(std::move(out));
    else
      (condition.is_effect() ? entry.effects : entry.tests).push_back(std::move(out));
  }
  uses.rates = uses.rates || signature.threshold.kind != SignatureThreshold::Kind::none;
  entry.threshold = signature.threshold;
  entry.action = signature.action;
  entry.silent = signature.silent || (signature.action == SignatureAction::pass && !signature.speaks);
  entry.only_stream =
      signature.protocol == SignatureProtocol::tcp_stream || signature.flow.contents == SignatureFlow::Contents::stream;
  entry.other_transports = entry.moments == (content | packet_end);

  const auto& flow = signature.flow;
  const auto has_any_port = [](const SignaturePorts& ports) { return ports.listed.empty() && ports.excepted.empty(); };
  const bool is_bare = signature.parts.empty() && !has_test && sluice::is_transport(signature.protocol) &&
                       signature.protocol != SignatureProtocol::packet_header &&
                       flow.contents == SignatureFlow::Contents::any && flow.fragments == SignatureFlow::Fragments::any;
  entry.once_told = is_bare && tells_application && entry.numbers.empty();
  entry.once_a_way = is_bare && !tells_application && entry.numbers.empty() &&
                     flow.state == SignatureFlow::State::any && flow.way == SignatureFlow::Way::any &&
                     has_any_port(signature.source_ports) && has_any_port(signature.destination_ports);
  // Suricata's "action scope" (https://docs.suricata.io, "Rule Types and Categorization").
  const bool is_on_application = signature.parts.empty() && !has_test && !sluice::is_transport(signature.protocol) &&
                                 flow.contents == SignatureFlow::Contents::any &&
                                 flow.fragments == SignatureFlow::Fragments::any;
  entry.acts_on_flow = !entry.is_of_packets() || entry.once_a_way || entry.once_told || is_on_application;
}

// A packet's rule is tried before its payload is read, so that it counts for what is read then; but at its end where it
// asks what the flow speaks, or for a bit that is set later. So is one that a `pass` may come before: among the rules
// that match with one packet those that let it pass go first, though they be found by what is read of it last. A rule
// that sets something does so whatever lets the packet pass.
void SignatureSet::Parts::place_packet_rules() {
  std::vector<bool> set_late(variables.size());
  const auto note_effects = [&](const SignatureEntry& entry) {
    bool news = false;
    for (const auto* conditions : {&entry.effects, &entry.numbers})
      for (const auto& condition : *conditions)
        if (!set_late[condition.names[0]]) news = set_late[condition.names[0]] = true;
    return news;
  };
  const auto asks_late = [&](const SignatureEntry& entry) {
    for (const auto* conditions : {&entry.tests, &entry.numbers})
      for (const auto& condition : *conditions) {
        if (condition.kind >= ConditionKind::stream_size && !is_state(condition.kind) &&
            condition.kind != ConditionKind::decode_event)
          return true;
        if (std::any_of(condition.names.begin(), condition.names.end(), [&](auto name) { return set_late[name]; }))
          return true;
      }
    return false;
  };
  std::vector<bool> is_late(entries.size());
  bool passes_late = false;
  const auto yields = [&](const SignatureEntry& entry) {
    return passes_late && entry.action != SignatureAction::pass && entry.effects.empty() && entry.numbers.empty();
  };
  for (bool again = true; again;) {
    again = false;
    for (std::size_t row = 0; row < entries.size(); ++row) {
      if (is_late[row]) continue;
      const auto& entry = entries[row];
      is_late[row] = !entry.is_of_packets() || entry.header.names_application() || asks_late(entry) || yields(entry);
      if (!is_late[row]) continue;
      const bool is_first_pass = !passes_late && entry.action == SignatureAction::pass;
      passes_late = passes_late || is_first_pass;
      if (note_effects(entry) || is_first_pass) again = true;
    }
  }
  for (std::size_t row = 0; row < entries.size(); ++row) {
    if (!is_late[row]) entries[row].moments = packet_begin;
    moments |= entries[row].moments;
  }
}

void SignatureSet::Parts::rank_rows(const SignatureList& signatures) {
  std::vector<std::uint32_t> rows(signatures.size());
  std::iota(rows.begin(), rows.end(), 0);
  const auto place = [&](std::uint32_t row) {
    const auto& signature = signatures[row];
    return std::tuple{order_of(signature.action), order_of(signature, ConditionKind::flow_bit),
                      order_of(signature, ConditionKind::flow_number), order_of(signature, ConditionKind::host_bit),
                      signature.facts.priority};
  };
  std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) { return place(a) < place(b); });
  rank.resize(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) rank[rows[i]] = i;
}

}  // namespace sluice
