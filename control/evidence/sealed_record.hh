// One record of evidence: what was decided (JSON) and the packets of it (pcapng), sealed to its device. A sealed box is
// authentic as a whole or not at all; digests of its blocks, which stand in the chain, say where it was altered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "control/evidence/evidence_key.hh"

namespace sluice {

// Bytes: of a sealed record, and of a block that has a digest of its own.
constexpr std::size_t sealed_record_limit = std::size_t{1} << 17;
constexpr std::size_t evidence_block_size = 512;
// Of a block's SHA-256 the first 64 bits: they only say where, the digest of the whole says whether.
constexpr std::size_t block_digest_size = 16;  // hex digits

struct EvidenceRecord {
  std::string decision;  // JSON
  std::string capture;   // pcapng
};

[[nodiscard]] std::string record_bytes(const EvidenceRecord& record);
// The error is half a sentence.
[[nodiscard]] tl::expected<EvidenceRecord, std::string> parse_record(std::string_view bytes);

[[nodiscard]] std::string sha256_hex(std::string_view bytes);
// The digests of the blocks of these bytes, one behind the other.
[[nodiscard]] std::string block_digests(std::string_view bytes);

// Where bytes differ first from those that digests were made of.
struct Alteration {
  enum class Kind : std::uint8_t {
    byte,     // at `first`, which was `before`
    block,    // at `first` or behind it, before `last`: more than one byte of that block is another
    cut,      // the bytes end at `first`
    longer,   // what begins at `first` was not there
    unknown,  // the digest of the whole does not fit, those of the blocks do
  };
  Kind kind = Kind::unknown;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint8_t before = 0;
};
// What was recorded: size, digest of the whole, digests of the blocks. Nothing where the bytes are those.
// `to_the_byte`: a block that is another is searched for the byte, which takes a while.
[[nodiscard]] std::optional<Alteration> find_alteration(std::string_view bytes, std::uint64_t size,
                                                        std::string_view digest, std::string_view blocks,
                                                        bool to_the_byte = true);
// The one byte of `bytes` that, were it another, would give a digest beginning with this hex text; nothing where no
// single one does.
[[nodiscard]] std::optional<Alteration> find_altered_byte(std::string_view bytes, std::string_view digest);
// Half a sentence: "byte 17 was 0x41".
[[nodiscard]] std::string text_of(const Alteration& alteration);

}  // namespace sluice
