#include "config/format.hh"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "config/device.hh"
#include "config/error.hh"
#include "config/hours.hh"
#include "config/time_zone.hh"

namespace sluice::config {
namespace {

struct FormatName {
  Format format;
  std::string_view name;
  std::string_view description;
};
constexpr std::array<FormatName, 20> formats{{
    {Format::none, "", ""},
    {Format::device, "device", "interface, PCI address or virtual device"},
    {Format::address, "address", "address"},
    {Format::cidr, "cidr", "network or address"},
    {Format::path, "path", "absolute path"},
    {Format::path_or_empty, "path_or_empty", "absolute path, or empty"},
    {Format::listen, "listen", "ADDRESS:PORT"},
    {Format::listen_or_empty, "listen_or_empty", "ADDRESS:PORT, or empty"},
    {Format::uuid, "uuid", "UUID"},
    {Format::name, "name", "letters, digits, '.', '_', '-'"},
    {Format::label, "label", "one line of text"},
    {Format::eal_argument, "eal_argument", "one word"},
    {Format::power_of_two, "power_of_two", "a power of two"},
    {Format::rule, "rule", "LIST/ID or LIST/*"},
    {Format::key_id, "key_id", "key id, 16 hexadecimal digits"},
    {Format::device_or_group, "device_or_group", "network, address or group"},
    {Format::finding_class, "finding_class", "class of findings"},
    {Format::destination, "destination", "host name, network or address"},
    {Format::hours, "hours", "times of the week"},
    {Format::time_zone, "time_zone", "time zone"},
}};

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hexadecimal(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::optional<std::string> cidr_complaint(std::string_view text) {
  const auto slash = text.find('/');
  const std::string address(text.substr(0, slash));
  std::array<unsigned char, 16> raw{};
  unsigned width = 0;
  int family = AF_INET;
  if (inet_pton(AF_INET, address.c_str(), raw.data()) == 1) {
    width = 32;
  } else if (inet_pton(AF_INET6, address.c_str(), raw.data()) == 1) {
    width = 128;
    family = AF_INET6;
  } else {
    return fmt::format("{} is neither an IPv4 nor an IPv6 network (such as 10.0.0.0/8 or 2001:db8::/32)",
                       in_quotes(text));
  }
  if (slash == std::string_view::npos) return std::nullopt;

  unsigned length = 0;
  const auto digits = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc{} || end != digits.data() + digits.size() || length > width) {
    return fmt::format("{} has no prefix length from 0 to {} behind the slash", in_quotes(text), width);
  }
  bool host_bits = false;
  for (unsigned bit = length; bit < width; ++bit) {
    const auto mask = static_cast<unsigned char>(0x80U >> (bit % 8));
    host_bits = host_bits || (raw[bit / 8] & mask) != 0;
    raw[bit / 8] &= static_cast<unsigned char>(~mask);
  }
  if (!host_bits) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> network{};
  inet_ntop(family, raw.data(), network.data(), network.size());
  return fmt::format("{} has bits set behind its prefix; the network is {}/{}", in_quotes(text), network.data(),
                     length);
}

std::optional<std::string> path_complaint(std::string_view text) {
  if (!text.starts_with('/')) return fmt::format("{} is no absolute path: it does not begin with /", in_quotes(text));
  if (text.size() > path_size_limit) return fmt::format("the path is longer than {} bytes", path_size_limit);
  return std::nullopt;
}

// RFC 3986 section 3.2.2 writes IPv6 addresses in brackets before a port.
std::optional<std::string> listen_complaint(std::string_view text) {
  const auto wrong = fmt::format("{} is no ADDRESS:PORT such as 127.0.0.1:9477 or [::1]:9477", in_quotes(text));
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong;
  auto address = text.substr(0, colon);
  const bool bracketed = address.starts_with('[') && address.ends_with(']');
  if (bracketed) address = address.substr(1, address.size() - 2);
  std::array<unsigned char, 16> raw{};
  if (inet_pton(bracketed ? AF_INET6 : AF_INET, std::string(address).c_str(), raw.data()) != 1) return wrong;
  const auto digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port == 0) return wrong;
  return std::nullopt;
}

std::optional<std::string> uuid_complaint(std::string_view text) {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  const bool fits = std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                               [](char c, char wanted) { return wanted == '-' ? c == '-' : is_hexadecimal(c); });
  if (fits) return std::nullopt;
  return fmt::format("{} is no UUID of the form {}", in_quotes(text), shape);
}

// minisign leaves zeros in front away.
std::optional<std::string> key_id_complaint(std::string_view text) {
  if (!text.empty() && text.size() <= key_id_digits && std::ranges::all_of(text, is_hexadecimal)) return std::nullopt;
  return fmt::format(
      "{} is no key id of up to {} hexadecimal digits, which minisign shows as \"minisign public key "
      "89F46A20CD3CCC99\" in the first line of the key's file",
      in_quotes(text), key_id_digits);
}

std::optional<std::string> label_complaint(std::string_view text) {
  if (text.empty()) return "the text is empty";
  if (text.size() > name_size_limit) return fmt::format("{} is longer than {} bytes", in_quotes(text), name_size_limit);
  return std::nullopt;
}

std::optional<std::string> name_complaint(std::string_view text) {
  const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; };
  if (auto complaint = label_complaint(text)) return complaint;
  if (std::all_of(text.begin(), text.end(), allowed)) return std::nullopt;
  return fmt::format("{} may consist of letters, digits, '.', '_' and '-' only", in_quotes(text));
}

std::optional<std::string> argument_complaint(std::string_view text) {
  if (text.empty()) return "the argument is empty";
  if (text.size() > argument_size_limit) {
    return fmt::format("{} is longer than {} bytes", in_quotes(text), argument_size_limit);
  }
  if (text.find(' ') != std::string_view::npos) {
    return fmt::format("{} holds a blank: write each word as an argument of its own", in_quotes(text));
  }
  struct Taken {
    std::string_view argument;
    std::string_view option;
  };
  // A short argument may carry its value: "-l0-3".
  constexpr std::array<Taken, 7> taken{{{"-l", "cpus"},
                                        {"-c", "cpus"},
                                        {"-m", "memory_mib"},
                                        {"--lcores", "cpus"},
                                        {"--main-lcore", "cpus"},
                                        {"--huge-dir", "hugepages"},
                                        {"--no-huge", "hugepages"}}};
  const auto word = text.substr(0, text.find('='));
  for (const auto& [argument, option] : taken) {
    const bool short_one = argument.size() == 2;
    if (short_one ? text.starts_with(argument) : word == argument) {
      return fmt::format("{} is set by the option \"{}\"", argument, option);
    }
  }
  return std::nullopt;
}

std::optional<std::string> rule_complaint(std::string_view text) {
  const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; };
  const auto is_name = [&](std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), allowed);
  };
  const auto slash = text.find('/');
  const auto id = slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1);
  if (text.size() <= rule_size_limit && is_name(text.substr(0, slash)) && (id == "*" || is_name(id)))
    return std::nullopt;
  return fmt::format("{} is no id of a rule such as local/1000001, nor local/* for all of a list", in_quotes(text));
}

std::optional<std::string> device_or_group_complaint(std::string_view text) {
  const bool looks_like_network = text.find_first_of(":/") != std::string_view::npos;
  return looks_like_network ? cidr_complaint(text) : name_complaint(text);
}

std::optional<std::string> address_complaint(std::string_view text) {
  if (text.find('/') == std::string_view::npos && !cidr_complaint(text)) return std::nullopt;
  return fmt::format("{} is no IPv4 or IPv6 address such as 192.0.2.1 or 2001:db8::1", in_quotes(text));
}

std::optional<std::string> finding_class_complaint(std::string_view text) {
  constexpr std::array<std::string_view, 12> classes{
      "telemetry",           "advertising",    "dns-bypass",        "weak-encryption",       "clear-text-identifier",
      "remote-content-list", "keyboard-input", "spyware-indicator", "stalkerware-indicator", "known-c2-indicator",
      "anonymiser",          "unclassified"};
  if (std::ranges::find(classes, text) != classes.end()) return std::nullopt;
  return fmt::format("{} is no class of findings: write one of {}", in_quotes(text), fmt::join(classes, ", "));
}

// Names as DNS carries them, in any case, without a dot at the end.
std::optional<std::string> destination_complaint(std::string_view text) {
  if (text.find_first_of(":/") != std::string_view::npos || !cidr_complaint(text)) return cidr_complaint(text);
  const auto is_label = [](std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
  };
  bool good = text.size() <= host_name_size_limit && text.find('.') != std::string_view::npos;
  for (auto rest = text; good;) {
    const auto dot = rest.find('.');
    good = is_label(rest.substr(0, dot));
    if (dot == std::string_view::npos) {
      good = good && !std::ranges::all_of(rest, [](char c) { return c >= '0' && c <= '9'; });  // a wrong address
      break;
    }
    rest.remove_prefix(dot + 1);
  }
  if (good) return std::nullopt;
  return fmt::format(
      "{} is neither a network nor a host name such as telemetry.example.com, which stands for all names below it too; "
      "international names are written in their xn-- form",
      in_quotes(text));
}

std::optional<std::string> hours_complaint(std::string_view text) {
  if (parse_hours(text)) return std::nullopt;
  return fmt::format(
      "{} are no times of the week such as \"Mon-Fri 08:00-18:00\", \"Sat,Sun 22:00-06:00\" (into the "
      "next day) or \"12:00-13:30\" (every day)",
      in_quotes(text));
}

std::optional<std::string> time_zone_complaint(std::string_view text) {
  if (!time_zone(text).empty()) return std::nullopt;
  return fmt::format("{} is no time zone that this machine knows, such as Europe/Berlin or UTC (package tzdata)",
                     in_quotes(text));
}

}  // namespace

Format format_named(std::string_view name) {
  for (const auto& format : formats) {
    if (format.name == name) return format.format;
  }
  throw std::logic_error(fmt::format("sluice.fbs has a format that the loader does not know: {}", name));
}

std::string_view description(Format format) {
  const auto* found =
      std::find_if(formats.begin(), formats.end(), [format](const FormatName& name) { return name.format == format; });
  return found == formats.end() ? std::string_view() : found->description;
}

std::optional<std::string> complaint(Format format, std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return fmt::format("{} holds a control character", in_quotes(text));
  }
  switch (format) {
    case Format::device: return device_complaint(text);
    case Format::address: return address_complaint(text);
    case Format::cidr: return cidr_complaint(text);
    case Format::path: return path_complaint(text);
    case Format::path_or_empty: return text.empty() ? std::nullopt : path_complaint(text);
    case Format::listen: return listen_complaint(text);
    case Format::listen_or_empty: return text.empty() ? std::nullopt : listen_complaint(text);
    case Format::uuid: return uuid_complaint(text);
    case Format::name: return name_complaint(text);
    case Format::label: return label_complaint(text);
    case Format::key_id: return key_id_complaint(text);
    case Format::eal_argument: return argument_complaint(text);
    case Format::rule: return rule_complaint(text);
    case Format::device_or_group: return device_or_group_complaint(text);
    case Format::finding_class: return finding_class_complaint(text);
    case Format::destination: return destination_complaint(text);
    case Format::hours: return hours_complaint(text);
    case Format::time_zone: return time_zone_complaint(text);
    case Format::none:
    case Format::power_of_two: break;
  }
  return std::nullopt;
}

}  // namespace sluice::config
