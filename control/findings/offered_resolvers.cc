#include "control/findings/offered_resolvers.hh"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::uint64_t acknowledgement = 5;  // RFC 2132 section 9.6: DHCPACK

std::uint64_t number(const Event& event, Field field) {
  const auto found = event.find(field);
  return found ? found->integer() : 0;
}

std::optional<Address> address(const Event& event, Field field) {
  const auto found = event.find(field);
  return found ? Address::parse(found->text()) : std::nullopt;
}

// Whether the flow asks for names, in the clear or in secret.
bool looks_names_up(const Event& flow) {
  return static_cast<Protocol>(number(flow, Field::flow_protocol)) == Protocol::dns || flow.find(Field::encrypted_dns);
}

}  // namespace

void OfferedResolvers::offer(const EventHeader& header, const Address& device, std::vector<Address> resolvers,
                             Tick until) {
  const auto key = key_of(header, device);
  const auto found = offers_.find(key);
  if (found == offers_.end()) {
    if (offers_.size() == device_limit) {
      offers_.erase(order_.front());
      order_.pop_front();
    }
    order_.push_back(key);
    offers_.emplace(key, Offer{header.time, until, std::move(resolvers)});
    return;
  }
  auto& known = found->second;
  // Renewed as it was: what began before the renewal was past it, too.
  if (known.resolvers != resolvers || known.until < header.time) known.since = header.time;
  known.until = until;
  known.resolvers = std::move(resolvers);
}

void OfferedResolvers::consume(const Event& event) {
  if (event.header().type != EventType::dhcp || number(event, Field::dhcp_type) != acknowledgement) return;
  // To a DHCPINFORM (RFC 2131 section 4.3.5) the client's own address stands for the assigned one.
  auto device = address(event, Field::dhcp_assigned_ip);
  if (!device) device = address(event, Field::dhcp_client_ip);
  if (!device) return;
  std::vector<Address> resolvers;
  for (const auto& field : event)
    if (field.field == Field::dhcp_dns_server && resolvers.size() < resolver_limit)
      if (const auto resolver = Address::parse(field.text())) resolvers.push_back(*resolver);
  if (resolvers.empty()) return;
  const auto lease = std::chrono::seconds{number(event, Field::dhcp_lease_time)};
  const auto time = event.header().time;
  offer(event.header(), *device, std::move(resolvers), time + (lease == Duration::zero() ? offer_time : lease));
}

bool OfferedResolvers::is_past(const Event& event) const {
  const auto& header = event.header();
  const bool is_dns = header.type == EventType::dns;
  if (!is_dns && (header.type != EventType::flow || !looks_names_up(event))) return false;
  const bool is_answer = is_dns && number(event, Field::dns_response) != 0;
  const auto& client = is_answer ? header.destination : header.source;
  const auto& resolver = is_answer ? header.source : header.destination;
  const auto found = offers_.find(key_of(header, client));
  if (found == offers_.end()) return false;
  const auto& offer = found->second;
  const auto start = event.find(Field::flow_start);
  const auto asked = start ? tick_from_nanoseconds(static_cast<std::int64_t>(start->integer())) : header.time;
  if (asked < offer.since || asked > offer.until) return false;
  return std::find(offer.resolvers.begin(), offer.resolvers.end(), resolver) == offer.resolvers.end();
}

}  // namespace sluice
