#include "control/eve/eve_ipv6.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>

#include "rules/names/address.hh"

namespace sluice {
namespace {

constexpr std::array<std::string_view, 11> address_keys{"src_ip",    "dest_ip",     "device",  "relay_ip",
                                                        "addresses", "dns_servers", "target",  "mapped_ip",
                                                        "AAAA",      "aaaa",        "ipv6hint"};
constexpr std::array<std::string_view, 2> others_words{"sluice", "metadata"};

constexpr bool is_among(const auto& keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string in_full(const Address& address) {
  std::string text;
  for (std::size_t i = 0; i < address.bytes.size(); i += 2)
    fmt::format_to(std::back_inserter(text), "{}{:02x}{:02x}", i == 0 ? "" : ":", address.bytes[i],
                   address.bytes[i + 1]);
  return text;
}

// A text, or a list of them; of texts those that are such an address.
void write(Json& value) {
  if (value.is_array())
    for (auto& one : value) write(one);
  if (!value.is_string()) return;
  const auto address = Address::parse(value.get_ref<const std::string&>());
  if (address && !address->is_v4()) value = in_full(*address);
}

}  // namespace

void write_ipv6_in_full(Json& line) {
  if (line.is_array())
    for (auto& one : line) write_ipv6_in_full(one);
  if (!line.is_object()) return;
  const auto type = line.find("rrtype");
  const bool holds_address = type != line.end() && *type == "AAAA";
  for (const auto& [key, value] : line.items()) {
    if (is_among(others_words, key)) continue;
    if (is_among(address_keys, key) || (holds_address && key == "rdata"))
      write(value);
    else
      write_ipv6_in_full(value);
  }
}

}  // namespace sluice
