// The signatures of one generation as a worker matches them: prefilter databases, then the whole of each candidate.
// Immutable once built, shared by all workers; what a worker writes while it matches is its SignatureScratch.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "dataplane/signature_input.hh"
#include "rules/buffer.hh"
#include "rules/databases.hh"
#include "rules/signature.hh"

namespace sluice {

// Signatures that matched, as positions in the list; more than `limit` are cut and counted.
struct SignatureHits {
  static constexpr std::size_t limit = 16;
  std::array<std::uint32_t, limit> signatures{};
  std::size_t count = 0;
};

struct SignatureCounters {
  std::uint64_t scans = 0;
  std::uint64_t candidates = 0;
  std::uint64_t cut = 0;  // a bound above was hit
};

// Signatures whose pattern comes in one direction, once for each time, until that direction is scanned in blocks, where
// each pattern is reported once: a stream tells every time.
constexpr std::uint32_t stream_matches_limit = 256;

class SignatureScratch;
class PayloadWindow;

class SignatureSet {
 public:
  // Takes all memory that matching will need. The error names the signature (sid) and what is wrong, or says that the
  // databases are not for this list, this Hyperscan or this CPU.
  [[nodiscard]] static tl::expected<std::unique_ptr<const SignatureSet>, std::string> build(
      const SignatureList& signatures, const Databases& databases);
  ~SignatureSet();

  [[nodiscard]] std::size_t size() const noexcept;
  // Whether any signature looks there: what nobody asks for need not be collected.
  [[nodiscard]] bool wants(Buffer buffer) const noexcept;
  [[nodiscard]] bool wants(MessageNumber number) const noexcept;
  [[nodiscard]] bool wants(SignatureProtocol protocol) const noexcept;

  // One a worker, made before the set is published. `streams`: directions of clear text that it may follow.
  [[nodiscard]] tl::expected<std::unique_ptr<SignatureScratch>, std::string> make_scratch(
      std::uint32_t streams = 0) const;

  // Overwrites `hits`, which come in ascending order. No allocation, no lock. `counters` are the worker's.
  void match(const SignatureInput& input, SignatureScratch& scratch, SignatureHits& hits,
             SignatureCounters& counters) const noexcept;
  // The same for clear text of TCP, `fresh` being what follows in its direction: at most stream_piece_limit bytes.
  // Signatures are confirmed in what `window` holds and in `fresh`, which the window holds then. `stream`: which of the
  // scratch's is the window's. `input` has no buffers. Hits come in no order, and none twice as long as the window
  // remembers it.
  void match_stream(SignatureInput& input, Bytes fresh, PayloadWindow& window, std::uint32_t stream,
                    SignatureScratch& scratch, SignatureHits& hits, SignatureCounters& counters) const noexcept;

 private:
  struct Parts;
  explicit SignatureSet(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// What one worker writes while it matches. Never shared.
class SignatureScratch {
 public:
  struct Parts;
  explicit SignatureScratch(std::unique_ptr<Parts> parts);
  ~SignatureScratch();
  [[nodiscard]] Parts& parts() noexcept { return *parts_; }

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice
