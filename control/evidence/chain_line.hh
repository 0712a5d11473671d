// The chain of evidence: a file of lines, each with the digest of the one before it, that says what was recorded and
// when, by numbers and digests. It holds no name, no address and no content.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "control/evidence/evidence_key.hh"

namespace sluice {

constexpr std::size_t chain_line_limit = std::size_t{16} * 1024;  // bytes
constexpr const char* const chain_file_name = "chain.jsonl";

enum class ChainKind : std::uint8_t {
  start,      // a writer took the folder up
  device,     // a device that was not known before
  record,     // a record of one
  retired,    // all records up to a number went, by age
  tombstone,  // the key of a device was destroyed
};
[[nodiscard]] std::string_view text_of(ChainKind kind) noexcept;

// Members beyond the first four are of those kinds alone that are named.
struct ChainLine {
  std::uint64_t number = 0;  // of the line, from 1
  std::string time;          // when it was written, by the machine's clock
  ChainKind kind{};
  std::string previous;  // SHA-256 of the line before, without its end; of the first one zeros
  // start
  std::string tap;              // UUID
  std::string authority;        // its public key, hex
  std::string clock_state;      // what `time` is worth from here on
  std::uint64_t cut_bytes = 0;  // of a last line that a power cut had left half written, and that was taken away
  // device, record, tombstone: a random UUID that stands for the device
  std::string device;
  std::string public_key;  // device: hex
  // record, by the number of its line
  std::uint64_t bytes = 0;
  std::string digest;  // SHA-256 of the sealed record
  std::string blocks;  // block_digests() of it
  // retired: up to that line
  std::uint64_t through = 0;
};

// One line of JSON, without the line end: the same value always gives the same bytes.
[[nodiscard]] std::string text_of(const ChainLine& line);
// Takes those bytes alone. The error is half a sentence that shows nothing of the line.
[[nodiscard]] tl::expected<ChainLine, std::string> parse_chain_line(std::string_view text);

// Of the chain's end; a tap tells it as an event, and who keeps it can hold a chain against it.
struct ChainHead {
  std::uint64_t number = 0;
  std::string digest;  // of that line
};
// "7:DIGEST"
[[nodiscard]] tl::expected<ChainHead, std::string> parse_chain_head(std::string_view text);

// Where things lie below the folder of evidence.
[[nodiscard]] std::string record_path(const std::string& folder, std::uint64_t number);
[[nodiscard]] std::string device_path(const std::string& folder, std::string_view device);
// The number of a record's file name; 0 for another name.
[[nodiscard]] std::uint64_t record_number(std::string_view file_name) noexcept;

}  // namespace sluice
