// multipart/form-data (RFC 7578, RFC 2046 section 5.1) as it comes, in pieces of any size: where the files in it begin
// and end, and what they hold.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dataplane/base/bytes.hh"

namespace sluice {

class FormStream {
 public:
  static constexpr std::size_t boundary_limit = 200;  // RFC 2046 allows 70
  static constexpr std::size_t head_limit = 1024;     // of a part; the rest of a longer one is passed over

  // What a form tells of its parts; only of those that say a file's name.
  struct Sink {
    void* context;
    void (*begin)(void* context, std::string_view name) noexcept;
    void (*take)(void* context, Bytes content) noexcept;
    void (*end)(void* context) noexcept;
  };

  // False where the Content-Type is none of a form, or names no boundary that fits.
  [[nodiscard]] bool begin(std::string_view content_type) noexcept;
  void add(Bytes content, Sink sink) noexcept;
  // Whether a file is open: its end did not come.
  [[nodiscard]] bool is_open() const noexcept { return state_ == State::content && is_file_; }

 private:
  // No member is initialised here: see Pool.
  enum class State : std::uint8_t {
    content,   // of a part, or what stands before the first
    boundary,  // behind a boundary, to the end of its line
    head,      // of a part
    over,      // behind the last boundary
  };

  [[nodiscard]] std::size_t add_content(std::string_view text, Sink sink) noexcept;
  [[nodiscard]] std::size_t add_boundary(std::string_view text) noexcept;
  [[nodiscard]] std::size_t add_head(std::string_view text, Sink sink) noexcept;
  void give_back(Sink sink) noexcept;
  [[nodiscard]] std::string_view delimiter() const noexcept { return {delimiter_.data(), delimiter_size_}; }

  State state_;
  bool is_file_;          // the part at hand
  std::uint8_t assumed_;  // characters of the delimiter at hand that never came: no CR, or no line end at all
  bool has_dashes_;       // one or both of the dashes that end a form stood behind the boundary
  std::uint8_t line_;  // behind a boundary, or on a line of a head: characters so far; 2 = 2 or more that make it one
  std::uint16_t delimiter_size_;
  std::uint16_t matched_;  // characters of the delimiter so far
  std::uint16_t head_size_;
  std::array<char, 4 + boundary_limit> delimiter_;  // CR, LF, "--", the boundary
  std::array<char, head_limit> head_;
};

}  // namespace sluice
