#include "rules/classtype.hh"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

// Suricata 7.0, etc/classification.config
constexpr std::array<std::string_view, 43> classtypes{"not-suspicious",
                                                      "unknown",
                                                      "bad-unknown",
                                                      "attempted-recon",
                                                      "successful-recon-limited",
                                                      "successful-recon-largescale",
                                                      "attempted-dos",
                                                      "successful-dos",
                                                      "attempted-user",
                                                      "unsuccessful-user",
                                                      "successful-user",
                                                      "attempted-admin",
                                                      "successful-admin",
                                                      "rpc-portmap-decode",
                                                      "shellcode-detect",
                                                      "string-detect",
                                                      "suspicious-filename-detect",
                                                      "suspicious-login",
                                                      "system-call-detect",
                                                      "tcp-connection",
                                                      "trojan-activity",
                                                      "unusual-client-port-connection",
                                                      "network-scan",
                                                      "denial-of-service",
                                                      "non-standard-protocol",
                                                      "protocol-command-decode",
                                                      "web-application-activity",
                                                      "web-application-attack",
                                                      "misc-activity",
                                                      "misc-attack",
                                                      "icmp-event",
                                                      "inappropriate-content",
                                                      "policy-violation",
                                                      "default-login-attempt",
                                                      "targeted-activity",
                                                      "exploit-kit",
                                                      "external-ip-check",
                                                      "domain-c2",
                                                      "pup-activity",
                                                      "credential-theft",
                                                      "social-engineering",
                                                      "coin-mining",
                                                      "command-and-control"};

}  // namespace

std::optional<FindingClass> class_of_classtype(std::string_view classtype) noexcept {
  if (std::find(classtypes.begin(), classtypes.end(), classtype) == classtypes.end()) return std::nullopt;
  const bool c2 = classtype == "domain-c2" || classtype == "command-and-control";
  return c2 ? FindingClass::known_c2_indicator : FindingClass::unclassified;
}

std::span<const std::string_view> classtype_texts() noexcept { return classtypes; }

}  // namespace sluice
