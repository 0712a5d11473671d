#include "rules/indicators/indicator_text.hh"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "rules/names/domain_name.hh"
#include "rules/names/http_url.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

using Meaning = tl::expected<IndicatorMeaning, std::string>;

constexpr unsigned mapped_bits = 96;  // of ::ffff:0:0/96, where IPv4 stands in an Address

bool is_lower_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool is_hex_digit(char c) { return is_lower_hex_digit(c) || (c >= 'A' && c <= 'F'); }

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

bool is_ipv4(const AddressRange& range) { return range.first.is_v4() && range.last.is_v4(); }

// Bits that all addresses of the range share, counted in its own family.
unsigned prefix_length(const AddressRange& range) {
  unsigned length = 0;
  for (std::size_t i = 0; i < range.first.bytes.size(); ++i) {
    const auto differing = static_cast<std::uint8_t>(range.first.bytes[i] ^ range.last.bytes[i]);
    length += static_cast<unsigned>(std::countl_zero(differing));
    if (differing != 0) break;
  }
  return is_ipv4(range) ? length - mapped_bits : length;
}

// What a prefix with host bits was meant to be; nothing where it is wrong in another way.
std::optional<std::string> without_host_bits(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto address = Address::parse(text.substr(0, slash));
  const auto digits = text.substr(slash + 1);
  unsigned length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const bool v4 = text.find(':') == std::string_view::npos;
  if (!address || error != std::errc{} || end != digits.data() + digits.size() || length > (v4 ? 32U : 128U))
    return std::nullopt;
  for (unsigned bit = length + (v4 ? mapped_bits : 0); bit < 128; ++bit)
    address->bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
  return fmt::format("{}/{}", address->text(), length);
}

// True where a range takes in so much that it can hardly be meant.
bool too_wide(const AddressRange& range) {
  if (is_ipv4(range)) return prefix_length(range) < shortest_ipv4_prefix;
  const auto any_ipv4 = Address::parse("0.0.0.0");
  return prefix_length(range) < shortest_ipv6_prefix || range.contains(*any_ipv4);
}

template <typename... Args>
tl::unexpected<std::string> fault(fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected(fmt::format(format, std::forward<Args>(args)...));
}

// Hex in any case, the digits of certificates in pairs with colons between them or not.
Meaning read_digest(RuleKind kind, std::string_view text, std::size_t digits) {
  auto digest = lower_case(text);
  if (is_certificate(kind)) std::erase(digest, ':');
  if (digest.size() != digits || !std::ranges::all_of(digest, is_hex_digit))
    return fault("\"{}\" is no {}: write {} hex digits", printable(text), text_of(kind), digits);
  return IndicatorMeaning{std::move(digest), {}};
}

// FoxIO, JA4: "t13d1516h2_8daaf6152771_e5627efa2ab1". The first and last letter of an ALPN keep their case.
Meaning read_ja4(std::string_view text) {
  constexpr std::size_t size = 36;
  constexpr std::string_view carriers = "tqd";
  const auto is_hex = [&](std::size_t at) { return std::ranges::all_of(text.substr(at, 12), is_lower_hex_digit); };
  if (text.size() != size || carriers.find(text[0]) == std::string_view::npos || text[10] != '_' || text[23] != '_' ||
      !is_hex(11) || !is_hex(24))
    return fault("\"{}\" is no JA4 of a TLS client: write it as t13d1516h2_8daaf6152771_e5627efa2ab1", printable(text));
  return IndicatorMeaning{std::string(text), {}};
}

Meaning read_name(std::string_view text) {
  if (AddressRange::parse(text)) return fault("\"{}\" is an address: use kind ip or cidr", printable(text));
  auto name = parse_domain_name(text);
  if (!name) return fault("\"{}\" {}", printable(text), explain(name.error()));
  if (name->find('.') == std::string::npos)
    return fault(
        "\"{}\" is a single label, which as a top-level domain would match everything below it: write the "
        "full name",
        printable(text));
  return IndicatorMeaning{std::move(*name), {}};
}

Meaning read_url(std::string_view text) {
  const auto url = parse_http_url(text);
  if (!url) return fault("\"{}\" {}", printable(text), explain(url.error()));
  return IndicatorMeaning{url->text(), {}};
}

Meaning read_address(std::string_view text) {
  const auto address = Address::parse(text);
  if (address) return IndicatorMeaning{{}, {*address, *address}};
  if (AddressRange::parse(text)) return fault("\"{}\" is a prefix: use kind cidr", printable(text));
  return fault("\"{}\" is no IPv4 or IPv6 address: write it without port, brackets or zone", printable(text));
}

Meaning read_prefix(std::string_view text) {
  const auto range = AddressRange::parse(text);
  if (!range) {
    if (const auto meant = without_host_bits(text))
      return fault("\"{}\" has bits behind its prefix: write {}", printable(text), *meant);
    return fault("\"{}\" is no prefix: write it as 192.0.2.0/24 or 2001:db8::/32", printable(text));
  }
  if (text.find('/') == std::string_view::npos)
    return fault("\"{}\" is a single address: use kind ip", printable(text));
  if (too_wide(*range))
    return fault(
        "\"{}\" covers too much to be an indicator: write prefixes of at least /{} (IPv4) or /{} (IPv6, "
        "without ::ffff:0:0/96)",
        printable(text), shortest_ipv4_prefix, shortest_ipv6_prefix);
  return IndicatorMeaning{{}, *range};
}

}  // namespace

Meaning read_indicator_text(RuleKind kind, std::string_view text) {
  switch (kind) {
    case RuleKind::domain:
    case RuleKind::host: return read_name(text);
    case RuleKind::ip: return read_address(text);
    case RuleKind::cidr: return read_prefix(text);
    case RuleKind::ja3: return read_digest(kind, text, 32);
    case RuleKind::cert_sha1: return read_digest(kind, text, 40);
    case RuleKind::cert_sha256: return read_digest(kind, text, 64);
    case RuleKind::ja4: return read_ja4(text);
    case RuleKind::url: return read_url(text);
    case RuleKind::signature: break;
  }
  return fault("{} is no kind of a list", text_of(kind));
}

std::string indicator_key(RuleKind kind, const IndicatorMeaning& meaning) {
  const auto& first = meaning.range.first;
  if (kind == RuleKind::ip) return fmt::format("{}:{}", text_of(kind), first.text());
  if (kind == RuleKind::cidr) return fmt::format("{}:{}/{}", text_of(kind), first.text(), prefix_length(meaning.range));
  return fmt::format("{}:{}", text_of(kind), meaning.name);
}

}  // namespace sluice
