#include "control/evidence/sealed_record.hh"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr std::string_view record_mark = "SLUICE-EVIDENCE1";
constexpr std::size_t length_size = 4;  // little-endian, of the decision

using Digest = std::array<unsigned char, crypto_hash_sha256_BYTES>;

Digest digest_of(std::string_view bytes) {
  Digest digest;
  ::crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return digest;
}

std::string_view text_of_digest(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

std::string record_bytes(const EvidenceRecord& record) {
  std::string bytes{record_mark};
  for (std::size_t i = 0; i < length_size; ++i) bytes += static_cast<char>(record.decision.size() >> 8U * i);
  return bytes + record.decision + record.capture;
}

tl::expected<EvidenceRecord, std::string> parse_record(std::string_view bytes) {
  if (!bytes.starts_with(record_mark)) return tl::unexpected(std::string{"it is no record of evidence"});
  bytes.remove_prefix(record_mark.size());
  if (bytes.size() < length_size) return tl::unexpected(std::string{"it is cut"});
  std::size_t size = 0;
  for (std::size_t i = 0; i < length_size; ++i)
    size |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])) << 8U * i;
  bytes.remove_prefix(length_size);
  if (size > bytes.size()) return tl::unexpected(std::string{"its decision is cut"});
  return EvidenceRecord{std::string{bytes.substr(0, size)}, std::string{bytes.substr(size)}};
}

std::string sha256_hex(std::string_view bytes) { return hex_text(text_of_digest(digest_of(bytes))); }

std::string block_digests(std::string_view bytes) {
  std::string digests;
  for (std::size_t at = 0; at < bytes.size(); at += evidence_block_size)
    digests += sha256_hex(bytes.substr(at, evidence_block_size)).substr(0, block_digest_size);
  return digests;
}

// Every other value of every byte is tried: 130,560 digests for a block.
std::optional<Alteration> find_altered_byte(std::string_view bytes, std::string_view digest) {
  const auto wanted = hex_bytes(digest);
  if (!wanted || wanted->empty()) return std::nullopt;
  std::string tried{bytes};
  for (std::size_t at = 0; at < tried.size(); ++at) {
    const auto is = tried[at];
    for (unsigned flip = 1; flip < 256; ++flip) {
      tried[at] = static_cast<char>(static_cast<unsigned char>(is) ^ flip);
      if (!text_of_digest(digest_of(tried)).starts_with(*wanted)) continue;
      return Alteration{Alteration::Kind::byte, at, at + 1, static_cast<std::uint8_t>(tried[at])};
    }
    tried[at] = is;
  }
  return std::nullopt;
}

std::optional<Alteration> find_alteration(std::string_view bytes, std::uint64_t size, std::string_view digest,
                                          std::string_view blocks, bool to_the_byte) {
  if (bytes.size() == size && sha256_hex(bytes) == digest) return std::nullopt;
  for (std::uint64_t at = 0; at < size; at += evidence_block_size) {
    const auto length = std::min<std::uint64_t>(evidence_block_size, size - at);
    if (at + length > bytes.size()) return Alteration{Alteration::Kind::cut, bytes.size(), size, 0};
    const auto block = bytes.substr(at, length);
    const auto number = at / evidence_block_size;
    if ((number + 1) * block_digest_size > blocks.size()) break;
    const auto expected = blocks.substr(number * block_digest_size, block_digest_size);
    if (sha256_hex(block).starts_with(expected)) continue;
    if (auto found = to_the_byte ? find_altered_byte(block, expected) : std::nullopt) {
      found->first += at;
      found->last += at;
      return found;
    }
    return Alteration{Alteration::Kind::block, at, at + length, 0};
  }
  if (bytes.size() > size) return Alteration{Alteration::Kind::longer, size, bytes.size(), 0};
  return Alteration{};
}

std::string text_of(const Alteration& alteration) {
  switch (alteration.kind) {
    case Alteration::Kind::byte: return fmt::format("byte {} was 0x{:02x}", alteration.first, alteration.before);
    case Alteration::Kind::block:
      return fmt::format("the first altered byte is one of {} to {}", alteration.first, alteration.last - 1);
    case Alteration::Kind::cut:
      return fmt::format("it ends at byte {}, {} are missing", alteration.first, alteration.last - alteration.first);
    case Alteration::Kind::longer: return fmt::format("byte {} and what follows was added", alteration.first);
    case Alteration::Kind::unknown: break;
  }
  return "which byte cannot be told";
}

}  // namespace sluice
