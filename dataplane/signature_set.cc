#include "dataplane/signature_set.hh"

#include <hs/hs_runtime.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "dataplane/block_scan.hh"
#include "dataplane/content_match.hh"
#include "dataplane/pcre_set.hh"
#include "dataplane/signature_header.hh"
#include "rules/prefilter.hh"

namespace sluice {
namespace {

constexpr std::size_t protocol_count = static_cast<std::size_t>(SignatureProtocol::xiaomi_push) + 1;

struct FreeDatabase {
  void operator()(hs_database_t* database) const noexcept { hs_free_database(database); }
};
using Database = std::unique_ptr<hs_database_t, FreeDatabase>;

std::string text_of_error(hs_error_t error) {
  switch (error) {
    case HS_DB_VERSION_ERROR: return "they were compiled by another version of Hyperscan";
    case HS_DB_PLATFORM_ERROR: return "they were compiled for another CPU";
    case HS_DB_MODE_ERROR: return "they were not compiled for blocks";
    case HS_ARCH_ERROR: return "this CPU has no SSSE3, which Hyperscan needs";
    case HS_NOMEM: return "no memory";
    default: return "they are damaged (Hyperscan error " + std::to_string(error) + ")";
  }
}

std::string database_error(Buffer buffer, const std::string& reason) {
  return "databases, buffer " + std::string{text_of(buffer)} + ": " + reason +
         "; compile the rules again on this machine";
}

// The message in which a buffer comes; nothing for payload, which belongs to none.
std::optional<SignatureProtocol> protocol_of(Buffer buffer) noexcept {
  switch (buffer) {
    case Buffer::payload: return std::nullopt;
    case Buffer::dns_query: return SignatureProtocol::dns;
    case Buffer::tls_sni: return SignatureProtocol::tls;
    case Buffer::quic_sni: return SignatureProtocol::quic;
    default: return SignatureProtocol::http;
  }
}

// The signatures of each pattern of one buffer: those of pattern `id` stand from first[id] to first[id + 1].
struct PatternRows {
  std::vector<std::uint32_t> first{0};
  std::vector<std::uint32_t> signatures;

  [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t id) const noexcept {
    if (id + std::size_t{1} >= first.size()) return {};
    return std::span{signatures}.subspan(first[id], first[id + 1] - first[id]);
  }
};

struct Entry {
  SignatureHeader header;
  ContentMatch contents;
};

}  // namespace

struct SignatureSet::Parts {
  std::vector<Entry> entries;
  PcreSet expressions;
  bool has_expressions = false;
  std::array<Database, buffer_count> databases;  // null where no pattern looks there
  std::array<PatternRows, buffer_count> patterns;
  std::array<std::vector<std::uint32_t>, protocol_count> unfiltered;  // by what the message was parsed as; ascending
  std::array<bool, buffer_count> wanted_buffers{};
  std::array<bool, protocol_count> wanted_protocols{};

  [[nodiscard]] tl::expected<void, std::string> add(const Signature& signature);
  [[nodiscard]] tl::expected<void, std::string> load(const Prefilter& prefilter, const Databases& serialised);
  void confirm(std::uint32_t row, const SignatureInput& input, SignatureScratch::Parts& scratch, SignatureHits& hits,
               SignatureCounters& counters) const noexcept;
};

struct SignatureScratch::Parts {
  BlockScan hyperscan;
  std::optional<PcreScratch> pcre;
  std::array<std::uint32_t, candidates_limit> candidates{};
  std::size_t candidate_count = 0;
};

namespace {

// What Hyperscan's callback needs while one buffer is scanned.
struct Scan {
  const SignatureInput& input;
  const std::vector<Entry>& entries;
  const PatternRows& patterns;
  SignatureScratch::Parts& scratch;
  SignatureCounters& counters;
};

// A pattern was seen. The header is looked at here, so that what cannot match takes no candidate's room.
int collect(unsigned id, unsigned long long, unsigned long long, unsigned, void* context) noexcept {
  auto& scan = *static_cast<Scan*>(context);
  for (const auto row : scan.patterns.of(id)) {
    if (!scan.entries[row].header.matches(scan.input)) continue;
    ++scan.counters.candidates;
    if (scan.scratch.candidate_count < candidates_limit)
      scan.scratch.candidates[scan.scratch.candidate_count++] = row;
    else
      ++scan.counters.cut;
  }
  return 0;
}

}  // namespace

tl::expected<void, std::string> SignatureSet::Parts::add(const Signature& signature) {
  auto contents = ContentMatch::build(signature.parts, expressions);
  if (!contents)
    return tl::unexpected(signature.facts.rule_id + " (sid " + std::to_string(signature.facts.signature_id) +
                          "): " + contents.error());
  SignatureHeader header{signature};
  std::vector<Buffer> buffers;
  for (const auto& part : signature.parts) {
    buffers.push_back(part.content ? part.content->buffer : part.pcre->buffer);
    has_expressions = has_expressions || part.pcre.has_value();
  }
  for (const auto buffer : buffers) wanted_buffers[static_cast<std::size_t>(buffer)] = true;
  for (std::size_t number = 0; number < protocol_count; ++number) {
    const auto protocol = static_cast<SignatureProtocol>(number);
    // Payload is a message of its own, parsed as nothing.
    const bool has_payload =
        protocol == SignatureProtocol::tcp || protocol == SignatureProtocol::udp || protocol == signature.protocol;
    const auto fits = [&](Buffer buffer) {
      const auto own = protocol_of(buffer);
      return own ? protocol == *own : has_payload;
    };
    if (header.allows(protocol) && std::all_of(buffers.begin(), buffers.end(), fits)) wanted_protocols[number] = true;
  }
  entries.push_back({std::move(header), std::move(*contents)});
  return {};
}

tl::expected<void, std::string> SignatureSet::Parts::load(const Prefilter& prefilter, const Databases& serialised) {
  if (serialised.prefilter_digest != prefilter_digest(prefilter))
    return tl::unexpected(
        std::string{"the databases were compiled from other rules, or by another version of this "
                    "program; compile the rules again"});
  if (const auto status = hs_valid_platform(); status != HS_SUCCESS)
    return tl::unexpected("databases: " + text_of_error(status));
  for (std::size_t number = 0; number < buffer_count; ++number) {
    const auto buffer = static_cast<Buffer>(number);
    const auto& patterns = prefilter.patterns[number];
    const auto& bytes = serialised.by_buffer[number];
    if (patterns.empty() != bytes.empty())
      return tl::unexpected(database_error(buffer, patterns.empty() ? "there should be none" : "it is missing"));
    if (patterns.empty()) continue;

    hs_database_t* database = nullptr;
    const auto status = hs_deserialize_database(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &database);
    if (status != HS_SUCCESS) return tl::unexpected(database_error(buffer, text_of_error(status)));
    databases[number].reset(database);
    for (const auto& pattern : patterns) {
      auto& rows = this->patterns[number];
      rows.signatures.insert(rows.signatures.end(), pattern.signatures.begin(), pattern.signatures.end());
      rows.first.push_back(static_cast<std::uint32_t>(rows.signatures.size()));
    }
  }
  for (const auto row : prefilter.unfiltered) {
    for (std::size_t number = 0; number < protocol_count; ++number)
      if (entries[row].header.allows(static_cast<SignatureProtocol>(number))) unfiltered[number].push_back(row);
  }
  return {};
}

void SignatureSet::Parts::confirm(std::uint32_t row, const SignatureInput& input, SignatureScratch::Parts& scratch,
                                  SignatureHits& hits, SignatureCounters& counters) const noexcept {
  InspectionBudget budget;
  const bool matches =
      entries[row].contents.matches(input, expressions, scratch.pcre ? &*scratch.pcre : nullptr, budget);
  if (budget.exceeded()) ++counters.cut;
  if (!matches) return;
  if (hits.count < SignatureHits::limit)
    hits.signatures[hits.count++] = row;
  else
    ++counters.cut;
}

SignatureSet::SignatureSet(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SignatureSet::~SignatureSet() = default;
SignatureScratch::SignatureScratch(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SignatureScratch::~SignatureScratch() = default;

tl::expected<std::unique_ptr<const SignatureSet>, std::string> SignatureSet::build(const SignatureList& signatures,
                                                                                   const Databases& databases) {
  auto parts = std::make_unique<Parts>();
  parts->entries.reserve(signatures.size());
  for (const auto& signature : signatures)
    if (const auto added = parts->add(signature); !added) return tl::unexpected(added.error());
  if (const auto loaded = parts->load(make_prefilter(signatures), databases); !loaded)
    return tl::unexpected(loaded.error());
  return std::unique_ptr<const SignatureSet>{new SignatureSet{std::move(parts)}};
}

tl::expected<std::unique_ptr<SignatureScratch>, std::string> SignatureSet::make_scratch() const {
  auto scratch = std::make_unique<SignatureScratch::Parts>();
  for (std::size_t number = 0; number < buffer_count; ++number) {
    const auto* database = parts_->databases[number].get();
    if (database == nullptr) continue;
    const auto buffer = static_cast<Buffer>(number);
    if (const auto status = scratch->hyperscan.prepare(*database); status != HS_SUCCESS)
      return tl::unexpected(database_error(buffer, text_of_error(status)));
  }
  if (parts_->has_expressions) {
    auto pcre = PcreScratch::make();
    if (!pcre) return tl::unexpected(pcre.error());
    scratch->pcre.emplace(std::move(*pcre));
  }
  return std::unique_ptr<SignatureScratch>{new SignatureScratch{std::move(scratch)}};
}

std::size_t SignatureSet::size() const noexcept { return parts_->entries.size(); }
bool SignatureSet::wants(Buffer buffer) const noexcept {
  return parts_->wanted_buffers[static_cast<std::size_t>(buffer)];
}
bool SignatureSet::wants(SignatureProtocol protocol) const noexcept {
  return parts_->wanted_protocols[static_cast<std::size_t>(protocol)];
}

void SignatureSet::match(const SignatureInput& input, SignatureScratch& scratch, SignatureHits& hits,
                         SignatureCounters& counters) const noexcept {
  auto& own = scratch.parts();
  own.candidate_count = 0;
  hits.count = 0;
  for (std::size_t number = 0; number < buffer_count; ++number) {
    const auto* database = parts_->databases[number].get();
    const auto buffer = input.buffers[number];
    if (database == nullptr || buffer.data() == nullptr) continue;
    ++counters.scans;
    Scan scan{input, parts_->entries, parts_->patterns[number], own, counters};
    if (own.hyperscan.scan(*database, buffer, collect, &scan) != HS_SUCCESS) ++counters.cut;
  }

  // Both lists ascend, and no signature stands in both.
  const auto begin = own.candidates.begin();
  const auto collected = begin + static_cast<std::ptrdiff_t>(own.candidate_count);
  std::sort(begin, collected);
  const auto end = std::unique(begin, collected);
  const auto& always = parts_->unfiltered[static_cast<std::size_t>(input.protocol)];
  auto row = always.begin();
  const auto try_unfiltered = [&] {
    if (parts_->entries[*row].header.matches(input)) parts_->confirm(*row, input, own, hits, counters);
    ++row;
  };
  for (auto candidate = begin; candidate != end; ++candidate) {
    while (row != always.end() && *row < *candidate) try_unfiltered();
    parts_->confirm(*candidate, input, own, hits, counters);
  }
  while (row != always.end()) try_unfiltered();
}

}  // namespace sluice
