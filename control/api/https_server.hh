// The API over HTTPS: TLS 1.3, for those who have an account.
#pragma once

#include <httplib.h>

#include <memory>
#include <string>
#include <thread>
#include <tl/expected.hpp>

#include "control/access/gate.hh"
#include "control/api/api_router.hh"

namespace sluice {

struct HttpsOptions {
  std::string listen;            // ADDRESS:PORT, IPv6 in brackets; port 0: any
  std::string certificate, key;  // PEM files
  std::string client_authority;  // PEM file; empty: certificates of clients count for nothing
};

class HttpsServer {
 public:
  // `prepare` says how it answers beside the router's paths. The router and the gate outlive it.
  [[nodiscard]] static tl::expected<std::unique_ptr<HttpsServer>, std::string> start(
      const HttpsOptions& options, const ApiRouter& router, Gate& gate,
      const std::function<void(httplib::Server&)>& prepare);
  ~HttpsServer();  // followers have to have ended
  HttpsServer(const HttpsServer&) = delete;
  HttpsServer& operator=(const HttpsServer&) = delete;

  [[nodiscard]] int port() const noexcept { return port_; }

 private:
  explicit HttpsServer(std::unique_ptr<httplib::SSLServer> server) : server_(std::move(server)) {}

  std::unique_ptr<httplib::SSLServer> server_;
  int port_ = 0;
  std::thread thread_;
};

// Of "ADDRESS:PORT" the address, without brackets, and the port; nothing where it is none.
[[nodiscard]] std::optional<std::pair<std::string, int>> listen_address(const std::string& listen);

}  // namespace sluice
