// What a process does to itself for good is tried in a child of the test.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

// The text that `say` gives in a child process; nothing where the child died otherwise.
template <class Say>
std::optional<std::string> in_child(Say say) {
  int ends[2];
  if (::pipe(ends) != 0) return std::nullopt;
  const auto child = ::fork();
  if (child == 0) {
    const std::string said = say();
    ::_exit(::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  char piece[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], piece, sizeof piece)) != 0;) {
    if (got > 0) said.append(piece, static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) break;
  }
  ::close(ends[0]);
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0) return std::nullopt;
  return said;
}
