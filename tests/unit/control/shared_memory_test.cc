#include "dataplane/exchange/shared_memory.hh"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "config/schema.hh"
#include "control/tap/shared_memory_reader.hh"

using namespace sluice;

namespace {

constexpr std::uint64_t ring_bytes = 2 * event_size_limit;

struct Folder {
  Folder() {
    auto name = (std::filesystem::temp_directory_path() / "sluice-shared-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
    file = name + "/deep/events";
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
  std::string file;
};

std::vector<std::uint8_t> record_of(std::uint8_t fill) { return std::vector<std::uint8_t>(64, fill); }

// Writes into the file behind both sides' backs.
void overwrite(const std::string& path, std::size_t at, std::uint64_t value) {
  const int file = ::open(path.c_str(), O_WRONLY);
  BOOST_REQUIRE(::pwrite(file, &value, sizeof value, static_cast<off_t>(at)) == sizeof value);
  ::close(file);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(shared_memory, Folder)

BOOST_AUTO_TEST_CASE(events_and_counters_of_every_worker_reach_the_reader) {
  auto memory = SharedMemory::create(file, 3, ring_bytes);
  BOOST_REQUIRE_MESSAGE(memory.has_value(), (memory.has_value() ? std::string{} : memory.error()));
  auto& header = memory->layout().header();
  header.ports = 2;
  StateReading state;
  state.generation = 7;
  publish(header, state);
  std::string{"inside"}.copy(header.port_names[0], 31);
  std::string{"outside"}.copy(header.port_names[1], 31);
  BOOST_TEST(!SharedMemoryReader::attach(file).has_value());  // not complete yet
  memory->publish();
  auto reader = SharedMemoryReader::attach(file);
  BOOST_REQUIRE_MESSAGE(reader.has_value(), (reader.has_value() ? std::string{} : reader.error()));

  InspectionCounters counters;
  for (std::uint8_t worker = 0; worker < 3; ++worker) {
    auto sink = memory->sink(worker);
    sink.put(EventType::flow, 1, record_of(static_cast<std::uint8_t>(10 + worker)), counters);
    sink.put(EventType::alert, 2, record_of(worker), counters);
    WorkerReading reading;
    reading.inspection.findings = 100;
    reading.ports[0].received = 5;
    reading.ports[1].transmitted = 4;
    reading.probe = {9, 2, 77, 7, ProbeFault::patterns, worker};
    reading.wiring_pairs = 2;
    reading.wiring[1][WiringSign::asked] = 6;
    reading.wiring[2][WiringSign::asked] = 7;  // of no pair that it has
    publish(memory->layout().worker(worker), reading);
  }
  BOOST_TEST(counters.events == 6U);
  std::vector<std::uint8_t> order;
  while (const auto record = (*reader)->next()) order.push_back(record->bytes[0]);
  BOOST_TEST((order == std::vector<std::uint8_t>{0, 1, 2, 10, 11, 12}));  // findings first
  const auto probe = (*reader)->reading().workers[2].counters.probe;
  BOOST_TEST((probe.runs == 9 && probe.failures == 2 && probe.success_ns == 77 && probe.success_generation == 7));
  BOOST_TEST((probe.fault == ProbeFault::patterns && probe.database == 2));
  const auto wiring = (*reader)->reading().workers[2].counters.wiring;
  BOOST_TEST((wiring[0].sum() == 0 && wiring[1][WiringSign::asked] == 6 && wiring[2].sum() == 0));
  const auto statistics = statistics_of((*reader)->reading(), Tick{});
  BOOST_REQUIRE(statistics.ports.size() == 2U);
  BOOST_TEST(statistics.ports[0].name == "inside");
  BOOST_TEST(statistics.ports[0].counters.received == 15U);
  BOOST_TEST(statistics.ports[1].counters.transmitted == 12U);
  BOOST_TEST(statistics.inspection.findings == 300U);
  BOOST_TEST(statistics.generation == 7U);
}

BOOST_AUTO_TEST_CASE(the_file_is_private_to_its_group_and_goes_with_the_data_plane) {
  {
    const auto memory = SharedMemory::create(file, 1, ring_bytes);
    BOOST_REQUIRE(memory.has_value());
    struct stat status {};
    BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777 & ~0640U) == 0U);
    BOOST_TEST(static_cast<std::size_t>(status.st_size) == SharedLayout::size(1, ring_bytes));
  }
  BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(a_reader_of_an_earlier_start_sees_that_it_is_stale_and_keeps_a_whole_mapping) {
  auto first = std::make_unique<SharedMemory>(std::move(*SharedMemory::create(file, 1, ring_bytes)));
  first->publish();
  const auto reader = SharedMemoryReader::attach(file);
  BOOST_REQUIRE(reader.has_value());
  BOOST_TEST(!(*reader)->is_stale());
  auto second = SharedMemory::create(file, 2, ring_bytes);
  BOOST_REQUIRE(second.has_value());
  second->publish();
  BOOST_TEST((*reader)->is_stale());
  BOOST_TEST(!(*reader)->next().has_value());
  BOOST_TEST(SharedMemoryReader::attach(file).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_shared_memory_is_refused) {
  BOOST_TEST(!SharedMemoryReader::attach(path + "/missing").has_value());
  std::ofstream{path + "/short"} << "sluice1";
  BOOST_TEST(!SharedMemoryReader::attach(path + "/short").has_value());
  const struct {
    std::size_t at;
    std::uint64_t value;
  } lies[] = {
      {offsetof(SharedHeader, magic), 1},
      {offsetof(SharedHeader, version), (std::uint64_t{1} << 32) + shared_version + 1},  // a later version, one worker
      {offsetof(SharedHeader, version), (std::uint64_t{2} << 32) + shared_version},  // two workers in a file for one
      {offsetof(SharedHeader, version), shared_version},                             // none
      {offsetof(SharedHeader, ring_bytes), ring_bytes * 2},
      {offsetof(SharedHeader, ring_bytes), 1000},
      {offsetof(SharedHeader, ring_bytes), ~std::uint64_t{0}}};
  for (const auto& lie : lies) {
    const auto memory = SharedMemory::create(file, 1, ring_bytes);
    BOOST_REQUIRE(memory.has_value());
    memory->publish();
    BOOST_REQUIRE(SharedMemoryReader::attach(file).has_value());
    overwrite(file, lie.at, lie.value);
    BOOST_TEST(!SharedMemoryReader::attach(file).has_value(), "at " << lie.at << ": " << lie.value);
  }
}

BOOST_AUTO_TEST_CASE(a_lying_number_of_ports_and_names_without_end_stay_inside) {
  const auto memory = SharedMemory::create(file, 1, ring_bytes);
  BOOST_REQUIRE(memory.has_value());
  auto& header = memory->layout().header();
  header.ports = 1'000'000;
  std::fill_n(&header.port_names[0][0], sizeof header.port_names, 'x');
  memory->publish();
  const auto reader = SharedMemoryReader::attach(file);
  BOOST_REQUIRE(reader.has_value());
  const auto statistics = statistics_of((*reader)->reading(), Tick{});
  BOOST_TEST(statistics.ports.size() == ports_limit);
  BOOST_TEST(statistics.ports.back().name == std::string(32, 'x'));
}

BOOST_AUTO_TEST_CASE(a_state_that_is_none_is_not_taken) {
  const auto memory = SharedMemory::create(file, 1, ring_bytes);
  BOOST_REQUIRE(memory.has_value());
  memory->publish();
  const auto reader = SharedMemoryReader::attach(file);
  BOOST_REQUIRE(reader.has_value());
  StateReading state;
  state.state = TapState::inspecting;
  state.generation = 9;
  state.rules_expire_ns = 78;
  std::string(64, 'a').copy(state.ruleset_digest, sizeof state.ruleset_digest - 1);
  publish(memory->layout().header(), state);
  BOOST_TEST((*reader)->reading().generation == 9U);
  BOOST_TEST((*reader)->reading().rules_expire_ns == 78);
  BOOST_TEST((*reader)->ruleset().generation == 9U);

  auto garbage = state;
  garbage.generation = 10;
  garbage.ruleset_digest[5] = '\x14';
  publish(memory->layout().header(), garbage);
  BOOST_TEST((*reader)->ruleset().generation == 0U);
  BOOST_TEST((*reader)->reading().generation == 9U);  // as it was read last
  BOOST_TEST((*reader)->reading().ruleset_digest == std::string(64, 'a'));
  BOOST_TEST((*reader)->counters_unreadable() == 2U);
  garbage = state;
  garbage.state = static_cast<TapState>(77);
  publish(memory->layout().header(), garbage);
  BOOST_TEST(((*reader)->reading().state == TapState::inspecting));
  BOOST_TEST((*reader)->counters_unreadable() == 3U);
}

BOOST_AUTO_TEST_CASE(counters_under_way_are_not_read) {
  const auto page = std::make_unique<WorkerPage>();
  WorkerReading reading;
  reading.flows = 3;
  publish(*page, reading);
  BOOST_TEST(read(*page)->flows == 3U);
  page->sequence.store(5);  // a writer that died in the middle
  BOOST_TEST(!read(*page).has_value());
}

BOOST_AUTO_TEST_CASE(the_state_is_read_whole_and_ends_its_texts_whatever_stands_there) {
  const auto header = std::make_unique<SharedHeader>();
  StateReading state;
  state.state = TapState::degraded;
  state.generation = 9;
  state.since_ns = 77;
  state.swaps = 4;
  std::string{"rules stale"}.copy(state.reason, sizeof state.reason - 1);
  std::string(64, 'a').copy(state.ruleset_digest, sizeof state.ruleset_digest - 1);
  publish(*header, state);
  const auto reading = read_state(*header);
  BOOST_REQUIRE(reading.has_value());
  BOOST_TEST((reading->state == TapState::degraded));
  BOOST_TEST(reading->generation == 9U);
  BOOST_TEST(reading->since_ns == 77);
  BOOST_TEST(reading->swaps == 4U);
  BOOST_TEST(std::string{reading->reason} == "rules stale");
  BOOST_TEST(std::string{reading->ruleset_digest} == std::string(64, 'a'));
  BOOST_TEST((header->state.load() == TapState::degraded));
  BOOST_TEST(header->generation.load() == 9U);

  std::fill_n(header->reading.reason, sizeof state.reason, 'x');
  std::fill_n(header->reading.ruleset_digest, sizeof state.ruleset_digest, 'y');
  BOOST_TEST(std::string{read_state(*header)->reason} == std::string(sizeof state.reason - 1, 'x'));
  BOOST_TEST(std::string{read_state(*header)->ruleset_digest} == std::string(sizeof state.ruleset_digest - 1, 'y'));
  header->sequence.store(3);  // a writer that died in the middle
  BOOST_TEST(!read_state(*header).has_value());
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_made_is_an_error_with_its_name) {
  const auto memory = SharedMemory::create("/proc/none/events", 1, ring_bytes);
  BOOST_REQUIRE(!memory.has_value());
  BOOST_TEST(memory.error().find("/proc/none/events") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(there_is_room_for_every_port_and_worker_of_a_configuration) {
  for (const auto& option : config::schema().options) {
    if (option.name == "port_pairs") BOOST_TEST(2 * option.maximum_items == ports_limit);
    if (option.name == "workers") BOOST_TEST(option.maximum == workers_limit);
  }
}

BOOST_AUTO_TEST_SUITE_END()
