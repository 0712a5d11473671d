#include "control/api/peer_server.hh"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace sluice {
namespace {

class PeerStream : public httplib::Stream {
 public:
  PeerStream(int socket, std::time_t read_seconds, std::time_t write_seconds) noexcept
      : socket_(socket), read_ms_(milliseconds(read_seconds)), write_ms_(milliseconds(write_seconds)) {}

  [[nodiscard]] bool is_readable() const override { return at_ < size_ || ready(POLLIN, read_ms_); }
  // Not where the other end is gone: who sends on and on would not notice before its buffer is full.
  [[nodiscard]] bool is_writable() const override { return ready(POLLOUT, write_ms_) && !is_left(); }

  ssize_t read(char* to, std::size_t size) override {
    if (at_ == size_) {  // the library reads its lines a byte at a time
      if (!ready(POLLIN, read_ms_)) return -1;
      const auto count = retry([&] { return ::recv(socket_, buffer_.data(), buffer_.size(), 0); });
      if (count <= 0) return count;
      at_ = 0;
      size_ = static_cast<std::size_t>(count);
    }
    const auto count = std::min(size, size_ - at_);
    std::copy_n(buffer_.data() + at_, count, to);
    at_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, std::size_t size) override {
    if (!ready(POLLOUT, write_ms_)) return -1;
    return retry([&] { return ::send(socket_, from, size, MSG_NOSIGNAL); });
  }
  void get_remote_ip_and_port(std::string& user, int& process) const override {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket_, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return;
    user = std::to_string(peer.uid);
    process = peer.pid;
  }
  void get_local_ip_and_port(std::string&, int&) const override {}
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  [[nodiscard]] static int milliseconds(std::time_t seconds) noexcept { return static_cast<int>(seconds * 1000); }
  template <class Call>
  static ssize_t retry(const Call& call) {
    ssize_t result = 0;
    do result = call();
    while (result < 0 && errno == EINTR);
    return result;
  }
  [[nodiscard]] bool ready(short events, int limit_ms) const {
    pollfd watched{socket_, events, 0};
    return retry([&] { return ::poll(&watched, 1, limit_ms); }) > 0 && (watched.revents & events) != 0;
  }
  [[nodiscard]] bool is_left() const {
    pollfd watched{socket_, POLLRDHUP, 0};
    return ::poll(&watched, 1, 0) > 0 && (watched.revents & (POLLHUP | POLLERR)) != 0;
  }

  int socket_;
  int read_ms_;
  int write_ms_;
  std::array<char, 4096> buffer_{};
  std::size_t at_ = 0;
  std::size_t size_ = 0;
};

}  // namespace

bool PeerServer::process_and_close_socket(socket_t socket) {
  PeerStream stream{socket, read_timeout_sec_, write_timeout_sec_};
  bool is_closed = false;
  constexpr bool close_behind_it = true;
  const bool done = process_request(stream, close_behind_it, is_closed, nullptr);
  ::shutdown(socket, SHUT_RDWR);
  ::close(socket);
  return done;
}

}  // namespace sluice
