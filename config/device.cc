#include "config/device.hh"

#include <fmt/format.h>

#include <algorithm>

#include "config/error.hh"

namespace sluice::config {
namespace {

constexpr std::string_view pci_with_domain = "xxxx:xx:xx.f";

bool fits(std::string_view text, std::string_view shape) noexcept {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char c, char wanted) {
    if (wanted == 'f') return c >= '0' && c <= '7';  // a PCI function has three bits
    if (wanted != 'x') return c == wanted;
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

}  // namespace

bool is_interface_name(std::string_view text) noexcept {
  if (text.empty() || text.size() > interface_size_limit || text == "." || text == "..") return false;
  return text.find_first_of("/: \t\n\v\f\r\xa0") == std::string_view::npos;
}

bool is_pci_address(std::string_view text) noexcept {
  return fits(text, pci_with_domain) || fits(text, pci_with_domain.substr(5));
}

bool is_virtual_device(std::string_view text) noexcept {
  const auto name = text.substr(0, text.find(','));
  const auto allowed = [](char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
  return text.size() <= virtual_device_size_limit && (name.starts_with("net_") || name.starts_with("virtio_user")) &&
         std::all_of(name.begin(), name.end(), allowed) && text.find(' ') == std::string_view::npos;
}

Driver driver_for(std::string_view device) noexcept {
  if (is_pci_address(device)) return Driver::vfio;
  return is_virtual_device(device) ? Driver::vdev : Driver::af_xdp;
}

Driver driver_in_use(const PortT& port) noexcept {
  return port.driver == Driver::auto_ ? driver_for(port.device) : port.driver;
}

std::optional<std::string> device_complaint(std::string_view text) {
  if (is_pci_address(text) || is_virtual_device(text) || is_interface_name(text)) return std::nullopt;
  return fmt::format(
      "{} is neither an interface name (at most {} characters, no '/', ':' or blank) nor a PCI address "
      "(0000:01:00.0) nor a virtual device (net_...)",
      in_quotes(text), interface_size_limit);
}

std::optional<std::string> driver_complaint(Driver driver, std::string_view device) {
  const auto wants = [&](bool has, std::string_view what) -> std::optional<std::string> {
    if (has) return std::nullopt;
    return fmt::format("the driver {} needs {}, and {} is none", EnumNameDriver(driver), what, in_quotes(device));
  };
  switch (driver) {
    case Driver::af_xdp:
    case Driver::af_packet: return wants(is_interface_name(device), "a kernel interface");
    case Driver::vfio: return wants(is_pci_address(device), "a PCI address");
    case Driver::vdev: return wants(is_virtual_device(device), "a virtual device");
    case Driver::auto_: break;
  }
  return std::nullopt;
}

std::string device_identity(std::string_view text) {
  if (is_pci_address(text)) {
    std::string address(text);
    if (address.size() < pci_with_domain.size()) address.insert(0, "0000:");
    std::transform(address.begin(), address.end(), address.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
    return address;
  }
  return std::string(is_virtual_device(text) ? text.substr(0, text.find(',')) : text);
}

}  // namespace sluice::config
