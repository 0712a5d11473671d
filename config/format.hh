// What texts of the configuration may look like: the closed list behind the schema's `format` attribute.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::config {

enum class Format : std::uint8_t {
  none,
  device,           // kernel interface, PCI address or DPDK virtual device (device.hh)
  address,          // IPv4 or IPv6
  cidr,             // IPv4 or IPv6 network without host bits, or one address
  path,             // absolute path
  path_or_empty,    // absolute path, or none
  listen,           // ADDRESS:PORT to listen on; IPv6 in brackets
  listen_or_empty,  // the same, or none
  uuid,             // RFC 9562 section 4: 8-4-4-4-12 hexadecimal digits
  name,             // letters, digits, '.', '_', '-'
  label,            // one line of any text
  eal_argument,     // one word; not an argument that the configuration has an option for
  power_of_two,     // of a number
  rule,             // LIST/ID, or LIST/*
  key_id,           // of a public key of minisign: hexadecimal digits
  device_or_group,  // as cidr, or a name
  finding_class,    // one of rules/facts/rule_facts.hh
  destination,      // as cidr, or a host name of two labels at least
  hours,            // times of the week (hours.hh)
  time_zone,        // of the system's zone database (time_zone.hh)
};

constexpr std::size_t name_size_limit = 64;    // bytes; labels too
constexpr std::size_t path_size_limit = 4095;  // bytes; Linux: PATH_MAX with its zero byte
constexpr std::size_t argument_size_limit = 256;
constexpr std::size_t rule_size_limit = 257;  // bytes: two names of 128 and what stands between them
constexpr std::size_t key_id_digits = 16;
constexpr std::size_t host_name_size_limit = 253;  // bytes, RFC 1035 section 2.3.4 as text

// The format of that name in the schema, "" being none; throws std::logic_error for a name that is not in the list.
[[nodiscard]] Format format_named(std::string_view name);

// For the option table: "absolute path".
[[nodiscard]] std::string_view description(Format format);

// What keeps the text from having the format, for a message; nothing where it has it.
[[nodiscard]] std::optional<std::string> complaint(Format format, std::string_view text);

}  // namespace sluice::config
