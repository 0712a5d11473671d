// The datasets of one generation of rules, and what a worker has added to them and taken away: a device is seen by one
// worker, so that each keeps its own.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "rules/signatures/dataset.hh"

namespace sluice {

// Values that one worker adds and takes away, of all sets together.
constexpr std::size_t dataset_changes_limit = 49'152;

// Sets by name, as all rules together describe them. Immutable once built.
class DatasetTable {
 public:
  // The number of the set that the rule names. The error says where two rules contradict each other.
  [[nodiscard]] tl::expected<std::uint32_t, std::string> add(const DatasetCheck& check);
  // Whether each set has a type, once all rules were added.
  [[nodiscard]] tl::expected<void, std::string> check() const;
  // Whether any rule adds to a set or takes away.
  [[nodiscard]] bool changes() const noexcept { return changes_; }
  [[nodiscard]] bool empty() const noexcept { return sets_.empty(); }

 private:
  friend class DatasetChanges;
  struct Set {
    std::string name;
    DatasetType type{};
    std::shared_ptr<const DatasetValues> values;
  };
  std::vector<Set> sets_;
  bool changes_ = false;
};

// One worker's.
class DatasetChanges {
 public:
  // The table must outlive it.
  explicit DatasetChanges(const DatasetTable& table);

  enum class Outcome : std::uint8_t {
    holds,
    fails,
    full,  // there is no room for another value: it does not hold
  };
  // What the rule asks of the set with what stands in the buffer, and what it changes by asking.
  [[nodiscard]] Outcome apply(const DatasetCheck& check, std::uint32_t set, Bytes buffer) noexcept;

 private:
  enum class State : std::uint8_t { free, added, removed };
  using Key = std::array<std::uint8_t, 16>;
  struct Slot {
    Key key{};
    State state = State::free;
  };
  static constexpr std::size_t slot_count = 65'536;

  [[nodiscard]] bool contains(std::uint32_t set, std::string_view value) const noexcept;
  [[nodiscard]] bool contains_parent(std::uint32_t set, std::string_view name) const noexcept;
  [[nodiscard]] Outcome change(std::uint32_t set, std::string_view value, State state) noexcept;
  [[nodiscard]] Outcome judge(const DatasetCheck& check, std::uint32_t set, std::string_view value) const noexcept;
  // That of the key, or the free one where it would stand.
  [[nodiscard]] std::size_t slot_of(const Key& key) const noexcept;

  const DatasetTable& table_;
  std::vector<Slot> slots_;  // none where no rule changes a set
  std::size_t used_ = 0;
};

}  // namespace sluice
