// Copies of packets for who asks (`sluice capture`): one capture at a time, bounded in packets, bytes, time and rate
// whatever becomes of the one who asked. While there is none a worker pays a look at a pointer a burst.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/counters.hh"
#include "dataplane/event/event_sink.hh"
#include "dataplane/event/packet_copy.hh"
#include "dataplane/packet/packet.hh"
#include "dataplane/packet/packet_filter.hh"

namespace sluice {

// The most that may be asked for; each at least 1.
constexpr std::uint64_t capture_packets_limit = 10'000'000;
constexpr std::uint64_t capture_bytes_limit = std::uint64_t{4} << 30U;
constexpr std::chrono::milliseconds capture_time_limit = std::chrono::hours{1};
// Of each worker: what goes beyond is left out and counted. The rings are there for events.
constexpr std::chrono::milliseconds capture_window{100};
constexpr std::uint32_t capture_window_packets = 2'000;
constexpr std::uint32_t capture_window_bytes = 1U << 20U;

struct CaptureWish {
  PacketFilter filter;
  std::uint32_t ports = 0;  // a bit each
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;           // of packets, as they are kept
  std::chrono::milliseconds time{};  // from the start on
  std::uint32_t snap_length = 0;     // bytes kept of each
};

enum class CaptureEnd : std::uint8_t { none, packets, bytes, time, asked, left };
constexpr std::array<std::string_view, 6> capture_end_names{"", "packets", "bytes", "time", "asked", "left"};

struct CaptureReading {
  std::uint64_t id = 0;  // 0: there was none yet
  CaptureEnd end{};      // none: it is under way
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t beyond_rate = 0;   // packets that were not copied
  std::uint64_t without_room = 0;  // likewise: the ring was full
};

class CaptureTap {
 public:
  using Clock = std::chrono::steady_clock;

  explicit CaptureTap(std::uint32_t workers);

  // Main, here and below. Returns the number of the capture, or why there is none.
  [[nodiscard]] tl::expected<std::uint64_t, std::string> start(CaptureWish wish, Clock::time_point now);
  void end(CaptureEnd why) noexcept;
  // Ends it where one of its bounds is hit.
  void look(Clock::time_point now) noexcept;
  [[nodiscard]] bool is_on() const noexcept { return live_ != nullptr; }
  [[nodiscard]] CaptureReading reading() const noexcept;  // of the one under way, or the last one

  // A worker, once a burst: whether it has to call copy().
  [[nodiscard]] bool is_wanted() const noexcept { return order_.load(std::memory_order_relaxed) != nullptr; }
  // Copies what matches of a burst that came in at a port. `is_secret` says of a packet whether nothing of it may be
  // recorded; it is asked of those that match.
  template <class IsSecret>
  void copy(std::uint32_t worker, std::uint32_t port, std::span<const Packet> burst, const IsSecret& is_secret,
            EventSink& sink) noexcept {
    auto& own = workers_[worker];
    own.is_busy.store(true);  // before the look: whoever takes the order back sees one or the other
    if (auto* const order = order_.load(); order != nullptr && (order->wish.ports >> port & 1U) != 0)
      for (const auto& packet : burst)
        if (const auto size = wanted(*order, packet); size != 0 && !is_secret(packet))
          put(*order, own, port, packet, size, sink);
    own.is_busy.store(false);
  }

 private:
  // Workers: rw what is counted; all else is as it was made.
  struct Order {
    std::uint64_t id = 0;
    CaptureWish wish;
    Clock::time_point until{};
    std::atomic<std::uint64_t> packets{0};
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::uint64_t> beyond_rate{0};
    std::atomic<std::uint64_t> without_room{0};
    std::atomic<CaptureEnd> full{CaptureEnd::none};
  };
  struct alignas(64) OfWorker {
    std::atomic<bool> is_busy{false};  // worker: wo, main: ro
    Tick window{};
    std::uint32_t window_packets = 0;
    std::uint32_t window_bytes = 0;
    InspectionCounters counted;  // what the sink says; these are no events
    std::vector<std::uint8_t> record;
  };

  [[nodiscard]] static std::uint32_t wanted(const Order& order, const Packet& packet) noexcept;
  static void put(Order& order, OfWorker& own, std::uint32_t port, const Packet& packet, std::uint32_t size,
                  EventSink& sink) noexcept;

  alignas(64) std::atomic<Order*> order_{nullptr};  // main: wo, workers: ro
  std::vector<OfWorker> workers_;
  std::unique_ptr<Order> live_;
  std::unique_ptr<Order> last_;  // until the next one ends: a worker may look at it still
  CaptureReading ended_;
  std::uint64_t last_id_ = 0;
};

}  // namespace sluice
