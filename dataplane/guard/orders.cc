#include "dataplane/guard/orders.hh"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace sluice {
namespace {

constexpr mode_t group_too = 0117;  // leaves 0660

}  // namespace

tl::expected<Orders, std::string> Orders::open(const std::string& path) {
  const auto failure = [&] { return tl::unexpected(path + ": " + std::strerror(errno) + " (guard.socket)"); };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return tl::unexpected(path + ": the path of a socket has " + std::to_string(sizeof address.sun_path - 1) +
                          " bytes at most (guard.socket)");
  path.copy(address.sun_path, path.size());
  Descriptor socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const int on = 1;
  if (!socket.is_open() || ::setsockopt(socket.number(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0)
    return failure();
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && !S_ISSOCK(status.st_mode))
    return tl::unexpected(path + ": is there and no socket; move it away, or name another guard.socket");
  ::unlink(path.c_str());
  std::error_code ignored;  // bind() says what is wrong with the folder
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), ignored);
  const auto before = ::umask(group_too);
  const int bound = ::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = errno;
  ::umask(before);
  errno = error;
  if (bound != 0) return failure();
  return Orders{std::move(socket), path};
}

Orders::~Orders() {
  if (socket_.is_open()) ::unlink(path_.c_str());
}

std::optional<Orders::Given> Orders::take() noexcept {
  std::optional<Given> last;
  for (int i = 0; i < looked_at; ++i) {
    std::array<char, 8> text{};  // longer than any order: what fills it is none
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> beside{};
    iovec where{text.data(), text.size()};
    msghdr message{};
    message.msg_iov = &where;
    message.msg_iovlen = 1;
    message.msg_control = beside.data();
    message.msg_controllen = beside.size();
    const auto size = ::recvmsg(socket_.number(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0) break;
    const auto order = bypass_order({text.data(), static_cast<std::size_t>(size)});
    const auto* const about = CMSG_FIRSTHDR(&message);
    if (!order || about == nullptr || about->cmsg_type != SCM_CREDENTIALS) continue;
    ucred sender{};
    std::memcpy(&sender, CMSG_DATA(about), sizeof sender);
    last = Given{*order, sender.uid, sender.pid};
  }
  return last;
}

}  // namespace sluice
