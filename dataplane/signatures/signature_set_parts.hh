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

#include "dataplane/signatures/block_scan.hh"
#include "dataplane/signatures/content_match.hh"
#include "dataplane/signatures/payload_window.hh"
#include "dataplane/signatures/pcre_set.hh"
#include "dataplane/signatures/signature_header.hh"
#include "dataplane/signatures/signature_set.hh"
#include "dataplane/signatures/signature_state.hh"
#include "rules/databases/prefilter.hh"

namespace sluice {

constexpr std::size_t protocol_count = static_cast<std::size_t>(signature_protocol_last) + 1;

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

// A text that a pattern matches for certain.
struct KnownText {
  std::uint32_t pattern = 0;  // id
  std::string bytes;
};

struct SignatureEntry {
  SignatureHeader header;
  ContentMatch contents;
  ContentMatch payload;  // the half of `is_mixed` that looks in the payload
  std::vector<NumberCondition> message_numbers{};
  Moments message_moments = when::any;  // those at which it is looked for in messages
  bool waits = false;                   // other parts of it may come behind its pattern
  bool fixes_begin = false;  // it says of all that is looked at that something is not there: no byte may have gone by
  std::uint8_t moments = static_cast<std::uint8_t>(SignatureMoment::content);  // bits of SignatureMoment
  bool is_mixed = false;          // it looks in a message and in the payload, which come at different moments
  bool once_a_way = false;        // it is on addresses alone
  bool once_told = false;         // it is on what the flow speaks alone
  bool other_transports = false;  // as a packet: of what is neither TCP nor UDP
  bool acts_on_flow = true;       // what it does is done to the flow, else to the packet
  bool only_stream = false;
  bool silent = false;
  SignatureAction action{};
  std::vector<PacketCondition> tests{};    // in any order
  std::vector<PacketCondition> numbers{};  // of flow_number, in the order written
  std::vector<PacketCondition> effects{};  // once all of it is there
  SignatureThreshold threshold{};

  [[nodiscard]] bool has(SignatureMoment moment) const noexcept {
    return (moments & static_cast<std::uint8_t>(moment)) != 0;
  }
  // And not of what is said in them.
  [[nodiscard]] bool is_of_packets() const noexcept { return !has(SignatureMoment::content); }
  // Before its conditions and contents.
  [[nodiscard]] bool applies(const SignatureInput& input) const noexcept;
};

// Bits and numbers may have one name.
[[nodiscard]] constexpr char variable_letter(ConditionKind kind) noexcept {
  return kind == ConditionKind::flow_number ? 'n' : kind == ConditionKind::host_bit ? 'h' : 'b';
}

// Of the first literal.
[[nodiscard]] std::optional<KnownText> known_text(const std::vector<PrefilterPattern>& patterns);

// When the signature is looked for: bits of SignatureMoment. A packet's at its end, until SignatureSet::Parts knows
// better.
[[nodiscard]] std::uint8_t moments_of(const Signature& signature);
// When it is looked for in messages: each thing at the first moment that shows all of it.
[[nodiscard]] Moments message_moments_of(const Signature& signature);

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
  DatasetTable datasets;
  bool has_expressions = false;
  bool has_captures = false;
  bool has_transforms = false;                            // or base64_decode
  std::array<HyperscanDatabase, buffer_count> databases;  // null where no pattern looks there
  std::array<PatternRows, buffer_count> patterns;
  std::array<std::optional<KnownText>, buffer_count> known;  // nothing where no pattern is a literal
  HyperscanDatabase stream;                                  // the literals of the payload; null where there are none
  std::vector<bool> is_payload_literal;                      // by pattern
  bool has_payload_superset = false;                         // a pattern of the payload is none
  std::array<std::vector<std::uint32_t>, protocol_count> unfiltered;  // by what the message was parsed as; by rank
  std::array<std::vector<std::uint32_t>, 2> packet_unfiltered;        // at a packet's begin, and at its end; by rank
  std::vector<std::uint32_t> rank;                                    // by row
  std::array<bool, buffer_count> packet_patterns{};                   // a pattern there is of a packet's rule
  std::uint8_t moments = 0;                                           // bits of SignatureMoment that any row has
  SignatureState::Uses uses;
  std::vector<std::string> variables;  // names of bits and numbers, behind variable_letter()
  std::array<bool, buffer_count> wanted_buffers{};
  std::array<bool, protocol_count> wanted_protocols{};
  std::array<bool, number_count> wanted_numbers{};
  Moments wanted_moments = when::none;

  [[nodiscard]] tl::expected<void, std::string> add(const Signature& signature);
  [[nodiscard]] tl::expected<void, std::string> load(const Prefilter& prefilter, const Databases& serialised);
  [[nodiscard]] tl::expected<void, std::string> load_stream(const Prefilter& prefilter, const Databases& serialised);
  // Whether all of the signature is there; adds it to the hits then.
  [[nodiscard]] std::uint32_t variable(ConditionKind kind, const std::string& name);
  void add_conditions(const Signature& signature, SignatureEntry& entry);
  void place_packet_rules();
  void rank_rows(const SignatureList& signatures);
  // The same, and what it costs is counted. A rule that is suspended is not tried.
  bool confirm(std::uint32_t row, const SignatureInput& input, SignatureScratch::Parts& scratch, SignatureHits& hits,
               SignatureCounters& counters) const noexcept;
  // The same, and what its expressions captured is kept.
  bool try_whole(std::uint32_t row, const SignatureInput& input, SignatureScratch::Parts& scratch, SignatureHits& hits,
                 SignatureCounters& counters) const noexcept;
  bool has_all(std::uint32_t row, const SignatureInput& input, SignatureScratch::Parts& scratch, SignatureHits& hits,
               SignatureCounters& counters) const noexcept;
};

struct SignatureScratch::Parts {
  Parts(const SignatureState::Uses& uses, std::size_t signatures) : state(uses), costs(signatures) {}

  SignatureState state;
  RuleCosts costs;
  BlockScan hyperscan;
  std::optional<PcreScratch> pcre;
  std::optional<TransformRoom> transforms;
  std::optional<DatasetChanges> datasets;
  std::optional<RuleCaptures> captures;

  [[nodiscard]] InspectionRoom room() noexcept {
    return {pcre ? &*pcre : nullptr, transforms ? &*transforms : nullptr, datasets ? &*datasets : nullptr,
            captures ? &*captures : nullptr};
  }
  std::array<std::uint32_t, candidates_limit> candidates{};
  std::size_t candidate_count = 0;
  StreamCandidates stream_candidates;
  std::array<std::uint8_t, PayloadWindow::size + stream_piece_limit> joined;  // what a window holds, and what follows
  std::vector<HyperscanStream> streams;
  HyperscanStream known_stream;  // of no flow: for first_silent()
};

}  // namespace sluice
