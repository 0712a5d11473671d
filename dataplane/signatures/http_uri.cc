#include "dataplane/signatures/http_uri.hh"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sluice {
namespace {

// RFC 3986 section 2.1; nothing where those are not hexadecimal digits.
std::optional<unsigned> hexadecimal(std::string_view digits, std::size_t count) noexcept {
  if (digits.size() < count) return std::nullopt;
  unsigned value = 0;
  const auto* const end = digits.data() + count;
  const auto [stopped, error] = std::from_chars(digits.data(), end, value, 16);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

// What stands for a character beyond Latin-1 in a path of bytes. The wide forms of ASCII (Unicode, Halfwidth and
// Fullwidth Forms, U+FF01 to U+FF5E) are what evasions are written in.
char narrow(unsigned code) noexcept {
  if (code < 0x100) return static_cast<char>(code);
  if (code >= 0xff01 && code <= 0xff5e) return static_cast<char>(code - 0xfee0);
  return '?';
}

// The next character of `rest`, decoded.
char take(std::string_view& rest, bool wide_escapes) noexcept {
  const auto first = rest.front();
  rest.remove_prefix(1);
  if (first != '%') return first;
  if (wide_escapes && (rest.starts_with('u') || rest.starts_with('U'))) {
    if (const auto code = hexadecimal(rest.substr(1), 4)) {
      rest.remove_prefix(5);
      return narrow(*code);
    }
  } else if (const auto code = hexadecimal(rest, 2)) {
    rest.remove_prefix(2);
    return static_cast<char>(*code);
  }
  return first;
}

// Ends the segment at the end of what was written, which `begin` is the start of the path in.
void end_segment(MessageValues& values, std::size_t begin) noexcept {
  const auto path = values.written().substr(begin);
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return;
  const auto segment = path.substr(slash + 1);
  if (segment == ".") {
    values.cut_written(begin + slash);
  } else if (segment == "..") {
    const auto above = path.substr(0, slash).rfind('/');
    values.cut_written(begin + (above == std::string_view::npos ? 0 : above));
  }
}

void write_path(std::string_view path, MessageValues& values) noexcept {
  const auto begin = values.written().size();
  while (!path.empty()) {
    auto next = take(path, true);
    if (next == '\\') next = '/';
    if (next == '/') {
      end_segment(values, begin);
      if (values.written().size() > begin && values.written().ends_with('/')) continue;
    }
    values.write(next);
  }
  // RFC 3986 section 5.2.4: a path that ends with a dot segment is a directory.
  const auto before = values.written().size();
  end_segment(values, begin);
  if (values.written().size() < before && !values.written().substr(begin).ends_with('/')) values.write('/');
}

}  // namespace

void write_normalised_uri(std::string_view target, MessageValues& values) noexcept {
  if (const auto scheme = target.find("://");
      scheme != std::string_view::npos && !target.starts_with('/') && scheme < target.find_first_of("?#")) {
    target.remove_prefix(scheme + 3);
    target.remove_prefix(std::min(target.find_first_of("/?#"), target.size()));
  }
  // The fragment, which no client should send, stays as it is.
  const auto fragment = std::min(target.find('#'), target.size());
  const auto query = std::min(target.find('?'), fragment);
  write_path(target.substr(0, query), values);
  auto rest = target.substr(query, fragment - query);
  while (!rest.empty()) values.write(take(rest, false));
  values.write(target.substr(fragment));
}

}  // namespace sluice
