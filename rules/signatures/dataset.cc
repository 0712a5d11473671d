#include "rules/signatures/dataset.hh"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::size_t head_size = 6;  // before each value: its size (4 bytes), its reputation (2 bytes), big endian

void put(std::string& out, std::uint64_t number, unsigned bytes) {
  for (auto shift = bytes * 8; shift > 0; shift -= 8) out += static_cast<char>(number >> (shift - 8) & 0xffU);
}

std::uint32_t get(std::string_view text) {
  std::uint32_t number = 0;
  for (const char c : text) number = number << 8U | static_cast<unsigned char>(c);
  return number;
}

bool before(const DatasetValue& a, const DatasetValue& b) { return a.bytes < b.bytes; }

}  // namespace

DatasetValues dataset_values(std::vector<DatasetValue> values) {
  std::stable_sort(values.begin(), values.end(), before);
  DatasetValues out;
  out.reserve(values.size());
  for (auto& value : values) {
    if (!out.empty() && out.back().bytes == value.bytes)
      out.back() = std::move(value);
    else
      out.push_back(std::move(value));
  }
  return out;
}

const DatasetValue* find_value(const DatasetValues& values, std::string_view bytes) noexcept {
  const auto found = std::lower_bound(values.begin(), values.end(), bytes,
                                      [](const DatasetValue& value, std::string_view wanted) noexcept {
                                        return std::string_view{value.bytes} < wanted;
                                      });
  return found != values.end() && found->bytes == bytes ? &*found : nullptr;
}

std::string joined_values(const DatasetValues& values) {
  std::string out;
  for (const auto& value : values) {
    put(out, value.bytes.size(), 4);
    put(out, value.reputation, 2);
    out += value.bytes;
  }
  return out;
}

std::optional<DatasetValues> split_values(std::string_view joined) {
  DatasetValues values;
  while (!joined.empty()) {
    if (joined.size() < head_size || values.size() == dataset_values_limit) return std::nullopt;
    const auto size = get(joined.substr(0, 4));
    const auto reputation = static_cast<std::uint16_t>(get(joined.substr(4, 2)));
    joined.remove_prefix(head_size);
    if (size > joined.size() || size > dataset_value_limit) return std::nullopt;
    DatasetValue value{std::string(joined.substr(0, size)), reputation};
    joined.remove_prefix(size);
    if (!values.empty() && !before(values.back(), value)) return std::nullopt;
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace sluice
