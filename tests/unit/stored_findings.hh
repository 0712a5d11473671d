// A store of findings in a folder of the test's own, and what is written to it.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "control/store/finding_reader.hh"
#include "control/store/finding_store.hh"
#include "tests/unit/scratch_folder.hh"

namespace sluice::test {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t day_ns = 86'400 * second_ns;
constexpr std::int64_t noon = 1'795'262'400 * second_ns;  // 2026-11-21T12:00Z

inline std::shared_ptr<const RuleFacts> facts(const char* rule_id,
                                              FindingClass finding_class = FindingClass::telemetry) {
  RuleFacts rule;
  rule.rule_id = rule_id;
  rule.finding_class = finding_class;
  rule.confidence = Confidence::high;
  rule.recipient = "Example Phones";
  rule.role = "phone-maker";
  rule.source = "a paper";
  return std::make_shared<const RuleFacts>(rule);
}

inline FindingGrowth growth(const std::string& device, const std::string& destination, std::int64_t at_ns = noon,
                            const std::shared_ptr<const RuleFacts>& rule = facts("phones/1")) {
  FindingGrowth grown;
  grown.device_id = "of " + device;
  grown.device = device;
  grown.rule_id = rule->rule_id;
  grown.destination = destination;
  grown.day = at_ns < noon + day_ns / 2 ? "2026-11-21" : "2026-11-22";
  grown.finding_id = "id of " + device + " " + destination + " " + grown.day;
  grown.rule = rule;
  grown.is_inside = true;
  grown.vlan = 0;
  grown.remote = "198.51.100.7";
  grown.stage = Stage::name_in_handshake;
  grown.confidence = Confidence::high;
  grown.count = 1;
  grown.first_ns = grown.last_ns = at_ns;
  grown.ruleset = "00ff";
  return grown;
}

struct Stored {
  ScratchFolder scratch;
  StoreOptions options{scratch.file("state/store.db"), "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", 64 << 20, 90, {}};
  StoreCounts counts;
  ExceptionList exceptions;

  [[nodiscard]] FindingStore open() const {
    auto store = FindingStore::open(options);
    BOOST_REQUIRE_MESSAGE(store.has_value(), (store ? std::string{} : store.error().reason));
    return std::move(*store);
  }
  void write(FindingStore& store, const std::vector<FindingGrowth>& grown) {
    const auto done = store.write(grown, counts);
    BOOST_REQUIRE_MESSAGE(done.has_value(), (done ? std::string{} : done.error().reason));
  }
  [[nodiscard]] nlohmann::json list(const FindingQuery& query = {}) const {
    auto reader = FindingReader::open(options.path);
    BOOST_REQUIRE_MESSAGE(reader.has_value(), (reader ? std::string{} : reader.error().reason));
    const auto found = reader->list(query, exceptions);
    BOOST_REQUIRE_MESSAGE(found.has_value(), (found ? std::string{} : found.error().reason));
    return nlohmann::json::parse(found->dump());
  }
  [[nodiscard]] nlohmann::json one(const std::string& id) const {
    auto reader = FindingReader::open(options.path);
    BOOST_REQUIRE(reader.has_value());
    const auto found = reader->one(id, exceptions);
    BOOST_REQUIRE_MESSAGE(found.has_value(), (found ? std::string{} : found.error().reason));
    return nlohmann::json::parse(found->dump());
  }
  // What SQLite's own look at the whole file says.
  [[nodiscard]] std::string integrity() const {
    return SQLite::Database{options.path, SQLite::OPEN_READONLY}.execAndGet("PRAGMA integrity_check").getString();
  }
};

}  // namespace sluice::test
