#include "dataplane/multipart.hh"

#include <algorithm>

#include "dataplane/http_headers.hh"

namespace sluice {
namespace {

constexpr std::string_view form_type = "multipart/form-data";

// The value of a parameter "; NAME=VALUE", VALUE in quotes or not (RFC 9110 section 5.6.6). A quote inside quotes is
// not undone: browsers write it as %22 (RFC 7578 section 4.2 leaves it open).
std::string_view parameter(std::string_view header, std::string_view name) noexcept {
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

}  // namespace

bool is_multipart_form(std::string_view content_type) noexcept {
  return same_token(trim(content_type.substr(0, content_type.find(';'))), form_type);
}

FormParts::FormParts(std::string_view content_type, Bytes body) noexcept
    : boundary_(parameter(content_type, "boundary")), rest_(as_text(body)) {}

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
    return FormPart{parameter(*disposition, "name"), parameter(*disposition, "filename"),
                    headers.find("Content-Type").value_or(std::string_view{})};
  }
  rest_ = {};
  return std::nullopt;
}

}  // namespace sluice
