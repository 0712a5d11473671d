// Findings as the store has them, for those who ask: beside the writer, which is never kept waiting.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/store/schema.hh"
#include "rules/policy/rule_exception.hh"

namespace sluice {

struct FindingQuery {
  static constexpr std::uint32_t page_limit = 1000;

  // Empty: any.
  std::string device{};  // its address, or its surrogate
  std::string rule_id{};
  std::string finding_class{};
  std::string state{};
  std::vector<std::string> groups{};       // of devices
  std::optional<std::int64_t> since_ns{};  // seen then or later
  std::string after{};                     // `next` of the page before
  std::uint32_t limit = 100;
};

// The site's exceptions are those of now: they hold for what was found before too ("suppressed_by").
class FindingReader {
 public:
  [[nodiscard]] static tl::expected<FindingReader, StoreFailure> open(const std::string& path);

  // {"findings": [..], "next"}: the one that was seen last stands first; null where no page follows.
  // An error of the fault `unreachable` where `after` is none.
  [[nodiscard]] tl::expected<nlohmann::ordered_json, StoreFailure> list(const FindingQuery& query,
                                                                        const ExceptionList& exceptions);
  // With "days" and "notes"; by its number, or a finding_id that an event of it carries. Null: there is none.
  [[nodiscard]] tl::expected<nlohmann::ordered_json, StoreFailure> one(const std::string& id,
                                                                       const ExceptionList& exceptions);

 private:
  FindingReader(SQLite::Database database, std::string path) : database_(std::move(database)), path_(std::move(path)) {}

  SQLite::Database database_;
  std::string path_;
};

// Whether it is the `next` of a page: "NANOSECONDS.NUMBER".
[[nodiscard]] std::optional<std::pair<std::int64_t, std::int64_t>> page_place(const std::string& after) noexcept;

}  // namespace sluice
