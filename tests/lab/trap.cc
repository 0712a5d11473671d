// Proves that a worker neither allocates nor locks while traffic flows. Preloaded into sluice-dataplane, it counts who
// calls what may not be called there, says it in the file that SLUICE_TRAP names when the program ends, and passes
// every call on.
//
// Workers are known by the name that DPDK gives their threads, the moment by the line `ready`. `operator new` and
// `delete` are seen as the malloc() and free() that they call. What cannot be seen from here: locks that are taken
// without a function of a library (DPDK's rte_spinlock is one) and what libc calls inside itself; as far as those enter
// the kernel, the filter of the worker and the test of its system calls see them.
//
//   workers N                          threads that count as workers
//   CALL BEFORE AFTER OTHERS           by workers before and after `ready`, by all other threads after it
//   first CALL                         of the workers' after `ready`, if there was one: its backtrace follows
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <rte_malloc.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// What glibc's own allocator is called beside the names that stand here now.
extern "C" {
void* __libc_malloc(std::size_t size);                          // NOLINT: the name is glibc's
void* __libc_calloc(std::size_t count, std::size_t size);       // NOLINT
void* __libc_realloc(void* old, std::size_t size);              // NOLINT
void* __libc_memalign(std::size_t boundary, std::size_t size);  // NOLINT
void __libc_free(void* block);                                  // NOLINT
}

namespace {

constexpr const char* worker_name = "rte-worker";  // DPDK 22.11, lib/eal/linux/eal.c
constexpr std::size_t workers_limit = 64;
constexpr int frames_limit = 32;

std::array<std::atomic<pthread_t>, workers_limit> workers{};
std::atomic<std::size_t> worker_count{0};
std::atomic<bool> is_ready{false};
std::atomic<pid_t> process{0};  // that said `ready`: what it forks says nothing

bool is_worker() noexcept {
  const auto self = ::pthread_self();
  const auto count = worker_count.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < count; ++i)
    if (workers[i].load(std::memory_order_relaxed) == self) return true;
  return false;
}

class Call {
 public:
  explicit constexpr Call(const char* name) noexcept : name_(name) {}

  void count() noexcept;
  // The function of that name that is found behind this library.
  template <class Function>
  Function* next() noexcept {
    auto* found = next_.load(std::memory_order_relaxed);
    if (found == nullptr) {
      found = ::dlsym(RTLD_NEXT, name_);
      next_.store(found, std::memory_order_relaxed);
    }
    return reinterpret_cast<Function*>(found);
  }
  static void report(int file) noexcept;

 private:
  const char* name_;
  std::atomic<void*> next_{nullptr};
  std::atomic<bool> is_listed_{false};
  Call* listed_before_ = nullptr;
  std::atomic<std::uint64_t> before_{0}, after_{0}, others_{0};

  static std::atomic<Call*> listed_last;
  static std::atomic<Call*> first;  // by a worker after `ready`
  static std::array<void*, frames_limit> frames;
  static int frame_count;
};
constinit std::atomic<Call*> Call::listed_last{nullptr};
constinit std::atomic<Call*> Call::first{nullptr};
constinit std::array<void*, frames_limit> Call::frames{};
constinit int Call::frame_count{0};

void Call::count() noexcept {
  const bool ready = is_ready.load(std::memory_order_relaxed);
  const bool worker = is_worker();
  if (!ready && !worker) return;
  if (!is_listed_.exchange(true)) {
    listed_before_ = listed_last.load();
    while (!listed_last.compare_exchange_weak(listed_before_, this)) {
    }
  }
  (!worker ? others_ : ready ? after_ : before_).fetch_add(1, std::memory_order_relaxed);
  Call* none = nullptr;
  if (worker && ready && first.compare_exchange_strong(none, this))
    frame_count = ::backtrace(frames.data(), frames_limit);
}

void Call::report(int file) noexcept {
  ::dprintf(file, "workers %zu\n", worker_count.load());
  for (const auto* call = listed_last.load(); call != nullptr; call = call->listed_before_)
    ::dprintf(file, "%s %lu %lu %lu\n", call->name_, call->before_.load(), call->after_.load(), call->others_.load());
  if (const auto* call = first.load(); call != nullptr) {
    ::dprintf(file, "first %s\n", call->name_);
    ::backtrace_symbols_fd(frames.data(), frame_count, file);
  }
}

// The first backtrace() of a process loads a library, which a worker must not be the one to do.
__attribute__((constructor)) void load_backtrace() {
  std::array<void*, 1> frame{};
  (void)::backtrace(frame.data(), 1);
}

__attribute__((destructor)) void report() {
  const char* path = std::getenv("SLUICE_TRAP");
  if (path == nullptr || process != ::getpid()) return;
  const int file = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return;
  Call::report(file);
  ::close(file);
}

}  // namespace

// Counts the call, then makes it.
#define SLUICE_TRAPPED(result, name, parameters, arguments) \
  extern "C" result name parameters {                       \
    constinit static Call call{#name};                      \
    call.count();                                           \
    return call.next<result parameters>() arguments;        \
  }
// The same of allocation, which finding the next function may need itself.
#define SLUICE_TRAPPED_ALLOCATION(result, name, parameters, made) \
  extern "C" result name parameters {                             \
    constinit static Call call{#name};                            \
    call.count();                                                 \
    return made;                                                  \
  }

SLUICE_TRAPPED_ALLOCATION(void*, malloc, (std::size_t size), __libc_malloc(size))
SLUICE_TRAPPED_ALLOCATION(void*, calloc, (std::size_t count, std::size_t size), __libc_calloc(count, size))
SLUICE_TRAPPED_ALLOCATION(void*, realloc, (void* old, std::size_t size), __libc_realloc(old, size))
SLUICE_TRAPPED_ALLOCATION(void, free, (void* block), __libc_free(block))
SLUICE_TRAPPED_ALLOCATION(void*, memalign, (std::size_t boundary, std::size_t size), __libc_memalign(boundary, size))
SLUICE_TRAPPED_ALLOCATION(void*, aligned_alloc, (std::size_t boundary, std::size_t size),
                          __libc_memalign(boundary, size))
SLUICE_TRAPPED_ALLOCATION(int, posix_memalign, (void** made, std::size_t boundary, std::size_t size),
                          (*made = __libc_memalign(boundary, size)) == nullptr ? ENOMEM : 0)

// DPDK's own heap.
SLUICE_TRAPPED(void*, rte_malloc, (const char* type, std::size_t size, unsigned align), (type, size, align))
SLUICE_TRAPPED(void*, rte_zmalloc, (const char* type, std::size_t size, unsigned align), (type, size, align))
SLUICE_TRAPPED(void*, rte_calloc, (const char* type, std::size_t count, std::size_t size, unsigned align),
               (type, count, size, align))
SLUICE_TRAPPED(void*, rte_realloc, (void* old, std::size_t size, unsigned align), (old, size, align))
SLUICE_TRAPPED(void*, rte_malloc_socket, (const char* type, std::size_t size, unsigned align, int socket),
               (type, size, align, socket))
SLUICE_TRAPPED(void*, rte_zmalloc_socket, (const char* type, std::size_t size, unsigned align, int socket),
               (type, size, align, socket))
SLUICE_TRAPPED(void, rte_free, (void* block), (block))

// Memory of the kernel's.
SLUICE_TRAPPED(void*, mmap, (void* at, std::size_t size, int protection, int flags, int file, off_t offset),
               (at, size, protection, flags, file, offset))
SLUICE_TRAPPED(int, munmap, (void* at, std::size_t size), (at, size))
SLUICE_TRAPPED(int, madvise, (void* at, std::size_t size, int advice), (at, size, advice))
SLUICE_TRAPPED(int, brk, (void* at), (at))
SLUICE_TRAPPED(void*, sbrk, (std::intptr_t by), (by))

// Locks and waiting.
SLUICE_TRAPPED(int, pthread_mutex_lock, (pthread_mutex_t * lock), (lock))
SLUICE_TRAPPED(int, pthread_mutex_trylock, (pthread_mutex_t * lock), (lock))
SLUICE_TRAPPED(int, pthread_mutex_timedlock, (pthread_mutex_t * lock, const timespec* until), (lock, until))
SLUICE_TRAPPED(int, pthread_rwlock_rdlock, (pthread_rwlock_t * lock), (lock))
SLUICE_TRAPPED(int, pthread_rwlock_wrlock, (pthread_rwlock_t * lock), (lock))
SLUICE_TRAPPED(int, pthread_rwlock_tryrdlock, (pthread_rwlock_t * lock), (lock))
SLUICE_TRAPPED(int, pthread_rwlock_trywrlock, (pthread_rwlock_t * lock), (lock))
SLUICE_TRAPPED(int, pthread_spin_lock, (pthread_spinlock_t * lock), (lock))
SLUICE_TRAPPED(int, pthread_spin_trylock, (pthread_spinlock_t * lock), (lock))
SLUICE_TRAPPED(int, pthread_cond_wait, (pthread_cond_t * wake, pthread_mutex_t* lock), (wake, lock))
SLUICE_TRAPPED(int, pthread_cond_timedwait, (pthread_cond_t * wake, pthread_mutex_t* lock, const timespec* until),
               (wake, lock, until))
SLUICE_TRAPPED(int, pthread_cond_signal, (pthread_cond_t * wake), (wake))
SLUICE_TRAPPED(int, pthread_cond_broadcast, (pthread_cond_t * wake), (wake))
SLUICE_TRAPPED(int, sem_wait, (sem_t * semaphore), (semaphore))
SLUICE_TRAPPED(int, sem_trywait, (sem_t * semaphore), (semaphore))
SLUICE_TRAPPED(int, sem_post, (sem_t * semaphore), (semaphore))

// futex(2) has no function of its own.
extern "C" long syscall(long number, ...) {
  constinit static Call call{"syscall"};
  call.count();
  std::array<long, 6> arguments{};
  va_list list;
  va_start(list, number);
  for (auto& argument : arguments) argument = va_arg(list, long);
  va_end(list);
  return call.next<long(long, ...)>()(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                                      arguments[5]);
}

// --- by which workers, and the moment, are known

extern "C" int pthread_setname_np(pthread_t thread, const char* name) {
  constinit static Call call{"pthread_setname_np"};
  if (std::strncmp(name, worker_name, std::strlen(worker_name)) == 0 && worker_count < workers_limit) {
    workers[worker_count].store(thread, std::memory_order_relaxed);
    worker_count.fetch_add(1, std::memory_order_release);
  }
  return call.next<int(pthread_t, const char*)>()(thread, name);
}

extern "C" int puts(const char* line) {
  constinit static Call call{"puts"};
  const int done = call.next<int(const char*)>()(line);
  if (std::strcmp(line, "ready") == 0) {
    process = ::getpid();
    is_ready = true;
  }
  return done;
}
