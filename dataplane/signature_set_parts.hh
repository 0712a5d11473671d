// What a SignatureSet consists of: for the files that build it and match with it.
#pragma once

#include <hs/hs_runtime.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dataplane/block_scan.hh"
#include "dataplane/content_match.hh"
#include "dataplane/payload_window.hh"
#include "dataplane/pcre_set.hh"
#include "dataplane/signature_header.hh"
#include "dataplane/signature_set.hh"
#include "rules/prefilter.hh"

namespace sluice {

constexpr std::size_t protocol_count = static_cast<std::size_t>(SignatureProtocol::xiaomi_push) + 1;

struct FreeHyperscanDatabase {
  void operator()(hs_database_t* database) const noexcept { hs_free_database(database); }
};
using HyperscanDatabase = std::unique_ptr<hs_database_t, FreeHyperscanDatabase>;

struct CloseHyperscanStream {
  void operator()(hs_stream_t* stream) const noexcept { (void)hs_close_stream(stream, nullptr, nullptr, nullptr); }
};
using HyperscanStream = std::unique_ptr<hs_stream_t, CloseHyperscanStream>;

// The signatures of each pattern of one buffer: those of pattern `id` stand from first[id] to first[id + 1].
struct PatternRows {
  std::vector<std::uint32_t> first{0};
  std::vector<std::uint32_t> signatures;

  [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t id) const noexcept {
    if (id + std::size_t{1} >= first.size()) return {};
    return std::span{signatures}.subspan(first[id], first[id + 1] - first[id]);
  }
};

struct SignatureEntry {
  SignatureHeader header;
  ContentMatch contents;
  std::vector<NumberCondition> numbers;
  bool waits = false;        // other parts of it may come behind its pattern
  bool fixes_begin = false;  // it says of all that is looked at that something is not there: no byte may have gone by
};

// Signatures whose pattern was seen in a stream, each once, with the position at which the last one ended.
struct StreamCandidates {
  struct Candidate {
    std::uint32_t row;
    std::uint64_t end;
  };
  std::array<Candidate, candidates_limit> candidates;
  std::size_t count = 0;

  // False where there is no room.
  [[nodiscard]] bool add(std::uint32_t row, std::uint64_t end) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      if (candidates[i].row != row) continue;
      candidates[i].end = std::max(candidates[i].end, end);
      return true;
    }
    if (count == candidates_limit) return false;
    candidates[count++] = {row, end};
    return true;
  }
  [[nodiscard]] const Candidate* begin() const noexcept { return candidates.data(); }
  [[nodiscard]] const Candidate* end() const noexcept { return candidates.data() + count; }
};

struct SignatureSet::Parts {
  std::vector<SignatureEntry> entries;
  PcreSet expressions;
  bool has_expressions = false;
  std::array<HyperscanDatabase, buffer_count> databases;  // null where no pattern looks there
  std::array<PatternRows, buffer_count> patterns;
  HyperscanDatabase stream;              // the literals of the payload; null where there are none
  std::vector<bool> is_payload_literal;  // by pattern
  bool has_payload_superset = false;     // a pattern of the payload is none
  std::array<std::vector<std::uint32_t>, protocol_count> unfiltered;  // by what the message was parsed as; ascending
  std::array<bool, buffer_count> wanted_buffers{};
  std::array<bool, protocol_count> wanted_protocols{};
  std::array<bool, number_count> wanted_numbers{};

  [[nodiscard]] tl::expected<void, std::string> add(const Signature& signature);
  [[nodiscard]] tl::expected<void, std::string> load(const Prefilter& prefilter, const Databases& serialised);
  [[nodiscard]] tl::expected<void, std::string> load_stream(const Prefilter& prefilter, const Databases& serialised);
  // Whether all of the signature is there; adds it to the hits then.
  bool confirm(std::uint32_t row, const SignatureInput& input, SignatureScratch::Parts& scratch, SignatureHits& hits,
               SignatureCounters& counters) const noexcept;
};

struct SignatureScratch::Parts {
  BlockScan hyperscan;
  std::optional<PcreScratch> pcre;
  std::array<std::uint32_t, candidates_limit> candidates{};
  std::size_t candidate_count = 0;
  StreamCandidates stream_candidates;
  std::array<std::uint8_t, PayloadWindow::size + stream_piece_limit> joined;  // what a window holds, and what follows
  std::vector<HyperscanStream> streams;
};

}  // namespace sluice
