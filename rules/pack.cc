#include "rules/pack.hh"

#include <unordered_map>

#include "rules/date.hh"
#include "rules/indicator_list.hh"
#include "rules/pack_facts.hh"
#include "rules/pack_generated.h"
#include "rules/pack_signature.hh"
#include "rules/sha256.hh"
#include "rules/signature_file.hh"

namespace sluice {
namespace {

// Bounds of the check of form, before anything is read: no honest pack comes near.
constexpr flatbuffers::uoffset_t depth_limit = 16;
constexpr flatbuffers::uoffset_t table_limit = 16'000'000;
constexpr std::size_t alignment = 8;

constexpr std::size_t source_limit = 1024;
constexpr std::size_t source_name_limit = 255;  // bytes; NAME_MAX
constexpr std::size_t indicator_limit = list_row_limit;

// Where a rule stood first, by what may not stand twice.
using Seen = std::unordered_map<std::string, std::string>;

void once(Seen& seen, std::string key, const std::string& rule_id, std::string_view what, PackReading& reading) {
  const auto [entry, fresh] = seen.try_emplace(std::move(key), rule_id);
  if (!fresh) reading.fail(what, fmt::format("the same as of {}: remove one of the two", entry->second));
}

std::int64_t read_time(std::int64_t packed, std::string_view field, PackReading& reading) {
  const auto last = end_of_day_nanoseconds(std::chrono::year{last_year} / 12 / 31);
  if (packed < 0 || packed > last)
    reading.fail(field, fmt::format("is no moment from {} to {}", first_year, last_year));
  return packed;
}

PackInfo read_info(const packed::Info& packed, PackReading& reading) {
  PackInfo info;
  reading.at("the pack itself", 0);
  info.name = reading.name(packed.name(), "name");
  info.channel = reading.name(packed.channel(), "channel");
  info.sequence = packed.sequence();
  info.created_ns = read_time(packed.created_ns(), "created", reading);
  info.expires_ns = read_time(packed.expires_ns(), "expires", reading);
  if (packed.sources() == nullptr) return info;
  if (packed.sources()->size() > source_limit)
    reading.fail("sources", fmt::format("{}, {} at most", packed.sources()->size(), source_limit));
  for (const auto* source : *packed.sources()) {
    if (reading.failed()) break;
    PackSource out{reading.text(source->name(), "source", source_name_limit),
                   reading.text(source->sha256(), "source", sha256_text_size)};
    if (!is_sha256(out.sha256)) reading.fail("source", "its SHA-256 is not 64 hex digits");
    info.sources.push_back(std::move(out));
  }
  return info;
}

IndicatorList read_indicators(const packed::Root& root, const std::string& pack_name, Seen& ids, PackReading& reading) {
  IndicatorList out;
  const auto& packed = *root.indicators();
  if (packed.size() > indicator_limit)
    reading.fail("indicators", fmt::format("{}, {} at most: split the pack", packed.size(), indicator_limit));
  if (reading.failed()) return out;
  const PackedIndicatorReader reader{pack_name};
  Seen keys;
  for (const auto* row : packed) {
    const auto* const id = row->rule_id();
    reading.at("indicator", out.size() + 1, id == nullptr ? std::string_view{} : id->string_view());
    std::string key;
    auto indicator = reader.read(*row, reading, key);
    if (reading.failed()) break;
    once(ids, indicator.facts.rule_id, indicator.facts.rule_id, "id", reading);
    once(keys, std::move(key), indicator.facts.rule_id, "what it matches", reading);
    out.push_back(std::move(indicator));
  }
  return out;
}

SignatureList read_signatures(const packed::Root& root, const std::string& pack_name, Seen& ids, PackReading& reading) {
  SignatureList out;
  const auto& packed = *root.signatures();
  reading.at("the pack itself", 0);
  if (packed.size() > signature_limit)
    reading.fail("signatures", fmt::format("{}, {} at most: split the pack", packed.size(), signature_limit));
  if (reading.failed()) return out;
  for (const auto* row : packed) {
    reading.at("signature", out.size() + 1, row->rule_id()->string_view());
    auto signature = read_packed_signature(*row, pack_name, reading);
    if (reading.failed()) break;
    once(ids, signature.facts.rule_id, signature.facts.rule_id, "id", reading);
    out.push_back(std::move(signature));
  }
  return out;
}

tl::expected<const packed::Root*, std::string> checked_root(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > pack_size_limit)
    return tl::unexpected(fmt::format("the file is larger than {} MiB: split the pack", pack_size_limit >> 20));
  const auto verifier = [&] { return flatbuffers::Verifier{bytes.data(), bytes.size(), depth_limit, table_limit}; };
  // A whole file ends at a multiple of an offset's size.
  const bool whole = bytes.size() % sizeof(flatbuffers::uoffset_t) == 0;
  if (bytes.size() < 8 || !packed::RootBufferHasIdentifier(bytes.data()))
    return tl::unexpected<std::string>("is no pack: name a file that `sluice rules compile` wrote");
  // The header alone first: a newer format need not have the form of this one.
  if (!whole || !verifier().VerifyBuffer<packed::Header>(packed::RootIdentifier()))
    return tl::unexpected<std::string>("is cut or altered: fetch the pack again");
  const auto format = flatbuffers::GetRoot<packed::Header>(bytes.data())->format();
  if (format > pack_format)
    return tl::unexpected(
        fmt::format("format {} is newer than this program reads ({}): update Sluice", format, pack_format));
  auto form = verifier();
  if (format != pack_format || !packed::VerifyRootBuffer(form))
    return tl::unexpected<std::string>("is cut or altered: fetch the pack again");
  return packed::GetRoot(bytes.data());
}

}  // namespace

tl::expected<Pack, std::string> read_pack(std::span<const std::uint8_t> bytes) {
  std::vector<std::uint8_t> aligned;  // numbers are read where they stand
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment != 0) {
    aligned.assign(bytes.begin(), bytes.end());
    bytes = aligned;
  }
  const auto root = checked_root(bytes);
  if (!root) return tl::unexpected(root.error());
  PackReading reading;
  Pack pack;
  Seen ids;
  pack.info = read_info(*(*root)->info(), reading);
  pack.rules.indicators = read_indicators(**root, pack.info.name, ids, reading);
  pack.rules.signatures = read_signatures(**root, pack.info.name, ids, reading);
  if (reading.failed()) return tl::unexpected(reading.fault());
  return pack;
}

std::string pack_digest(std::span<const std::uint8_t> bytes) {
  Sha256 digest;
  digest.add(bytes);
  return digest.hex();
}

}  // namespace sluice
