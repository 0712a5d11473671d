#include "rules/signatures/signature_rule.hh"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rules/signatures/signature_check.hh"
#include "rules/signatures/signature_conditions.hh"
#include "rules/signatures/signature_facts.hh"
#include "rules/signatures/signature_flow.hh"
#include "rules/signatures/signature_flow_conditions.hh"
#include "rules/signatures/signature_header.hh"
#include "rules/signatures/signature_message_number.hh"
#include "rules/signatures/signature_option.hh"
#include "rules/signatures/signature_part_check.hh"
#include "rules/signatures/signature_parts.hh"
#include "rules/signatures/signature_state.hh"
#include "rules/text/list_file.hh"
#include "rules/text/nearest_word.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

// Whether anything in the text can be shown and read at all.
bool check_text(const RuleText& rule, RuleFaults& faults) {
  const auto& text = rule.text();
  const auto before = faults.size();
  if (text.size() > rule_size_limit)
    faults.push_back(
        {0, fmt::format("a rule of {} bytes, {} at most: shorten or split it", text.size(), rule_size_limit)});
  const auto control = std::find_if(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
  if (control != text.end())
    faults.push_back({static_cast<std::size_t>(control - text.begin()),
                      fmt::format("control character U+{:04X}: remove it, in a content write it as |{:02x}|",
                                  static_cast<unsigned>(*control), static_cast<unsigned>(*control))});
  if (const auto invalid = first_invalid_utf8(text))
    faults.push_back({*invalid, "bytes that are not UTF-8: save the file as UTF-8, in a content write them as |e4|"});
  if (rule.unfinished()) faults.push_back({text.size(), "the file ends behind a backslash: remove it"});
  return faults.size() == before;
}

void unknown_keyword(const SignatureOption& option, RuleFaults& faults) {
  std::vector<std::string_view> known{"flow"};
  for (const auto keywords :
       {SignatureFacts::keywords(), SignatureParts::keywords(), SignatureNumbers::keywords(), check_keywords(),
        SignatureConditions::keywords(), SignatureFlowConditions::keywords(), SignatureStateWords::keywords()})
    known.insert(known.end(), keywords.begin(), keywords.end());
  const auto nearest = nearest_word(option.name, known);
  // Most are keywords of Suricata, spelled right: nothing is suggested where that is likely.
  const bool misspelled = nearest.front() == option.name.front() && nearest.size() + 2 >= option.name.size();
  faults.push_back(
      {option.at, fmt::format("keyword \"{}\" is not matched by this version: write the rule without it, or remove the "
                              "rule (rules/README.md lists what is matched{}{})",
                              printable(option.name), misspelled ? "; nearest: " : "",
                              misspelled ? nearest : std::string_view())});
}

}  // namespace

std::optional<Signature> read_signature(const RuleText& rule, std::string_view list_name, DatasetFiles& datasets,
                                        RuleFaults& faults) {
  const auto faults_before = faults.size();
  if (!check_text(rule, faults)) return std::nullopt;
  const std::string_view text = rule.text();
  const auto open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')')) {
    const auto at = open == std::string_view::npos ? 0 : text.size();
    faults.push_back({at,
                      "a rule is ACTION PROTOCOL SOURCE PORTS -> DESTINATION PORTS (OPTIONS), and a comment begins "
                      "with #: write the options in one pair of parentheses, the last character of the rule"});
    return std::nullopt;
  }
  Signature signature;
  signature.text = text;
  read_signature_header(text, open, signature, faults);
  const auto options = split_options(text, open + 1, text.size() - 1, faults);  // the readers keep views of their names
  SignatureFacts facts(faults);
  SignatureParts parts(datasets, faults);
  SignatureNumbers numbers(faults);
  SignatureFlowWords flow(faults);
  SignatureConditions conditions(faults);
  SignatureFlowConditions flow_conditions(faults);
  SignatureStateWords state(faults);
  for (const auto& option : options) {
    if (option.name == "flow") {
      flow.read(option, signature.flow);
    } else if (!facts.read(option) && !conditions.read(option, signature) && !flow_conditions.read(option, signature) &&
               !state.read(option, signature) && !parts.read(option) && !numbers.read(option)) {
      unknown_keyword(option, faults);
      parts.skip_modifiers();
    }
  }
  signature.facts = facts.finish(list_name);
  auto placed = parts.finish();
  auto placed_numbers = numbers.finish();
  check_parts(placed, placed_numbers, signature, faults.size() == faults_before, faults);
  if (faults.size() != faults_before) return std::nullopt;
  for (auto& part : placed) signature.parts.push_back(std::move(part.part));
  for (auto& number : placed_numbers) signature.numbers.push_back(std::move(number.condition));
  return signature;
}

}  // namespace sluice
