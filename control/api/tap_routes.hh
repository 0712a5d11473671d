// The paths of the API about the running tap: its state, its configuration, its rules' cost, who has the wire.
#pragma once

#include <functional>
#include <string>

#include "control/api/api_router.hh"
#include "control/api/documents.hh"
#include "control/api/metrics.hh"
#include "control/rollout/rollout.hh"
#include "control/vantage/vantage_desk.hh"

namespace sluice {

class TapRoutes {
 public:
  // All of them outlive it, and this the server.
  struct Parts {
    EventLoop* events = nullptr;
    Pushes* pushes = nullptr;
    Rollout* rollout = nullptr;
    StoreDesk* store = nullptr;
    VantageDesk* vantage = nullptr;
    TapCommands tap;
    ControlFacts facts;
    std::function<void()> reloaded{};         // called when the data plane goes by a configuration that has changed
    std::string guard_socket{};               // where sluice-guard takes orders
    std::function<MetricsInput()> metrics{};  // null: metrics are not served here
  };

  explicit TapRoutes(Parts parts) : parts_(std::move(parts)) {}
  void add_to(ApiRouter& router);

 private:
  [[nodiscard]] TapAnswer ask_tap();
  void status(httplib::Response& response);
  void reload(const ApiCall& call, httplib::Response& response);
  void bypass(const ApiCall& call, httplib::Response& response);
  void cost(httplib::Response& response);
  void resume(const ApiCall& call, httplib::Response& response);

  Parts parts_;
};

}  // namespace sluice
