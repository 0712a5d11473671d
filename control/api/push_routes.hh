// The paths of the API that change rules: pushes, rollbacks, trials, and what the fuse holds.
#pragma once

#include <atomic>

#include "control/api/api_router.hh"
#include "control/rollout/rollout.hh"

namespace sluice {

class PushRoutes {
 public:
  // The rollout outlives it, and this the server.
  explicit PushRoutes(Rollout& rollout) : rollout_(&rollout) {}

  void add_to(ApiRouter& router);

 private:
  void push(const ApiCall& call, httplib::Response& response);
  void push_ruleset(const ApiCall& call, httplib::Response& response);
  void rollback(const ApiCall& call, httplib::Response& response);
  void promote(const ApiCall& call, httplib::Response& response);
  void withdraw(const ApiCall& call, httplib::Response& response);
  void release(const ApiCall& call, httplib::Response& response);
  void show(httplib::Response& response);

  Rollout* rollout_;
  std::atomic<bool> uploading_{false};
};

// What a request has that is too large for a pack.
[[nodiscard]] std::string pack_size_remedy();

}  // namespace sluice
