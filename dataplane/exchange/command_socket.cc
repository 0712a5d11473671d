#include "dataplane/exchange/command_socket.hh"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace sluice {
namespace {

constexpr mode_t socket_mode = 0660;

std::string failure(const std::string& what, const std::string& path) {
  return what + " " + path + ": " + std::strerror(errno) + " (events.command_socket)";
}

void tell(int socket, const Reply& reply, std::span<const int> descriptors, bool& taken) {
  const auto message = encode(reply);
  taken = message && send_message(socket, *message, descriptors).has_value();
}

}  // namespace

tl::expected<CommandSocket, std::string> CommandSocket::listen(const std::string& path) {
  std::error_code ignored;  // bind() below says what is wrong with the folder
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), ignored);
  // Made beside the path and renamed: there is no moment without a socket at a restart, and none of a wrong mode.
  const auto fresh = path + ".new";
  sockaddr_un address;
  if (!fill_address(address, fresh)) {
    return tl::unexpected("the path of the command socket is too long: " + path + " has " +
                          std::to_string(path.size()) + " bytes, " +
                          std::to_string(sizeof address.sun_path - 1 - (fresh.size() - path.size())) +
                          " are the most (events.command_socket)");
  }
  Descriptor socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket.is_open()) return tl::unexpected(failure("cannot make the command socket", path));
  ::unlink(fresh.c_str());
  if (::fchmod(socket.number(), socket_mode) != 0 ||  // bind() gives the file the socket's mode
      ::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(fresh.c_str(), socket_mode) != 0 || ::listen(socket.number(), client_limit) != 0)
    return tl::unexpected(failure("cannot listen for commands at", fresh));
  struct stat status {};
  if (::stat(fresh.c_str(), &status) != 0 || ::rename(fresh.c_str(), path.c_str()) != 0)
    return tl::unexpected(failure("cannot rename " + fresh + " to", path));
  CommandSocket made{path, std::move(socket)};
  made.device_ = status.st_dev;
  made.inode_ = status.st_ino;
  return made;
}

CommandSocket::~CommandSocket() {
  struct stat status {};
  if (listening_.is_open() && ::stat(path_.c_str(), &status) == 0 && status.st_dev == device_ &&
      status.st_ino == inode_)
    ::unlink(path_.c_str());
}

void CommandSocket::wait(Duration limit) {
  std::vector<pollfd> watched{{listening_.number(), POLLIN, 0}};
  for (const auto& client : clients_)
    if (!client.waits) watched.push_back({client.socket.number(), POLLIN, 0});
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  (void)::poll(watched.data(), watched.size(), static_cast<int>(milliseconds));
}

void CommandSocket::accept() {
  for (;;) {
    Descriptor socket{::accept4(listening_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!socket.is_open()) return;
    if (clients_.size() < client_limit) {
      clients_.push_back({++last_id_, std::move(socket), false});
      continue;
    }
    bool ignored = false;
    tell(socket.number(), Refusal{"too many clients at the command socket: close one of the others"}, {}, ignored);
  }
}

std::optional<CommandSocket::Question> CommandSocket::read(Client& client, bool& keep) {
  auto message = receive_message(client.socket.number());
  if (!message) {
    keep = message.error() == SocketError::not_now;
    if (message.error() == SocketError::too_large)
      tell(client.socket.number(), Refusal{"the message, or the number of files with it, is too large"}, {}, keep);
    return std::nullopt;
  }
  auto request = decode_request(message->bytes);
  if (!request) {
    tell(client.socket.number(), Refusal{std::string{text_of(request.error())}}, {}, keep);
    return std::nullopt;
  }
  keep = true;
  client.waits = true;
  // In place: moving a question whole, g++ 12 takes the other kinds of a request for values that were never set.
  std::optional<Question> question{std::in_place};
  question->client = client.id;
  question->request = std::move(*request);
  question->descriptors = std::move(message->descriptors);
  return question;
}

std::optional<CommandSocket::Question> CommandSocket::next() {
  accept();
  for (std::size_t i = 0; i < clients_.size();) {
    auto& client = clients_[i];
    bool keep = true;
    auto question = client.waits ? std::nullopt : read(client, keep);
    if (question) {
      // The next look begins behind this client: no client keeps the others waiting.
      std::rotate(clients_.begin(), clients_.begin() + static_cast<std::ptrdiff_t>(i) + 1, clients_.end());
      return question;
    }
    if (keep)
      ++i;
    else
      clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return std::nullopt;
}

bool CommandSocket::knows(ClientId id) const noexcept {
  return std::any_of(clients_.begin(), clients_.end(), [id](const Client& one) { return one.id == id; });
}

void CommandSocket::answer(ClientId id, const Reply& reply, std::span<const int> descriptors) {
  const auto client = std::find_if(clients_.begin(), clients_.end(), [&](const Client& one) { return one.id == id; });
  if (client == clients_.end()) return;
  client->waits = false;
  bool taken = false;
  tell(client->socket.number(), reply, descriptors, taken);
  if (!taken) clients_.erase(client);
}

}  // namespace sluice
