#include "rules/databases/compile_sandbox.hh"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <utility>
#include <vector>

using namespace sluice;

namespace {

constexpr int no_sandbox = 99;

struct Pipe {
  Pipe() { BOOST_REQUIRE(::pipe(ends.data()) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    close_write_end();
  }
  // So that a child that dies shows as the end of what it writes.
  void close_write_end() {
    if (ends[1] >= 0) ::close(std::exchange(ends[1], -1));
  }
  int read_end() const { return ends[0]; }
  int write_end() const { return ends[1]; }
  std::array<int, 2> ends{};
};

// In a child, behind the walls.
pid_t inside(std::span<const int> kept, const std::function<int()>& act) {
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child > 0) return child;
  const auto entered = enter_compile_sandbox(kept);
  if (!entered) ::_exit(no_sandbox);
  ::_exit(act());
}

int status_of(pid_t child) {
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

bool forbidden(const std::function<int()>& act) {
  const int status = status_of(inside({}, act));
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

// -1 where the child did not come to an end of its own.
int answer(std::span<const int> kept, const std::function<int()>& act) {
  const int status = status_of(inside(kept, act));
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(compile_sandbox)

BOOST_AUTO_TEST_CASE(whatever_reaches_beyond_the_process_ends_it) {
  BOOST_TEST(forbidden([] { return ::open("/dev/null", O_RDONLY); }));
  BOOST_TEST(forbidden([] { return ::socket(AF_INET, SOCK_STREAM, 0); }));
  BOOST_TEST(forbidden([] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }));
  BOOST_TEST(forbidden([] {
    char program[] = "/bin/true";
    char* words[] = {program, nullptr};
    return ::execv(program, words);
  }));
  BOOST_TEST(forbidden([] { return ::fork(); }));
  BOOST_TEST(forbidden([] { return ::kill(::getppid(), 0); }));
  BOOST_TEST(forbidden([] { return ::memfd_create("x", 0); }));
  BOOST_TEST(forbidden([] { return ::unlink("/nowhere"); }));
}

BOOST_AUTO_TEST_CASE(memory_that_can_be_executed_is_not_to_be_had) {
  BOOST_TEST(forbidden([] {
    return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? 1 : 0;
  }));
  BOOST_TEST(forbidden([] {
    void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return ::mprotect(page, 4096, PROT_READ | PROT_EXEC);
  }));
}

BOOST_AUTO_TEST_CASE(memory_and_what_was_handed_in_are_there_and_nothing_else) {
  const Pipe pipe;
  const Pipe other;
  const std::array kept{pipe.write_end()};
  const int result = answer(kept, [&] {
    std::vector<char> large(std::size_t{64} << 20, 'x');
    if (::write(pipe.write_end(), &large[1000], 1) != 1) return 1;
    // close_range(2) left neither the other pipe nor standard input and output.
    for (const int gone : {other.read_end(), other.write_end(), pipe.read_end(), STDIN_FILENO, STDOUT_FILENO}) {
      if (::lseek(gone, 0, SEEK_CUR) != -1 || errno != EBADF) return 2;
    }
    return ::write(STDERR_FILENO, "", 0) == 0 ? 0 : 3;
  });
  BOOST_TEST(result == 0);
  char byte = 0;
  BOOST_TEST(::read(pipe.read_end(), &byte, 1) == 1);
  BOOST_TEST(byte == 'x');
}

#if !defined(__SANITIZE_ADDRESS__)
BOOST_AUTO_TEST_CASE(memory_has_an_end) {
  BOOST_TEST(answer({}, [] {
               void* much = ::mmap(nullptr, compile_address_space, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
               return much == MAP_FAILED && errno == ENOMEM ? 0 : 1;
             }) == 0);
}
#endif

// As the kernel itself tells it of the child: proc(5).
BOOST_AUTO_TEST_CASE(the_kernel_confirms_every_bound) {
  const Pipe hold;
  Pipe ready;
  const std::array kept{hold.read_end(), ready.write_end()};
  const pid_t child = inside(kept, [&] {
    char byte = 0;
    return ::write(ready.write_end(), "r", 1) == 1 && ::read(hold.read_end(), &byte, 1) == 1 ? 0 : 1;
  });
  ready.close_write_end();
  char byte = 0;
  BOOST_REQUIRE(::read(ready.read_end(), &byte, 1) == 1);
  const auto text_of = [child](const char* name) {
    std::ifstream file{"/proc/" + std::to_string(child) + "/" + name};
    std::string text;
    for (std::string line; std::getline(file, line);) {
      // Blanks fold, so that columns do not count.
      std::string folded;
      for (const char c : line)
        if (const char blank = c == '\t' ? ' ' : c; blank != ' ' || folded.empty() || folded.back() != ' ')
          folded += blank;
      text += folded + "\n";
    }
    return text;
  };
  const auto status = text_of("status");
  BOOST_TEST(status.find("NoNewPrivs: 1\n") != std::string::npos, status);
  BOOST_TEST(status.find("Seccomp: 2\n") != std::string::npos, status);  // SECCOMP_MODE_FILTER
  const auto limits = text_of("limits");
  for (const char* line : {
         "Max cpu time 60 61 seconds", "Max core file size 0 0 bytes", "Max processes 0 0 processes",
             "Max open files 0 0 files", "Max file size 536875008 536875008 bytes",
#if !defined(__SANITIZE_ADDRESS__)
             "Max address space 4294967296 4294967296 bytes"
#endif
       })
    BOOST_TEST(limits.find(line) != std::string::npos, "\"" << line << "\" is not in\n" << limits);
  BOOST_REQUIRE(::write(hold.write_end(), "x", 1) == 1);
  BOOST_TEST(status_of(child) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
