#include "control/tap/shared_memory_reader.hh"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace sluice {
namespace {

// Closes on every way out.
struct File {
  int descriptor;
  explicit File(const std::string& path) : descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)) {}
  ~File() {
    if (descriptor >= 0) ::close(descriptor);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

// The tap's state where it is one: a digest is shown and stored as it stands.
std::optional<StateReading> checked_state(const SharedHeader& header) {
  const auto state = read_state(header);
  const std::string_view digest = state ? state->ruleset_digest : "";
  const bool good = state && state->state <= TapState::stopped &&
                    digest.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return good ? state : std::nullopt;
}

}  // namespace

tl::expected<std::unique_ptr<SharedMemoryReader>, std::string> SharedMemoryReader::attach(const std::string& path) {
  const auto fail = [&](const std::string& why) { return tl::unexpected(path + ": " + why); };
  const File file{path};
  if (file.descriptor < 0)
    return fail(std::string{std::strerror(errno)} + " (is sluice-dataplane running, with this events.shared_memory?)");
  struct stat status {};
  if (::fstat(file.descriptor, &status) != 0) return fail(std::strerror(errno));
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size < shared_page + consumer_page_size) return fail("not the shared memory of a data plane");

  void* base = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.descriptor, 0);
  if (base == MAP_FAILED) return fail(std::strerror(errno));
  void* consumer = ::mmap(nullptr, consumer_page_size, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor,
                          static_cast<off_t>(SharedLayout::consumer_offset()));
  if (consumer == MAP_FAILED) {
    ::munmap(base, size);
    return fail(std::strerror(errno));
  }
  // Copied once: what is checked is what is used, whatever the other side writes later.
  const auto& header = *static_cast<const SharedHeader*>(base);
  const auto workers = header.workers;
  const auto ring_bytes = header.ring_bytes;
  const bool good = header.magic == shared_magic && header.version == shared_version && workers >= 1 &&
                    workers <= workers_limit && std::has_single_bit(ring_bytes) && ring_bytes <= size &&
                    SharedLayout::size(workers, ring_bytes) == size;
  if (!good) {
    ::munmap(consumer, consumer_page_size);
    ::munmap(base, size);
    return fail("not the shared memory of a data plane of this version, or not complete yet");
  }
  auto* bytes = static_cast<std::uint8_t*>(base);
  std::unique_ptr<SharedMemoryReader> reader{new SharedMemoryReader{
      path, bytes, size, static_cast<std::uint8_t*>(consumer), SharedLayout{bytes, workers, ring_bytes}, workers}};
  for (const auto& [start, length] :
       {std::pair<const void*, std::size_t>{base, size}, {consumer, consumer_page_size}}) {
    auto guard = MappingGuard::make(file.descriptor, start, length, size);
    if (!guard) return fail(guard.error());
    reader->guards_.push_back(std::move(*guard));
  }
  return reader;
}

SharedMemoryReader::SharedMemoryReader(std::string path, std::uint8_t* base, std::size_t size, std::uint8_t* consumer,
                                       const SharedLayout& layout, std::uint32_t workers)
    : path_(std::move(path)),
      base_(base),
      size_(size),
      consumer_(consumer),
      layout_(layout),
      workers_(workers),
      epoch_(layout.header().epoch),
      process_(layout.header().process),
      counters_(workers) {
  auto& page = *reinterpret_cast<ConsumerPage*>(consumer_);
  for (std::uint32_t i = 0; i < workers_; ++i) {
    const auto& worker = layout_.worker(i);
    findings_.push_back(
        std::make_unique<RingConsumer>(layout_.findings(i), worker.findings_written, page.worker[i].findings));
    records_.push_back(
        std::make_unique<RingConsumer>(layout_.records(i), worker.records_written, page.worker[i].records));
  }
}

SharedMemoryReader::~SharedMemoryReader() {
  ::munmap(consumer_, consumer_page_size);
  ::munmap(base_, size_);
}

std::optional<RingRecord> SharedMemoryReader::next() {
  for (auto* rings : {&findings_, &records_})
    for (auto& ring : *rings)
      if (auto record = ring->pop()) return record;
  return std::nullopt;
}

TapReading SharedMemoryReader::reading() {
  const auto& header = layout_.header();
  TapReading reading;
  reading.epoch = epoch_;
  reading.process = process_;
  reading.started_ns = header.started_ns;
  if (const auto state = checked_state(header))
    state_ = *state;
  else
    ++counters_unreadable_;
  reading.state = state_.state;
  reading.reason = state_.reason;
  reading.since_ns = state_.since_ns;
  reading.generation = state_.generation;
  reading.ruleset_digest = state_.ruleset_digest;
  reading.rules_expire_ns = state_.rules_expire_ns;
  reading.swaps = state_.swaps;
  reading.suspended_rules = state_.suspended_rules;
  reading.suspensions_cycles = state_.suspensions_cycles;
  reading.suspensions_limits = state_.suspensions_limits;
  reading.refused_calls = header.refused_calls.load(std::memory_order_relaxed);
  reading.held = header.held;
  reading.links = links();
  for (std::size_t port = 0; port < reading.links.size(); ++port) reading.ports.push_back(port_name(port));
  for (std::uint32_t i = 0; i < workers_; ++i) {
    if (const auto counters = read(layout_.worker(i)))
      counters_[i] = *counters;
    else
      ++counters_unreadable_;
    reading.workers.push_back({counters_[i], layout_.worker(i).heartbeat.load(std::memory_order_relaxed)});
  }
  return reading;
}

TapCoverage SharedMemoryReader::coverage() {
  if (const auto state = checked_state(layout_.header())) state_ = *state;
  return {name_of(state_.state), state_.reason, state_.since_ns, state_.generation};
}

std::vector<TapLink> SharedMemoryReader::links() const {
  const auto& header = layout_.header();
  std::vector<TapLink> links;
  const auto ports = std::min<std::uint32_t>(header.ports, ports_limit);
  for (std::uint32_t port = 0; port < ports; ++port) {
    const auto& shown = header.links[port];
    const auto state = shown.state.load(std::memory_order_relaxed);
    links.push_back({static_cast<std::size_t>(state) < link_state_names.size() ? state : LinkState::unwatched,
                     shown.losses.load(std::memory_order_relaxed)});
  }
  return links;
}

std::string SharedMemoryReader::port_name(std::size_t port) const {
  const auto& name = layout_.header().port_names[port];
  return {name, ::strnlen(name, sizeof name)};
}

TapState SharedMemoryReader::state() const noexcept { return layout_.header().state.load(); }

SharedMemoryReader::LiveRules SharedMemoryReader::ruleset() const {
  const auto state = checked_state(layout_.header());
  return state ? LiveRules{state->generation, state->ruleset_digest} : LiveRules{};
}

std::uint64_t SharedMemoryReader::heartbeat() const noexcept {
  std::uint64_t sum = layout_.header().turns.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < workers_; ++i) sum += layout_.worker(i).heartbeat.load(std::memory_order_relaxed);
  return sum;
}

std::uint64_t SharedMemoryReader::damaged() const noexcept {
  std::uint64_t sum = 0;
  for (const auto* rings : {&findings_, &records_})
    for (const auto& ring : *rings) sum += ring->damaged();
  return sum;
}

bool SharedMemoryReader::is_stale() const {
  const File file{path_};
  if (file.descriptor < 0) return true;
  SharedHeader header;
  return ::pread(file.descriptor, &header.epoch, sizeof header.epoch, offsetof(SharedHeader, epoch)) !=
             sizeof header.epoch ||
         header.epoch != epoch_;
}

}  // namespace sluice
