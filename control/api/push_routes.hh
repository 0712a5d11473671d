// The paths of the API that change rules: pushes, rollbacks, trials, and what the fuse holds.
#pragma once

#include <httplib.h>

#include <atomic>

#include "control/rollout/rollout.hh"

namespace sluice {

class PushRoutes {
 public:
  // The rollout outlives it, and this the server.
  explicit PushRoutes(Rollout& rollout) : rollout_(&rollout) {}

  void add_to(httplib::Server& server);

 private:
  void push(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader& content);
  void push_ruleset(const httplib::Request& request, httplib::Response& response,
                    const httplib::ContentReader& content);
  void rollback(const httplib::Request& request, httplib::Response& response);
  void release(const httplib::Request& request, httplib::Response& response);
  void show(httplib::Response& response);

  Rollout* rollout_;
  std::atomic<bool> uploading_{false};
};

// What a request has that is too large for a pack.
[[nodiscard]] std::string pack_size_remedy();

}  // namespace sluice
