// A file of rules as people write them, indicator list or signatures alike: read whole, named, and judged with all of
// its errors at once.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

constexpr std::size_t list_size_limit = std::size_t{64} * 1024 * 1024;  // bytes of a file
// Errors kept of one file; a last one then says how many more there were.
constexpr std::size_t list_error_limit = 10'000;
// An id of a row and the name of a list: letters, digits, '.', '_' and '-', at most so many.
constexpr std::size_t list_id_size_limit = 128;

// Lines and columns count from 1, columns in characters; 0 where the error is of the whole file.
struct ListError {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string message;  // what is wrong and the remedy

  // "FILE:LINE:COLUMN: MESSAGE", as compilers write it
  [[nodiscard]] std::string text() const;
};

// The errors of one file, at most list_error_limit.
class ListErrors {
 public:
  explicit ListErrors(std::string_view file) : file_(file) {}

  void add(std::size_t line, std::size_t column, std::string message);
  // Where more came than are kept, a last one says how many.
  [[nodiscard]] std::vector<ListError> take();

 private:
  std::string file_;
  std::vector<ListError> errors_;
  std::size_t left_out_ = 0;
};

[[nodiscard]] bool is_list_id(std::string_view text) noexcept;
// The id of a row that has none of its own: the first 16 hex digits of SHA-256 over `key`, which says what the row
// means and never where it stands.
[[nodiscard]] std::string derived_id(std::string_view key);

// What must be true of a list before its first line is read; false where nothing of it can be read.
[[nodiscard]] bool check_list(std::string_view text, std::string_view list_name, ListErrors& errors);

// A file's content; of one that is larger than list_size_limit a bit more than that, so that check_list() refuses it.
[[nodiscard]] tl::expected<std::string, ListError> read_list_file(const std::filesystem::path& path);

// Without the blanks at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

}  // namespace sluice
