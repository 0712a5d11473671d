#include "dataplane/guard/sight.hh"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "dataplane/exchange/death_mark.hh"
#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::uint64_t ring_bytes = 262144;

struct Watched : TemporaryFolder {
  std::string file = path + "/dataplane";
  std::unique_ptr<SightOfDataPlane> eyes = std::make_unique<SightOfDataPlane>(file);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(guard_sight, Watched)

BOOST_AUTO_TEST_CASE(a_data_plane_comes_works_and_starts_anew) {
  BOOST_TEST(!eyes->look().lives);
  BOOST_TEST(eyes->look().instance == 0U);
  std::optional<SharedMemory> memory{std::move(*SharedMemory::create(file, 2, ring_bytes))};
  BOOST_TEST(eyes->look().lives);  // it is this process
  BOOST_TEST(eyes->look().process == static_cast<std::uint32_t>(::getpid()));
  BOOST_TEST(eyes->look().workers == 0U);  // none runs yet
  memory->layout().worker(1).heartbeat = 7;
  memory->layout().worker(1).claim = 4;
  memory->publish();
  BOOST_TEST(eyes->look().workers == 2U);
  BOOST_TEST(eyes->look().worker[0].claim == no_claim);
  BOOST_TEST(eyes->look().worker[1].heartbeat == 7U);
  BOOST_TEST(eyes->look().worker[1].claim == 4U);
  const auto first = eyes->look().instance;
  memory.reset();
  BOOST_TEST(eyes->look().worker[1].heartbeat == 7U);  // it ends; its file has gone already
  memory.emplace(std::move(*SharedMemory::create(file, 1, ring_bytes)));
  memory->publish();
  BOOST_TEST(eyes->look().instance != first);
  BOOST_TEST(eyes->look().workers == 1U);
}

BOOST_AUTO_TEST_CASE(the_end_of_its_process_is_seen_although_its_memory_is_there) {
  int ready[2];
  BOOST_REQUIRE(::pipe(ready) == 0);
  const auto child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_NAME, "a) Z 1 (b");  // a name may hold anything
    const auto memory = SharedMemory::create(file, 1, ring_bytes);
    DeathMark mark;
    mark.watch_over_this_thread(memory->layout().worker(0).life);
    memory->publish();
    (void)!::write(ready[1], "x", 1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  BOOST_REQUIRE(::read(ready[0], &byte, 1) == 1);
  BOOST_TEST(eyes->look().lives);
  BOOST_TEST(eyes->end_of_process() >= 0);
  BOOST_TEST(!DeathMark::says_dead(eyes->look().worker[0].life));
  BOOST_TEST(!eyes->is_ending());
  (void)::kill(child, SIGSTOP);
  BOOST_TEST(!eyes->is_ending());
  (void)::kill(child, SIGKILL);
  BOOST_TEST(eyes->is_ending());
  (void)::waitpid(child, nullptr, 0);
  BOOST_TEST(!eyes->look().lives);
  BOOST_TEST(std::filesystem::exists(file));
  BOOST_TEST(DeathMark::says_dead(eyes->look().worker[0].life));  // by the kernel
  // A guard that comes only now sees a file of nobody's.
  BOOST_TEST(!std::make_unique<SightOfDataPlane>(file)->look().lives);
  ::close(ready[0]);
  ::close(ready[1]);
}

BOOST_AUTO_TEST_CASE(garbage_and_what_is_cut_short_is_survived) {
  std::ofstream{file} << "short";
  BOOST_TEST(eyes->look().workers == 0U);
  std::filesystem::remove(file);
  const auto memory = SharedMemory::create(file, 1, ring_bytes);
  memory->layout().worker(0).heartbeat = 5;
  auto& header = memory->layout().header();
  header.workers = workers_limit + 1;
  memory->publish();
  BOOST_TEST(eyes->look().workers == 0U);
  header.workers = 1;
  BOOST_TEST(eyes->look().workers == 1U);
  header.workers = 0;  // what was once read is not asked again
  header.process = 1;
  BOOST_TEST(eyes->look().workers == 1U);
  BOOST_TEST(eyes->look().process == static_cast<std::uint32_t>(::getpid()));
  std::filesystem::resize_file(file, 100);
  BOOST_TEST(eyes->look().worker[0].heartbeat == 5U);  // stands still
}

BOOST_AUTO_TEST_SUITE_END()
