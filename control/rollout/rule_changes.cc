#include "control/rollout/rule_changes.hh"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>

#include "rules/pack/pack_view.hh"

namespace sluice {
namespace {

// FNV-1a, 64 bits: two contents that meet by chance leave a rule uncounted, no more.
class Content {
 public:
  void add(std::string_view text) {
    for (const char c : text) step(static_cast<std::uint8_t>(c));
    step(0);
  }
  void add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) step(static_cast<std::uint8_t>(number >> 8 * i));
  }
  void add(const Address& address) {
    for (const auto byte : address.bytes) step(byte);
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  void step(std::uint8_t byte) { hash_ = (hash_ ^ byte) * 0x100000001b3; }
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

std::uint64_t content_of(const IndicatorTarget& target) {
  Content content;
  content.add(static_cast<std::uint64_t>(target.kind));
  content.add(static_cast<std::uint64_t>(target.finding_class));
  content.add(static_cast<std::uint64_t>(target.confidence));
  content.add(static_cast<std::uint64_t>(target.breaks));
  content.add(target.name);
  content.add(target.recipient);
  content.add(target.range.first);
  content.add(target.range.last);
  return content.value();
}

std::uint64_t content_of(const PackView& pack, std::size_t row) {
  Content content;
  if (const auto written = pack.written(row)) {
    content.add(written->text);
  } else {
    const auto facts = pack.facts(row);
    content.add(facts.rule_id);
    content.add(facts.subject);
    content.add(facts.revision);
  }
  return content.value();
}

std::vector<std::uint64_t> contents_of(const PackView& pack) {
  std::vector<std::uint64_t> contents;
  contents.reserve(pack.size());
  pack.visit_targets([&](const IndicatorTarget& target) { contents.push_back(content_of(target)); });
  for (auto row = pack.indicators(); row < pack.size(); ++row) contents.push_back(content_of(pack, row));
  return contents;
}

}  // namespace

RuleIds new_rules(const std::vector<PackBytes>& before, const std::vector<PackBytes>& after) {
  std::vector<PackView> known;
  for (const auto bytes : before)
    if (auto pack = PackView::open(bytes)) known.push_back(std::move(*pack));
  std::vector<std::string> ids;
  for (const auto bytes : after) {
    const auto is_same = [&](PackBytes other) { return std::ranges::equal(bytes, other); };
    if (std::ranges::any_of(before, is_same)) continue;
    const auto pack = PackView::open(bytes);
    if (!pack) continue;
    const auto& name = pack->info().name;
    const auto old = std::ranges::find(known, name, [](const PackView& view) { return view.info().name; });
    if (old == known.end()) {
      ids.push_back(name + "/*");
      continue;
    }
    auto contents = contents_of(*old);
    std::ranges::sort(contents);
    const auto fresh = contents_of(*pack);
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < fresh.size(); ++row)
      if (!std::ranges::binary_search(contents, fresh[row])) rows.push_back(row);
    if (rows.size() > new_rules_limit)
      ids.push_back(name + "/*");
    else
      for (const auto row : rows) ids.push_back(pack->facts(row).rule_id);
  }
  return RuleIds{std::move(ids)};
}

}  // namespace sluice
