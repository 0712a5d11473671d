// Who has the wire: a page that sluice-guard shares with the data plane and the control plane, in a file of its own
// that nobody else may write. It outlives both programs: a data plane that has mapped it sees the next guard too.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/descriptor.hh"
#include "dataplane/exchange/shared_memory.hh"

namespace sluice {

constexpr std::uint64_t guard_magic = 0x0064726175676c73;  // "slguard" in memory
constexpr std::uint32_t guard_version = 2;
constexpr std::size_t made_limit = 32;  // both ports of each of the pairs that a configuration may have

// Numbers stand in shared memory.
enum class WireHolder : std::uint32_t {
  data_plane = 0,  // the guard stands by
  guard = 1,       // frames go past the data plane
  nobody = 2,      // no guard runs
};

enum class TakeoverReason : std::uint32_t {
  none = 0,     // there was none yet
  absent = 1,   // no data plane runs
  idle = 2,     // its workers do not run yet, or have ended
  hung = 3,     // a worker does not move
  ordered = 4,  // by an operator
};

// What the operator wants.
enum class BypassOrder : std::uint32_t {
  automatic = 0,  // past the data plane while it cannot forward
  on = 1,         // past it, whatever it does
  off = 2,        // never past it: while it cannot forward, nothing crosses
};
// "auto", "on", "off"
[[nodiscard]] std::string_view text_of(BypassOrder order) noexcept;
[[nodiscard]] std::optional<BypassOrder> bypass_order(std::string_view text) noexcept;

// guard: wo, data plane and control: ro
struct GuardPage {
  std::uint64_t magic = 0;  // written last: a page without it is not complete
  std::uint32_t version = 0;
  std::atomic<std::uint32_t> process{0};
  // Counts changes of hands: odd while the guard holds the wire. A worker moves packets under the even epoch that it
  // has claimed, and under no other.
  alignas(64) std::atomic<std::uint64_t> epoch{0};
  // For people. Each is right by itself; a moment may show one of before beside one of after.
  alignas(64) std::atomic<WireHolder> holder{WireHolder::nobody};
  std::atomic<TakeoverReason> reason{TakeoverReason::none};  // of the last takeover
  std::atomic<std::int64_t> since_ns{0};                     // of the holder, since 1970
  std::atomic<std::uint64_t> takeovers{0};                   // since the page was made
  std::atomic<std::uint64_t> looks{0};                       // at the data plane: goes up while a guard lives
  std::atomic<BypassOrder> order{BypassOrder::automatic};    // outlives a guard
  std::atomic<std::uint32_t> order_user{0};                  // who gave it last
  // What a guard that comes after one that was killed finds made. guard: rw, others: -
  struct Made {
    std::int32_t interface = 0;      // its number in the kernel; 0 = nothing was made
    std::uint32_t filter_place = 0;  // 1 = by a guard
    std::uint32_t put_aside = 0;     // id of the XDP program in whose place that of a guard runs
  };
  Made made[made_limit];
};
static_assert(sizeof(GuardPage) <= shared_page);

// The page at one moment, as a copy.
struct GuardReading {
  WireHolder holder = WireHolder::nobody;
  TakeoverReason reason = TakeoverReason::none;
  std::int64_t since_ns = 0;
  std::uint64_t takeovers = 0;
  std::uint64_t looks = 0;
  BypassOrder order = BypassOrder::automatic;
  std::uint32_t order_user = 0;
};
// Nothing where there is none, none that is complete, or one that says what cannot be.
[[nodiscard]] std::optional<GuardReading> read_guard_page(const std::string& path);

// A mapping of the page, for as long as the value lives.
class GuardFile {
 public:
  // The guard's: made where it is missing, mode 0644, with its folder. One guard at a time has it.
  [[nodiscard]] static tl::expected<GuardFile, std::string> make(const std::string& path);
  // The others': to read. Nothing where there is none, or none that is complete.
  [[nodiscard]] static std::optional<GuardFile> find(const std::string& path);

  GuardFile(GuardFile&& other) noexcept;
  GuardFile& operator=(GuardFile&&) = delete;
  ~GuardFile();

  [[nodiscard]] GuardPage& page() const noexcept { return *page_; }  // find(): not to be written

 private:
  GuardFile(Descriptor file, GuardPage* page) noexcept : file_(std::move(file)), page_(page) {}
  Descriptor file_;  // locked by the guard
  GuardPage* page_;
};

// The epoch as workers read it: the guard's, once there is a page.
class WireEpoch {
 public:
  // main: the page lives as long as this.
  void follow(const GuardPage& page) noexcept { at_.store(&page.epoch, std::memory_order_release); }
  // workers
  [[nodiscard]] std::uint64_t now() const noexcept {
    return at_.load(std::memory_order_acquire)->load(std::memory_order_acquire);
  }

 private:
  std::atomic<std::uint64_t> unguarded_{0};
  std::atomic<const std::atomic<std::uint64_t>*> at_{&unguarded_};
};

}  // namespace sluice
