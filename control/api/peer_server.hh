// The HTTP server of a Unix socket, which knows who is at the other end: Request::remote_addr is the number of the
// user, remote_port that of the process, by the socket's credentials (unix(7), SO_PEERCRED).
#pragma once

#include <httplib.h>

namespace sluice {

class PeerServer : public httplib::Server {
 private:
  // The library's own, but for the stream: one request a connection.
  bool process_and_close_socket(socket_t socket) override;
};

}  // namespace sluice
