// How rules name the buffers: the sticky buffers with their older spellings, the modifiers behind a content, and the
// flags of a pcre.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rules/signatures/buffer.hh"

namespace sluice {

// Every spelling of the below, pcre flags aside.
[[nodiscard]] std::span<const std::string_view> buffer_keywords() noexcept;

// "http.uri", or older "http_request_line": the contents behind it look there.
[[nodiscard]] std::optional<Buffer> sticky_buffer(std::string_view keyword) noexcept;
// "http_uri": moves the content before it.
[[nodiscard]] std::optional<Buffer> modifier_buffer(std::string_view keyword) noexcept;
// "tls.subject", which has a content of its own as its value.
[[nodiscard]] std::optional<Buffer> valued_buffer(std::string_view keyword) noexcept;
// The U of pcre:"/a/U".
[[nodiscard]] std::optional<Buffer> pcre_flag_buffer(char flag) noexcept;

}  // namespace sluice
