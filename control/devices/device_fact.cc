#include "control/devices/device_fact.hh"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr std::array<std::string_view, fact_kinds> texts{"push-model",
                                                         "push-build",
                                                         "dhcp-vendor-class",
                                                         "dhcp-parameters",
                                                         "dhcp-host-name",
                                                         "user-agent",
                                                         "connectivity-check",
                                                         "mdns-model",
                                                         "mdns-host-name",
                                                         "ssdp-server",
                                                         "ja4",
                                                         "name",
                                                         "hardware-address"};

}  // namespace

std::string_view text_of(FactKind kind) noexcept {
  const auto number = static_cast<std::size_t>(kind);
  return number < texts.size() ? texts[number] : std::string_view{};
}

std::optional<FactKind> fact_kind_of(std::string_view text) noexcept {
  const auto* const found = std::find(texts.begin(), texts.end(), text);
  if (found == texts.end()) return std::nullopt;
  return static_cast<FactKind>(found - texts.begin());
}

}  // namespace sluice
