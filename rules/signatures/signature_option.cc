#include "rules/signatures/signature_option.hh"

#include <fmt/format.h>

#include "rules/text/list_file.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view escapable = "\"\\;:";

std::size_t skip_blanks(std::string_view text, std::size_t at, std::size_t end) {
  while (at < end && blanks.find(text[at]) != std::string_view::npos) ++at;
  return at;
}

// The semicolon that ends the option, or `end`. Inside quotes and behind a backslash it does not end it.
std::size_t end_of_option(std::string_view rule, std::size_t at, std::size_t end, RuleFaults& faults) {
  constexpr auto outside = std::string_view::npos;
  std::size_t quote = outside;
  for (; at < end; ++at) {
    if (rule[at] == '\\') {
      ++at;
    } else if (rule[at] == '"') {
      quote = quote == outside ? at : outside;
    } else if (rule[at] == ';') {
      if (quote == outside) return at;
      faults.push_back({at, "a semicolon inside quotes: write \\; (in a content |3B| as well)"});
    }
  }
  if (quote != outside) {
    faults.push_back({quote, "the quote opened here is never closed"});
  } else {
    faults.push_back({end, "no semicolon behind the last option: write one before the closing parenthesis"});
  }
  return end;
}

}  // namespace

std::vector<SignatureOption> split_options(std::string_view rule, std::size_t begin, std::size_t end,
                                           RuleFaults& faults) {
  std::vector<SignatureOption> options;
  for (std::size_t at = skip_blanks(rule, begin, end); at < end; at = skip_blanks(rule, at, end)) {
    const auto stop = end_of_option(rule, at, end, faults);
    const auto option = rule.substr(at, stop - at);
    const auto colon = option.find(':');
    const auto name = trimmed(option.substr(0, colon));
    if (name.empty()) {
      faults.push_back({at, "an option without a name: remove it"});
    } else {
      SignatureOption read{in_lower_case(name), at, std::nullopt, stop};
      if (colon != std::string_view::npos) {
        read.value = trimmed(option.substr(colon + 1));
        read.value_at = skip_blanks(rule, at + colon + 1, stop);
      }
      options.push_back(read);
    }
    at = stop + 1;
  }
  return options;
}

std::optional<QuotedValue> quoted_value(const SignatureOption& option, bool may_be_negated, RuleFaults& faults) {
  const auto value = option.value.value_or(std::string_view());
  std::size_t at = 0;
  const bool negated = value.starts_with('!');
  if (negated) {
    if (!may_be_negated) {
      faults.push_back({option.value_at, fmt::format("{} cannot be negated: remove the !", option.name)});
      return std::nullopt;
    }
    at = skip_blanks(value, 1, value.size());
  }
  if (at == value.size() || value[at] != '"') {
    faults.push_back({option.value_at, fmt::format("{} has no value in quotes: write {}:\"...\";",
                                                   printable(option.name), printable(option.name))});
    return std::nullopt;
  }
  auto end = at + 1;
  while (end < value.size() && value[end] != '"') end += value[end] == '\\' ? 2 : 1;
  if (end >= value.size()) return std::nullopt;  // never closed: reported where the option was split off
  if (end + 1 != value.size()) {
    faults.push_back({option.value_at + end + 1,
                      "text behind the closing quote: write a semicolon there, or \\\" for "
                      "a quote inside the text"});
    return std::nullopt;
  }
  return QuotedValue{value.substr(at + 1, end - at - 1), option.value_at + at + 1, negated};
}

std::optional<std::string> unescaped(const QuotedValue& value, std::string_view what, RuleFaults& faults) {
  std::string text;
  for (std::size_t i = 0; i < value.text.size(); ++i) {
    if (value.text[i] == '\\') {
      ++i;  // a backslash is never the last character: it would have escaped the closing quote
      if (escapable.find(value.text[i]) == std::string_view::npos) {
        faults.push_back({value.at + i - 1, fmt::format("{}: a backslash stands only before \" \\ ; and :, write \\\\ "
                                                        "for a backslash",
                                                        what)});
        return std::nullopt;
      }
    }
    text += value.text[i];
  }
  return text;
}

}  // namespace sluice
