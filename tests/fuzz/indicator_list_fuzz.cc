// An indicator list made of any bytes: every row that comes out is whole and means the same when it is read again, and
// every error has a place and a message that a terminal can show.
#include <algorithm>
#include <cstdlib>

#include "rules/indicators/indicator_list.hh"
#include "rules/names/domain_name.hh"
#include "rules/text/utf8.hh"

namespace {

void require(bool truth) {
  if (!truth) std::abort();
}

// A list of one column pair, with only what decides about a match.
std::string minimal_list(const sluice::IndicatorList& rows) {
  std::string text = "kind,indicator\n";
  for (const auto& row : rows) text += std::string(text_of(row.facts.kind)) + "," + row.facts.subject + "\n";
  return text;
}

void check_row(const sluice::Indicator& row) {
  require(row.facts.rule_id.starts_with("fuzz/") && row.facts.rule_id.size() > 5);
  const bool named = row.facts.kind == sluice::RuleKind::domain || row.facts.kind == sluice::RuleKind::host;
  require(named != row.name.empty());
  require(!named || sluice::normal_domain(row.name) == row.name);
  require(row.range.first <= row.range.last);
  require(row.facts.expires.empty() == (row.facts.expires_ns == 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto list = sluice::parse_indicator_list(text, "fuzz");
  for (const auto& row : list.rows) check_row(row);
  for (const auto& error : list.errors) {
    require(!error.message.empty());
    require((error.line == 0) == (error.column == 0));
    require(std::none_of(error.message.begin(), error.message.end(), sluice::is_control));
    require(!sluice::first_invalid_utf8(error.message));
  }
  const auto again = sluice::parse_indicator_list(minimal_list(list.rows), "fuzz");
  require(again.errors.empty());
  require(again.rows.size() == list.rows.size());
  for (std::size_t i = 0; i < list.rows.size(); ++i) {
    require(again.rows[i].name == list.rows[i].name);
    require(again.rows[i].range == list.rows[i].range);
  }
  return 0;
}
