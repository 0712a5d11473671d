// The one capture of packets that may be under way: who asked for what, what waits for him, and what came of it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/capture/capture_frame.hh"
#include "control/tap/tap_client.hh"
#include "dataplane/base/bytes.hh"

namespace sluice {

// Who asked, for what.
struct CaptureAsked {
  std::string user;    // the account, or "uid:0"
  std::string from;    // its address, or "process 4711"
  std::string filter;  // as written
  std::vector<std::string> ports;
  CaptureRequest request;  // to the data plane
};

// Of the program since its start.
struct CaptureCounts {
  std::uint64_t begun = 0;
  std::uint64_t refused = 0;
  std::uint64_t packets = 0;
  std::uint64_t lost = 0;  // that matched and were not handed on
  bool is_on = false;
};

class CaptureDesk {
 public:
  static constexpr std::size_t waiting_limit = std::size_t{8} * 1024 * 1024;  // bytes for the one who asked
  static constexpr auto look_interval = std::chrono::milliseconds{100};

  // Of a begin (`end` null) or an end.
  struct Note {
    const CaptureAsked* asked = nullptr;
    const CaptureState* end = nullptr;
    std::uint64_t lost = 0;  // for want of room between the control plane and the one who asked
  };
  using Write = std::function<void(const Note&)>;

  // `write`: into the log of events. It outlives the desk.
  CaptureDesk(std::string command_socket, Write write)
      : command_socket_(std::move(command_socket)), write_(std::move(write)) {}

  // Has it begun. The error is for the one who asked.
  [[nodiscard]] tl::expected<void, std::string> start(CaptureAsked asked);
  // A copy of a packet from the ring; false where nobody asked for it. Never waits.
  bool put(std::uint64_t id, Bytes record);
  // Frames for the one who asked, after `look_interval` at most; empty where there is nothing to say yet. Nothing: it
  // is over, and what is left was handed out. `settle` waits until all that lies in the rings has been put.
  [[nodiscard]] std::optional<std::string> take(const std::function<void()>& settle);
  // The one who asked is gone, or has it all. Says so to the data plane, and to the log.
  void finish();
  [[nodiscard]] CaptureCounts counts();

 private:
  struct Running;

  [[nodiscard]] std::string end_frame(const Running& running) const;

  std::string command_socket_;
  Write write_;
  std::mutex mutex_;  // of all that follows
  std::condition_variable wake_;
  std::shared_ptr<Running> running_;
  bool starting_ = false;
  CaptureCounts counts_;
};

}  // namespace sluice
