// One message with its memory files over a SOCK_SEQPACKET socket: the part that both ends of the command socket share.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/descriptor.hh"

struct sockaddr_un;

namespace sluice {

struct SocketMessage {
  std::vector<std::uint8_t> bytes;
  std::vector<Descriptor> descriptors;
};

enum class SocketError : std::uint8_t {
  closed,     // the other side has ended, or the connection broke
  not_now,    // nothing there, or no room, before the time limit of the socket
  too_large,  // a message above command_size_limit, or with more descriptors than command_descriptors_limit
};

// All of the message or nothing. Descriptors are closed at exec; those of a refused message are closed here.
[[nodiscard]] tl::expected<SocketMessage, SocketError> receive_message(int socket);
[[nodiscard]] tl::expected<void, SocketError> send_message(int socket, Bytes bytes, std::span<const int> descriptors);

// False where the path is longer than a socket's may be (107 bytes, unix(7)).
[[nodiscard]] bool fill_address(sockaddr_un& address, const std::string& path) noexcept;

}  // namespace sluice
