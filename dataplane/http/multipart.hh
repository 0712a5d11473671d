// multipart/form-data (RFC 7578, RFC 2046 section 5.1): the names, file names and types of its parts, and what they
// hold.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "dataplane/base/bytes.hh"

namespace sluice {

constexpr std::size_t multipart_part_limit = 32;

struct FormPart {
  std::string_view name;
  std::string_view file_name;  // empty where there is none
  std::string_view content_type;
  std::string_view content;  // as far as it is there
};

// The value of a parameter "; NAME=VALUE" of a header, VALUE in quotes or not (RFC 9110 section 5.6.6); empty where
// there is none.
[[nodiscard]] std::string_view header_parameter(std::string_view header, std::string_view name) noexcept;

// Whether that Content-Type announces such a body.
[[nodiscard]] bool is_multipart_form(std::string_view content_type) noexcept;

// The parts of a body that may be cut anywhere, one by one; at most multipart_part_limit of them.
class FormParts {
 public:
  FormParts() noexcept = default;  // of no form
  FormParts(std::string_view content_type, Bytes body) noexcept;
  // The next part whose head is whole; nothing behind the last one.
  [[nodiscard]] std::optional<FormPart> next() noexcept;

 private:
  std::string_view boundary_;
  std::string_view rest_;
  std::size_t count_ = 0;
};

}  // namespace sluice
