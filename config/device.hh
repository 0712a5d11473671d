// How the configuration writes a port's device: a kernel interface, a PCI address or a DPDK virtual device.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/sluice_generated.h"

namespace sluice::config {

// Linux: what dev_valid_name() accepts (IFNAMSIZ 16 with its zero byte).
[[nodiscard]] bool is_interface_name(std::string_view text) noexcept;
// [DDDD:]BB:DD.F in hexadecimal digits.
[[nodiscard]] bool is_pci_address(std::string_view text) noexcept;
// A driver's name and number, perhaps arguments behind a comma: "net_ring0", "virtio_user0,path=/dev/vhost-net".
[[nodiscard]] bool is_virtual_device(std::string_view text) noexcept;

constexpr std::size_t interface_size_limit = 15;        // bytes
constexpr std::size_t virtual_device_size_limit = 512;  // bytes, with arguments

// The driver in use: the port's own, or for `auto` the one that the form of the device asks for; never `auto`.
[[nodiscard]] Driver driver_in_use(const PortT& port) noexcept;
[[nodiscard]] Driver driver_for(std::string_view device) noexcept;

// What keeps the text from being a device, or from being one for that driver; nothing where all is well.
[[nodiscard]] std::optional<std::string> device_complaint(std::string_view text);
[[nodiscard]] std::optional<std::string> driver_complaint(Driver driver, std::string_view device);

// The same for every way of writing one device: PCI addresses with their domain in lower case, virtual devices without
// their arguments.
[[nodiscard]] std::string device_identity(std::string_view text);

}  // namespace sluice::config
