#include "dataplane/packet/nat64.hh"

#include <algorithm>
#include <chrono>

namespace sluice {
namespace {

constexpr unsigned lengths[] = {96, 64, 56, 48, 40, 32};  // RFC 6052 section 2.2
constexpr std::size_t reserved_byte = 8;                  // "u": zero, and no part of the embedded address
constexpr std::string_view discovery_name = "ipv4only.arpa";
constexpr std::uint32_t longest_ttl = 86400;  // seconds

bool has_prefix(const Address& address, const Address& prefix, unsigned bits) noexcept {
  return std::equal(prefix.bytes.begin(), prefix.bytes.begin() + bits / 8, address.bytes.begin());
}

bool is_discovery_name(std::string_view name) noexcept {
  return std::equal(name.begin(), name.end(), discovery_name.begin(), discovery_name.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

// RFC 7050 section 2.2: 192.0.0.170 and 192.0.0.171.
bool is_well_known(const Address& v4) noexcept {
  return v4.bytes[12] == 192 && v4.bytes[13] == 0 && v4.bytes[14] == 0 && (v4.bytes[15] & 0xfe) == 170;
}

}  // namespace

Address embedded_v4(const Address& address, unsigned prefix_bits) noexcept {
  std::array<std::uint8_t, 4> v4{};
  auto at = std::size_t{prefix_bits} / 8;
  for (auto& byte : v4) {
    if (at == reserved_byte && prefix_bits != 96) ++at;
    byte = address.bytes[at++];
  }
  return Address::v4(v4);
}

void Nat64Prefixes::learn(const Address& client, std::string_view name, const Address& answer,
                          std::uint32_t ttl_seconds, Tick now) noexcept {
  if (answer.is_v4() || !is_discovery_name(name)) return;
  for (const auto bits : lengths) {
    const bool is_clear = bits == 96 || answer.bytes[reserved_byte] == 0;
    if (!is_clear || !is_well_known(embedded_v4(answer, bits))) continue;
    Entry entry{client, answer, bits, now + std::chrono::seconds{std::min(ttl_seconds, longest_ttl)}};
    // The same again; else the one that expires first gives way.
    auto* place = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& known) {
      return known.client == client && known.bits == bits && has_prefix(answer, known.prefix, bits);
    });
    if (place == entries_.end())
      place = std::min_element(entries_.begin(), entries_.end(),
                               [](const Entry& a, const Entry& b) { return a.expires < b.expires; });
    *place = entry;
    return;
  }
}

std::optional<Address> Nat64Prefixes::v4_behind(const Address& client, const Address& remote, Tick now) const noexcept {
  if (remote.is_v4()) return std::nullopt;
  constexpr std::array<std::uint8_t, 12> well_known{0x00, 0x64, 0xff, 0x9b};
  if (std::equal(well_known.begin(), well_known.end(), remote.bytes.begin())) return embedded_v4(remote, 96);
  for (const auto& entry : entries_)
    if (entry.bits != 0 && now <= entry.expires && entry.client == client &&
        has_prefix(remote, entry.prefix, entry.bits))
      return embedded_v4(remote, entry.bits);
  return std::nullopt;
}

}  // namespace sluice
