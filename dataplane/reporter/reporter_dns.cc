// DNS messages as events and findings, and what they are remembered for.
#include <algorithm>

#include "dataplane/dns/ech_keys.hh"
#include "dataplane/dns/svcb.hh"
#include "dataplane/event/dns_fields.hh"
#include "dataplane/reporter/reporter.hh"
#include "dataplane/verdict/ech_strip.hh"

namespace sluice {
namespace {

// SVCB and HTTPS records with this priority are aliases and have no parameters (RFC 9460 section 2.4.2).
constexpr std::uint16_t alias_mode = 0;

Duration seconds_of(std::uint32_t ttl) noexcept { return std::chrono::seconds{ttl}; }

void header_fields(EventWriter& event, const DnsHeader& header) noexcept {
  event.integer(Field::dns_response, header.response() ? 1 : 0);
  event.integer(Field::dns_id, header.id);
  event.integer(Field::dns_flags, header.flags);
  if (header.authorities != 0) event.integer(Field::dns_authority_count, header.authorities);
}

// Suricata's events of a message: what its header says that it should not.
void note_header(const Passage& at, const DnsHeader& header) noexcept {
  constexpr std::uint16_t reserved = 0x0040;  // RFC 1035 section 4.1.1
  constexpr unsigned opcodes = 7;             // IANA, DNS OpCodes: those from here on are not assigned
  if ((header.flags & reserved) != 0) at.packet.anomalies.add(Anomaly::dns_z_flag_set);
  if (header.opcode() >= opcodes) at.packet.anomalies.add(Anomaly::dns_invalid_opcode);
  if (header.response() != (at.way == Way::to_client))
    at.packet.anomalies.add(header.response() ? Anomaly::dns_not_a_request : Anomaly::dns_not_a_response);
}

// Where a message cannot be read on.
void note_damage(const Passage& at, const DnsMessage& message) noexcept {
  auto reading = message;
  DnsQuestion question;
  while (reading.next_question(question)) continue;
  if (reading.error()) return at.packet.anomalies.add(Anomaly::dns_malformed_data);
  DnsRecord record;
  std::size_t records = 0;
  while (reading.next_record(record)) ++records;
  const auto& header = message.header();
  if (records < header.answers)
    at.packet.anomalies.add(Anomaly::dns_malformed_data);
  else if (records < std::size_t{header.answers} + header.authorities)
    at.packet.anomalies.add(Anomaly::dns_invalid_authorities);
  else
    at.packet.anomalies.add(Anomaly::dns_invalid_additionals);
}

}  // namespace

void Reporter::dns(const Passage& at, const DnsMessage& message) noexcept {
  const auto& header = message.header();
  note_header(at, header);
  EventWriter event{buffer_};
  event.begin(sender_header(EventType::dns, at));
  tunnel_fields(event, at.flow, at.way);
  event.integer(Field::transaction, at.flow.transactions);
  header_fields(event, header);
  if (at.flow.strips_ech && at.way == Way::to_client && holds_ech_keys(message.bytes())) {
    const auto answer = may_strip_ech(at.packet) ? EchAnswer::stripped : EchAnswer::out_of_reach;
    ++counters_->ech_answers[answer];
    event.integer(Field::ech_answer, static_cast<std::uint64_t>(answer));
  }

  const About about{*this, {nullptr, &message, at.flow.transactions}};
  // A datagram stands alone; a dropped segment of a stream comes again, and must not get through then.
  const auto scope = at.packet.protocol == ip_protocol::tcp ? Scope::flow : Scope::message;
  auto reading = message;
  DnsQuestion question;
  // A response repeats the question: it counts where the query itself did not come by.
  const bool seen = header.response() && at.flow.packets[static_cast<std::size_t>(opposite(at.way))] != 0;
  DnsName asked;
  while (reading.next_question(question)) {
    if (asked.view().empty()) asked = question.name;
    event.text(Field::dns_query_name, question.name.view());
    event.integer(Field::dns_query_type, question.type);
    if (!seen) name(at, Field::dns_query_name, question.name.view(), Stage::name_looked_up, scope);
  }
  Hits content;
  signatures_.dns(at, message, !seen, content);
  alerts(at, content, Field::dns_query_name, asked.view(), Stage::content_matched, scope, nullptr);
  put_dns_records(event, reading);
  // Names may stand in what could not be read.
  if (reading.error()) {
    if (!at.packet.uninspected) at.packet.uninspected = UninspectedReason::parse_error;
    note_damage(at, message);
  }
  if (record_ == Record::all) send(event, EventType::dns, at.packet.number);
  if (header.response()) learn(at, message, scope);
  ++at.flow.transactions;
}

void Reporter::dns_fields(EventWriter& event, const DnsMessage& message) noexcept {
  header_fields(event, message.header());
  auto reading = message;
  DnsQuestion question;
  while (reading.next_question(question)) {
    event.text(Field::dns_query_name, question.name.view());
    event.integer(Field::dns_query_type, question.type);
  }
  put_dns_records(event, reading);
}

// The client is where the answer goes: that it asked, the tap may not have seen.
void Reporter::learn(const Passage& at, const DnsMessage& message, Scope scope) noexcept {
  memory_->names.answered(at.packet.destination, at.packet.time);
  auto reading = message;
  DnsQuestion question;
  if (message.header().questions != 1 || !reading.next_question(question)) return;
  AliasChain chain;
  if (!chain.add(question.name.view())) return;
  DnsRecord record;
  while (reading.next_record(record) && record.section == DnsSection::answer)
    if (chain.contains(record.name.view())) learn_record(at, reading, record, chain);
  match_aliases(at, chain, scope);
}

void Reporter::learn_record(const Passage& at, const DnsMessage& message, const DnsRecord& record,
                            AliasChain& chain) noexcept {
  switch (static_cast<DnsType>(record.type)) {
    case DnsType::a:
      if (record.rdata.size() == 4) remember(at, Address::v4(record.rdata.first<4>()), chain, record.ttl);
      break;
    case DnsType::aaaa:
      if (record.rdata.size() != 16) break;
      remember(at, Address::v6(record.rdata.first<16>()), chain, record.ttl);
      nat64_.learn(at.packet.destination, record.name.view(), Address::v6(record.rdata.first<16>()), record.ttl,
                   at.packet.time);
      break;
    case DnsType::cname: {
      DnsName target;
      if (target.read(message.bytes(), record.rdata_offset)) (void)chain.add(target.view());
      break;
    }
    case DnsType::svcb:
    case DnsType::https: learn_service(at, message, record, chain); break;
    default: break;
  }
}

void Reporter::learn_service(const Passage& at, const DnsMessage& message, const DnsRecord& record,
                             AliasChain& chain) noexcept {
  Reader data{record.rdata};
  const auto priority = data.be16();
  DnsName target;
  const auto after = target.read(message.bytes(), record.rdata_offset + 2);
  if (!data.ok() || !after || *after > record.rdata_offset + record.rdata.size()) return;
  if (!target.view().empty()) (void)chain.add(target.view());  // "." is the owner itself
  if (priority == alias_mode) return;
  SvcParams parameters{record.rdata.subspan(*after - record.rdata_offset)};
  SvcParam parameter;
  while (parameters.next(parameter)) {
    Reader value{parameter.value};
    switch (static_cast<SvcParamKey>(parameter.key)) {
      case SvcParamKey::ipv4hint:
        while (value.left() >= 4) remember(at, Address::v4(value.take(4).first<4>()), chain, record.ttl);
        break;
      case SvcParamKey::ipv6hint:
        while (value.left() >= 16) remember(at, Address::v6(value.take(16).first<16>()), chain, record.ttl);
        break;
      case SvcParamKey::ech: {
        EchConfigList configs{parameter.value};
        EchConfig config;
        const auto until = at.packet.time + std::max(seconds_of(record.ttl), resolved_name_floor);
        while (configs.next(config))
          if (!memory_->ech.remember(at.packet.destination, config.id, config.public_name, until, at.packet.time))
            ++counters_->dns_memory_evicted;
        break;
      }
      default: break;
    }
  }
}

void Reporter::remember(const Passage& at, const Address& address, const AliasChain& chain,
                        std::uint32_t ttl) noexcept {
  if (!memory_->names.remember(at.packet.destination, address, chain, seconds_of(ttl), at.packet.time))
    ++counters_->dns_memory_evicted;
}

// What the asked name itself hits was said when it was asked for.
void Reporter::match_aliases(const Passage& at, const AliasChain& chain, Scope scope) noexcept {
  std::size_t position = 0;
  const auto asked = chain.next(position);
  Hits said;
  ruleset_->match_name(asked, said);
  for (auto target = chain.next(position); !target.empty(); target = chain.next(position)) {
    Hits hits;
    ruleset_->match_name(target, hits);
    Hits fresh;
    for (const auto row : hits)
      if (std::find(said.begin(), said.end(), row) == said.end()) fresh.add(row);
    for (const auto row : fresh) said.add(row);
    alerts(at, fresh, Field::dns_query_name, asked, Stage::name_looked_up, scope, nullptr, target);
  }
}

// Only where it is known which end is the client: placed by that end, its look-ups and its flows meet in one worker.
const AliasChain* Reporter::resolved(const Flow& flow, Tick now) const noexcept {
  if (flow.inside == Inside::unknown || flow.protocol == Protocol::dns) return nullptr;
  const bool initiator_inside = flow.inside == Inside::source;
  return memory_->names.find(initiator_inside ? flow.initiator() : flow.responder(),
                             initiator_inside ? flow.responder() : flow.initiator(), now);
}

void Reporter::seek_name(const Passage& at) noexcept {
  at.flow.name_sought = true;
  const auto* const chain = resolved(at.flow, at.packet.time);
  if (chain == nullptr) return;
  const auto stage = at.flow.state == FlowState::fresh ? Stage::connection_tried : Stage::connected;
  const auto asked = chain->asked();
  std::size_t position = 0;
  for (auto name = chain->next(position); !name.empty(); name = chain->next(position)) {
    Hits hits;
    ruleset_->match_name(name, hits);
    if (hits.count == 0) continue;
    const bool is_alias = name.data() != asked.data();
    return alerts(at, hits, Field::resolved_name, asked, stage, Scope::flow, nullptr,
                  is_alias ? name : std::string_view{});
  }
}

// A flow that ends before any payload told whether a name would come.
void Reporter::seek_name_at_end(Flow& flow, std::uint64_t tag) noexcept {
  if (flow.named || flow.name_sought) return;
  Packet packet;  // none is left to have a verdict: this one stands for the end
  packet.time = flow.last_seen;
  packet.number = tag;
  seek_name({packet, flow, Way::to_server});
}

void Reporter::resolution_fields(EventWriter& event, const Flow& flow) const noexcept {
  if (flow.inside == Inside::unknown || flow.protocol == Protocol::dns) return;
  if (const auto* const chain = flow.named ? nullptr : resolved(flow, flow.last_seen))
    event.text(Field::resolved_name, chain->asked());
  const auto& far = flow.responder();
  if (flow.inside == Inside::source && !far.is_private() && !far.is_multicast() &&
      memory_->names.never_resolved(flow.initiator(), far, flow.first_seen))
    event.integer(Field::never_resolved, 1);
}

}  // namespace sluice
