#include "dataplane/exchange/shared_memory.hh"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <new>

namespace sluice {
namespace {

std::string failure(const std::string& what, const std::string& path) {
  return what + " " + path + ": " + std::strerror(errno);
}

// A sequence count: odd while the one writer is at it.
template <class Write>
void write_under(std::atomic<std::uint64_t>& sequence, Write write) noexcept {
  const auto before = sequence.load(std::memory_order_relaxed);
  sequence.store(before + 1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  write();
  sequence.store(before + 2, std::memory_order_release);
}

// False where the writer kept changing it for many tries.
template <class Read>
bool read_under(const std::atomic<std::uint64_t>& sequence, Read read) noexcept {
  constexpr int tries = 1000;
  for (int i = 0; i < tries; ++i) {
    const auto before = sequence.load(std::memory_order_acquire);
    if (before % 2 != 0) continue;
    read();
    std::atomic_thread_fence(std::memory_order_acquire);
    if (sequence.load(std::memory_order_relaxed) == before) return true;
  }
  return false;
}

}  // namespace

std::size_t SharedLayout::size(std::uint32_t workers, std::uint64_t ring_bytes) noexcept {
  return shared_page + consumer_page_size + workers * (sizeof(WorkerPage) + 2 * ring_bytes);
}

WorkerPage& SharedLayout::worker(std::uint32_t index) const noexcept {
  return reinterpret_cast<WorkerPage*>(base_ + shared_page + consumer_page_size)[index];
}

std::span<std::uint8_t> SharedLayout::ring(std::uint32_t number) const noexcept {
  const auto rings = shared_page + consumer_page_size + workers_ * sizeof(WorkerPage);
  return {base_ + rings + number * ring_bytes_, ring_bytes_};
}

tl::expected<SharedMemory, std::string> SharedMemory::create(const std::string& path, std::uint32_t workers,
                                                             std::uint64_t ring_bytes) {
  std::error_code ignored;  // open() below says what is wrong with the folder
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), ignored);
  // A new file beside the old one, then a rename: a reader of the old file keeps a whole mapping.
  const auto fresh = path + ".new";
  ::unlink(fresh.c_str());
  const int file = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (file < 0) return tl::unexpected(failure("cannot make the shared memory file", fresh));
  const auto size = SharedLayout::size(workers, ring_bytes);
  // Reserves the memory now, and maps it whole: a full disk must not kill a worker later, nor a page keep it waiting.
  if (const int error = ::posix_fallocate(file, 0, static_cast<off_t>(size)); error != 0) {
    errno = error;
    ::close(file);
    return tl::unexpected(failure("cannot reserve " + std::to_string(size) + " bytes of shared memory in", fresh));
  }
  void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
  if (mapped == MAP_FAILED) {
    auto why = failure("cannot map", fresh);
    ::close(file);
    return tl::unexpected(std::move(why));
  }
  auto guard = MappingGuard::make(file, mapped, size, size);
  ::close(file);
  if (!guard) {
    ::munmap(mapped, size);
    return tl::unexpected(guard.error());
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    const auto message = failure("cannot rename " + fresh + " to", path);
    ::munmap(mapped, size);
    return tl::unexpected(message);
  }

  auto* base = static_cast<std::uint8_t*>(mapped);
  const SharedLayout layout{base, workers, ring_bytes};
  auto* header = new (base) SharedHeader;
  header->version = shared_version;
  header->workers = workers;
  header->ring_bytes = ring_bytes;
  header->process = static_cast<std::uint32_t>(::getpid());
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  header->started_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  header->epoch = static_cast<std::uint64_t>(header->started_ns);
  new (base + SharedLayout::consumer_offset()) ConsumerPage;
  for (std::uint32_t i = 0; i < workers; ++i) new (&layout.worker(i)) WorkerPage;
  return SharedMemory{path, base, size, layout, std::move(*guard)};
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : path_(std::move(other.path_)),
      base_(other.base_),
      size_(other.size_),
      layout_(other.layout_),
      guard_(std::move(other.guard_)) {
  other.base_ = nullptr;
}

SharedMemory::~SharedMemory() {
  if (base_ == nullptr) return;
  ::munmap(base_, size_);
  ::unlink(path_.c_str());
}

EventSink SharedMemory::sink(std::uint32_t worker) const noexcept {
  auto& page = layout_.worker(worker);
  const auto& consumer = *reinterpret_cast<const ConsumerPage*>(base_ + SharedLayout::consumer_offset());
  return {{layout_.findings(worker), page.findings_written, consumer.worker[worker].findings},
          {layout_.records(worker), page.records_written, consumer.worker[worker].records}};
}

void SharedMemory::publish() const noexcept {
  std::atomic_thread_fence(std::memory_order_release);
  layout_.header().magic = shared_magic;
}

void publish(WorkerPage& page, const WorkerReading& reading) noexcept {
  write_under(page.sequence, [&] {
    page.inspection = reading.inspection;
    std::memcpy(page.ports, reading.ports, sizeof page.ports);
    page.flows = reading.flows;
    page.shed = reading.shed;
    page.busy_cycles = reading.busy_cycles;
    page.probe = reading.probe;
    std::copy_n(reading.wiring.begin(), std::min(reading.wiring_pairs, port_pairs_limit), page.wiring.begin());
  });
}

std::optional<WorkerReading> read(const WorkerPage& page) noexcept {
  WorkerReading reading;
  const bool consistent = read_under(page.sequence, [&] {
    reading.inspection = page.inspection;
    std::memcpy(reading.ports, page.ports, sizeof reading.ports);
    reading.flows = page.flows;
    reading.shed = page.shed;
    reading.busy_cycles = page.busy_cycles;
    reading.probe = page.probe;
    reading.wiring = page.wiring;
  });
  return consistent ? std::optional{reading} : std::nullopt;
}

void publish(SharedHeader& header, const StateReading& reading) noexcept {
  write_under(header.sequence, [&] { header.reading = reading; });
  header.state = reading.state;
  header.generation = reading.generation;
}

std::optional<StateReading> read_state(const SharedHeader& header) noexcept {
  StateReading reading;
  if (!read_under(header.sequence, [&] { reading = header.reading; })) return std::nullopt;
  reading.reason[sizeof reading.reason - 1] = 0;
  reading.ruleset_digest[sizeof reading.ruleset_digest - 1] = 0;
  return reading;
}

}  // namespace sluice
