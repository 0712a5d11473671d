#include "dataplane/exchange/mapping_guard.hh"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <list>
#include <utility>

using namespace sluice;

namespace {

constexpr std::size_t size = 4 * std::size_t{4096};

// A file that its other user may cut.
struct Shared {
  Shared() : file(::memfd_create("test", MFD_CLOEXEC)) {
    BOOST_REQUIRE(file >= 0);
    restore();
    base = static_cast<volatile std::uint8_t*>(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
    BOOST_REQUIRE(base != MAP_FAILED);
  }
  ~Shared() {
    ::munmap(const_cast<std::uint8_t*>(base), size);
    ::close(file);
  }
  void restore() const { BOOST_REQUIRE(::ftruncate(file, size) == 0); }
  void cut(std::size_t to) const { BOOST_REQUIRE(::ftruncate(file, static_cast<off_t>(to)) == 0); }
  [[nodiscard]] std::size_t length() const {
    struct stat status {};
    BOOST_REQUIRE(::fstat(file, &status) == 0);
    return static_cast<std::size_t>(status.st_size);
  }
  [[nodiscard]] auto guard() const {
    auto made = MappingGuard::make(file, const_cast<const std::uint8_t*>(base), size, size);
    BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error()));
    return std::move(*made);
  }
  int file;
  volatile std::uint8_t* base = nullptr;
};

// The signal that ends a child which reads the last byte; 0 where it lives.
int signal_of_a_read(const Shared& shared) {
  const auto child = ::fork();
  if (child == 0) {
    ::alarm(10);
    ::_exit(shared.base[size - 1]);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mapping_guard)

BOOST_AUTO_TEST_CASE(what_was_cut_off_is_zeros_and_can_be_written_again) {
  const Shared shared;
  const auto guard = shared.guard();
  shared.base[0] = 7;
  shared.base[size - 1] = 9;
  shared.cut(4096);
  BOOST_TEST(shared.base[size - 1] == 0);
  BOOST_TEST(shared.length() == size);
  BOOST_TEST(shared.base[0] == 7);
  for (int again = 0; again < 100; ++again) {
    shared.cut(0);
    shared.base[size - 1] = 5;
    BOOST_TEST_REQUIRE(shared.base[size - 1] == 5);
  }
}

BOOST_AUTO_TEST_CASE(without_a_guard_the_process_ends_as_ever) {
  const Shared guarded;
  const Shared other;
  other.cut(0);
  ::signal(SIGBUS, SIG_DFL);  // Boost.Test has a handler of its own
  BOOST_TEST(signal_of_a_read(other) == SIGBUS);
  {
    const auto guard = guarded.guard();
    BOOST_TEST(signal_of_a_read(other) == SIGBUS);
    guarded.cut(0);
    BOOST_TEST(signal_of_a_read(guarded) == 0);
  }
  guarded.cut(0);
  BOOST_TEST(signal_of_a_read(guarded) == SIGBUS);
}

BOOST_AUTO_TEST_CASE(there_is_room_for_so_many) {
  const Shared shared;
  std::list<MappingGuard> guards;
  while (guards.size() < MappingGuard::limit) guards.push_back(shared.guard());
  BOOST_TEST(!MappingGuard::make(shared.file, const_cast<const std::uint8_t*>(shared.base), size, size).has_value());
  guards.pop_back();
  guards.push_back(shared.guard());
}

BOOST_AUTO_TEST_SUITE_END()
