// The line with which each side of SSH begins (RFC 4253 section 4.2). Views point into the bytes.
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"

namespace sluice {

// Of the line, with its end (section 4.2).
constexpr std::size_t ssh_banner_limit = 255;

enum class SshError : std::uint8_t {
  need_more,  // the line has no end yet
  not_this,   // it does not begin as it must
  malformed,  // no version, no software, or longer than ssh_banner_limit
};

struct SshBanner {
  std::string_view protocol;  // "2.0"
  std::string_view software;  // "OpenSSH_9.2p1", without the comments behind it
};

[[nodiscard]] Probe probe_ssh(Bytes stream) noexcept;
[[nodiscard]] tl::expected<SshBanner, SshError> parse_ssh_banner(Bytes stream) noexcept;

}  // namespace sluice
