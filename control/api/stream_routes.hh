// The paths of the API that go on until somebody ends them: events as they come, and copies of packets.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "control/api/api_router.hh"
#include "control/api/event_stream.hh"
#include "control/capture/capture_desk.hh"
#include "control/tap/event_loop.hh"

namespace sluice {

class StreamRoutes {
 public:
  // All of them outlive it, and this the server.
  struct Parts {
    EventLoop* events = nullptr;
    EventStream* stream = nullptr;
    CaptureDesk* captures = nullptr;   // null: packets are not copied
    std::vector<std::string> pairs{};  // names of the pairs of ports, in their order
  };

  explicit StreamRoutes(Parts parts) : parts_(std::move(parts)) {}
  void add_to(ApiRouter& router);
  // What goes on ends.
  void end();

 private:
  void events(const ApiCall& call, httplib::Response& response);
  [[nodiscard]] tl::expected<CaptureAsked, std::string> capture_asked(const ApiCall& call) const;
  void capture(const ApiCall& call, httplib::Response& response);

  Parts parts_;
  std::atomic<bool> is_ending_{false};
};

}  // namespace sluice
