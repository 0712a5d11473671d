#include "control/tap/guard_watch.hh"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace sluice {
namespace {

std::string reason_text(const GuardStatus& status) {
  std::string text = [&] {
    switch (status.page.reason) {
      case TakeoverReason::hung: return "the data plane hangs: sluice-guard holds the wire";
      case TakeoverReason::idle: return "the data plane does not forward yet, or no more: sluice-guard holds the wire";
      case TakeoverReason::ordered: return "ordered: sluice-guard holds the wire";
      default: return "no data plane runs: sluice-guard holds the wire";
    }
  }();
  if (!status.up) text += ", and has ended";
  return text;
}

}  // namespace

void GuardWatch::look(Clock::time_point now) {
  if (now < next_look_) return;
  next_look_ = now + look_interval;
  const auto page = read_guard_page(path_);
  if (!page) {
    status_.reset();
    return;
  }
  if (status_ && page->looks != looks_) moved_at_ = now;
  looks_ = page->looks;
  status_ = GuardStatus{*page, moved_at_ && now - *moved_at_ < gone_after};
}

std::optional<TapCoverage> GuardWatch::bypass() const {
  if (!status_ || status_->page.holder != WireHolder::guard) return std::nullopt;
  return TapCoverage{bypass_state, reason_text(*status_), status_->page.since_ns, 0};
}

tl::expected<void, std::string> send_bypass_order(const std::string& path, BypassOrder order) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return tl::unexpected(path + ": too long for a socket (guard.socket)");
  path.copy(address.sun_path, path.size());
  const Descriptor socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const auto text = text_of(order);
  if (!socket.is_open() || ::sendto(socket.number(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                                    reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    return tl::unexpected(path + ": " + std::strerror(errno));
  return {};
}

}  // namespace sluice
