#include "dataplane/parsers/ssh.hh"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::string_view opening = "SSH-";

}  // namespace

Probe probe_ssh(Bytes stream) noexcept {
  const auto head = as_text(stream.first(std::min(stream.size(), opening.size())));
  if (!opening.starts_with(head)) return Probe::no;
  return head.size() < opening.size() ? Probe::maybe : Probe::yes;
}

tl::expected<SshBanner, SshError> parse_ssh_banner(Bytes stream) noexcept {
  auto line = as_text(stream.first(std::min(stream.size(), ssh_banner_limit)));
  if (probe_ssh(stream) == Probe::no) return tl::unexpected{SshError::not_this};
  const auto end = line.find('\n');
  if (end == std::string_view::npos)
    return tl::unexpected{line.size() < ssh_banner_limit ? SshError::need_more : SshError::malformed};
  line = line.substr(opening.size(), end - opening.size());
  // Older programs end the line by LF alone.
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto dash = line.find('-');
  if (dash == std::string_view::npos) return tl::unexpected{SshError::malformed};
  SshBanner banner;
  banner.protocol = line.substr(0, dash);
  banner.software = line.substr(dash + 1);
  banner.software = banner.software.substr(0, banner.software.find(' '));
  if (banner.protocol.empty() || banner.software.empty()) return tl::unexpected{SshError::malformed};
  return banner;
}

}  // namespace sluice
