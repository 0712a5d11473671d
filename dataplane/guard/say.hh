// What people read: a line on standard error. Who reads it late is not waited for: the line is lost then.
#pragma once

namespace sluice {

[[gnu::format(printf, 1, 2)]] void say(const char* format, ...) noexcept;

}  // namespace sluice
