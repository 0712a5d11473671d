#include "dataplane/exchange/sealed_memory.hh"

#include <fcntl.h>
#include <sys/mman.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <vector>

using namespace sluice;

namespace {

constexpr int all_seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

Descriptor memory_file(std::size_t size, int seals) {
  Descriptor file{::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  BOOST_REQUIRE(::ftruncate(file.number(), static_cast<off_t>(size)) == 0);
  BOOST_REQUIRE(::fcntl(file.number(), F_ADD_SEALS, seals) == 0);
  return file;
}

std::string refusal(Descriptor file, std::size_t limit = 4096) {
  const auto taken = SealedMemory::adopt(std::move(file), limit);
  return taken ? std::string{"taken"} : taken.error();
}

bool holds(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(sealed_memory)

BOOST_AUTO_TEST_CASE(a_copy_is_readable_and_nobody_can_alter_it) {
  const std::vector<std::uint8_t> bytes{1, 2, 3, 250};
  const auto copy = SealedMemory::copy_of(bytes, "test");
  BOOST_REQUIRE(copy.has_value());
  BOOST_TEST((std::vector<std::uint8_t>(copy->bytes().begin(), copy->bytes().end()) == bytes));
  BOOST_TEST(::write(copy->descriptor(), "x", 1) == -1);
  BOOST_TEST(::ftruncate(copy->descriptor(), 0) == -1);
  BOOST_TEST((::mmap(nullptr, 4, PROT_READ | PROT_WRITE, MAP_SHARED, copy->descriptor(), 0) == MAP_FAILED));
  BOOST_TEST((::fcntl(copy->descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
}

BOOST_AUTO_TEST_CASE(each_missing_seal_is_a_refusal) {
  BOOST_TEST(refusal(memory_file(10, all_seals)) == "taken");
  for (const int seal : {F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE, F_SEAL_SEAL})
    BOOST_TEST(holds(refusal(memory_file(10, all_seals & ~seal)), "not sealed"), "without seal " << seal);
}

BOOST_AUTO_TEST_CASE(what_is_no_memory_file_empty_or_too_large_is_refused) {
  BOOST_TEST(holds(refusal(memory_file(0, all_seals)), "empty"));
  BOOST_TEST(refusal(memory_file(4096, all_seals)) == "taken");
  BOOST_TEST(holds(refusal(memory_file(4097, all_seals)), "4096 are the most"));
  if (const int huge = ::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB); huge >= 0) {
    Descriptor file{huge};
    constexpr off_t huge_page = 2 << 20;
    BOOST_REQUIRE(::ftruncate(huge, huge_page) == 0);
    BOOST_REQUIRE(::fcntl(huge, F_ADD_SEALS, all_seals) == 0);
    BOOST_TEST(holds(refusal(std::move(file), huge_page), "ordinary memory"));
  } else {
    BOOST_TEST_MESSAGE("SKIPPED: this kernel makes no memory file of huge pages");
  }
  std::array<int, 2> ends{};
  BOOST_REQUIRE(::pipe(ends.data()) == 0);
  const Descriptor other{ends[1]};
  BOOST_TEST(holds(refusal(Descriptor{ends[0]}), "no memory file"));
  BOOST_TEST(holds(refusal(Descriptor{::open("/etc/passwd", O_RDONLY | O_CLOEXEC)}), "no memory file"));
  BOOST_TEST(holds(refusal(Descriptor{}), "no memory file"));
}

BOOST_AUTO_TEST_SUITE_END()
