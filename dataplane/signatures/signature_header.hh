// What a signature says before its parts: protocol, addresses, ports, and where in its flow the packet stands.
#pragma once

#include <cstdint>
#include <vector>

#include "dataplane/signatures/signature_input.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

class SignatureHeader {
 public:
  explicit SignatureHeader(const Signature& signature);

  [[nodiscard]] bool matches(const SignatureInput& input) const noexcept;
  // Whether a message that was parsed as this could match, whatever its addresses and its flow.
  [[nodiscard]] bool allows(SignatureProtocol parsed_as) const noexcept;
  [[nodiscard]] bool names_application() const noexcept { return !sluice::is_transport(protocol_); }
  // What allows() says, or payload of a flow may be of the application that the header names.
  [[nodiscard]] bool may_be(SignatureProtocol parsed_as) const noexcept {
    return allows(parsed_as) || (!sluice::is_transport(protocol_) &&
                                 (parsed_as == SignatureProtocol::tcp || parsed_as == SignatureProtocol::udp));
  }

 private:
  [[nodiscard]] bool allows_transport(const SignatureInput& input) const noexcept;
  [[nodiscard]] bool allows_content(const SignatureInput& input) const noexcept;

  using Place = SignatureAddresses::Place;

  // One end of the rule; ranges are sorted and do not overlap.
  struct End {
    End(const SignatureAddresses& addresses, const SignaturePorts& ports);
    [[nodiscard]] bool matches(bool inside, const Address& address, std::uint16_t port) const noexcept;

    Place place;
    std::vector<AddressRange> listed;
    std::vector<AddressRange> excepted;
    std::vector<PortRange> listed_ports;
    std::vector<PortRange> excepted_ports;
  };

  SignatureProtocol protocol_;
  SignatureFlow flow_;
  bool both_ways_;
  End source_;
  End destination_;
};

}  // namespace sluice
