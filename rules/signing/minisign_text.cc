#include "rules/signing/minisign_text.hh"

#include <fmt/format.h>
#include <sodium.h>

#include <charconv>
#include <utility>

namespace sluice {

std::string text_of(const MinisignKeyId& id) {
  std::string text;
  for (auto byte = id.rbegin(); byte != id.rend(); ++byte) text += fmt::format("{:02X}", *byte);
  return text;
}

std::optional<MinisignKeyId> key_id_from(std::string_view text) noexcept {
  MinisignKeyId id{};
  if (text.size() > 2 * id.size()) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  for (auto& byte : id) byte = static_cast<std::uint8_t>(std::exchange(number, number >> 8));
  return id;
}

tl::expected<std::vector<std::string_view>, std::string> minisign_lines(std::string_view text, std::size_t wanted) {
  if (text.size() > minisign_file_limit)
    return tl::unexpected(fmt::format("is larger than {} bytes: no file of minisign is", minisign_file_limit));
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() <= wanted) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (lines.size() < wanted) return tl::unexpected(fmt::format("is cut: {} lines instead of {}", lines.size(), wanted));
  if (lines.size() > wanted) return tl::unexpected(fmt::format("has more than its {} lines", wanted));
  if (!lines.front().starts_with(untrusted_comment_prefix))
    return tl::unexpected(
        fmt::format("does not begin with \"{}\": it is no file of minisign", untrusted_comment_prefix));
  return lines;
}

bool from_base64(std::string_view text, std::span<std::uint8_t> out) {
  std::size_t size = 0;
  return sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, nullptr,
                           sodium_base64_VARIANT_ORIGINAL) == 0 &&
         size == out.size() && to_base64(out) == text;  // libsodium takes some bytes above 0x7f for letters
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the NUL that libsodium counts and writes
  return text;
}

}  // namespace sluice
