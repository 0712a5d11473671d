// Copies of IP fragments until a datagram is whole. Nothing is held back: each fragment goes on as it comes, and the
// one that completes the datagram shows all of it to inspection, and carries the verdict.
//
// What makes a datagram, and what does not, follows Linux (net/ipv4/ip_fragment.c, net/ipv6/reassembly.c,
// net/ipv4/inet_fragment.c), because phones run it: a piece that lies inside of what came in one run is ignored, any
// other overlap ends the whole datagram (RFC 5722 section 4; Linux does so for IPv4 too).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/counters.hh"
#include "dataplane/base/keyed_hash.hh"
#include "dataplane/base/pool.hh"
#include "dataplane/base/tick.hh"
#include "rules/names/address.hh"

namespace sluice {

// The fragments of one datagram have the same (RFC 791 section 3.2, RFC 8200 section 4.5).
struct FragmentKey {
  Address source;
  Address destination;
  std::uint32_t identification = 0;
  std::uint16_t vlan[2] = {0, 0};
  std::uint8_t protocol = 0;                // IPv4 alone: IPv6 has it in the first fragment
  std::uint8_t place = 0;                   // port group; bit 7: the IPv4 header has a wrong checksum
  std::array<std::uint8_t, 6> tunnel = {};  // FlowKey's

  bool operator==(const FragmentKey& other) const noexcept { return __builtin_memcmp(this, &other, sizeof *this) == 0; }
};

struct Fragment {
  FragmentKey key;
  std::uint32_t offset = 0;  // bytes
  bool more = false;         // it is not the last one
  bool is_v6 = false;
  std::uint8_t next_header = 0;  // IPv6: what the data of the first one begins with
  Bytes data;
  Tick time{};
};

class FragmentTable {
 public:
  static constexpr std::uint32_t datagrams_limit = 1024;
  static constexpr std::uint32_t blocks_limit = 2048;  // 4 MiB in all, as much as Linux keeps
  static constexpr std::size_t block_bytes = 2048;
  static constexpr std::size_t runs_limit = 128;  // stretches of one datagram that came out of order
  static constexpr std::size_t whole_limit =
      std::size_t{512} * 1024;                            // bytes of the datagrams that one burst completes
  static constexpr std::uint32_t datagram_limit = 65535;  // bytes; of IPv4 with the header

  FragmentTable(std::uint64_t secret, InspectionCounters& counters);
  void make_resident() noexcept;

  // A datagram, by its place and the number of times that the place was given back.
  using Handle = std::uint32_t;
  static constexpr Handle no_handle = 0xffffffff;

  enum class State : std::uint8_t {
    kept,      // the datagram waits for more; or this piece was there already
    complete,  // `datagram` is all of it, without the IP header
    refused,   // for `reason`; what was there of the datagram is counted under it too
  };
  struct Result {
    State state = State::refused;
    UninspectedReason reason = UninspectedReason::fragment;
    std::uint8_t next_header = 0;
    bool overlaps = false;  // what came before, with the same bytes or with others
    Handle handle = no_handle;
    Bytes datagram;  // until the next begin_burst()
  };
  [[nodiscard]] Result add(const Fragment& fragment) noexcept;

  // What was completed before is not needed any more.
  void begin_burst() noexcept { whole_used_ = 0; }
  // The verdict on a packet of that datagram. Where it was dropped, so is each further piece of it: they would complete
  // what the far end holds already.
  void settle(Handle handle, bool dropped, Tick now) noexcept;
  [[nodiscard]] bool is_dropped(Handle handle) const noexcept;

  // Gives up what has timed out; looks at a bounded number of datagrams.
  void expire(Tick now) noexcept;
  // Gives up everything.
  void finish() noexcept;
  [[nodiscard]] std::uint32_t in_use() const noexcept { return in_use_; }

 private:
  struct Block {
    std::array<std::uint8_t, block_bytes> bytes;
    void clear() noexcept {}
  };
  struct Run {  // bytes [begin, end) came in order
    std::uint16_t begin;
    std::uint16_t end;
  };
  struct Datagram {
    FragmentKey key;
    Tick deadline{};
    std::uint32_t next = no_index;   // in its chain
    std::uint32_t older = no_index;  // in the order of arrival
    std::uint32_t newer = no_index;
    std::uint32_t bytes = 0;   // that came
    std::uint32_t length = 0;  // as far as it is known
    std::uint32_t packets = 0;
    std::uint16_t taken = 0;  // how often this place was given back
    std::uint16_t run_count = 0;
    bool collecting = false;
    bool has_last = false;
    bool dropped = false;
    std::uint8_t next_header = 0;
    std::array<std::uint32_t, (datagram_limit + block_bytes) / block_bytes> blocks{};
    std::array<Run, runs_limit> runs{};
  };
  enum class Placed : std::uint8_t { placed, duplicate, overlap, too_many };

  [[nodiscard]] std::uint32_t find(const FragmentKey& key, std::uint32_t chain) const noexcept;
  [[nodiscard]] std::uint32_t make(const FragmentKey& key, std::uint32_t chain) noexcept;
  void start(Datagram& datagram, Tick deadline) noexcept;
  [[nodiscard]] bool fits(Datagram& datagram, const Fragment& fragment, std::uint32_t end) noexcept;
  [[nodiscard]] static Placed place(Datagram& datagram, std::uint16_t begin, std::uint16_t end) noexcept;
  [[nodiscard]] bool copy(std::uint32_t index, std::uint32_t offset, Bytes data) noexcept;
  [[nodiscard]] Bytes join(Datagram& datagram) noexcept;
  void release(Datagram& datagram) noexcept;
  void give_up(std::uint32_t index, UninspectedReason reason) noexcept;
  void remove(std::uint32_t index) noexcept;
  [[nodiscard]] Result refuse(std::uint32_t index, UninspectedReason reason) noexcept;
  [[nodiscard]] Handle handle_of(std::uint32_t index) const noexcept;

  KeyedHash hash_;
  InspectionCounters* counters_;
  Pool<Block> blocks_;
  std::vector<Datagram> datagrams_;
  std::vector<std::uint32_t> chains_;
  std::uint32_t free_ = 0;  // chained by `next`
  std::uint32_t oldest_ = no_index;
  std::uint32_t newest_ = no_index;
  std::uint32_t in_use_ = 0;
  std::unique_ptr<std::uint8_t[]> whole_;
  std::size_t whole_used_ = 0;
};

}  // namespace sluice
