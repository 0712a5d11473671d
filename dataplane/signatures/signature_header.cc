#include "dataplane/signatures/signature_header.hh"

#include <algorithm>

#include "dataplane/packet/packet.hh"
#include "dataplane/signatures/signature_condition.hh"

namespace sluice {
namespace {

// Sorted by their first value, overlapping ones made one: then one look decides.
template <class Range>
std::vector<Range> joined(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  std::vector<Range> out;
  for (const auto& range : ranges) {
    if (range.last < range.first) continue;
    if (!out.empty() && range.first <= out.back().last)
      out.back().last = std::max(out.back().last, range.last);
    else
      out.push_back(range);
  }
  return out;
}

template <class Range, class Value>
bool holds(const std::vector<Range>& ranges, const Value& value) noexcept {
  const auto behind = std::upper_bound(ranges.begin(), ranges.end(), value,
                                       [](const Value& wanted, const Range& range) { return wanted < range.first; });
  return behind != ranges.begin() && value <= std::prev(behind)->last;
}

}  // namespace

SignatureHeader::End::End(const SignatureAddresses& addresses, const SignaturePorts& ports)
    : place(addresses.place),
      listed(joined(addresses.listed)),
      excepted(joined(addresses.excepted)),
      listed_ports(joined(ports.listed)),
      excepted_ports(joined(ports.excepted)) {}

bool SignatureHeader::End::matches(bool inside, const Address& address, std::uint16_t port) const noexcept {
  if (place != Place::any && inside != (place == Place::inside)) return false;
  if (!listed_ports.empty() && !holds(listed_ports, port)) return false;
  if (!excepted_ports.empty() && holds(excepted_ports, port)) return false;
  if (!listed.empty() && !holds(listed, address)) return false;
  return excepted.empty() || !holds(excepted, address);
}

SignatureHeader::SignatureHeader(const Signature& signature)
    : protocol_(signature.protocol),
      flow_(signature.flow),
      both_ways_(signature.both_ways),
      source_(signature.source, signature.source_ports),
      destination_(signature.destination, signature.destination_ports) {}

bool SignatureHeader::allows(SignatureProtocol parsed_as) const noexcept {
  switch (protocol_) {
    case SignatureProtocol::ip:
    case SignatureProtocol::ip4:
    case SignatureProtocol::ip6: return true;
    case SignatureProtocol::tcp:  // DNS runs over both
    case SignatureProtocol::tcp_packet:
    case SignatureProtocol::tcp_stream:
      return parsed_as != SignatureProtocol::udp && parsed_as != SignatureProtocol::quic;
    case SignatureProtocol::udp:
      return parsed_as == SignatureProtocol::udp || parsed_as == SignatureProtocol::dns ||
             parsed_as == SignatureProtocol::quic;
    case SignatureProtocol::http1:
    case SignatureProtocol::http2: return parsed_as == SignatureProtocol::http;
    default: return parsed_as == protocol_;
  }
}

bool SignatureHeader::allows_transport(const SignatureInput& input) const noexcept {
  switch (protocol_) {
    case SignatureProtocol::ip4: return input.source.is_v4();
    case SignatureProtocol::ip6: return !input.source.is_v4();
    case SignatureProtocol::tcp:
    case SignatureProtocol::tcp_packet:
    case SignatureProtocol::tcp_stream: return input.ip_protocol == ip_protocol::tcp;
    case SignatureProtocol::udp: return input.ip_protocol == ip_protocol::udp;
    case SignatureProtocol::icmp:
      return input.ip_protocol == ip_protocol::icmp || input.ip_protocol == ip_protocol::icmp_v6;
    case SignatureProtocol::icmp_v4: return input.ip_protocol == ip_protocol::icmp;
    case SignatureProtocol::icmp_v6: return input.ip_protocol == ip_protocol::icmp_v6;
    case SignatureProtocol::sctp: return input.ip_protocol == ip_protocol::sctp;
    default: return true;
  }
}

bool SignatureHeader::allows_content(const SignatureInput& input) const noexcept {
  if (sluice::is_transport(protocol_)) return input.moment != SignatureMoment::content || allows(input.protocol);
  const bool is_message = input.moment == SignatureMoment::content && input.protocol != SignatureProtocol::tcp &&
                          input.protocol != SignatureProtocol::udp;
  if (is_message && !allows(input.protocol)) return false;
  // Of HTTP it takes the flow to tell which version it is.
  const bool is_told = protocol_ != SignatureProtocol::http1 && protocol_ != SignatureProtocol::http2;
  return (is_message && is_told) || is_application(protocol_, input.flow_protocol);
}

bool SignatureHeader::matches(const SignatureInput& input) const noexcept {
  using Way = SignatureFlow::Way;
  using State = SignatureFlow::State;
  using Fragments = SignatureFlow::Fragments;
  if (!allows_transport(input) || !allows_content(input)) return false;
  if (flow_.fragments != Fragments::any && input.fragmented != (flow_.fragments == Fragments::fragmented)) return false;
  if (flow_.way != Way::any && input.to_server != (flow_.way == Way::to_server)) return false;
  if (flow_.state != State::any && flow_.state != State::stateless &&
      input.established != (flow_.state == State::established))
    return false;

  if (source_.matches(input.source_inside, input.source, input.source_port) &&
      destination_.matches(input.destination_inside, input.destination, input.destination_port))
    return true;
  return both_ways_ && source_.matches(input.destination_inside, input.destination, input.destination_port) &&
         destination_.matches(input.source_inside, input.source, input.source_port);
}

}  // namespace sluice
