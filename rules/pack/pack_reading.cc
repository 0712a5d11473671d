#include "rules/pack/pack_reading.hh"

#include <algorithm>

#include "rules/text/utf8.hh"

namespace sluice {

void PackReading::at(std::string_view kind, std::size_t number, std::string_view id) {
  kind_ = kind;
  number_ = number;
  id_ = id;
}

void PackReading::fail(std::string_view field, std::string_view message) {
  if (fault_) return;
  auto where = std::string(kind_);
  if (number_ > 0) where += fmt::format(" {}", number_);
  if (!id_.empty()) where += fmt::format(" ({})", printable(id_));
  fault_ = fmt::format("{}: {}: {}", where, field, message);
}

bool PackReading::spend(std::size_t bytes) {
  if (bytes > pack_unpacked_limit - spent_) {
    fail("size", fmt::format("the pack takes more than {} MiB of memory: split it", pack_unpacked_limit >> 20));
    return false;
  }
  spent_ += bytes;
  return !failed();
}

std::string PackReading::text(const flatbuffers::String* packed, std::string_view field, std::size_t size_limit) {
  if (packed == nullptr || failed()) return {};
  const std::string_view text{packed->data(), packed->size()};
  if (text.size() > size_limit)
    fail(field, fmt::format("{} bytes, {} at most", text.size(), size_limit));
  else if (first_invalid_utf8(text))
    fail(field, "is not UTF-8");
  else if (std::ranges::any_of(text, [](char c) { return is_control(c) && c != '\t'; }))
    fail(field, "holds a control character or a line break");
  return spend(text.size()) ? std::string(text) : std::string();
}

std::string PackReading::name(const flatbuffers::String* packed, std::string_view field) {
  auto name = text(packed, field, list_id_size_limit);
  if (!failed() && !is_list_id(name))
    fail(field, fmt::format("\"{}\": letters, digits, '.', '_' and '-' make a name", printable(name)));
  return name;
}

std::shared_ptr<const DatasetValues> PackReading::values(const flatbuffers::String& packed) {
  auto& known = values_[packed.data()];
  if (known || failed()) return known;
  // Each value takes a few bytes in the file and an object in memory.
  if (!spend(packed.size() * (1 + sizeof(DatasetValue) / 6))) return nullptr;
  auto read = split_values({packed.data(), packed.size()});
  if (!read) {
    fail("dataset", "its values are not in order, too many or too long");
    return nullptr;
  }
  known = std::make_shared<const DatasetValues>(std::move(*read));
  return known;
}

}  // namespace sluice
