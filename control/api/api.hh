// The API: HTTP on a Unix socket, and HTTPS where that is wanted. control/README.md lists the paths.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "control/access/account_list.hh"
#include "control/access/audit_log.hh"
#include "control/api/documents.hh"
#include "control/api/event_stream.hh"
#include "control/api/https_server.hh"
#include "control/api/metrics.hh"
#include "control/api/pushes.hh"
#include "control/rollout/rollout.hh"
#include "control/store/store_desk.hh"
#include "control/tap/event_loop.hh"
#include "control/vantage/vantage_desk.hh"

namespace sluice {

class Api {
 public:
  // All of them outlive the API.
  struct Parts {
    EventLoop* events = nullptr;
    EventStream* stream = nullptr;
    Pushes* pushes = nullptr;
    Rollout* rollout = nullptr;
    TapCommands tap;
    ControlFacts facts;
    std::function<void()> reloaded{};  // called when the data plane goes by a configuration that has changed
    std::string guard_socket{};        // where sluice-guard takes orders
    CaptureDesk* captures = nullptr;   // null: packets are not copied
    std::vector<std::string> pairs{};  // names of the pairs of ports, in their order
    StoreDesk* store = nullptr;
    Inventory* inventory = nullptr;
    VantageDesk* vantage = nullptr;
    AccountList* accounts = nullptr;
    Gate* gate = nullptr;
    AuditLog* audit = nullptr;
    std::function<MetricsInput()> metrics{};  // null: metrics are not served here
    std::optional<HttpsOptions> https{};      // nothing: on the socket alone
  };

  // Makes the socket, mode 0660, and its folder where that is missing. An error where another program serves it.
  [[nodiscard]] static tl::expected<std::unique_ptr<Api>, std::string> start(const std::string& socket_path,
                                                                             Parts parts);
  ~Api();  // followers get the end; the socket goes
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  [[nodiscard]] int https_port() const noexcept;  // 0: there is none
  [[nodiscard]] const std::vector<ApiRoute>& routes() const noexcept;

 private:
  struct Served;
  explicit Api(std::unique_ptr<Served> served);
  std::unique_ptr<Served> served_;
};

}  // namespace sluice
