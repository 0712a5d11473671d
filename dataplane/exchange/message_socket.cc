#include "dataplane/exchange/message_socket.hh"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "dataplane/exchange/command.hh"

namespace sluice {
namespace {

constexpr std::size_t control_size = CMSG_SPACE(command_descriptors_limit * sizeof(int));

SocketError error_of(int code) noexcept {
  return code == EAGAIN || code == EWOULDBLOCK ? SocketError::not_now : SocketError::closed;
}

void take_descriptors(msghdr& header, std::vector<Descriptor>& out) {
  for (auto* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const auto count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(part) + i * sizeof(int), sizeof number);
      out.emplace_back(number);
    }
  }
}

}  // namespace

tl::expected<SocketMessage, SocketError> receive_message(int socket) {
  SocketMessage message;
  message.bytes.resize(command_size_limit);
  alignas(cmsghdr) std::array<std::uint8_t, control_size> control;
  iovec part{message.bytes.data(), message.bytes.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t size = 0;
  do size = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
  while (size < 0 && errno == EINTR);
  if (size < 0) return tl::unexpected(error_of(errno));
  take_descriptors(header, message.descriptors);
  if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return tl::unexpected(SocketError::too_large);
  if (size == 0) return tl::unexpected(SocketError::closed);  // no message of ours is empty
  message.bytes.resize(static_cast<std::size_t>(size));
  return message;
}

tl::expected<void, SocketError> send_message(int socket, Bytes bytes, std::span<const int> descriptors) {
  if (bytes.size() > command_size_limit || descriptors.size() > command_descriptors_limit)
    return tl::unexpected(SocketError::too_large);
  alignas(cmsghdr) std::array<std::uint8_t, control_size> control{};
  iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!descriptors.empty()) {
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    auto* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
  }
  ssize_t size = 0;
  do size = ::sendmsg(socket, &header, MSG_NOSIGNAL);
  while (size < 0 && errno == EINTR);
  if (size < 0) return tl::unexpected(error_of(errno));
  return {};
}

bool fill_address(sockaddr_un& address, const std::string& path) noexcept {
  address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::copy(path.begin(), path.end(), address.sun_path);
  return true;
}

}  // namespace sluice
