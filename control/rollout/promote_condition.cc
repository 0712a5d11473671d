#include "control/rollout/promote_condition.hh"

#include <fmt/format.h>

#include <array>

#include "control/text/safe_text.hh"

namespace sluice {
namespace {

using Count = PromoteCondition::Count;

constexpr std::array<std::string_view, 3> plural{"blocks", "flows", "devices"};
constexpr std::array<std::string_view, 3> singular{"block", "flow", "device"};
constexpr std::size_t whole_digits = 9;
constexpr std::size_t fraction_digits = 3;
constexpr std::uint64_t thousand = 1000;

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Reading {
 public:
  explicit Reading(std::string_view text) : text_(text) {}

  bool take(char wanted) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  bool is_at_end() {
    skip_blanks();
    return at_ == text_.size();
  }
  template <class Wanted>
  std::string_view run(Wanted wanted) {
    const auto begin = at_;
    while (at_ < text_.size() && wanted(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  std::optional<Count> count(bool behind_slash) {
    skip_blanks();
    const auto begin = at_;
    const auto word = run(is_letter);
    for (std::size_t i = 0; i < plural.size(); ++i)
      if (word == plural[i] || (behind_slash && word == singular[i])) return static_cast<Count>(i);
    at_ = begin;
    return std::nullopt;
  }
  // Nothing where there is none, or one of too many digits.
  std::optional<std::uint64_t> thousandths() {
    skip_blanks();
    const auto begin = at_;
    const auto whole = run(is_digit);
    std::string_view fraction;
    const bool has_point = at_ < text_.size() && text_[at_] == '.';
    if (has_point) {
      ++at_;
      fraction = run(is_digit);
    }
    if (whole.empty() || whole.size() > whole_digits || fraction.size() > fraction_digits ||
        (has_point && fraction.empty())) {
      at_ = begin;
      return std::nullopt;
    }
    std::uint64_t value = 0;
    for (const char c : whole) value = value * 10 + static_cast<std::uint64_t>(c - '0');
    for (std::size_t i = 0; i < fraction_digits; ++i)
      value = value * 10 + (i < fraction.size() ? static_cast<std::uint64_t>(fraction[i] - '0') : 0);
    return value;
  }
  [[nodiscard]] tl::unexpected<std::string> fail(const char* wanted) {
    skip_blanks();
    const auto there =
        at_ == text_.size() ? std::string{"the end"} : fmt::format("\"{}\"", shown_text(text_.substr(at_)));
    return tl::unexpected(
        fmt::format("column {}: {} where {} must stand, as in 'blocks/device < 2.5'", at_ + 1, there, wanted));
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::uint64_t value_of(Count count, const BlockCounts& counts) noexcept {
  switch (count) {
    case Count::blocks: return counts.blocks;
    case Count::flows: return counts.flows;
    case Count::devices: return counts.devices;
  }
  return 0;
}

}  // namespace

tl::expected<PromoteCondition, std::string> PromoteCondition::parse(std::string_view text) {
  if (text.size() > size_limit) return tl::unexpected(fmt::format("more than {} characters", size_limit));
  Reading reading{text};
  PromoteCondition condition;
  const auto count = reading.count(false);
  if (!count) return reading.fail("blocks, flows or devices");
  condition.count_ = *count;
  if (reading.take('/')) {
    condition.per_ = reading.count(true);
    if (!condition.per_) return reading.fail("device, flow or block");
  }
  if (!reading.take('<')) return reading.fail(condition.per_ ? "< or <=" : "/, < or <=");
  condition.or_equal_ = reading.take('=');
  const auto number = reading.thousandths();
  if (!number) return reading.fail("a number of 9 digits at most, and 3 behind a point,");
  condition.thousandths_ = *number;
  if (!reading.is_at_end()) return reading.fail("the end");
  return condition;
}

bool PromoteCondition::holds(const BlockCounts& counts) const noexcept {
  // 64 bits may not hold the products.
  __extension__ using Wide = unsigned __int128;
  const auto per = per_ ? value_of(*per_, counts) : 1;
  const auto found = per == 0 ? Wide{0} : Wide{value_of(count_, counts)} * thousand;
  const auto bound = Wide{thousandths_} * (per == 0 ? 1 : per);
  return or_equal_ ? found <= bound : found < bound;
}

std::string PromoteCondition::text() const {
  auto text = std::string{plural[static_cast<std::size_t>(count_)]};
  if (per_) text += fmt::format("/{}", singular[static_cast<std::size_t>(*per_)]);
  text += fmt::format(" {} {}", or_equal_ ? "<=" : "<", thousandths_ / thousand);
  if (const auto rest = thousandths_ % thousand; rest != 0) {
    auto digits = fmt::format(".{:03}", rest);
    while (digits.back() == '0') digits.pop_back();
    text += digits;
  }
  return text;
}

}  // namespace sluice
