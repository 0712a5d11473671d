// Texts that groups of regular expressions captured, by the number of their name. They are what the wire brought: two
// rooms of fixed size.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "dataplane/base/bytes.hh"

namespace sluice {

// Of one flow. A name has one text, the last.
class CapturedTexts {
 public:
  static constexpr std::size_t room = 256;  // bytes, names counted with 4 and sizes with 2

  void clear() noexcept { used_ = 0; }

  // False where there is no room: the name has no text then.
  [[nodiscard]] bool set(std::uint32_t name, Bytes text) noexcept {
    remove(name);
    const Entry entry{name, static_cast<std::uint16_t>(std::min<std::size_t>(text.size(), room))};
    if (entry_size(entry) > room - used_) return false;
    write(entry, text);
    return true;
  }

  // each(name, text), in the order in which they were set.
  template <typename Each>
  void for_each(Each each) const noexcept {
    for (std::size_t at = 0; at < used_;) {
      const auto entry = entry_at(at);
      each(entry.name, Bytes{bytes_.data() + at + head_size, entry.size});
      at += entry_size(entry);
    }
  }

 private:
  struct Entry {
    std::uint32_t name;
    std::uint16_t size;
  };
  static constexpr std::size_t head_size = sizeof(Entry::name) + sizeof(Entry::size);
  [[nodiscard]] static std::size_t entry_size(const Entry& entry) noexcept { return head_size + entry.size; }

  [[nodiscard]] Entry entry_at(std::size_t at) const noexcept {
    Entry entry{};
    std::memcpy(&entry.name, bytes_.data() + at, sizeof entry.name);
    std::memcpy(&entry.size, bytes_.data() + at + sizeof entry.name, sizeof entry.size);
    return entry;
  }
  void write(const Entry& entry, Bytes text) noexcept {
    std::memcpy(bytes_.data() + used_, &entry.name, sizeof entry.name);
    std::memcpy(bytes_.data() + used_ + sizeof entry.name, &entry.size, sizeof entry.size);
    std::copy(text.begin(), text.end(), bytes_.begin() + used_ + head_size);
    used_ = static_cast<std::uint16_t>(used_ + entry_size(entry));
  }
  void remove(std::uint32_t name) noexcept {
    for (std::size_t at = 0; at < used_;) {
      const auto entry = entry_at(at);
      const auto size = entry_size(entry);
      if (entry.name == name) {
        std::memmove(bytes_.data() + at, bytes_.data() + at + size, used_ - at - size);
        used_ = static_cast<std::uint16_t>(used_ - size);
        return;
      }
      at += size;
    }
  }

  // No member is initialised here: see Pool.
  std::uint16_t used_;
  std::array<std::uint8_t, room> bytes_;
};

// Of the rules that matched one message: a worker's, taken back where a rule does not match after all.
class RuleCaptures {
 public:
  static constexpr std::size_t limit = 32;
  static constexpr std::size_t room = 2048;  // bytes

  struct Text {
    std::uint32_t row;
    std::uint32_t name;
    bool of_flow;
    Bytes text;
  };

  void add(std::uint32_t name, bool of_flow, Bytes text) noexcept {
    if (count_ == limit || text.size() > room - used_) {
      ++refused;
      return;
    }
    std::copy(text.begin(), text.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(used_));
    texts_[count_++] = {row, name, of_flow, Bytes{bytes_.data() + used_, text.size()}};
    used_ += text.size();
  }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  // Forgets those behind the first `count`.
  void cut(std::size_t count) noexcept {
    while (count_ > count) used_ -= texts_[--count_].text.size();
  }
  [[nodiscard]] std::span<const Text> behind(std::size_t count) const noexcept {
    return std::span{texts_}.first(count_).subspan(count);
  }

  std::uint32_t row = 0;      // of the rule that is tried
  std::uint64_t refused = 0;  // for want of room

 private:
  std::size_t count_ = 0;
  std::size_t used_ = 0;
  std::array<Text, limit> texts_;
  std::array<std::uint8_t, room> bytes_;
};

}  // namespace sluice
