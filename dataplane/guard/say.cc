#include "dataplane/guard/say.hh"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>

namespace sluice {

void say(const char* format, ...) noexcept {
  char line[512] = "sluice-guard: ";
  constexpr int begun = 14;
  constexpr int room = sizeof line - begun - 1;  // a newline, too
  std::va_list values;
  va_start(values, format);
  const int wanted = std::vsnprintf(line + begun, room, format, values);
  va_end(values);
  const int size = begun + std::clamp(wanted, 0, room - 1);
  line[size] = '\n';
  // A pipe that is ready for writing takes a line of this size at once: pipe(7), PIPE_BUF.
  pollfd ready{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&ready, 1, 0) == 1) (void)!::write(STDERR_FILENO, line, static_cast<std::size_t>(size) + 1);
}

}  // namespace sluice
