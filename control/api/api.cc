#include "control/api/api.hh"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include "control/api/access_routes.hh"
#include "control/api/api_answer.hh"
#include "control/api/device_routes.hh"
#include "control/api/finding_routes.hh"
#include "control/api/openapi.hh"
#include "control/api/peer_server.hh"
#include "control/api/push_routes.hh"
#include "control/api/ruleset_upload.hh"
#include "control/api/stream_routes.hh"
#include "control/api/tap_routes.hh"
#include "dataplane/base/descriptor.hh"

namespace sluice {
namespace {

using HttpRequest = httplib::Request;
using HttpResponse = httplib::Response;

constexpr std::size_t threads = EventStream::follower_limit + 8;  // followers keep one each
constexpr std::time_t request_seconds = 30;                       // for a request to come whole
constexpr std::time_t answer_seconds = 10;                        // for a client to take what is sent

// A server that was killed leaves its socket; one that lives answers.
tl::expected<void, std::string> make_way(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return tl::unexpected(path + ": the path of a socket has " + std::to_string(sizeof address.sun_path - 1) +
                          " bytes at most (control.socket)");
  path.copy(address.sun_path, path.size());
  const Descriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (::connect(probe.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return tl::unexpected(path + ": another sluice-control serves it");
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && !S_ISSOCK(status.st_mode))
    return tl::unexpected(path + ": is there and no socket; move it away, or name another control.socket");
  ::unlink(path.c_str());
  std::error_code ignored;  // bind() says what is wrong with the folder
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), ignored);
  return {};
}

// A user of this machine, who may open the socket: that is asked of the kernel, and no account is needed.
std::optional<Principal> local_user(const HttpRequest& request) {
  Principal who;
  who.name = "uid:" + request.remote_addr;
  who.roles = RoleSet::all();
  if (request.remote_port > 0) who.from = "process " + std::to_string(request.remote_port);
  return who;
}

}  // namespace

struct Api::Served {
  std::string path;
  ApiRouter router;
  Gate* gate;
  PushRoutes pushes;
  FindingRoutes findings;
  DeviceRoutes devices;
  TapRoutes tap;
  StreamRoutes streams;
  AccessRoutes access;
  std::string version;
  PeerServer socket;
  std::unique_ptr<HttpsServer> https;
  std::thread thread;

  Served(std::string socket_path, Parts& parts)
      : path(std::move(socket_path)),
        router(parts.audit),
        gate(parts.gate),
        pushes(*parts.rollout),
        findings(*parts.events, *parts.store),
        devices(*parts.inventory),
        tap({parts.events, parts.pushes, parts.rollout, parts.store, parts.vantage, parts.tap, parts.facts,
             parts.reloaded, parts.guard_socket, parts.metrics}),
        streams({parts.events, parts.stream, parts.captures, parts.pairs}),
        access(*parts.accounts, *parts.audit),
        version(parts.facts.version) {
    pushes.add_to(router);
    findings.add_to(router);
    devices.add_to(router);
    tap.add_to(router);
    streams.add_to(router);
    access.add_to(router);
    router.add({.path = "/v1/openapi.json",
                .roles = RoleSet::all(),
                .about = "This API, described for programs",
                .handler = [this](const ApiCall&, HttpResponse& response) {
                  answer(response, openapi_document(router.routes(), version));
                }});
  }

  void prepare(httplib::Server& server) const;
};

void Api::Served::prepare(httplib::Server& server) const {
  // Before anything of a body is read: the library would keep it in memory first, of anybody, for any path.
  server.set_pre_routing_handler([this](const HttpRequest& request, HttpResponse& response) {
    response.status = router.status_of(request);
    if (response.status == http_ok) {
      response.status = -1;  // it is still to be answered
      return httplib::Server::HandlerResponse::Unhandled;
    }
    return httplib::Server::HandlerResponse::Handled;
  });
  server.set_error_handler([](const HttpRequest& request, HttpResponse& response) {
    if (!response.body.empty()) return;
    const auto status = response.status;
    if (status == http_too_large)
      refuse(response, status, "the request is too large", pack_size_remedy());
    else
      refuse(response, status, request.method + " " + request.path + " is not served here",
             "GET /v1/openapi.json lists what is");
  });
  server.set_exception_handler([](const HttpRequest&, HttpResponse& response, std::exception_ptr thrown) {
    try {
      std::rethrow_exception(std::move(thrown));
    } catch (const std::exception& error) {
      refuse(response, http_internal_error, error.what(), "this is a fault of sluice-control: please report it");
    }
  });
  server.set_payload_max_length(ruleset_body_limit);
  server.set_read_timeout(request_seconds);
  server.set_write_timeout(answer_seconds);
  server.set_keep_alive_max_count(1);  // a thread is not kept by who has nothing to ask, nor a body by who was refused
  server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
}

tl::expected<std::unique_ptr<Api>, std::string> Api::start(const std::string& path, Parts parts) {
  if (const auto way = make_way(path); !way) return tl::unexpected(way.error());
  auto served = std::make_unique<Served>(path, parts);
  served->prepare(served->socket);
  served->router.serve(served->socket, [](const HttpRequest& request, HttpResponse&) { return local_user(request); });
  served->socket.set_address_family(AF_UNIX);
  served->socket.set_socket_options([](auto) {});  // those of TCP
  constexpr int any_port = 80;                     // of a Unix socket the number means nothing, but it may not be 0
  if (!served->socket.bind_to_port(path, any_port)) return tl::unexpected(path + ": " + std::strerror(errno));
  if (::chmod(path.c_str(), 0660) != 0) return tl::unexpected(path + ": " + std::strerror(errno));
  if (parts.https) {
    auto https = HttpsServer::start(*parts.https, served->router, *served->gate,
                                    [&](httplib::Server& server) { served->prepare(server); });
    if (!https) return tl::unexpected(https.error());
    served->https = std::move(*https);
  }
  auto* const running = served.get();
  served->thread = std::thread{[running] { running->socket.listen_after_bind(); }};
  return std::unique_ptr<Api>{new Api{std::move(served)}};
}

Api::Api(std::unique_ptr<Served> served) : served_(std::move(served)) {}

Api::~Api() {
  served_->streams.end();
  served_->https.reset();
  served_->socket.stop();
  served_->thread.join();
  ::unlink(served_->path.c_str());
}

int Api::https_port() const noexcept { return served_->https ? served_->https->port() : 0; }

const std::vector<ApiRoute>& Api::routes() const noexcept { return served_->router.routes(); }

}  // namespace sluice
