// Hyperscan databases of signatures in serialised form, one a buffer and one for the clear text of streams, as one
// file: what sluice-compile writes and the data plane reads. Bound to the Hyperscan version and the CPU features that
// they were compiled for.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "rules/signatures/buffer.hh"

namespace sluice {

struct Databases {
  std::string prefilter_digest;                                   // of the patterns, hex; see prefilter.hh
  std::string platform;                                           // hyperscan_platform() where they were compiled
  std::array<std::vector<std::uint8_t>, buffer_count> by_buffer;  // empty = no pattern looks there
  std::vector<std::uint8_t> payload_stream;                       // the payload's literals once more, in stream mode
};

constexpr std::uint32_t databases_format = 4;
// Of all databases together, bytes. A literal takes about 160: room for over three million.
constexpr std::size_t databases_size_limit = std::size_t{512} << 20;
constexpr std::size_t databases_file_limit = databases_size_limit + 4096;

[[nodiscard]] std::vector<std::uint8_t> write_databases(const Databases& databases);
// Checks form and bounds, and a SHA-256 over the content; not that Hyperscan takes the databases. The sum finds damage,
// not malice: read only what sluice-compile wrote, or a file that nobody else could have written.
[[nodiscard]] tl::expected<Databases, std::string> read_databases(std::span<const std::uint8_t> bytes);

}  // namespace sluice
