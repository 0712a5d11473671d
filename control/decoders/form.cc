#include "control/decoders/form.hh"

#include <algorithm>

namespace sluice {
namespace {

int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const int high = escape ? digit(text[i + 1]) : -1;
    const int low = escape ? digit(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

Form::Form(std::string_view text) {
  while (!text.empty() && pairs_.size() < pair_limit) {
    const auto piece = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(piece.size() + 1, text.size()));
    if (piece.empty()) continue;
    const auto equals = piece.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1);
    pairs_.emplace_back(percent_decoded(piece.substr(0, equals)), percent_decoded(value));
  }
}

std::string_view Form::value(std::string_view name) const noexcept {
  const auto found = std::find_if(pairs_.begin(), pairs_.end(), [&](const auto& pair) { return pair.first == name; });
  return found == pairs_.end() ? std::string_view{} : std::string_view{found->second};
}

bool Form::has(std::string_view name) const noexcept {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const auto& pair) { return pair.first == name; });
}

}  // namespace sluice
