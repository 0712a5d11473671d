// Times of the week at which something holds, by a clock on the site's wall.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace sluice {

class LocalHours {
 public:
  // Minutes since Monday, 00:00; `end` is the first that does not belong to it.
  struct Span {
    std::uint16_t begin = 0;
    std::uint16_t end = 0;
  };
  // From that second since 1970 on (UTC), clocks are so far ahead of UTC; the first one holds before, too.
  struct Shift {
    std::int64_t from_s = 0;
    std::int32_t ahead_s = 0;
  };
  using Zone = std::vector<Shift>;  // in order, at least one

  LocalHours() = default;  // always
  LocalHours(std::vector<Span> spans, std::shared_ptr<const Zone> zone)
      : spans_(std::move(spans)), zone_(std::move(zone)) {}

  // `now_ns`: since 1970, UTC.
  [[nodiscard]] bool hold(std::int64_t now_ns) const noexcept;
  // When that may change next, in nanoseconds since 1970; `never` where it always holds.
  [[nodiscard]] std::int64_t next_change(std::int64_t now_ns) const noexcept;
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

 private:
  struct LocalTime {
    std::int64_t minute = 0;       // of the week
    std::int64_t second = 0;       // of the minute
    std::int64_t until_s = never;  // the clocks stay as they are so long, in seconds since 1970
  };
  [[nodiscard]] LocalTime local_time(std::int64_t now_s) const noexcept;

  std::vector<Span> spans_;
  std::shared_ptr<const Zone> zone_;
};

}  // namespace sluice
