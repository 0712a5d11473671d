#include "rules/pack/pack_view.hh"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "rules/indicators/indicator_list.hh"
#include "rules/pack/pack_facts.hh"
#include "rules/pack/pack_signature.hh"
#include "rules/pack_generated.h"
#include "rules/signatures/signature_file.hh"
#include "rules/text/date.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

constexpr std::size_t alignment = 8;  // numbers are read where they stand

// Bounds of the check of form, before anything is read: no honest pack comes near.
constexpr flatbuffers::uoffset_t depth_limit = 16;
constexpr flatbuffers::uoffset_t table_limit = 16'000'000;

constexpr std::size_t source_limit = 1024;
constexpr std::size_t source_name_limit = 255;  // bytes; NAME_MAX
constexpr std::size_t indicator_limit = list_row_limit;

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

std::string_view view_of(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view{} : text->string_view();
}

std::int64_t expiry_of(const packed::Facts& facts) {
  const auto date = parse_date(view_of(facts.expires()));
  return date ? end_of_day_nanoseconds(*date) : 0;
}

// There are few packs: the first ones are asked in turn.
class PackedNames final : public RowNames {
 public:
  PackedNames(std::vector<PackView> packs, std::size_t size) : packs_(std::move(packs)), size_(size) {}

  [[nodiscard]] std::size_t size() const noexcept override { return size_; }
  [[nodiscard]] std::string_view name(std::size_t row) const noexcept override {
    for (const auto& pack : packs_) {
      if (row < pack.indicators()) return pack.name(row);
      row -= pack.indicators();
    }
    return {};
  }

 private:
  std::vector<PackView> packs_;
  std::size_t size_;
};

void check_count(std::size_t count, std::size_t limit, std::string_view what, PackReading& reading) {
  reading.at("the pack itself", 0);
  if (count > limit) reading.fail(what, fmt::format("{}, {} at most: split the pack", count, limit));
}

}  // namespace

PackView::PackView(const packed::Root& root, PackInfo info, std::shared_ptr<const void> owner)
    : root_(&root), info_(std::move(info)), owner_(std::move(owner)) {}

tl::expected<PackView, std::string> PackView::open(std::span<const std::uint8_t> bytes,
                                                   std::shared_ptr<const void> owner) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment != 0) {
    const auto aligned = std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end());
    bytes = *aligned;
    owner = aligned;
  }
  const auto root = checked_root(bytes);
  if (!root) return tl::unexpected(root.error());
  PackReading reading;
  auto info = read_info(*(*root)->info(), reading);
  check_count((*root)->indicators()->size(), indicator_limit, "indicators", reading);
  check_count((*root)->signatures()->size(), signature_limit, "signatures", reading);
  if (reading.failed()) return tl::unexpected(reading.fault());
  return PackView{**root, std::move(info), std::move(owner)};
}

std::size_t PackView::indicators() const noexcept { return root_->indicators()->size(); }
std::size_t PackView::signatures() const noexcept { return root_->signatures()->size(); }

tl::expected<void, std::string> PackView::read(const TakeSignature& take) const {
  PackReading reading;
  PackRepeats ids;
  PackRepeats keys;
  ids.reserve(size());
  keys.reserve(indicators());
  PackedIndicatorReader reader{info_.name};
  for (std::size_t row = 0; row < indicators(); ++row) {
    const auto identity = reader.judge(packed_indicator(row, reading), reading);
    if (reading.failed()) break;
    ids.add(identity.rule_id);
    keys.add(identity.key);
  }
  for (std::size_t number = 0; number < signatures() && !reading.failed(); ++number) {
    auto signature = read_signature(number, reading);
    if (reading.failed()) break;
    ids.add(signature.facts.rule_id);
    take(std::move(signature));
  }
  if (!reading.failed()) refuse_repeats(ids, keys, reading);
  if (reading.failed()) return tl::unexpected(reading.fault());
  return {};
}

tl::expected<void, std::string> PackView::check() const {
  return read([](Signature&&) {});
}

// Whichever of the two comes first in the pack.
void PackView::refuse_repeats(PackRepeats& ids, PackRepeats& keys, PackReading& reading) const {
  const auto same_id = ids.find([this](std::size_t row) { return facts(row).rule_id; });
  const auto same_key = keys.find([this](std::size_t row) {
    PackReading again;
    return PackedIndicatorReader{info_.name}.judge(packed_indicator(row, again), again).key;
  });
  const bool by_id = same_id && (!same_key || same_id->second <= same_key->second);
  const auto& same = by_id ? same_id : same_key;
  if (!same) return;
  const auto [earlier, later] = *same;
  const bool is_signature = later >= indicators();
  reading.at(is_signature ? "signature" : "indicator", (is_signature ? later - indicators() : later) + 1,
             facts(later).rule_id);
  reading.fail(by_id ? "id" : "what it matches",
               fmt::format("the same as of {}: remove one of the two", facts(earlier).rule_id));
}

tl::expected<SignatureList, std::string> PackView::read_signatures() const {
  PackReading reading;
  SignatureList out;
  for (std::size_t number = 0; number < signatures(); ++number) {
    out.push_back(read_signature(number, reading));
    if (reading.failed()) return tl::unexpected(reading.fault());
  }
  return out;
}

const packed::Indicator& PackView::packed_indicator(std::size_t row, PackReading& reading) const {
  const auto& packed = *root_->indicators()->Get(static_cast<flatbuffers::uoffset_t>(row));
  reading.at("indicator", row + 1, view_of(packed.rule_id()));
  return packed;
}

Signature PackView::read_signature(std::size_t number, PackReading& reading) const {
  const auto& packed = *root_->signatures()->Get(static_cast<flatbuffers::uoffset_t>(number));
  reading.at("signature", number + 1, packed.rule_id()->string_view());
  return read_packed_signature(packed, info_.name, reading);
}

void PackView::visit_targets(const IndicatorRows::Visitor& visitor) const {
  const packed::Facts* known = nullptr;  // rows of a list have theirs in common
  IndicatorTarget target;
  for (const auto* row : *root_->indicators()) {
    if (row->facts() != known) {
      known = row->facts();
      target.kind = static_cast<RuleKind>(known->kind());
      target.finding_class = static_cast<FindingClass>(known->finding_class());
      target.confidence = static_cast<Confidence>(known->confidence());
      target.expires_ns = expiry_of(*known);
      target.recipient = view_of(known->recipient());
      target.breaks = breaks_in(view_of(known->breaks()), info_.channel == site_channel);
    }
    target.name = view_of(row->name());
    target.range = row->range() == nullptr ? AddressRange{} : read_packed_range(*row->range());
    visitor(target);
  }
}

Indicator PackView::indicator(std::size_t row) const {
  PackReading reading;
  return PackedIndicatorReader{info_.name}.read(packed_indicator(row, reading), reading);
}

std::vector<Indicator> PackView::all_indicators() const {
  PackReading reading;
  PackedIndicatorReader reader{info_.name};
  std::vector<Indicator> out;
  out.reserve(indicators());
  for (std::size_t row = 0; row < indicators(); ++row)
    out.push_back(reader.read(packed_indicator(row, reading), reading));
  return out;
}

std::optional<RuleWritten> PackView::written(std::size_t row) const {
  if (row < indicators()) return std::nullopt;
  const auto& packed = *root_->signatures()->Get(static_cast<flatbuffers::uoffset_t>(row - indicators()));
  return RuleWritten{std::string{view_of(packed.text())}, std::string{view_of(packed.file())}, packed.line()};
}

RuleFacts PackView::facts(std::size_t row) const {
  if (row >= indicators()) {
    PackReading reading;
    const auto number = static_cast<flatbuffers::uoffset_t>(row - indicators());
    return read_packed_signature_facts(*root_->signatures()->Get(number), info_.name, reading);
  }
  return indicator(row).facts;
}

RuleKind PackView::kind(std::size_t row) const noexcept {
  if (row >= indicators()) return RuleKind::signature;
  const auto kind = root_->indicators()->Get(static_cast<flatbuffers::uoffset_t>(row))->facts()->kind();
  return kind < rule_kinds ? static_cast<RuleKind>(kind) : RuleKind::signature;
}

std::string_view PackView::name(std::size_t row) const noexcept {
  return view_of(root_->indicators()->Get(static_cast<flatbuffers::uoffset_t>(row))->name());
}

PackedIndicators::PackedIndicators(std::vector<PackView> packs) : packs_(std::move(packs)) {
  for (const auto& pack : packs_) size_ += pack.indicators();
}

void PackedIndicators::visit(const Visitor& visitor) const {
  for (const auto& pack : packs_) pack.visit_targets(visitor);
}

std::string PackedIndicators::rule_id(std::size_t row) const {
  for (const auto& pack : packs_) {
    if (row < pack.indicators()) return pack.facts(row).rule_id;
    row -= pack.indicators();
  }
  return {};
}

std::shared_ptr<const RowNames> PackedIndicators::names() const {
  return std::make_shared<const PackedNames>(packs_, size_);
}

}  // namespace sluice
