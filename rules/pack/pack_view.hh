// A pack that is read in place: a row is made when it is asked for and not kept, so that a pack of a million rows takes
// little more room than its file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "rules/indicators/indicator_rows.hh"
#include "rules/pack/pack.hh"
#include "rules/pack/pack_reading.hh"
#include "rules/pack/pack_repeats.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

class PackedIndicatorReader;
namespace packed {
struct Indicator;
struct Root;
}  // namespace packed

class PackView {
 public:
  using TakeSignature = std::function<void(Signature&& signature)>;

  // Checks the form of the whole, so that nothing that is read later lies outside of it, and what the pack says of
  // itself. `owner` keeps the bytes; without one they must outlive this. Bytes that do not begin at a multiple of 8 are
  // copied. The error says what is wrong and what to do.
  [[nodiscard]] static tl::expected<PackView, std::string> open(std::span<const std::uint8_t> bytes,
                                                                std::shared_ptr<const void> owner = nullptr);

  [[nodiscard]] const PackInfo& info() const noexcept { return info_; }
  [[nodiscard]] std::size_t indicators() const noexcept;
  [[nodiscard]] std::size_t signatures() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return indicators() + signatures(); }

  // Judges all rows, each as strictly as one of a source file, and then whether two are alike. Hands the signatures
  // over, in order: at an error they are to be thrown away.
  [[nodiscard]] tl::expected<void, std::string> read(const TakeSignature& signature) const;
  // The same, and nothing is kept.
  [[nodiscard]] tl::expected<void, std::string> check() const;
  // The signatures alone, judged in the same way.
  [[nodiscard]] tl::expected<SignatureList, std::string> read_signatures() const;

  // The rest is for a pack that read() has found good: of another one a value that no source can have is empty.

  void visit_targets(const IndicatorRows::Visitor& visitor) const;
  [[nodiscard]] Indicator indicator(std::size_t row) const;
  [[nodiscard]] std::vector<Indicator> all_indicators() const;
  // Rows: the indicators, then the signatures.
  [[nodiscard]] RuleFacts facts(std::size_t row) const;
  // Nothing of an indicator.
  [[nodiscard]] std::optional<RuleWritten> written(std::size_t row) const;
  [[nodiscard]] RuleKind kind(std::size_t row) const noexcept;
  // Of an indicator, where it lies in the pack: read on the packet's way.
  [[nodiscard]] std::string_view name(std::size_t row) const noexcept;

 private:
  PackView(const packed::Root& root, PackInfo info, std::shared_ptr<const void> owner);

  [[nodiscard]] const packed::Indicator& packed_indicator(std::size_t row, PackReading& reading) const;
  [[nodiscard]] Signature read_signature(std::size_t number, PackReading& reading) const;
  void refuse_repeats(PackRepeats& ids, PackRepeats& keys, PackReading& reading) const;

  const packed::Root* root_;
  PackInfo info_;
  std::shared_ptr<const void> owner_;
};

// Of several packs, the rows of the first one first. Each was found good by read().
class PackedIndicators final : public IndicatorRows {
 public:
  explicit PackedIndicators(std::vector<PackView> packs);

  [[nodiscard]] std::size_t size() const noexcept override { return size_; }
  void visit(const Visitor& visitor) const override;
  [[nodiscard]] std::string rule_id(std::size_t row) const override;
  // They keep the bytes of the packs.
  [[nodiscard]] std::shared_ptr<const RowNames> names() const override;

 private:
  std::vector<PackView> packs_;
  std::size_t size_ = 0;
};

}  // namespace sluice
