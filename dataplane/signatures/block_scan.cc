#include "dataplane/signatures/block_scan.hh"

#include <cstring>

namespace sluice {
namespace {

constexpr std::uintptr_t page_size = 4096;  // the smallest there is; memory is mapped in whole pages

bool page_goes_on(const std::uint8_t* end, std::size_t count) noexcept {
  const auto in_page = reinterpret_cast<std::uintptr_t>(end) % page_size;
  return in_page != 0 && in_page + count <= page_size;
}

}  // namespace

hs_error_t BlockScan::prepare(const hs_database_t& database) {
  if (const auto status = hs_alloc_scratch(&database, &scratch_); status != HS_SUCCESS) return status;
  return scan(database, as_bytes(""), nullptr, nullptr);
}

hs_error_t BlockScan::scan(const hs_database_t& database, Bytes block, match_event_handler on_match,
                           void* context) noexcept {
  if (block.size() > block_limit) return HS_INVALID;
  return hs_scan(&database, safe(block), static_cast<unsigned>(block.size()), 0, scratch_, on_match, context);
}

hs_error_t BlockScan::feed(hs_stream_t& stream, Bytes piece, match_event_handler on_match, void* context) noexcept {
  if (piece.size() > block_limit) return HS_INVALID;
  return hs_scan_stream(&stream, safe(piece), static_cast<unsigned>(piece.size()), 0, scratch_, on_match, context);
}

const char* BlockScan::safe(Bytes bytes) noexcept {
  const auto* at = bytes.data();
  if (!page_goes_on(at + bytes.size(), read_beyond)) {
    std::memcpy(copy_.data(), at, bytes.size());
    at = copy_.data();
  }
  return reinterpret_cast<const char*>(at);
}

}  // namespace sluice
