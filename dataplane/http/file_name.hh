// The name of a file that HTTP carries: what its message says of it, else where it was asked for.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "dataplane/http/http_headers.hh"

namespace sluice {

constexpr std::size_t file_name_limit = 256;  // bytes; a longer one is cut

// The name that Content-Disposition gives (RFC 6266), decoded into `room`: filename* goes before filename. Empty where
// it gives none.
[[nodiscard]] std::string_view disposed_name(const HttpHeaders& headers, std::span<char> room) noexcept;

// The path of a request target, %XX decoded into `room`: what Suricata names a file by that has no other name.
[[nodiscard]] std::string_view target_name(std::string_view target, std::span<char> room) noexcept;

}  // namespace sluice
