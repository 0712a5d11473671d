#include "dataplane/worker_filter.hh"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <thread>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(worker_filter)

BOOST_AUTO_TEST_CASE(a_thread_behind_it_makes_the_calls_of_the_drivers_and_no_others) {
  static std::atomic<std::uint64_t> refused{0};  // outlives the thread's filter
  count_refused_calls(refused);
  std::array<int, 2> ends{};
  BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends.data()) == 0);
  bool entered = false;
  bool drivers = false;
  int open_error = 0;
  int socket_error = 0;
  int exec_error = 0;
  std::uint64_t counted = 0;
  std::thread thread{[&] {
    entered = enter_worker_filter().has_value();
    char byte = 'x';
    pollfd watched{ends[1], POLLIN, 0};
    drivers = ::sendto(ends[0], &byte, 1, 0, nullptr, 0) == 1 && ::poll(&watched, 1, 1000) == 1 &&
              ::recvfrom(ends[1], &byte, 1, 0, nullptr, nullptr) == 1;
    const auto before = refused.load();
    open_error = ::open("/etc/passwd", O_RDONLY) < 0 ? errno : 0;
    socket_error = ::socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
    char* const nothing[] = {nullptr};
    exec_error = ::execve("/bin/true", nothing, nothing) < 0 ? errno : 0;
    counted = refused.load() - before;
  }};
  thread.join();
  BOOST_TEST(entered);
  BOOST_TEST(drivers);
  BOOST_TEST(open_error == EPERM);
  BOOST_TEST(socket_error == EPERM);
  BOOST_TEST(exec_error == EPERM);
  BOOST_TEST(counted == 3U);
  // The others are as free as before.
  const int file = ::open("/etc/passwd", O_RDONLY);
  BOOST_TEST(file >= 0);
  for (const int number : {file, ends[0], ends[1]}) ::close(number);
}

BOOST_AUTO_TEST_SUITE_END()
