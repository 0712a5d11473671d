#include <algorithm>
#include <utility>

#include "dataplane/signature_set_parts.hh"
#include "rules/buffer_protocol.hh"

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
  for (const auto& number : signature.numbers) wanted_numbers[static_cast<std::size_t>(number.number)] = true;
  for (std::size_t number = 0; number < protocol_count; ++number) {
    const auto protocol = static_cast<SignatureProtocol>(number);
    // Payload is a message of its own, parsed as nothing.
    const bool has_payload =
        protocol == SignatureProtocol::tcp || protocol == SignatureProtocol::udp || protocol == signature.protocol;
    const auto fits = [&](Buffer buffer) {
      const auto own = protocols_of(buffer);
      return own != 0 ? (own & set_of(protocol)) != 0 : has_payload;
    };
    const auto has_number = [&](const NumberCondition& condition) {
      return (protocols_of(condition.number) & set_of(protocol)) != 0;
    };
    if (header.allows(protocol) && std::all_of(buffers.begin(), buffers.end(), fits) &&
        std::all_of(signature.numbers.begin(), signature.numbers.end(), has_number))
      wanted_protocols[number] = true;
  }
  const bool waits = signature.parts.size() > 1;
  const bool fixes_begin = std::any_of(signature.parts.begin(), signature.parts.end(), [](const SignaturePart& part) {
    return part.content ? part.content->negated && !part.content->distance && !part.content->within
                        : part.pcre->negated && !part.pcre->relative;
  });
  entries.push_back({std::move(header), std::move(*contents), signature.numbers, waits, fixes_begin});
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
  if (const auto loaded = load_stream(prefilter, serialised); !loaded) return loaded;
  for (const auto row : prefilter.unfiltered) {
    for (std::size_t number = 0; number < protocol_count; ++number)
      if (entries[row].header.allows(static_cast<SignatureProtocol>(number))) unfiltered[number].push_back(row);
  }
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
  if (const auto loaded = parts->load(make_prefilter(signatures), databases); !loaded)
    return tl::unexpected(loaded.error());
  return std::unique_ptr<const SignatureSet>{new SignatureSet{std::move(parts)}};
}

tl::expected<std::unique_ptr<SignatureScratch>, std::string> SignatureSet::make_scratch(std::uint32_t streams) const {
  auto scratch = std::make_unique<SignatureScratch::Parts>();
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
    if (status != HS_SUCCESS) return tl::unexpected(database_error("streams", text_of_error(status)));
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
bool SignatureSet::wants(MessageNumber number) const noexcept {
  return parts_->wanted_numbers[static_cast<std::size_t>(number)];
}
bool SignatureSet::wants(SignatureProtocol protocol) const noexcept {
  return parts_->wanted_protocols[static_cast<std::size_t>(protocol)];
}

}  // namespace sluice
