#include "dataplane/reporter/reporter.hh"

#include <algorithm>

#include "dataplane/packet/network_service.hh"

namespace sluice {
namespace {

// Adds to the flow's list; false where the row stands there, with as much of the stream (or of anything, where `behind`
// is not told).
bool is_new(ReportedSignatures& reported, std::uint32_t generation, std::uint32_t row,
            std::uint64_t behind = ~std::uint64_t{0}) noexcept {
  if (reported.generation != generation) reported = {generation, 0, {}};
  const auto known = std::min<std::size_t>(reported.count, ReportedSignatures::limit);
  const auto end = reported.rows.begin() + known;
  const auto found = std::find_if(reported.rows.begin(), end, [&](const auto& one) { return one.row == row; });
  if (found != end) {
    if (found->behind >= behind) return false;
    found->behind = behind;
    return true;
  }
  reported.rows[reported.count++ % ReportedSignatures::limit] = {row, behind};
  return true;
}

// The end that is not the inspected device's; where nobody said which side is inside, the one that was called.
const Address& far_end(const Flow& flow) noexcept {
  return flow.inside == Inside::destination ? flow.initiator() : flow.responder();
}

// Where a hit is, for the site's exceptions. A name that was looked up says nothing of where the question went.
HitPlace place_of(const Passage& at, Field field, std::string_view value) noexcept {
  const auto inside_is_responder = at.flow.inside == Inside::destination;
  HitPlace place{inside_is_responder ? at.flow.responder() : at.flow.initiator(),
                 at.flow.key.vlan[0],
                 value,
                 {},
                 nanoseconds_since_epoch(at.packet.time)};
  if (field == Field::destination_ip)
    place.remote = Address::parse(value);
  else if (field != Field::dns_query_name)
    place.remote = far_end(at.flow);
  return place;
}

// By its protocol, once that is known. An address is looked at before the first packet has told it.
bool serves_network(const Passage& at) noexcept {
  const auto protocol = at.flow.protocol;
  if (protocol == Protocol::unknown) return serves_network(at.packet);
  return protocol == Protocol::dhcp || protocol == Protocol::dhcpv6 || protocol == Protocol::ntp;
}

// Addresses in text take a fixed room here: std::string would allocate.
struct AddressText {
  std::array<char, Address::text_limit> buffer{};
  std::string_view text;
  explicit AddressText(const Address& address) noexcept { text = address.text_to(buffer); }
};

}  // namespace

void Reporter::connection(const Passage& at, Stage stage) noexcept {
  // The listed end is the far one; where nobody said which side is inside, either.
  struct End {
    const Address& address;
    const Address& client;
    bool wanted;
  };
  const auto inside = at.flow.inside;
  const auto& initiator = at.flow.initiator();
  const auto& responder = at.flow.responder();
  const auto match = [&](const Address& address) {
    Hits hits;
    ruleset_->match_address(address, hits);
    if (hits.count == 0) return;
    at.flow.address_listed = true;
    at.flow.sight.listed_resolver |= ruleset_->any_of(hits, FindingClass::dns_bypass, at.packet.time);
    alerts(at, hits, Field::destination_ip, AddressText{address}.text, stage, Scope::flow, nullptr);
  };
  for (const auto& end : {End{responder, initiator, inside != Inside::destination},
                          End{initiator, responder, inside != Inside::source}}) {
    if (!end.wanted) continue;
    match(end.address);
    if (const auto v4 = nat64_.v4_behind(end.client, end.address, at.packet.time)) match(*v4);
  }
}

void Reporter::payload(const Passage& at, std::uint64_t position, Bytes data) noexcept {
  Hits content;
  signatures_.payload(at, position, data, content);
  if (content.count == 0) return;
  if (at.packet.protocol == ip_protocol::tcp) return stream_alerts(at, content, position + data.size());
  // A datagram is seen once, and what holds of its bytes is about it alone.
  alerts(at, content, Field::destination_ip, AddressText{far_end(at.flow)}.text, Stage::content_matched, Scope::message,
         nullptr);
}

void Reporter::refused(const Passage& at) noexcept {
  Hits content;
  signatures_.refused(at, content);
  if (content.count == 0) return;
  Said by_packet;
  by_packet.alone = true;
  alerts(at, content, Field::destination_ip, AddressText{far_end(at.flow)}.text, Stage::content_matched, Scope::message,
         by_packet);
}

void Reporter::stream(const Passage& at, PayloadWindow& window, std::uint32_t number, Bytes data) noexcept {
  Hits content;
  signatures_.stream(at, window, number, data, content);
  stream_alerts(at, content, window.position());
}

// A copy of a stream is read anew: what was found in it is told once for each place. The two directions have places of
// their own.
void Reporter::stream_alerts(const Passage& at, const Hits& hits, std::uint64_t behind) noexcept {
  Hits fresh;
  for (std::size_t i = 0; i < hits.count; ++i)
    if (is_new(at.flow.reported, ruleset_->generation(), hits.rows[i] << 1 | static_cast<std::uint32_t>(at.way),
               behind))
      fresh.add(hits.rows[i], hits.is_silent(i));
  signature_alerts(at, fresh, Field::destination_ip, {}, Stage::content_matched);
}

void Reporter::packet(const Passage& at, SignatureMoment moment, bool tells_protocol) noexcept {
  Hits hits;
  signatures_.packet(at, moment, tells_protocol, hits);
  Hits of_flow;
  Hits of_packet;
  const bool is_error = is_error_about(at.packet, at.flow);
  for (std::size_t i = 0; i < hits.count; ++i)
    (is_error || signatures_.is_of_packet_alone(hits.rows[i]) ? of_packet : of_flow)
        .add(hits.rows[i], hits.is_silent(i));
  // What a rule finds wrong with a message is said with the message, which has been read by then.
  const bool of_datagram = hits.count != 0 && at.flow.protocol == Protocol::dns && at.flow.transactions != 0 &&
                           moment == SignatureMoment::packet_end && at.packet.protocol == ip_protocol::udp;
  const auto datagram = of_datagram ? parse_dns(at.packet.payload) : tl::unexpected{DnsError::need_more};
  const About about{*this, datagram ? Context{nullptr, &*datagram, at.flow.transactions - 1} : Context{}};
  const AddressText far{far_end(at.flow)};
  const auto stage = at.packet.payload.empty() ? Stage::connection_tried : Stage::data_sent;
  Said by_packet;
  by_packet.alone = true;
  alerts(at, of_flow, Field::destination_ip, far.text, stage, Scope::flow, by_packet);
  alerts(at, of_packet, Field::destination_ip, far.text, stage, Scope::message, by_packet);
}

// A handshake of TLS is one message to rules, of which QUIC has one a side.
Hits Reporter::fresh(const Passage& at, const Hits& hits) const noexcept {
  Hits fresh;
  const std::uint32_t side = at.flow.protocol == Protocol::quic && at.way == Way::to_client ? 1 : 0;
  for (std::size_t i = 0; i < hits.count; ++i)
    if (is_new(at.flow.reported, ruleset_->generation(), hits.rows[i] << 1 | side))
      fresh.add(hits.rows[i], hits.is_silent(i));
  return fresh;
}

void Reporter::fresh_alerts(const Passage& at, const Hits& hits, Field field, std::string_view value,
                            Stage stage) noexcept {
  alerts(at, fresh(at, hits), field, value, stage, Scope::flow, nullptr);
}

void Reporter::fresh_signature_alerts(const Passage& at, const Hits& hits, Field field,
                                      std::string_view value) noexcept {
  signature_alerts(at, fresh(at, hits), field, value, Stage::content_matched);
}

// What matched is named by where it went: the name that the message gives, else the far end's address. The content
// itself may hold what must not be stored.
void Reporter::signature_alerts(const Passage& at, const Hits& hits, Field field, std::string_view value, Stage stage,
                                Said said) noexcept {
  if (hits.count == 0) return;
  if (!value.empty()) return alerts(at, hits, field, value, stage, Scope::flow, said);
  alerts(at, hits, Field::destination_ip, AddressText{far_end(at.flow)}.text, stage, Scope::flow, said);
}

void Reporter::name(const Passage& at, Field field, std::string_view name, Stage stage, Scope scope,
                    Said said) noexcept {
  if (field != Field::dns_query_name && !at.flow.named) at.flow.named = !name.empty() && !Address::parse(name);
  Hits hits;
  ruleset_->match_name(name, hits);
  if (hits.count == 0 && field != Field::dns_query_name) {
    // Some clients put an address where the name belongs.
    if (const auto address = Address::parse(name)) ruleset_->match_address(*address, hits);
  }
  if (field == Field::tls_sni || field == Field::quic_sni) return fresh_alerts(at, hits, field, name, stage);
  alerts(at, hits, field, name, stage, scope, said);
}

void Reporter::alerts(const Passage& at, const Hits& hits, Field field, std::string_view value, Stage stage,
                      Scope scope, Said said, std::string_view alias_target) noexcept {
  if (hits.count == 0) return;
  auto would = Action::pass;
  auto does = Action::pass;  // of the rules that are not held
  auto reject = RejectTarget::none;
  auto answer = DnsAnswer::none;
  const bool is_look_up = at.packet.protocol == ip_protocol::udp && at.flow.protocol == Protocol::dns;
  std::optional<std::uint32_t> first;  // that asks for it
  bool by_signature = false;
  std::array<Decision, Hits::limit> decisions;
  const auto* const asked = resolved(at.flow, at.packet.time);
  const HitContext context{asked == nullptr ? std::string_view{} : asked->asked(), false, serves_network(at)};
  auto place = place_of(at, field, value);
  place.alias = alias_target;
  for (std::size_t i = 0; i < hits.count; ++i) {
    const auto row = hits.rows[i];
    decisions[i] = decide(policy_, *ruleset_, row, place, context, at.packet.time);
    if (decisions[i].limit != 0 && at.flow.limits[finding_limit] == 0)
      at.flow.limits[finding_limit] = decisions[i].limit;
    if (decisions[i].action != Action::drop) continue;
    would = Action::drop;
    if (decisions[i].held) continue;
    does = Action::drop;
    if (!first) first = row;
    by_signature = by_signature || ruleset_->rule(row).kind == RuleKind::signature;
    if (is_look_up && answer == DnsAnswer::none) answer = decisions[i].answer;
    reject = reject | decisions[i].reject;
  }
  if (answer != DnsAnswer::none) reject = RejectTarget::none;
  // At the flow's end nothing comes by that could be dropped.
  const bool is_over = at.packet.frame.data() == nullptr;
  const auto action = policy_.mode == Mode::enforce && !is_over ? does : Action::pass;
  if (does == Action::drop && scope == Scope::flow) {
    at.flow.would_drop = true;
    if (by_signature || action == Action::drop)
      at.flow.trace.drop(ruleset_->generation(), at.flow.packets[0] + at.flow.packets[1]);
  }
  if (action == Action::drop) {
    at.packet.action = Action::drop;
    at.packet.reject = at.packet.reject | reject;
    if (at.packet.dns_answer == DnsAnswer::none) at.packet.dns_answer = answer;
    if (first && !at.packet.dropped_by_rule) {
      at.packet.dropped_by_rule = true;
      at.packet.dropping_row = *first;
    }
    if (scope == Scope::flow) at.flow.dropped = true;
  }
  // A record of its own room: an event of the message itself may be under way in buffer_.
  for (std::size_t i = 0; i < hits.count; ++i) {
    const auto row = hits.rows[i];
    if (hits.is_silent(i)) continue;
    at.flow.alerted = true;
    EventWriter event{alert_buffer_};
    event.begin(header(EventType::alert, at));
    tunnel_fields(event, at.flow);
    event.integer(Field::rule_row, row);
    event.integer(Field::matched_field, static_cast<std::uint64_t>(field));
    event.text(Field::matched_value, value);
    event.integer(Field::stage, static_cast<std::uint64_t>(stage));
    event.integer(Field::action, static_cast<std::uint64_t>(action));
    event.integer(Field::would, static_cast<std::uint64_t>(would));
    event.integer(Field::rule_action, static_cast<std::uint64_t>(decisions[i].action));
    if (decisions[i].shield != Shield::none)
      event.integer(Field::never_block, static_cast<std::uint64_t>(decisions[i].shield));
    if (decisions[i].line != nullptr) event.text(Field::policy_line, decisions[i].line->name);
    if (reject != RejectTarget::none) event.integer(Field::reject_target, static_cast<std::uint64_t>(reject));
    if (answer != DnsAnswer::none) event.integer(Field::dns_answer, static_cast<std::uint64_t>(answer));
    if (at.packet.passed) event.integer(Field::packet_passed, 1);
    event.integer(Field::flow_protocol, static_cast<std::uint64_t>(at.flow.protocol));
    flow_fields(event, at.flow);
    if (is_over) event.integer(Field::flow_end, static_cast<std::uint64_t>(nanoseconds_since_epoch(at.packet.time)));
    if (is_error_about(at.packet, at.flow)) ends_fields(event, at.flow);
    context_fields(event, at, row);
    if (said.push != nullptr) device_fields(event, *said.push);
    if (said.request != nullptr) vendor_request_fields(event, said);
    encrypted_dns_field(event, at.flow);
    if (!alias_target.empty()) event.text(Field::alias_target, alias_target);
    if (asked != nullptr && (field == Field::destination_ip || field == Field::resolved_name))
      event.text(Field::resolved_name, asked->asked());
    signatures_.put_variables(event, at.flow);
    if (images_) signatures_.put_captures(event, at.flow, row);
    const bool is_shown = images_ && ruleset_->rule(row).kind == RuleKind::signature;
    if (is_shown || evidence_.packets) matched_fields(event, at.packet, said.alone);
    if (evidence_.packets && !is_shown) event.integer(Field::packet_for_evidence, 1);
    ++counters_->findings;
    send(event, EventType::alert, at.packet.number);
    if (const auto* const line = decisions[i].line; line != nullptr && line->keep_flow && !is_over)
      keep_flow(at, event);
  }
}
}  // namespace sluice
