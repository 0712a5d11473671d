// What indicators are called, by row, for as long as somebody holds this: after their list, or its file, was closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class RowNames {
 public:
  virtual ~RowNames() = default;
  [[nodiscard]] virtual std::size_t size() const noexcept = 0;
  // As Indicator::name. `row` is below size(); the text lives as long as this.
  [[nodiscard]] virtual std::string_view name(std::size_t row) const noexcept = 0;
};

class CopiedNames final : public RowNames {
 public:
  void add(std::string_view name) {
    text_ += name;
    ends_.push_back(text_.size());
  }
  [[nodiscard]] std::size_t size() const noexcept override { return ends_.size(); }
  [[nodiscard]] std::string_view name(std::size_t row) const noexcept override {
    const auto begin = row == 0 ? 0 : ends_[row - 1];
    return std::string_view{text_}.substr(begin, ends_[row] - begin);
  }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
};

}  // namespace sluice
