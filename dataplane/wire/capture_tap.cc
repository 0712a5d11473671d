#include "dataplane/wire/capture_tap.hh"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sluice {
namespace {

// Takes one of what is left; false where nothing is.
bool take(std::atomic<std::uint64_t>& taken, std::uint64_t more, std::uint64_t limit) noexcept {
  if (taken.fetch_add(more, std::memory_order_relaxed) + more <= limit) return true;
  taken.fetch_sub(more, std::memory_order_relaxed);
  return false;
}

constexpr std::size_t padded(std::size_t size) noexcept { return (size + 7) / 8 * 8; }

}  // namespace

CaptureTap::CaptureTap(std::uint32_t workers) : workers_(workers) {
  for (auto& worker : workers_) worker.record.resize(padded(sizeof(PacketCopy) + copied_bytes_limit));
}

tl::expected<std::uint64_t, std::string> CaptureTap::start(CaptureWish wish, Clock::time_point now) {
  if (live_ != nullptr) return tl::unexpected(std::string{"a capture is under way: wait for its end, or end it"});
  if (std::ranges::any_of(workers_, [](const OfWorker& worker) { return worker.is_busy.load(); }))
    return tl::unexpected(std::string{"a worker is still busy with the last capture: try again"});
  if (wish.packets == 0 || wish.packets > capture_packets_limit)
    return tl::unexpected("a capture has 1 to " + std::to_string(capture_packets_limit) + " packets");
  if (wish.bytes == 0 || wish.bytes > capture_bytes_limit)
    return tl::unexpected("a capture has 1 to " + std::to_string(capture_bytes_limit) + " bytes");
  if (wish.time <= std::chrono::milliseconds{0} || wish.time > capture_time_limit)
    return tl::unexpected(std::string{"a capture lasts an hour at most"});
  if (wish.snap_length == 0 || wish.snap_length > copied_bytes_limit)
    return tl::unexpected("of a packet 1 to " + std::to_string(copied_bytes_limit) + " bytes are kept");
  if (wish.ports == 0) return tl::unexpected(std::string{"a capture of no port"});
  last_.reset();
  live_.reset(new Order{++last_id_, std::move(wish), {}});
  live_->until = now + live_->wish.time;
  order_.store(live_.get());
  return live_->id;
}

void CaptureTap::end(CaptureEnd why) noexcept {
  if (live_ == nullptr) return;
  order_.store(nullptr);
  last_ = std::move(live_);
  ended_.end = why;
}

void CaptureTap::look(Clock::time_point now) noexcept {
  if (live_ == nullptr) return;
  if (const auto full = live_->full.load(); full != CaptureEnd::none)
    end(full);
  else if (now >= live_->until)
    end(CaptureEnd::time);
}

CaptureReading CaptureTap::reading() const noexcept {
  const auto* const order = live_ != nullptr ? live_.get() : last_.get();
  if (order == nullptr) return {};
  return {order->id,          live_ != nullptr ? CaptureEnd::none : ended_.end,
          order->packets,     order->bytes,
          order->beyond_rate, order->without_room};
}

std::uint32_t CaptureTap::wanted(const Order& order, const Packet& packet) noexcept {
  if (order.full.load(std::memory_order_relaxed) != CaptureEnd::none) return 0;
  const auto taken = order.wish.filter.run(packet.frame, packet.wire_length);
  return static_cast<std::uint32_t>(
      std::min<std::size_t>({taken, order.wish.snap_length, packet.frame.size(), copied_bytes_limit}));
}

void CaptureTap::put(Order& order, OfWorker& own, std::uint32_t port, const Packet& packet, std::uint32_t size,
                     EventSink& sink) noexcept {
  if (packet.time - own.window >= capture_window || packet.time < own.window) {
    own.window = packet.time;
    own.window_packets = own.window_bytes = 0;
  }
  if (own.window_packets == capture_window_packets || own.window_bytes + size > capture_window_bytes) {
    order.beyond_rate.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  ++own.window_packets;
  own.window_bytes += size;
  if (!take(order.bytes, size, order.wish.bytes)) return order.full.store(CaptureEnd::bytes);
  if (!take(order.packets, 1, order.wish.packets)) {
    order.bytes.fetch_sub(size, std::memory_order_relaxed);
    return order.full.store(CaptureEnd::packets);
  }
  const PacketCopy head{nanoseconds_since_epoch(packet.time), packet.wire_length, static_cast<std::uint16_t>(port),
                        static_cast<std::uint16_t>(size)};
  std::memcpy(own.record.data(), &head, sizeof head);
  std::memcpy(own.record.data() + sizeof head, packet.frame.data(), size);
  const auto lost = own.counted.events_lost;
  // Into the ring of records, behind which findings never wait.
  sink.put(EventType::flow, order.id, Bytes{own.record}.first(padded(sizeof head + size)), own.counted);
  if (own.counted.events_lost != lost) {
    order.packets.fetch_sub(1, std::memory_order_relaxed);
    order.bytes.fetch_sub(size, std::memory_order_relaxed);
    order.without_room.fetch_add(1, std::memory_order_relaxed);
  } else if (order.packets.load(std::memory_order_relaxed) == order.wish.packets) {
    order.full.store(CaptureEnd::packets);
  }
}

}  // namespace sluice
