// The data plane's one socket: takes commands of the control plane, a question at a time from each client. Nothing
// here waits for a client; one that misbehaves loses its connection and no more.
#pragma once

#include <poll.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/descriptor.hh"
#include "dataplane/base/tick.hh"
#include "dataplane/exchange/command.hh"
#include "dataplane/exchange/message_socket.hh"

namespace sluice {

class CommandSocket {
 public:
  static constexpr std::size_t client_limit = 8;  // one more is told so and closed

  // Listens at `path`, mode 0660; a socket that an earlier start has left there is replaced.
  [[nodiscard]] static tl::expected<CommandSocket, std::string> listen(const std::string& path);
  CommandSocket(CommandSocket&& other) noexcept = default;
  CommandSocket& operator=(CommandSocket&&) = delete;
  ~CommandSocket();  // removes the socket, where it is still this one's

  using ClientId = std::uint64_t;
  struct Question {
    ClientId client = 0;
    Request request;
    std::vector<Descriptor> descriptors;
  };

  // Sleeps until something is there to read, at most so long.
  void wait(Duration limit);
  // The next question of a client that has none open. What is no question is refused here.
  [[nodiscard]] std::optional<Question> next();
  // A client that has gone, or takes no answer, is forgotten.
  void answer(ClientId client, const Reply& reply, std::span<const int> descriptors = {});
  // Whether it is still there, as far as next() has seen.
  [[nodiscard]] bool knows(ClientId client) const noexcept;

 private:
  struct Client {
    ClientId id = 0;
    Descriptor socket;
    bool waits = false;  // for an answer: nothing more is read from it
  };

  CommandSocket(std::string path, Descriptor listening) : path_(std::move(path)), listening_(std::move(listening)) {}
  void accept();
  [[nodiscard]] std::optional<Question> read(Client& client, bool& keep);

  std::string path_;
  Descriptor listening_;
  std::uint64_t device_ = 0;  // of the socket in the file system: another program's is not removed
  std::uint64_t inode_ = 0;
  std::vector<Client> clients_;
  ClientId last_id_ = 0;
};

}  // namespace sluice
