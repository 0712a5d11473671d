#include "dataplane/signatures/dataset_table.hh"

#include <algorithm>
#include <cstring>

#include "dataplane/base/digest.hh"

namespace sluice {
namespace {

constexpr std::size_t labels_limit = 127;  // of a name (RFC 1035 section 3.1: 255 bytes, two at least for each)

// A value as sets hold it; nothing where it is none of that type.
class Normal {
 public:
  Normal(DatasetType type, Bytes bytes) noexcept {
    const auto size = bytes.size();
    switch (type) {
      case DatasetType::unknown: return;
      case DatasetType::text: valid_ = size > 0; break;
      case DatasetType::md5: valid_ = size == Md5Sum::size; break;
      case DatasetType::sha256: valid_ = size == Sha256Sum::size; break;
      case DatasetType::ipv4: valid_ = size == 4; break;
      case DatasetType::ipv6: valid_ = size == 16; break;
      case DatasetType::ip: valid_ = size == 4 || size == 16; break;
    }
    text_ = as_text(bytes);
    const bool is_address = type >= DatasetType::ipv4;
    if (!valid_ || !is_address || size == 16) return;
    // RFC 4291 section 2.5.5.2
    address_[10] = address_[11] = 0xff;
    std::copy(bytes.begin(), bytes.end(), address_.begin() + 12);
    mapped_ = true;
  }
  [[nodiscard]] bool valid() const noexcept { return valid_; }
  [[nodiscard]] std::string_view text() const noexcept { return mapped_ ? as_text(address_) : text_; }

 private:
  bool valid_ = false;
  bool mapped_ = false;
  std::string_view text_;
  std::array<std::uint8_t, 16> address_{};
};

// So many bits that two values are never taken for one.
std::array<std::uint8_t, 16> key_of(std::uint32_t set, std::string_view value) noexcept {
  Sha256Sum sum;
  std::array<std::uint8_t, 4> number{};
  std::memcpy(number.data(), &set, number.size());
  sum.add(number);
  sum.add(as_bytes(value));
  const auto digest = sum.finish();
  std::array<std::uint8_t, 16> key{};
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

}  // namespace

tl::expected<std::uint32_t, std::string> DatasetTable::add(const DatasetCheck& check) {
  using Command = DatasetCheck::Command;
  changes_ = changes_ || check.command == Command::set || check.command == Command::unset;
  auto found = std::find_if(sets_.begin(), sets_.end(), [&](const Set& set) { return set.name == check.name; });
  if (found == sets_.end()) {
    if (sets_.size() == datasets_limit)
      return tl::unexpected("more than " + std::to_string(datasets_limit) + " datasets: use fewer");
    sets_.push_back({check.name, check.type, check.values});
    return static_cast<std::uint32_t>(sets_.size() - 1);
  }
  if (found->type == DatasetType::unknown) found->type = check.type;
  if (check.type != DatasetType::unknown && check.type != found->type)
    return tl::unexpected("dataset " + check.name + " has another type in another rule: give it another name");
  if (found->values == nullptr) found->values = check.values;
  return static_cast<std::uint32_t>(found - sets_.begin());
}

tl::expected<void, std::string> DatasetTable::check() const {
  for (const auto& set : sets_)
    if (set.type == DatasetType::unknown)
      return tl::unexpected("dataset " + set.name + " has no type: write one in the first rule that names it");
  return {};
}

DatasetChanges::DatasetChanges(const DatasetTable& table) : table_(table) {
  if (table.changes()) slots_.resize(slot_count);
}

std::size_t DatasetChanges::slot_of(const Key& key) const noexcept {
  std::size_t at = 0;
  std::memcpy(&at, key.data(), sizeof at);
  for (at %= slot_count; slots_[at].state != State::free && slots_[at].key != key;) at = (at + 1) % slot_count;
  return at;
}

bool DatasetChanges::contains(std::uint32_t set, std::string_view value) const noexcept {
  if (!slots_.empty()) {
    const auto state = slots_[slot_of(key_of(set, value))].state;
    if (state != State::free) return state == State::added;
  }
  const auto& values = table_.sets_[set].values;
  return values != nullptr && find_value(*values, value) != nullptr;
}

// The name itself, or one of those above it, with its dot or without.
bool DatasetChanges::contains_parent(std::uint32_t set, std::string_view name) const noexcept {
  for (std::size_t labels = 0; labels < labels_limit; ++labels) {
    if (contains(set, name)) return true;
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return false;
    if (dot > 0 && contains(set, name.substr(dot))) return true;
    name.remove_prefix(dot + 1);
  }
  return false;
}

DatasetChanges::Outcome DatasetChanges::change(std::uint32_t set, std::string_view value, State state) noexcept {
  if (slots_.empty() || contains(set, value) == (state == State::added)) return Outcome::fails;
  const auto key = key_of(set, value);
  auto& slot = slots_[slot_of(key)];
  if (slot.state == State::free) {
    if (used_ == dataset_changes_limit) return Outcome::full;
    ++used_;
  }
  slot = {key, state};
  return Outcome::holds;
}

DatasetChanges::Outcome DatasetChanges::judge(const DatasetCheck& check, std::uint32_t set,
                                              std::string_view value) const noexcept {
  using Command = DatasetCheck::Command;
  bool holds = false;
  if (check.command == Command::reputation) {
    const auto& values = table_.sets_[set].values;
    const auto* const found = values == nullptr ? nullptr : find_value(*values, value);
    if (found == nullptr) return Outcome::fails;
    switch (check.comparison) {
      case DatasetCheck::Comparison::less: holds = found->reputation < check.reputation; break;
      case DatasetCheck::Comparison::greater: holds = found->reputation > check.reputation; break;
      case DatasetCheck::Comparison::equal: holds = found->reputation == check.reputation; break;
    }
  } else {
    const bool is_in = check.subdomains ? contains_parent(set, value) : contains(set, value);
    holds = is_in == (check.command == Command::isset);
  }
  return holds ? Outcome::holds : Outcome::fails;
}

DatasetChanges::Outcome DatasetChanges::apply(const DatasetCheck& check, std::uint32_t set, Bytes buffer) noexcept {
  if (set >= table_.sets_.size()) return Outcome::fails;
  const Normal value{table_.sets_[set].type, buffer};
  if (!value.valid()) return Outcome::fails;
  switch (check.command) {
    case DatasetCheck::Command::set: return change(set, value.text(), State::added);
    case DatasetCheck::Command::unset: return change(set, value.text(), State::removed);
    default: return judge(check, set, value.text());
  }
}

}  // namespace sluice
