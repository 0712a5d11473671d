#include "dataplane/guard/netlink.hh"

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace sluice {
namespace {

// The kernel answers within the call that asks it; this is for the day when it does not.
constexpr timeval answer_limit{0, 500'000};

std::size_t padded(std::size_t size) noexcept { return (size + NLA_ALIGNTO - 1) / NLA_ALIGNTO * NLA_ALIGNTO; }

}  // namespace

std::span<const std::uint8_t> attribute(std::span<const std::uint8_t> attributes, std::uint16_t type) noexcept {
  while (attributes.size() >= sizeof(nlattr)) {
    nlattr header;
    std::memcpy(&header, attributes.data(), sizeof header);
    if (header.nla_len < sizeof header || header.nla_len > attributes.size()) break;
    if ((header.nla_type & NLA_TYPE_MASK) == type)
      return attributes.subspan(sizeof header, header.nla_len - sizeof header);
    attributes = attributes.subspan(std::min(padded(header.nla_len), attributes.size()));
  }
  return {};
}

void NetlinkRequest::append(const void* data, std::size_t size) noexcept {
  if (!fits_ || padded(size) > bytes_.size() - size_) {
    fits_ = false;
    return;
  }
  std::memcpy(bytes_.data() + size_, data, size);
  size_ += padded(size);
}

void NetlinkRequest::add(std::uint16_t type, const void* data, std::size_t size) noexcept {
  const auto begun = begin(type);
  append(data, size);
  if (!fits_) return;
  end(begun);
  const auto length = static_cast<std::uint16_t>(sizeof(nlattr) + size);  // the padding does not count
  std::memcpy(bytes_.data() + begun, &length, sizeof length);
}

std::size_t NetlinkRequest::begin(std::uint16_t type) noexcept {
  const auto begun = size_;
  const nlattr header{0, type};
  append(&header, sizeof header);
  return begun;
}

void NetlinkRequest::end(std::size_t begun) noexcept {
  if (!fits_) return;
  const auto length = static_cast<std::uint16_t>(size_ - begun);
  std::memcpy(bytes_.data() + begun, &length, sizeof length);
}

tl::expected<Netlink, std::string> Netlink::open(std::uint32_t groups) {
  const int kind = SOCK_RAW | SOCK_CLOEXEC | (groups != 0 ? SOCK_NONBLOCK : 0);
  Descriptor socket{::socket(AF_NETLINK, kind, NETLINK_ROUTE)};
  sockaddr_nl own{};
  own.nl_family = AF_NETLINK;
  own.nl_groups = groups;
  if (!socket.is_open() ||
      ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &answer_limit, sizeof answer_limit) != 0 ||
      ::bind(socket.number(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0)
    return tl::unexpected(std::string{"no netlink socket: "} + std::strerror(errno));
  return Netlink{std::move(socket)};
}

tl::expected<const nlmsghdr*, int> Netlink::exchange(NetlinkRequest& request) noexcept {
  if (!request.fits_) return tl::unexpected(EMSGSIZE);
  request.header().nlmsg_len = static_cast<std::uint32_t>(request.size_);
  request.header().nlmsg_seq = ++sequence_;
  if (::send(socket_.number(), request.bytes_.data(), request.size_, 0) < 0) return tl::unexpected(errno);
  for (;;) {
    const auto size = ::recv(socket_.number(), answer_.data(), answer_.size(), MSG_TRUNC);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return tl::unexpected(errno == EAGAIN ? ETIMEDOUT : errno);
    const auto* header = reinterpret_cast<const nlmsghdr*>(answer_.data());
    const auto length = static_cast<std::size_t>(size);
    if (length > answer_.size()) return tl::unexpected(EMSGSIZE);
    if (length < sizeof *header || header->nlmsg_len < sizeof *header || header->nlmsg_len > length)
      return tl::unexpected(EBADMSG);
    if (header->nlmsg_seq != sequence_) continue;  // an answer that was given up earlier
    if (header->nlmsg_type != NLMSG_ERROR) return header;
    if (header->nlmsg_len < sizeof *header + sizeof(int)) return tl::unexpected(EBADMSG);
    int error = 0;
    std::memcpy(&error, header + 1, sizeof error);
    if (error != 0) return tl::unexpected(-error);
    return header;
  }
}

int Netlink::order(NetlinkRequest& request) noexcept {
  request.header().nlmsg_flags |= NLM_F_ACK;
  const auto answer = exchange(request);
  return answer ? 0 : answer.error();
}

tl::expected<std::span<const std::uint8_t>, int> Netlink::ask(NetlinkRequest& request,
                                                              std::size_t fixed_size) noexcept {
  const auto answer = exchange(request);
  if (!answer) return tl::unexpected(answer.error());
  const auto skipped = sizeof(nlmsghdr) + padded(fixed_size);
  if ((*answer)->nlmsg_len < skipped) return tl::unexpected(EBADMSG);
  return std::span{reinterpret_cast<const std::uint8_t*>(*answer), (*answer)->nlmsg_len}.subspan(skipped);
}

bool Netlink::drain() noexcept {
  bool any = false;
  // ENOBUFS: there were more than the socket holds, which is as good as one that was read.
  while (::recv(socket_.number(), answer_.data(), answer_.size(), 0) >= 0 || errno == ENOBUFS || errno == EINTR)
    any = true;
  return any;
}

}  // namespace sluice
