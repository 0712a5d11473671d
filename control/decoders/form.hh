// Names and values of a query or of a form (application/x-www-form-urlencoded, WHATWG URL Standard section 5).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

// "%41+b" is "A b"; an escape that is none stays as it is.
[[nodiscard]] std::string percent_decoded(std::string_view text);

class Form {
 public:
  static constexpr std::size_t pair_limit = 256;  // what follows is left out

  // Empty pieces between '&' are left out, a piece without '=' is a name.
  explicit Form(std::string_view text);

  // Decoded, in order.
  [[nodiscard]] auto begin() const noexcept { return pairs_.begin(); }
  [[nodiscard]] auto end() const noexcept { return pairs_.end(); }
  // The first value of that name; empty where there is none.
  [[nodiscard]] std::string_view value(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace sluice
