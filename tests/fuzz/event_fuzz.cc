// Arbitrary record bytes, as a hostile data plane would put them into shared memory: whatever parses is one line of
// valid JSON, and the table of findings takes it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "control/eve/eve.hh"
#include "control/findings/findings.hh"
#include "dataplane/event/event.hh"

constexpr std::size_t width = 100;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto rows = [] {
    sluice::RuleBooks books;
    books.add(0, "", std::make_shared<const sluice::RuleBook>(std::vector<sluice::RuleFacts>(3)));
    return books;
  }();
  static const sluice::EveWriter writer{[] {
    sluice::EveContext context;
    context.rules = &rows;
    return context;
  }()};
  // The size is a value that a random input never has right, and the generation seldom: set them, and keep the rest as
  // it came.
  std::vector<std::uint8_t> record(data, data + size / 8 * 8);
  if (record.size() < sizeof(sluice::EventHeader)) return 0;
  const auto record_size = static_cast<std::uint32_t>(record.size());
  std::memcpy(record.data() + offsetof(sluice::EventHeader, size), &record_size, sizeof record_size);
  constexpr std::uint32_t generation = 0;
  std::memcpy(record.data() + offsetof(sluice::EventHeader, generation), &generation, sizeof generation);

  const auto event = sluice::Event::parse(record);
  if (!event) return 0;
  const auto line = writer.line(*event);
  if (line.find('\n') != std::string::npos || !nlohmann::json::accept(line)) std::abort();

  sluice::FindingsTable table{&rows};
  table.consume(*event);
  std::ostringstream out;
  table.print(out, sluice::Statistics{}, width);
  if (nlohmann::json(table.finding_line(*event)).dump().empty()) std::abort();  // throws on what is no UTF-8
  if (nlohmann::json(out.str()).dump().empty()) std::abort();
  return 0;
}
