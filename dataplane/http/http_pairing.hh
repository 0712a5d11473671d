// Of a connection's requests whose responses are yet to come, oldest first: what must be known to read those.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice {

struct AwaitedResponse {
  enum class To : std::uint8_t { other, head, connect, upgrade };  // the request's kind
  To to = To::other;
  bool event_waits = false;  // the request's event does, for this response

  // As far as it matters for the response's body.
  [[nodiscard]] std::string_view method() const noexcept {
    return to == To::head ? "HEAD" : to == To::connect ? "CONNECT" : "";
  }
};

class HttpPairing {
 public:
  static constexpr std::size_t limit = 16;  // requests under way

  // False where one more would be too many, or nothing is paired any more.
  [[nodiscard]] bool push(AwaitedResponse awaited) noexcept {
    if (lost_ || count_ == limit) return false;
    set(count_++, awaited);
    return true;
  }
  // The event of the youngest request waits from now on. Not while empty().
  void keep_event() noexcept {
    auto youngest = get(count_ - std::size_t{1});
    youngest.event_waits = true;
    set(count_ - std::size_t{1}, youngest);
  }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  // Of the oldest request; where none is known, of any.
  [[nodiscard]] AwaitedResponse front() const noexcept { return empty() ? AwaitedResponse{} : get(0); }
  void pop() noexcept {
    if (empty()) return;
    entries_ >>= bits;
    --count_;
  }

  // Which response belongs to which request is not known any more.
  [[nodiscard]] bool lost() const noexcept { return lost_; }
  void lose() noexcept {
    lost_ = true;
    count_ = 0;
  }

 private:
  static constexpr unsigned bits = 4;  // of an entry

  [[nodiscard]] AwaitedResponse get(std::size_t i) const noexcept {
    const auto entry = entries_ >> (i * bits);
    return {static_cast<AwaitedResponse::To>(entry & 3), (entry & 4) != 0};
  }
  void set(std::size_t i, AwaitedResponse awaited) noexcept {
    const auto entry = static_cast<std::uint64_t>(awaited.to) | (awaited.event_waits ? 4U : 0U);
    entries_ = (entries_ & ~(std::uint64_t{0xf} << (i * bits))) | entry << (i * bits);
  }

  std::uint64_t entries_ = 0;
  std::uint8_t count_ = 0;
  bool lost_ = false;
};

}  // namespace sluice
