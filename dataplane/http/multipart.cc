#include "dataplane/http/multipart.hh"

#include <algorithm>

#include "dataplane/http/http_headers.hh"

namespace sluice {
namespace {

constexpr std::string_view form_type = "multipart/form-data";

// What stands before the line of the next boundary; all of it where there is none.
std::string_view before_boundary(std::string_view text, std::string_view boundary) noexcept {
  if (text.starts_with("--") && text.substr(2).starts_with(boundary)) return {};
  for (std::size_t from = 0;;) {
    const auto line = text.find("\n--", from);
    if (line == std::string_view::npos) return text;
    if (text.substr(line + 3).starts_with(boundary)) {
      text = text.substr(0, line);
      if (text.ends_with('\r')) text.remove_suffix(1);
      return text;
    }
    from = line + 3;
  }
}

}  // namespace

// A quote inside quotes is not undone: browsers write it as %22 (RFC 7578 section 4.2 leaves it open).
std::string_view header_parameter(std::string_view header, std::string_view name) noexcept {
  auto rest = header;
  while (!rest.empty()) {
    const auto semicolon = rest.find(';');
    if (semicolon == std::string_view::npos) return {};
    rest.remove_prefix(semicolon + 1);
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos) return {};
    const bool found = same_token(trim(rest.substr(0, equals)), name);
    rest = trim(rest.substr(equals + 1));
    std::string_view value;
    if (rest.starts_with('"')) {
      rest.remove_prefix(1);
      value = rest.substr(0, rest.find('"'));
      rest.remove_prefix(value.size());
    } else {
      value = trim(rest.substr(0, rest.find(';')));
    }
    if (found) return value;
  }
  return {};
}

bool is_multipart_form(std::string_view content_type) noexcept {
  return same_token(trim(content_type.substr(0, content_type.find(';'))), form_type);
}

FormParts::FormParts(std::string_view content_type, Bytes body) noexcept
    : boundary_(header_parameter(content_type, "boundary")), rest_(as_text(body)) {}

std::optional<FormPart> FormParts::next() noexcept {
  // RFC 2046 section 5.1.1: "--", the boundary, the end of the line; "--" behind it ends the last part.
  while (!boundary_.empty() && count_ < multipart_part_limit) {
    const auto dashes = rest_.find("--");
    if (dashes == std::string_view::npos) break;
    rest_.remove_prefix(dashes + 2);
    if (!rest_.starts_with(boundary_)) continue;
    rest_.remove_prefix(boundary_.size());
    std::string_view line;
    if (rest_.starts_with("--") || !take_line(rest_, line)) break;
    HttpHeaders headers;
    if (take_header_block(rest_, headers) != HeaderBlock::whole) break;
    const auto disposition = headers.find("Content-Disposition");
    if (!disposition) continue;
    ++count_;
    return FormPart{header_parameter(*disposition, "name"), header_parameter(*disposition, "filename"),
                    headers.find("Content-Type").value_or(std::string_view{}), before_boundary(rest_, boundary_)};
  }
  rest_ = {};
  return std::nullopt;
}

}  // namespace sluice
