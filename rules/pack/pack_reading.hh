// What reading a pack keeps while it goes: where it is, the first fault, and how much memory the pack has asked for.
// After a fault everything that is taken is empty, so that a reader needs to look once, at the end of a row.
#pragma once

#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "rules/signatures/dataset.hh"
#include "rules/text/list_file.hh"

namespace sluice {

// Bytes of all values of a pack in memory. Values may be shared in the file, so that its size alone bounds nothing.
constexpr std::size_t pack_unpacked_limit = std::size_t{1} << 30;

class PackReading {
 public:
  // What is read now: "indicator", its number from 1, and its id where it is known.
  void at(std::string_view kind, std::size_t number, std::string_view id = {});
  // The first fault stands.
  void fail(std::string_view field, std::string_view message);
  [[nodiscard]] bool failed() const noexcept { return fault_.has_value(); }
  // "indicator 3 (vendors/push): kind: …"; empty while there is no fault.
  [[nodiscard]] std::string fault() const { return fault_.value_or(std::string()); }

  // Counts memory that a value takes; false where that is too much, which is a fault.
  [[nodiscard]] bool spend(std::size_t bytes);

  // UTF-8 on one line without control characters (a tab may be), or a fault. No text is an empty text.
  [[nodiscard]] std::string text(const flatbuffers::String* packed, std::string_view field, std::size_t size_limit);
  // The same of a text that may not be empty and holds only what names are made of.
  [[nodiscard]] std::string name(const flatbuffers::String* packed, std::string_view field);

  // The values of a dataset; those of one place in the file are one in memory. Nothing after a fault.
  [[nodiscard]] std::shared_ptr<const DatasetValues> values(const flatbuffers::String& packed);

  // A number of a closed list that ends with `last`.
  template <typename Enumeration>
  [[nodiscard]] Enumeration number(std::uint8_t packed, Enumeration last, std::string_view field) {
    if (packed <= static_cast<std::uint8_t>(last)) return static_cast<Enumeration>(packed);
    fail(field, fmt::format("{} is no value of this list: update Sluice, or write the pack again", packed));
    return {};
  }

 private:
  std::string_view kind_;
  std::size_t number_ = 0;
  std::string id_;
  std::optional<std::string> fault_;
  std::size_t spent_ = 0;
  std::map<const void*, std::shared_ptr<const DatasetValues>> values_;
};

}  // namespace sluice
