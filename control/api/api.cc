#include "control/api/api.hh"

#include <httplib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <limits>
#include <thread>
#include <utility>

#include "control/api/api_answer.hh"
#include "control/api/api_terms.hh"
#include "control/api/device_routes.hh"
#include "control/api/finding_routes.hh"
#include "control/api/peer_server.hh"
#include "control/api/push_routes.hh"
#include "control/api/ruleset_upload.hh"
#include "control/capture/filter_compiler.hh"
#include "control/packs/rule_cost.hh"
#include "control/vantage/vantage_document.hh"
#include "dataplane/base/descriptor.hh"
#include "dataplane/event/packet_copy.hh"
#include "rules/pack/pack.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;
using HttpRequest = httplib::Request;
using HttpResponse = httplib::Response;

using Clock = std::chrono::steady_clock;

constexpr std::size_t threads = EventStream::follower_limit + 8;  // followers keep one each
constexpr std::time_t request_seconds = 30;                       // for a request to come whole
constexpr std::time_t answer_seconds = 10;                        // for a client to take what is sent
constexpr auto order_patience = std::chrono::seconds{2};
constexpr auto order_look = std::chrono::milliseconds{10};
constexpr auto stream_look = std::chrono::milliseconds{200};

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

}  // namespace

struct Api::Server {
  Parts parts;
  std::string path;
  PeerServer http;
  std::atomic<bool> is_ending{false};
  PushRoutes pushes{*parts.rollout};
  FindingRoutes findings{*parts.events, *parts.store};
  DeviceRoutes devices{*parts.inventory};
  std::thread thread;

  explicit Server(Parts of_what) : parts(std::move(of_what)) {}
  void routes();
  [[nodiscard]] TapAnswer ask_tap();
  void reload(const HttpRequest& request, HttpResponse& response);
  void bypass(const HttpRequest& request, HttpResponse& response);
  void events(const HttpRequest& request, HttpResponse& response);
  [[nodiscard]] tl::expected<CaptureAsked, std::string> capture_asked(const HttpRequest& request) const;
  void capture(const HttpRequest& request, HttpResponse& response);
};

void Api::Server::routes() {
  pushes.add_to(http);
  findings.add_to(http);
  devices.add_to(http);
  http.Get("/v1/status", [this](const HttpRequest&, HttpResponse& response) {
    const auto tap = ask_tap();
    auto document = status_document(parts.facts, parts.events->status(), tap, parts.rollout->status());
    document["store"] = store_document(parts.store->status());
    document["vantage"] = vantage_summary(parts.vantage->judgements());
    answer(response, document);
  });
  http.Get("/v1/vantage", [this](const HttpRequest&, HttpResponse& response) {
    answer(response, vantage_document(parts.vantage->judgements()));
  });
  http.Get("/v1/packs", [this](const HttpRequest&, HttpResponse& response) {
    answer(response, packs_document(parts.pushes->history(), ask_tap()));
  });
  http.Post("/v1/reload", [this](const HttpRequest& request, HttpResponse& response) { reload(request, response); });
  http.Post("/v1/bypass", [this](const HttpRequest& request, HttpResponse& response) { bypass(request, response); });
  http.Get("/v1/rules/cost", [this](const HttpRequest&, HttpResponse& response) {
    const auto report = parts.tap.costs();
    if (!report) return refuse(response, report.error());
    answer(response, rule_cost_document(*report));
  });
  http.Post("/v1/rules/resume", [this](const HttpRequest& request, HttpResponse& response) {
    std::vector<std::string> rules;
    for (auto [rule, end] = request.params.equal_range("rule"); rule != end; ++rule) rules.push_back(rule->second);
    const auto resumed = parts.tap.resume(rules);
    if (!resumed) return refuse(response, resumed.error());
    answer(response, {{"resumed", *resumed}});
  });
  http.Get("/v1/events", [this](const HttpRequest& request, HttpResponse& response) { events(request, response); });
  http.Get("/v1/capture", [this](const HttpRequest& request, HttpResponse& response) { capture(request, response); });
  http.set_error_handler([](const HttpRequest& request, HttpResponse& response) {
    if (!response.body.empty()) return;
    const auto status = response.status;
    if (status == http_too_large)
      refuse(response, status, "the request is too large", pack_size_remedy());
    else
      refuse(response, status, request.method + " " + request.path + " is not served here",
             "GET /v1/status, /v1/vantage, /v1/packs, /v1/rollout, /v1/rules/cost, /v1/findings, /v1/findings/ID, "
             "/v1/events, "
             "/v1/capture; POST "
             "/v1/packs, /v1/ruleset, /v1/rollback, /v1/rollout/promote, /v1/rollout/withdraw, /v1/fuse/reset, "
             "/v1/reload, "
             "/v1/bypass, /v1/rules/resume; PATCH /v1/findings/ID");
  });
  http.set_exception_handler([](const HttpRequest&, HttpResponse& response, std::exception_ptr thrown) {
    try {
      std::rethrow_exception(std::move(thrown));
    } catch (const std::exception& error) {
      refuse(response, http_internal_error, error.what(), "this is a fault of sluice-control: please report it");
    }
  });
  http.set_payload_max_length(ruleset_body_limit);
  http.set_read_timeout(request_seconds);
  http.set_write_timeout(answer_seconds);
  http.set_keep_alive_max_count(1);  // a thread is not kept by who has nothing to ask
  http.new_task_queue = [] { return new httplib::ThreadPool(threads); };
}

// One that does not move is not asked: it would only cost time.
TapAnswer Api::Server::ask_tap() {
  const auto loop = parts.events->status();
  if (!loop.up) return tl::unexpected(TapFailure{false, loop.coverage.reason});
  return parts.tap.status();
}

void Api::Server::reload(const HttpRequest& request, HttpResponse& response) {
  const auto dry_run = flag(request, response, "dry_run");
  if (!dry_run) return;
  const auto done = parts.tap.reload(*dry_run);
  if (!done) return refuse(response, done.error());
  if (done->applied && parts.reloaded) parts.reloaded();
  answer(response, reload_document(*done));
}

// Answered when the guard goes by it: a page that says so, and with `on` the wire in its hands.
void Api::Server::bypass(const HttpRequest& request, HttpResponse& response) {
  const auto order = bypass_order(request.get_param_value("order"));
  if (!order)
    return refuse(response, http_bad_request, "order is none of on, off, auto", "give ?order=on, off or auto");
  constexpr const char* remedy = "is sluice-guard running, and guard.socket open to this program?";
  if (const auto sent = send_bypass_order(parts.guard_socket, *order); !sent)
    return refuse(response, http_unavailable, sent.error(), remedy);
  for (const auto until = Clock::now() + order_patience; Clock::now() < until;
       std::this_thread::sleep_for(order_look)) {
    const auto guard = parts.events->status().guard;
    if (!guard || guard->page.order != *order) continue;
    if (*order == BypassOrder::on && guard->page.holder != WireHolder::guard) continue;
    return answer(response, bypass_document(*guard));
  }
  refuse(response, http_unavailable, "the order was sent, and sluice-guard does not go by it", remedy);
}

void Api::Server::events(const HttpRequest& request, HttpResponse& response) {
  const auto format = request.has_param("format") ? request.get_param_value("format") : "text";
  if (format != "text" && format != "eve")
    return refuse(response, http_bad_request, "format is neither text nor eve", "leave it out for a line a finding");
  auto follower = parts.stream->follow(format == "eve" ? StreamKind::eve : StreamKind::findings);
  if (follower == nullptr)
    return refuse(response, http_too_many,
                  std::to_string(EventStream::follower_limit) + " others follow the events already",
                  "end one of them, or read the EVE file");
  response.set_header("X-Accel-Buffering", "no");
  response.set_chunked_content_provider(
      format == "eve" ? "application/x-ndjson" : "text/plain; charset=utf-8",
      [follower, heard = Clock::time_point{}](std::size_t, httplib::DataSink& sink) mutable {
        auto lines = follower->take(stream_look);
        if (!lines) {
          sink.done();
          return true;
        }
        // The first is for the client to know that it follows.
        if (lines->empty() && Clock::now() >= heard + stream_keepalive) *lines = "\n";
        if (lines->empty()) return true;
        heard = Clock::now();
        return sink.write(lines->data(), lines->size());
      });
}

// Who asks for what; the error says what is wrong with it.
tl::expected<CaptureAsked, std::string> Api::Server::capture_asked(const HttpRequest& request) const {
  CaptureAsked asked;
  asked.user = request.remote_addr;
  asked.process = request.remote_port > 0 ? std::to_string(request.remote_port) : std::string{};
  asked.filter = request.get_param_value("filter");
  if (const auto status = parts.events->status(); status.reading) asked.ports = status.reading->ports;
  const auto program = compile_filter(asked.filter);
  if (!program) return tl::unexpected("the filter: " + program.error());
  asked.request.program = PacketFilter::written(*program);

  std::string wrong;
  const auto number = [&](const char* name, std::uint64_t otherwise) {
    if (!request.has_param(name)) return otherwise;
    const auto text = request.get_param_value(name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > std::numeric_limits<std::uint32_t>::max())
      wrong = std::string{name} + " is no number, or too large";
    return value;
  };
  asked.request.packets = number("packets", 1000);
  asked.request.time = std::chrono::seconds{std::min<std::uint64_t>(number("seconds", 60), 1U << 20U)};
  asked.request.bytes = number("bytes", 64U << 20U);
  asked.request.snap_length = static_cast<std::uint32_t>(number("snaplen", copied_bytes_limit));
  const auto add = [&](const std::vector<std::string>& names, const char* what, std::uint32_t bits, std::size_t step) {
    for (auto [at, end] = request.params.equal_range(what); at != end; ++at) {
      const auto found = std::find(names.begin(), names.end(), at->second);
      if (found == names.end())
        wrong = std::string{what} + " \"" + at->second + "\" is none of this tap's";
      else
        asked.request.ports |= bits << (step * static_cast<std::size_t>(found - names.begin()));
    }
  };
  add(asked.ports, "interface", 1, 1);
  add(parts.pairs, "pair", 3, 2);
  if (!request.has_param("interface") && !request.has_param("pair")) asked.request.ports = ~std::uint32_t{0};
  if (!wrong.empty()) return tl::unexpected(wrong);
  return asked;
}

void Api::Server::capture(const HttpRequest& request, HttpResponse& response) {
  if (parts.captures == nullptr) return refuse(response, http_unavailable, "no captures here", "");
  auto asked = capture_asked(request);
  if (!asked)
    return refuse(response, http_bad_request, asked.error(), "filters are written as for tcpdump: pcap-filter(7)");
  if (const auto begun = parts.captures->start(std::move(*asked)); !begun)
    return refuse(response, http_unprocessable, begun.error(), "nothing was captured");
  response.set_chunked_content_provider(
      "application/octet-stream",
      [this](std::size_t, httplib::DataSink& sink) {
        const auto frames = parts.captures->take([this] { parts.events->settle(); });
        if (!frames) {
          sink.done();
          return true;
        }
        if (is_ending) return false;
        return frames->empty() || sink.write(frames->data(), frames->size());
      },
      [this](bool) { parts.captures->finish(); });
}

tl::expected<std::unique_ptr<Api>, std::string> Api::start(const std::string& path, Parts parts) {
  if (const auto way = make_way(path); !way) return tl::unexpected(way.error());
  auto server = std::make_unique<Server>(std::move(parts));
  server->path = path;
  server->routes();
  server->http.set_address_family(AF_UNIX);
  server->http.set_socket_options([](auto) {});  // those of TCP
  constexpr int any_port = 80;                   // of a Unix socket the number means nothing, but it may not be 0
  if (!server->http.bind_to_port(path, any_port)) return tl::unexpected(path + ": " + std::strerror(errno));
  if (::chmod(path.c_str(), 0660) != 0) return tl::unexpected(path + ": " + std::strerror(errno));
  auto* const running = server.get();
  server->thread = std::thread{[running] { running->http.listen_after_bind(); }};
  return std::unique_ptr<Api>{new Api{std::move(server)}};
}

Api::Api(std::unique_ptr<Server> server) : server_(std::move(server)) {}

Api::~Api() {
  server_->parts.stream->end();
  server_->is_ending = true;
  server_->http.stop();
  server_->thread.join();
  ::unlink(server_->path.c_str());
}

}  // namespace sluice
