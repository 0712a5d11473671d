#include "control/rollout/rule_changes.hh"

#include <algorithm>
#include <functional>
#include <iterator>
#include <span>
#include <string_view>

#include "rules/pack/pack_view.hh"

namespace sluice {
namespace {

// Two contents that meet by chance leave a rule uncounted, no more.
class Content {
 public:
  void add(std::string_view text) { mix(std::hash<std::string_view>{}(text)); }
  void add(std::uint64_t number) { mix(number); }
  void add(const Address& address) {
    add(std::string_view{reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()});
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  // The finalizer of MurmurHash3 (Appleby), of what came before and what comes.
  void mix(std::uint64_t number) {
    hash_ ^= number;
    hash_ = (hash_ ^ hash_ >> 33) * 0xff51afd7ed558ccd;
    hash_ = (hash_ ^ hash_ >> 33) * 0xc4ceb9fe1a85ec53;
    hash_ ^= hash_ >> 33;
  }
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

// The rows of `fresh` that `old` has not. Most stand where they stood, from the first on or from the last.
std::vector<std::size_t> new_rows(std::vector<std::uint64_t> old, const std::vector<std::uint64_t>& fresh) {
  const auto front = std::ranges::mismatch(old, fresh);
  const auto first = static_cast<std::size_t>(front.in2 - fresh.begin());
  const auto back = std::mismatch(old.rbegin(), std::make_reverse_iterator(front.in1), fresh.rbegin(),
                                  std::make_reverse_iterator(front.in2));
  const auto last = static_cast<std::size_t>(back.second.base() - fresh.begin());
  const std::span between{front.in1, back.first.base()};
  std::ranges::sort(between);
  std::vector<std::size_t> rows;
  for (auto row = first; row < last; ++row)
    if (!std::ranges::binary_search(between, fresh[row])) rows.push_back(row);
  return rows;
}

bool has(const std::vector<PackBytes>& packs, PackBytes bytes) {
  return std::ranges::any_of(packs, [&](PackBytes other) { return std::ranges::equal(bytes, other); });
}

// The packs of `some` that `others` has not.
std::vector<PackView> only_in(const std::vector<PackBytes>& some, const std::vector<PackBytes>& others) {
  std::vector<PackView> packs;
  for (const auto bytes : some)
    if (!has(others, bytes))
      if (auto pack = PackView::open(bytes)) packs.push_back(std::move(*pack));
  return packs;
}

}  // namespace

RuleIds new_rules(const std::vector<PackBytes>& before, const std::vector<PackBytes>& after) {
  const auto known = only_in(before, after);
  std::vector<std::string> ids;
  for (const auto& pack : only_in(after, before)) {
    const auto& name = pack.info().name;
    const auto old = std::ranges::find(known, name, [](const PackView& view) { return view.info().name; });
    if (old == known.end()) {
      ids.push_back(name + "/*");
      continue;
    }
    const auto rows = new_rows(contents_of(*old), contents_of(pack));
    if (rows.size() > new_rules_limit)
      ids.push_back(name + "/*");
    else
      for (const auto row : rows) ids.push_back(pack.facts(row).rule_id);
  }
  return RuleIds{std::move(ids)};
}

}  // namespace sluice
