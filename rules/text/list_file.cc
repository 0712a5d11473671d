#include "rules/text/list_file.hh"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "rules/text/sha256.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::size_t derived_id_size = 16;  // hex digits
constexpr std::size_t read_block_size = 1024 * 1024;

}  // namespace

std::string ListError::text() const {
  return line == 0 ? fmt::format("{}: {}", file, message) : fmt::format("{}:{}:{}: {}", file, line, column, message);
}

void ListErrors::add(std::size_t line, std::size_t column, std::string message) {
  if (errors_.size() < list_error_limit) {
    errors_.push_back({file_, line, column, std::move(message)});
  } else {
    ++left_out_;
  }
}

std::vector<ListError> ListErrors::take() {
  if (left_out_ > 0)
    errors_.push_back(
        {file_, 0, 0, fmt::format("{} more errors are not listed: correct those above first", left_out_)});
  return std::move(errors_);
}

bool is_list_id(std::string_view text) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= list_id_size_limit && std::all_of(text.begin(), text.end(), allowed);
}

std::string derived_id(std::string_view key) {
  Sha256 digest;
  digest.add(key);
  return digest.hex().substr(0, derived_id_size);
}

bool check_list(std::string_view text, std::string_view list_name, ListErrors& errors) {
  if (!is_list_id(list_name)) {
    errors.add(0, 0,
               fmt::format("the name of the list, \"{}\", becomes part of every rule_id: use letters, digits, '.', "
                           "'_' and '-', {} at most",
                           printable(list_name), list_id_size_limit));
  }
  if (text.size() > list_size_limit) {
    errors.add(0, 0, fmt::format("larger than {} MiB: split the list", list_size_limit / (1024 * 1024)));
    return false;
  }
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    errors.add(1, 1, "the file is UTF-16: save it as UTF-8");
    return false;
  }
  return true;
}

tl::expected<std::string, ListError> read_list_file(const std::filesystem::path& path) {
  const auto unreadable = [&](std::string message) {
    return tl::unexpected(ListError{path.string(), 0, 0, std::move(message)});
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return unreadable("is a directory: name a file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(fmt::format("cannot be opened: {}", std::strerror(errno)));
  std::string text;
  std::string block(read_block_size, '\0');
  // A file beyond the limit (or one without end) is read until that shows, and no further.
  while (file && text.size() <= list_size_limit) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block, 0, static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) return unreadable(fmt::format("cannot be read: {}", std::strerror(errno)));
  return text;
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace sluice
