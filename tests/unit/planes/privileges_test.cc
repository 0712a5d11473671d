#include "dataplane/wire/privileges.hh"

#include <fcntl.h>
#include <linux/securebits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/unit/in_child.hh"

using namespace sluice;

namespace {

// proc(5), with the bits of capabilities(7).
constexpr std::uint64_t net_admin = 1U << 12;
constexpr std::uint64_t setpcap = 1U << 8;

std::string field(const std::string& status, const std::string& name) {
  std::ifstream file{status};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
  return "no " + name;
}

std::uint64_t set_of(const char* name) { return std::stoull(field("/proc/thread-self/status", name), nullptr, 16); }

std::string sets_of(const std::string& thread) {
  const auto status = "/proc/self/task/" + thread + "/status";
  std::string said;
  for (const char* name : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs"})
    said += field(status, name) + " ";
  return said;
}

std::string sixteen(std::uint64_t set) {
  std::ostringstream text;
  text.width(16);
  text.fill('0');
  text << std::hex << set;
  return text.str();
}

// As sets_of() gives them where `kept` alone is left of what there was. Without CAP_SETPCAP the bounding set stays.
std::string sets_with(std::uint64_t kept) {
  const auto own = sixteen(set_of("CapPrm") & kept);
  const auto bounds = sixteen((set_of("CapEff") & setpcap) != 0 ? 0 : set_of("CapBnd"));
  const auto none = sixteen(0);
  return none + " " + own + " " + own + " " + bounds + " " + none + " 1 ";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(privileges)

BOOST_AUTO_TEST_CASE(every_thread_gives_its_capabilities_up_whatever_it_waits_for) {
  const auto wanted_of_main = sets_with(net_admin);
  const auto wanted_of_others = sets_with(0);
  const auto said = in_child([&] {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) return std::string{"no pipe"};
    std::array<std::atomic<pid_t>, 3> ids{};
    std::atomic<bool> stop{false};
    bool read = false;
    std::thread reader{[&] {  // as DPDK's workers wait for what to run
      ids[0] = ::gettid();
      char byte = 0;
      read = ::read(pipe[0], &byte, 1) == 1;
    }};
    std::thread spinner{[&] {
      ids[1] = ::gettid();
      while (!stop) {
      }
    }};
    std::thread sleeper{[&] {
      ids[2] = ::gettid();
      stop.wait(false);
    }};
    for (const auto& id : ids)
      while (id == 0) std::this_thread::yield();
    const auto reduced = reduce_privileges();
    std::string lines = reduced ? "" : reduced.error();
    const auto main = sets_of(std::to_string(::getpid()));
    if (main != wanted_of_main) lines += "main has " + main;
    for (const auto& id : ids)
      if (const auto sets = sets_of(std::to_string(id)); sets != wanted_of_others) lines += "a thread has " + sets;
    std::thread{[&] {
      give_up_capabilities();
      if (const auto sets = sets_of(std::to_string(::gettid())); sets != wanted_of_others)
        lines += "a later thread has " + sets;
    }}.join();
    stop = true;
    stop.notify_all();
    (void)!::write(pipe[1], "x", 1);
    for (auto* thread : {&reader, &spinner, &sleeper}) thread->join();
    return lines + (read ? "and the reader has read" : "the reader was disturbed");
  });
  BOOST_TEST(said.value_or("died") == "and the reader has read");
}

BOOST_AUTO_TEST_CASE(what_root_alone_may_is_refused_afterwards) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("skipped: needs root, who has something to lose");
    return;
  }
  const auto said = in_child([] {
    char name[] = "/tmp/sluice-privileges-XXXXXX";
    const int made = ::mkstemp(name);
    if (made < 0 || ::fchmod(made, 0) != 0) return std::string{"no file"};
    const auto reduced = reduce_privileges();
    const int opened = ::open(name, O_RDONLY);  // of its owner, but nobody may read it: CAP_DAC_OVERRIDE would
    const int error = errno;
    const bool removed = ::unlink(name) == 0;  // what belongs to the user stays his
    const auto bits = static_cast<unsigned>(::prctl(PR_GET_SECUREBITS));
    return std::string{reduced ? "reduced, " : "not reduced, "} +
           (opened < 0 && error == EACCES ? "EACCES" : "opened") + (removed ? ", removed" : ", kept") +
           ((bits & SECBIT_NOROOT) != 0 ? ", no root at exec" : ", root at exec");
  });
  BOOST_TEST(said.value_or("died") == "reduced, EACCES, removed, no root at exec");
}

BOOST_AUTO_TEST_CASE(a_thread_that_keeps_its_capabilities_is_named) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("skipped: needs root, who has something to lose");
    return;
  }
  const auto said = in_child([] {
    std::atomic<bool> ready{false};
    std::atomic<bool> stop{false};
    std::thread deaf{[&] {
      ::pthread_setname_np(::pthread_self(), "deaf");
      sigset_t all;
      ::sigfillset(&all);
      ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
      ready = true;
      ready.notify_one();
      stop.wait(false);
    }};
    ready.wait(false);
    const auto reduced = reduce_privileges();
    stop = true;
    stop.notify_one();
    deaf.join();
    return reduced ? std::string{"reduced"} : reduced.error();
  });
  const auto text = said.value_or("died");
  BOOST_TEST_CONTEXT(text) {
    BOOST_TEST(text.starts_with("thread deaf ("));
    BOOST_TEST(text.ends_with(") does not give its capabilities up (does it block SIGURG?)"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
