// Moments as text. All of them are UTC; nothing here asks the machine for its time zone or its clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/base/tick.hh"

namespace sluice {

// As Suricata writes it: 2026-11-21T04:16:27.123456+0000. Nanoseconds are cut, towards the past.
[[nodiscard]] std::string timestamp_text(Tick time);
// Whole seconds since 1970 of such a text; nothing for another one.
[[nodiscard]] std::optional<std::int64_t> seconds_from(std::string_view timestamp) noexcept;
// 2026-11-21
[[nodiscard]] std::string day_text(Tick time);
// 2026-11-21 04:16:27, and for a moment on the same day as `since` the time alone.
[[nodiscard]] std::string second_text(Tick time);
[[nodiscard]] std::string second_text(Tick time, Tick since);
// Whole seconds since 1970, towards the past.
[[nodiscard]] std::int64_t unix_seconds(Tick time);

}  // namespace sluice
