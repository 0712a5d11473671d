// Hyperscan over one block or piece of a stream, at a safe place: its vector engines may read a few bytes beyond the
// end of what they are given. Teddy with AVX-512 VBMI does (VectorCamp/vectorscan issue 322; seen with Hyperscan 5.4.0:
// up to two bytes), and where a message ends with the last mapped page, that read would take the tap down.
#pragma once

#include <hs/hs_runtime.h>

#include <array>
#include <cstddef>

#include "dataplane/base/bytes.hh"

namespace sluice {

// What one worker needs to scan. Never shared.
class BlockScan {
 public:
  // Longer blocks are not scanned. Nothing longer comes: a message lies in one IP packet or in a reassembly window.
  static constexpr std::size_t block_limit = 65'536;  // bytes

  BlockScan() = default;
  BlockScan(const BlockScan&) = delete;
  BlockScan& operator=(const BlockScan&) = delete;
  ~BlockScan() { hs_free_scratch(scratch_); }

  // Takes the memory that scans of `database` need, and tries one: Hyperscan says only when it scans that a database is
  // for streams.
  [[nodiscard]] hs_error_t prepare(const hs_database_t& database);

  // As hs_scan(). HS_INVALID: longer than block_limit. Reads nothing outside of the pages in which the block lies.
  [[nodiscard]] hs_error_t scan(const hs_database_t& database, Bytes block, match_event_handler on_match,
                                void* context) noexcept;
  // As hs_scan_stream(), likewise: Hyperscan keeps what it needs of a piece, and reads it with the same engines.
  [[nodiscard]] hs_error_t feed(hs_stream_t& stream, Bytes piece, match_event_handler on_match, void* context) noexcept;
  // The memory that streams of `database` need.
  [[nodiscard]] hs_error_t prepare_streams(const hs_database_t& database) {
    return hs_alloc_scratch(&database, &scratch_);
  }

 private:
  static constexpr std::size_t read_beyond = 64;  // bytes: one vector of the widest engine

  [[nodiscard]] const char* safe(Bytes bytes) noexcept;

  hs_scratch_t* scratch_ = nullptr;
  std::array<std::uint8_t, block_limit + read_beyond> copy_;  // for blocks that end too near to the end of a page
};

}  // namespace sluice
