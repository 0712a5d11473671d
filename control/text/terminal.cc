#include "control/text/terminal.hh"

#include <sys/ioctl.h>
#include <unistd.h>

namespace sluice {

std::size_t terminal_width() {
  winsize size{};
  constexpr std::size_t without_terminal = 100;
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : without_terminal;
}

}  // namespace sluice
