#include <algorithm>
#include <utility>

#include "dataplane/signatures/signature_set_parts.hh"
#include "rules/signatures/buffer_protocol.hh"

// Databases and lists of signatures made ready to match.
namespace sluice {
namespace {

std::string text_of_error(hs_error_t error) {
  switch (error) {
    case HS_DB_VERSION_ERROR: return "they were compiled by another version of Hyperscan";
    case HS_DB_PLATFORM_ERROR: return "they were compiled for another CPU";
    case HS_DB_MODE_ERROR: return "they were compiled for another mode";
    case HS_ARCH_ERROR: return "this CPU has no SSSE3, which Hyperscan needs";
    case HS_NOMEM: return "no memory";
    default: return "they are damaged (Hyperscan error " + std::to_string(error) + ")";
  }
}

std::string database_error(std::string_view which, const std::string& reason) {
  return "databases, " + std::string{which} + ": " + reason + "; compile the rules again on this machine";
}
std::string database_error(Buffer buffer, const std::string& reason) {
  return database_error("buffer " + std::string{text_of(buffer)}, reason);
}

// Whether payload of that transport may be what the header names.
bool has_payload_in(SignatureProtocol header, SignatureProtocol transport) noexcept {
  const bool is_udp = transport == SignatureProtocol::udp;
  switch (header) {
    case SignatureProtocol::ip:
    case SignatureProtocol::ip4:
    case SignatureProtocol::ip6:
    case SignatureProtocol::dns: return true;
    case SignatureProtocol::udp:
    case SignatureProtocol::quic:
    case SignatureProtocol::dhcp:
    case SignatureProtocol::ntp:
    case SignatureProtocol::mdns: return is_udp;
    case SignatureProtocol::icmp:
    case SignatureProtocol::icmp_v4:
    case SignatureProtocol::icmp_v6:
    case SignatureProtocol::sctp:
    case SignatureProtocol::packet_header: return false;
    default: return !is_udp;
  }
}

}  // namespace

tl::expected<void, std::string> SignatureSet::Parts::add(const Signature& signature) {
  SignatureEntry entry{SignatureHeader{signature}, {}, {}};
  std::vector<SignaturePart> own;
  std::vector<SignaturePart> of_payload;
  bool has_message =
      !signature.numbers.empty() || (signature.protocol == SignatureProtocol::xiaomi_push && signature.parts.empty());
  for (const auto& part : signature.parts) {
    const auto takes_expression = [](const Transform& transform) {
      return transform.kind == Transform::Kind::pcrexform;
    };
    has_message = has_message || is_of_message(part.buffer());
    if (part.pcre && !part.pcre->captures.empty()) has_captures = uses.flow_variables = true;
    has_expressions = has_expressions || part.pcre.has_value() ||
                      std::any_of(part.transforms.begin(), part.transforms.end(), takes_expression);
    has_transforms = has_transforms || !part.is_plain();
    wanted_buffers[static_cast<std::size_t>(part.buffer())] = true;
  }
  for (const auto& part : signature.parts)
    (has_message && part.buffer() == Buffer::payload ? of_payload : own).push_back(part);
  entry.is_mixed = !of_payload.empty();
  for (const auto& [parts, out] : {std::pair{&own, &entry.contents}, std::pair{&of_payload, &entry.payload}}) {
    auto contents = ContentMatch::build(*parts, expressions, datasets);
    if (!contents)
      return tl::unexpected(signature.facts.rule_id + " (sid " + std::to_string(signature.facts.signature_id) +
                            "): " + contents.error());
    *out = std::move(*contents);
  }
  entry.moments = moments_of(signature);
  entry.waits = signature.parts.size() > 1;
  entry.fixes_begin = std::any_of(signature.parts.begin(), signature.parts.end(), [](const SignaturePart& part) {
    if (part.content) return part.content->negated && !part.content->is_relative();
    return part.pcre && part.pcre->negated && !part.pcre->relative;
  });
  add_conditions(signature, entry);
  entry.message_numbers = signature.numbers;
  for (const auto& number : signature.numbers) wanted_numbers[static_cast<std::size_t>(number.number)] = true;
  entry.message_moments = message_moments_of(signature);

  constexpr auto content = static_cast<std::uint8_t>(SignatureMoment::content);
  if ((entry.message_moments | when::payload) != when::any) wanted_moments |= entry.message_moments;
  for (std::size_t number = 0; number < protocol_count && (entry.moments & content) != 0; ++number) {
    const auto protocol = static_cast<SignatureProtocol>(number);
    const bool is_payload = protocol == SignatureProtocol::tcp || protocol == SignatureProtocol::udp;
    const auto fits = [&](const SignaturePart& part) {
      if (is_of_message(part.buffer())) return (protocols_of(part.buffer()) & set_of(protocol)) != 0;
      return is_payload ? has_payload_in(signature.protocol, protocol) : protocol == signature.protocol;
    };
    const bool has_numbers = std::all_of(
        signature.numbers.begin(), signature.numbers.end(),
        [&](const NumberCondition& condition) { return (protocols_of(condition.number) & set_of(protocol)) != 0; });
    const bool has_own = has_numbers && std::all_of(own.begin(), own.end(), fits);
    const bool has_payload = std::all_of(of_payload.begin(), of_payload.end(), fits);
    const bool wanted = entry.is_mixed ? has_own || has_payload
                                       : (is_payload ? !own.empty() : entry.header.allows(protocol)) && has_own;
    if (wanted) wanted_protocols[number] = true;
  }
  entries.push_back(std::move(entry));
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
    known[number] = known_text(patterns);
    for (const auto& pattern : patterns) {
      auto& rows = this->patterns[number];
      rows.signatures.insert(rows.signatures.end(), pattern.signatures.begin(), pattern.signatures.end());
      rows.first.push_back(static_cast<std::uint32_t>(rows.signatures.size()));
    }
  }
  if (const auto loaded = load_stream(prefilter, serialised); !loaded) return loaded;
  for (std::size_t number = 0; number < buffer_count; ++number)
    for (const auto row : patterns[number].signatures)
      packet_patterns[number] = packet_patterns[number] || entries[row].is_of_packets();
  const auto by_rank = [&](std::uint32_t a, std::uint32_t b) { return rank[a] < rank[b]; };
  for (const auto row : prefilter.unfiltered) {
    const auto& entry = entries[row];
    for (std::size_t number = 0; number < protocol_count; ++number)
      if (entry.has(SignatureMoment::content) && entry.header.may_be(static_cast<SignatureProtocol>(number)))
        unfiltered[number].push_back(row);
    if (entry.has(SignatureMoment::packet_begin)) packet_unfiltered[0].push_back(row);
    if (entry.has(SignatureMoment::packet_end)) packet_unfiltered[1].push_back(row);
  }
  for (auto& rows : unfiltered) std::sort(rows.begin(), rows.end(), by_rank);
  for (auto& rows : packet_unfiltered) std::sort(rows.begin(), rows.end(), by_rank);
  return {};
}

tl::expected<void, std::string> SignatureSet::Parts::load_stream(const Prefilter& prefilter,
                                                                 const Databases& serialised) {
  const auto& patterns = prefilter.patterns[static_cast<std::size_t>(Buffer::payload)];
  bool has_literal = false;
  for (const auto& pattern : patterns) {
    is_payload_literal.push_back(pattern.is_literal());
    has_literal = has_literal || pattern.is_literal();
    has_payload_superset = has_payload_superset || !pattern.is_literal();
  }
  const auto& bytes = serialised.payload_stream;
  if (has_literal == bytes.empty())
    return tl::unexpected(database_error("streams", has_literal ? "it is missing" : "there should be none"));
  if (!has_literal) return {};
  hs_database_t* database = nullptr;
  const auto status = hs_deserialize_database(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &database);
  if (status != HS_SUCCESS) return tl::unexpected(database_error("streams", text_of_error(status)));
  stream.reset(database);
  std::size_t state = 0;
  if (const auto mode = hs_stream_size(database, &state); mode != HS_SUCCESS)
    return tl::unexpected(database_error("streams", text_of_error(mode)));
  return {};
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
  parts->place_packet_rules();
  parts->rank_rows(signatures);
  if (const auto sets = parts->datasets.check(); !sets) return tl::unexpected(sets.error());
  if (const auto loaded = parts->load(make_prefilter(signatures), databases); !loaded)
    return tl::unexpected(loaded.error());
  return std::unique_ptr<const SignatureSet>{new SignatureSet{std::move(parts)}};
}

tl::expected<std::unique_ptr<SignatureScratch>, std::string> SignatureSet::make_scratch(std::uint32_t streams) const {
  auto scratch = std::make_unique<SignatureScratch::Parts>(parts_->uses, size());
  for (std::size_t number = 0; number < buffer_count; ++number) {
    const auto* database = parts_->databases[number].get();
    if (database == nullptr) continue;
    const auto buffer = static_cast<Buffer>(number);
    if (const auto status = scratch->hyperscan.prepare(*database); status != HS_SUCCESS)
      return tl::unexpected(database_error(buffer, text_of_error(status)));
  }
  if (parts_->stream != nullptr) {
    auto status = scratch->hyperscan.prepare_streams(*parts_->stream);
    for (std::uint32_t i = 0; i < streams && status == HS_SUCCESS; ++i) {
      hs_stream_t* stream = nullptr;
      status = hs_open_stream(parts_->stream.get(), 0, &stream);
      scratch->streams.emplace_back(stream);
    }
    hs_stream_t* known = nullptr;
    if (status == HS_SUCCESS) status = hs_open_stream(parts_->stream.get(), 0, &known);
    scratch->known_stream.reset(known);
    if (status != HS_SUCCESS) return tl::unexpected(database_error("streams", text_of_error(status)));
  }
  if (parts_->has_expressions) {
    auto pcre = PcreScratch::make();
    if (!pcre) return tl::unexpected(pcre.error());
    scratch->pcre.emplace(std::move(*pcre));
  }
  if (parts_->has_captures) scratch->captures.emplace();
  if (parts_->has_transforms) scratch->transforms.emplace();
  if (!parts_->datasets.empty()) scratch->datasets.emplace(parts_->datasets);
  std::unique_ptr<SignatureScratch> made{new SignatureScratch{std::move(scratch)}};
  if (const auto silent = first_silent(*made)) {
    const auto name = *silent < buffer_count ? text_of(static_cast<Buffer>(*silent)) : std::string_view{"streams"};
    return tl::unexpected(database_error(name, "a pattern of their own is not found"));
  }
  return made;
}

RuleCosts& SignatureScratch::costs() noexcept { return parts_->costs; }

std::size_t SignatureSet::size() const noexcept { return parts_->entries.size(); }
bool SignatureSet::wants(Buffer buffer) const noexcept {
  return parts_->wanted_buffers[static_cast<std::size_t>(buffer)];
}
bool SignatureSet::wants(MessageNumber number) const noexcept {
  return parts_->wanted_numbers[static_cast<std::size_t>(number)];
}
bool SignatureSet::wants(Moments moments) const noexcept { return (parts_->wanted_moments & moments) != 0; }
bool SignatureSet::wants(SignatureProtocol protocol) const noexcept {
  return parts_->wanted_protocols[static_cast<std::size_t>(protocol)];
}
bool SignatureSet::wants(SignatureMoment moment) const noexcept {
  return (parts_->moments & static_cast<std::uint8_t>(moment)) != 0;
}
bool SignatureSet::is_of_packet_alone(std::uint32_t row) const noexcept {
  const auto& entry = parts_->entries[row];
  return !entry.acts_on_flow || entry.other_transports;
}
void SignatureSet::release(SignatureTrace& trace, SignatureScratch& scratch) noexcept {
  scratch.parts().state.release(trace);
}
// Behind the letter that tells kinds apart.
std::string_view SignatureSet::variable_name(std::uint32_t name) const noexcept {
  return std::string_view{parts_->variables[name]}.substr(1);
}
bool SignatureSet::is_number(std::uint32_t name) const noexcept {
  return parts_->variables[name].front() == variable_letter(ConditionKind::flow_number);
}
std::string_view SignatureSet::capture_name(std::uint32_t name) const noexcept {
  return parts_->expressions.capture_name(name);
}
std::span<const RuleCaptures::Text> SignatureSet::captures(SignatureScratch& scratch) noexcept {
  const auto& captures = scratch.parts().captures;
  return captures ? captures->behind(0) : std::span<const RuleCaptures::Text>{};
}
void SignatureSet::forget_captures(SignatureScratch& scratch) noexcept {
  if (auto& captures = scratch.parts().captures) captures->cut(0);
}
const FlowVariables* SignatureSet::variables(const SignatureTrace& trace, SignatureScratch& scratch) noexcept {
  return scratch.parts().state.variables(trace);
}

}  // namespace sluice
