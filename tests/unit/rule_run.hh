// One rule and what it is tried on, through the pipeline.
#pragma once

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "rules/databases/compile.hh"
#include "rules/databases/prefilter.hh"
#include "rules/signatures/signature_file.hh"
#include "tests/unit/pipeline_run.hh"

namespace sluice::test {

inline std::unique_ptr<Generation> generation_of_rules(const std::string& text, std::uint32_t number = 1,
                                                       std::uint32_t streams = default_payload_windows) {
  auto loaded = parse_signatures(text, "test");
  for (const auto& error : loaded.errors) BOOST_ERROR(error.text());
  const RuleList rules{{}, std::move(loaded.signatures)};
  const auto databases = compile_databases(rules.signatures, make_prefilter(rules.signatures));
  BOOST_REQUIRE(databases.has_value());
  auto generation = make_generation(rules, *databases, number, 1, streams);
  BOOST_REQUIRE_MESSAGE(generation.has_value(), (generation ? std::string{} : generation.error()));
  return std::move(*generation);
}

// How often a rule with those options matches what `play` sends.
template <class Play>
std::size_t rule_matches(const std::string& protocol, const std::string& options, Play play) {
  auto settings = small_options(Mode::monitor);
  settings.record = Record::findings;
  PipelineRun run{settings,
                  generation_of_rules("alert " + protocol + " any any -> any any (msg:\"x\"; sid:1; " + options + ")")};
  play(run);
  return run.events().size();
}

// As a content has it.
inline std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "|";
  for (const char c : text) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out + '|';
}

// Options that ask for all of a buffer's value.
inline std::string whole(const std::string& buffer, std::string_view value) {
  return buffer + "; content:\"" + escaped(value) + "\"; startswith; endswith; ";
}

}  // namespace sluice::test
