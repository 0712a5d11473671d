#include "rules/databases/memory_file.hh"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(memory_file)

BOOST_AUTO_TEST_CASE(a_sealed_file_holds_its_bytes_and_no_others) {
  const std::vector<std::uint8_t> bytes{1, 2, 3, 0, 255};
  const auto file = MemoryFile::sealed("test", bytes);
  BOOST_REQUIRE(file.has_value());
  BOOST_TEST((file->bytes(5).value() == bytes));
  BOOST_TEST(::pwrite(file->descriptor(), "x", 1, 0) == -1);
  BOOST_TEST(errno == EPERM);
  BOOST_TEST(::ftruncate(file->descriptor(), 2) == -1);
  BOOST_TEST(::ftruncate(file->descriptor(), 20) == -1);
  // memfd_create(2) and fcntl(2): all four seals stand.
  BOOST_TEST(::fcntl(file->descriptor(), F_GET_SEALS) == (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
  BOOST_TEST((::fcntl(file->descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
}

BOOST_AUTO_TEST_CASE(an_open_file_can_be_written_until_it_is_sealed) {
  auto file = MemoryFile::create("test");
  BOOST_REQUIRE(file.has_value());
  BOOST_TEST(file->bytes(0).value().empty());
  BOOST_TEST(::write(file->descriptor(), "abc", 3) == 3);
  BOOST_TEST(file->seal().has_value());
  BOOST_TEST(::write(file->descriptor(), "d", 1) == -1);
  BOOST_TEST(!file->seal().has_value());
  // The position of the descriptor, behind the end, does not count.
  BOOST_TEST(file->bytes(3).value().size() == 3U);
  BOOST_TEST(file->bytes(2).error() == "3 bytes are more than the limit of 2");
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(::pipe(ends.data()) == 0);
  BOOST_TEST(read_whole(ends[0], 10).error() == "it is not a file");
  ::close(ends[0]);
  ::close(ends[1]);
  BOOST_TEST(read_whole(ends[0], 10).error() == "fstat: Bad file descriptor");
}

BOOST_AUTO_TEST_SUITE_END()
