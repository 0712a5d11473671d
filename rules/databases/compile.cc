#include "rules/databases/compile.hh"

#include <fmt/format.h>
#include <hs/hs.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "rules/databases/hyperscan_platform.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

struct FreeDatabase {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
using Database = std::unique_ptr<hs_database_t, FreeDatabase>;

struct Refusal {
  std::size_t pattern;  // none_alone where the whole set was refused
  std::string message;
};
constexpr std::size_t none_alone = ~std::size_t{0};

// Hyperscan's own words, without the full stop, and what to do where they do not say it.
std::string refusal_text(const hs_compile_error_t* error) {
  std::string text = error != nullptr ? error->message : "this CPU is not supported (it lacks SSSE3)";
  while (!text.empty() && text.back() == '.') text.pop_back();
  if (text.find("empty buffer") != std::string::npos) return "it matches a text of no bytes, and so every message";
  return text;
}

// Ids are places in `patterns`; of those a database for streams has the literals alone.
tl::expected<Database, Refusal> compile(std::span<const PrefilterPattern> patterns, unsigned mode = HS_MODE_BLOCK) {
  std::vector<const char*> expressions;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (mode == HS_MODE_STREAM && !patterns[i].is_literal()) continue;
    ids.push_back(static_cast<unsigned>(i));
    expressions.push_back(patterns[i].expression.c_str());
    flags.push_back(mode == HS_MODE_STREAM ? patterns[i].stream_flags() : patterns[i].flags);
  }
  if (ids.empty()) return Database{};
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const auto status = hs_compile_multi(expressions.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()),
                                       mode, nullptr, &database, &error);
  if (status == HS_SUCCESS) return Database{database};
  Refusal refusal{error != nullptr && error->expression >= 0
                      ? std::size_t{ids[static_cast<std::size_t>(error->expression)]}
                      : none_alone,
                  refusal_text(error)};
  hs_free_compile_error(error);
  return tl::unexpected(std::move(refusal));
}

// What Hyperscan would take for something else than PCRE2 does: its interface ends an expression at a NUL, and a
// control verb in front would change how bytes are read ((*UTF8): scanning anything that is not UTF-8 is undefined).
std::string forbidden(const PrefilterPattern& pattern) {
  if (pattern.expression.find('\0') != std::string::npos) return "it holds a NUL byte; write \\x00";
  std::string_view start = pattern.expression;
  if (start.starts_with("(?x)")) start.remove_prefix(4);
  if (start.starts_with("(*")) return "it begins with a control verb";
  return {};
}

// Hyperscan stops at the first pattern that it refuses; whoever repairs a file wants to know them all.
std::vector<Refusal> all_refusals(std::span<const PrefilterPattern> patterns, const Refusal& first) {
  std::vector<Refusal> refusals;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if ((patterns[i].flags & HS_FLAG_PREFILTER) == 0) continue;  // literals are never refused alone
    if (auto alone = compile(patterns.subspan(i, 1)); !alone) refusals.push_back({i, std::move(alone.error().message)});
  }
  // Each is well alone, so it is their number or the memory.
  if (refusals.empty()) refusals.push_back({none_alone, first.message});
  return refusals;
}

std::vector<Refusal> refusals_before_compiling(std::span<const PrefilterPattern> patterns) {
  std::vector<Refusal> refusals;
  for (std::size_t i = 0; i < patterns.size(); ++i)
    if (auto why = forbidden(patterns[i]); !why.empty()) refusals.push_back({i, std::move(why)});
  return refusals;
}

tl::expected<std::vector<std::uint8_t>, std::string> serialised(const hs_database_t* database) {
  char* bytes = nullptr;
  std::size_t size = 0;
  if (hs_serialize_database(database, &bytes, &size) != HS_SUCCESS)
    return tl::unexpected(std::string{"not enough memory to write the compiled patterns"});
  const std::unique_ptr<char, decltype(&std::free)> owner{bytes, &std::free};
  return std::vector<std::uint8_t>(bytes, bytes + size);
}

// As its author knows it: the pattern made from it may have more in front.
std::string_view written_pcre(const Signature& signature) {
  for (const auto& part : signature.parts)
    if (part.pcre && !part.pcre->negated) return part.pcre->expression;
  return {};
}

void tell(std::vector<CompileError>& errors, const SignatureList& signatures, const Prefilter& prefilter,
          std::size_t buffer, const Refusal& refusal) {
  const auto& patterns = prefilter.patterns[buffer];
  if (refusal.pattern == none_alone) {
    errors.push_back({CompileError::no_signature,
                      fmt::format("Hyperscan refuses the {} patterns of buffer {}: {}; use fewer or simpler signatures",
                                  patterns.size(), buffer_names[buffer], refusal.message)});
    return;
  }
  for (const auto signature : patterns[refusal.pattern].signatures)
    errors.push_back(
        {signature, fmt::format("its pcre \"{}\" cannot be searched for: {}; add a content that must stand "
                                "in the same message, or write the pcre in another way",
                                printable(written_pcre(signatures[signature])), refusal.message)});
}

}  // namespace

std::string CompileError::text(const SignatureList& signatures) const {
  if (signature >= signatures.size()) return message;
  const auto& named = signatures[signature];
  return fmt::format("{} (sid {}{}): {}", named.facts.rule_id, named.facts.signature_id,
                     named.line == 0 ? "" : fmt::format(", line {}", named.line), message);
}

tl::expected<Databases, std::vector<CompileError>> compile_databases(const SignatureList& signatures,
                                                                     const Prefilter& prefilter) {
  Databases databases;
  databases.prefilter_digest = prefilter_digest(prefilter);
  databases.platform = hyperscan_platform();
  std::vector<CompileError> errors;
  std::size_t size = 0;
  for (std::size_t buffer = 0; buffer < buffer_count; ++buffer) {
    const std::span<const PrefilterPattern> patterns{prefilter.patterns[buffer]};
    if (patterns.empty()) continue;
    auto refusals = refusals_before_compiling(patterns);
    if (refusals.empty()) {
      const auto database = compile(patterns);
      if (database) {
        auto bytes = serialised(database->get());
        if (!bytes) return tl::unexpected(std::vector{CompileError{CompileError::no_signature, bytes.error()}});
        size += bytes->size();
        databases.by_buffer[buffer] = std::move(*bytes);
        continue;
      }
      refusals = all_refusals(patterns, database.error());
    }
    for (const auto& refusal : refusals) tell(errors, signatures, prefilter, buffer, refusal);
  }
  const auto payload = static_cast<std::size_t>(Buffer::payload);
  if (errors.empty()) {
    const auto database = compile(prefilter.patterns[payload], HS_MODE_STREAM);
    if (!database) {
      tell(errors, signatures, prefilter, payload, database.error());
    } else if (*database != nullptr) {
      auto bytes = serialised(database->get());
      if (!bytes) return tl::unexpected(std::vector{CompileError{CompileError::no_signature, bytes.error()}});
      size += bytes->size();
      databases.payload_stream = std::move(*bytes);
    }
  }
  if (errors.empty() && size > databases_size_limit)
    errors.push_back(
        {CompileError::no_signature,
         fmt::format("the compiled patterns take {} bytes, more than the limit of {}: use fewer or simpler "
                     "signatures",
                     size, databases_size_limit)});
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return databases;
}

}  // namespace sluice
