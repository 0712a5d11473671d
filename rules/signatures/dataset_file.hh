// Files of datasets, as Suricata reads them: one value a line, with its reputation behind a comma; or JSON.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "rules/signatures/dataset.hh"

namespace sluice {

// How a file holds its values.
struct DatasetFormat {
  enum class Kind : std::uint8_t { csv, json, lines_of_json };

  Kind kind = Kind::csv;
  bool has_reputation = false;  // csv
  std::string value_key;        // json: where in an object the value stands, a.b
  std::string array_key;        // json: where in the file the list stands

  auto operator<=>(const DatasetFormat&) const = default;
};

// The files that the rules of one file name, each read once.
class DatasetFiles {
 public:
  // `folder`: of the rule file, from which names count. Nothing is read where rules come from nowhere.
  explicit DatasetFiles(std::optional<std::filesystem::path> folder = {}) : folder_(std::move(folder)) {}

  // The error says what is wrong and where, without the place in the rule.
  [[nodiscard]] tl::expected<std::shared_ptr<const DatasetValues>, std::string> load(const std::string& name,
                                                                                     DatasetType type,
                                                                                     const DatasetFormat& format);

 private:
  std::optional<std::filesystem::path> folder_;
  std::map<std::tuple<std::string, DatasetType, DatasetFormat>, std::shared_ptr<const DatasetValues>> known_;
};

// A value as a file writes it; nothing where it is none of that type.
[[nodiscard]] std::optional<std::string> dataset_value(std::string_view text, DatasetType type, bool is_json);

}  // namespace sluice
