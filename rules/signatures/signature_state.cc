#include "rules/signatures/signature_state.hh"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "rules/signatures/signature_condition_check.hh"
#include "rules/signatures/signature_number.hh"
#include "rules/text/list_file.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::array<std::string_view, 5> all_keywords{"flowbits", "flowint", "xbits", "threshold", "detection_filter"};
constexpr std::uint64_t most_u32 = 0xffff'ffff;

std::vector<std::string_view> words_of(std::string_view text, char separator) {
  std::vector<std::string_view> words;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find(separator, from), text.size());
    words.push_back(trimmed(text.substr(from, end - from)));
    from = end + 1;
  }
  return words;
}

std::optional<StateOperation> bit_operation(std::string_view word) {
  if (word == "set") return StateOperation::set;
  if (word == "unset") return StateOperation::unset;
  if (word == "toggle") return StateOperation::toggle;
  if (word == "isset") return StateOperation::is_set;
  if (word == "isnotset") return StateOperation::is_not_set;
  return std::nullopt;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= condition_name_limit && text.find_first_of(" \t\"") == std::string_view::npos;
}

SignatureCondition condition_of(ConditionKind kind, StateOperation operation, std::string_view name) {
  SignatureCondition condition;
  condition.kind = kind;
  condition.subject = static_cast<std::uint8_t>(operation);
  if (!name.empty()) condition.names.emplace_back(name);
  return condition;
}

using Track = SignatureThreshold::Track;
std::optional<Track> track_of(std::string_view word) {
  if (word == "by_src") return Track::source;
  if (word == "by_dst") return Track::destination;
  if (word == "by_both") return Track::pair;
  if (word == "by_rule") return Track::rule;
  if (word == "by_flow") return Track::flow;
  return std::nullopt;
}

}  // namespace

std::span<const std::string_view> SignatureStateWords::keywords() noexcept { return all_keywords; }

bool SignatureStateWords::read(const SignatureOption& option, Signature& signature) {
  if (option.name == "flowbits")
    read_flow_bits(option, signature);
  else if (option.name == "flowint")
    read_flow_number(option, signature);
  else if (option.name == "xbits")
    read_host_bits(option, signature);
  else if (option.name == "threshold" || option.name == "detection_filter")
    read_threshold(option, signature);
  else
    return false;
  return true;
}

void SignatureStateWords::add(const SignatureOption& option, Signature& signature, SignatureCondition condition) {
  if (signature.conditions.size() == signature_condition_limit)
    return fail(option.at, fmt::format("more than {} conditions: split the rule", signature_condition_limit));
  signature.conditions.push_back(std::move(condition));
}

// flowbits:set,NAME  flowbits:isset,A|B  flowbits:noalert
void SignatureStateWords::read_flow_bits(const SignatureOption& option, Signature& signature) {
  const auto text = option.value.value_or(std::string_view{});
  if (text == "noalert") {
    signature.silent = true;
    return;
  }
  const auto words = words_of(text, ',');
  const auto operation = bit_operation(words[0]);
  if (!operation || words.size() != 2)
    return fail(option.value_at,
                fmt::format("flowbits:{}: write set, unset, toggle, isset or isnotset, a comma and a name, "
                            "or noalert",
                            printable(text)));
  auto condition = condition_of(ConditionKind::flow_bit, *operation, {});
  const auto names = words_of(words[1], '|');
  const bool is_test = *operation == StateOperation::is_set || *operation == StateOperation::is_not_set;
  if ((names.size() > 1 && !is_test) || names.size() > condition_names_limit ||
      !std::all_of(names.begin(), names.end(), is_name))
    return fail(option.value_at,
                fmt::format("flowbits:{}: write names without blanks, several (A|B) for isset and isnotset "
                            "alone, {} at most",
                            printable(text), condition_names_limit));
  for (const auto name : names) condition.names.emplace_back(name);
  add(option, signature, std::move(condition));
}

// flowint:NAME,+,1  flowint:NAME,isset  flowint:NAME,>,OTHER
void SignatureStateWords::read_flow_number(const SignatureOption& option, Signature& signature) {
  const auto text = option.value.value_or(std::string_view{});
  const auto words = words_of(text, ',');
  const auto refuse = [&] {
    fail(option.value_at,
         fmt::format("flowint:{}: write NAME,isset; NAME,isnotset; or NAME, one of + - = == != < > <= >=, and "
                     "a number or a name",
                     printable(text)));
  };
  if (words.size() < 2 || !is_name(words[0])) return refuse();
  if (words.size() == 2) {
    const bool is_set = words[1] == "isset";
    if (!is_set && words[1] != "isnotset" && words[1] != "notset") return refuse();
    return add(option, signature,
               condition_of(ConditionKind::flow_number, is_set ? StateOperation::is_set : StateOperation::is_not_set,
                            words[0]));
  }
  if (words.size() != 3) return refuse();
  struct Sign {
    std::string_view text;
    StateOperation operation;
    Comparison comparison;
  };
  constexpr std::array<Sign, 9> signs{{{"+", StateOperation::add, Comparison::equal},
                                       {"-", StateOperation::subtract, Comparison::equal},
                                       {"=", StateOperation::set, Comparison::equal},
                                       {"==", StateOperation::compare, Comparison::equal},
                                       {"!=", StateOperation::compare, Comparison::not_equal},
                                       {"<", StateOperation::compare, Comparison::less},
                                       {">", StateOperation::compare, Comparison::greater},
                                       {"<=", StateOperation::compare, Comparison::at_most},
                                       {">=", StateOperation::compare, Comparison::at_least}}};
  const auto* const sign = std::find_if(signs.begin(), signs.end(), [&](const Sign& s) { return s.text == words[1]; });
  if (sign == signs.end()) return refuse();
  auto condition = condition_of(ConditionKind::flow_number, sign->operation, words[0]);
  condition.comparison = sign->comparison;
  if (const auto number = number_of(words[2], most_u32))
    condition.first = *number;
  else if (is_name(words[2]) && (words[2].front() < '0' || words[2].front() > '9'))
    condition.names.emplace_back(words[2]);
  else
    return refuse();
  add(option, signature, std::move(condition));
}

// xbits:set,NAME,track ip_src,expire 60
void SignatureStateWords::read_host_bits(const SignatureOption& option, Signature& signature) {
  const auto text = option.value.value_or(std::string_view{});
  const auto words = words_of(text, ',');
  const auto refuse = [&] {
    fail(option.value_at,
         fmt::format("xbits:{}: write set, unset, toggle, isset or isnotset, then NAME,track ip_src (or "
                     "ip_dst, ip_pair, tx), and expire SECONDS where it is set",
                     printable(text)));
  };
  if (text == "noalert") {
    signature.silent = true;
    return;
  }
  const auto operation = bit_operation(words[0]);
  if (!operation || words.size() < 3 || words.size() > 4 || !is_name(words[1]) || !words[2].starts_with("track "))
    return refuse();
  auto condition = condition_of(ConditionKind::host_bit, *operation, words[1]);
  constexpr std::array<std::string_view, 4> tracks{"ip_src", "ip_dst", "ip_pair", "tx"};
  const auto* const track = std::find(tracks.begin(), tracks.end(), trimmed(words[2].substr(6)));
  if (track == tracks.end()) return refuse();
  condition.track = static_cast<std::uint8_t>(track - tracks.begin());
  condition.first = 30;  // seconds, as in Suricata where nothing is said
  if (words.size() == 4) {
    const auto seconds =
        words[3].starts_with("expire ") ? number_of(words[3].substr(7), most_u32) : std::optional<std::uint64_t>{};
    if (!seconds || *seconds == 0) return refuse();
    condition.first = *seconds;
  }
  add(option, signature, std::move(condition));
}

// threshold:type limit, track by_src, count 1, seconds 60
void SignatureStateWords::read_threshold(const SignatureOption& option, Signature& signature) {
  const auto text = option.value.value_or(std::string_view{});
  const bool is_filter = option.name == "detection_filter";
  if (signature.threshold.kind != SignatureThreshold::Kind::none)
    return fail(option.at, "a second threshold or detection_filter: a rule has one, remove the other");
  SignatureThreshold out;
  if (is_filter) out.kind = SignatureThreshold::Kind::filter;
  bool tracked = false;
  bool counted = false;
  bool timed = false;
  const auto refuse = [&](std::string_view word) {
    fail(option.value_at,
         fmt::format(
             "{}: \"{}\" is not read here: write {}track by_src (by_dst, by_both, by_rule, by_flow), count NUMBER, "
             "seconds NUMBER",
             option.name, printable(word), is_filter ? "" : "type limit (threshold, both, backoff), "));
  };
  for (const auto word : words_of(text, ',')) {
    const auto blank = std::min(word.find_first_of(" \t"), word.size());
    const auto key = word.substr(0, blank);
    const auto value = trimmed(word.substr(blank));
    const auto number = number_of(value, most_u32);
    if (key == "type" && !is_filter &&
        (value == "limit" || value == "threshold" || value == "both" || value == "backoff")) {
      out.kind = value == "limit"       ? SignatureThreshold::Kind::limit
                 : value == "threshold" ? SignatureThreshold::Kind::threshold
                 : value == "both"      ? SignatureThreshold::Kind::both
                                        : SignatureThreshold::Kind::backoff;
    } else if (key == "track" && track_of(value)) {
      out.track = *track_of(value);
      tracked = true;
    } else if (key == "count" && number && *number > 0) {
      out.count = static_cast<std::uint32_t>(*number);
      counted = true;
    } else if (key == "seconds" && number && *number > 0) {
      out.seconds = static_cast<std::uint32_t>(*number);
      timed = true;
    } else if (key == "multiplier" && number && *number > 0) {
      out.multiplier = static_cast<std::uint32_t>(*number);
    } else if (key == "unique_on" && is_filter && (value == "src_port" || value == "dst_port")) {
      out.unique =
          value == "src_port" ? SignatureThreshold::Unique::source_port : SignatureThreshold::Unique::destination_port;
    } else {
      return refuse(word);
    }
  }
  const bool is_backoff = out.kind == SignatureThreshold::Kind::backoff;
  if (out.kind == SignatureThreshold::Kind::none || !tracked || !counted || (!timed && !is_backoff))
    return refuse(text);
  if (out.unique != SignatureThreshold::Unique::none && out.count >= threshold_ports_limit)
    return fail(option.value_at,
                fmt::format("unique_on with a count of {}: {} at most", out.count, threshold_ports_limit - 1));
  signature.threshold = out;
}

}  // namespace sluice
