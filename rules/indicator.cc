#include "rules/indicator.hh"

#include <algorithm>
#include <array>
#include <new>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace sluice {
namespace {

// In the order of the enumerators, from first_class on.
constexpr std::array<std::string_view, 4> kinds{"domain", "host", "ip", "cidr"};
constexpr std::array<std::string_view, 11> classes{
    "telemetry",           "advertising",    "dns-bypass",        "weak-encryption",       "clear-text-identifier",
    "remote-content-list", "keyboard-input", "spyware-indicator", "stalkerware-indicator", "known-c2-indicator",
    "anonymiser"};
constexpr std::array<std::string_view, 4> confidences{"low", "medium", "high", "defined"};
constexpr std::size_t first_class = 1;

constexpr std::size_t derived_id_bytes = 8;

std::optional<std::size_t> index_of(std::span<const std::string_view> texts, std::string_view text) {
  const auto found = std::find(texts.begin(), texts.end(), text);
  if (found == texts.end()) return std::nullopt;
  return static_cast<std::size_t>(found - texts.begin());
}

std::string_view at(std::span<const std::string_view> texts, std::size_t index) {
  return index < texts.size() ? texts[index] : std::string_view("unknown");
}

}  // namespace

std::string_view text_of(IndicatorKind kind) noexcept { return at(kinds, static_cast<std::size_t>(kind)); }
std::string_view text_of(FindingClass finding_class) noexcept {
  return at(classes, static_cast<std::size_t>(finding_class) - first_class);
}
std::string_view text_of(Confidence confidence) noexcept {
  return at(confidences, static_cast<std::size_t>(confidence));
}

std::optional<IndicatorKind> kind_from(std::string_view text) noexcept {
  const auto index = index_of(kinds, text);
  if (!index) return std::nullopt;
  return static_cast<IndicatorKind>(*index);
}
std::optional<FindingClass> class_from(std::string_view text) noexcept {
  const auto index = index_of(classes, text);
  if (!index) return std::nullopt;
  return static_cast<FindingClass>(*index + first_class);
}
std::optional<Confidence> confidence_from(std::string_view text) noexcept {
  const auto index = index_of(confidences, text);
  if (!index) return std::nullopt;
  return static_cast<Confidence>(*index);
}

std::span<const std::string_view> kind_texts() noexcept { return kinds; }
std::span<const std::string_view> class_texts() noexcept { return classes; }
std::span<const std::string_view> confidence_texts() noexcept { return confidences; }

std::string derived_id(IndicatorKind kind, std::string_view normalised) {
  const auto input = fmt::format("{}:{}", text_of(kind), normalised);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  // SHA-256 of the default provider fails only where memory is out.
  if (EVP_Digest(input.data(), input.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
  std::string id;
  for (std::size_t i = 0; i < derived_id_bytes; ++i) id += fmt::format("{:02x}", digest[i]);
  return id;
}

}  // namespace sluice
