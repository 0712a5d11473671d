#include "rules/signatures/signature_part_check.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/signatures/signature_part_bytes.hh"
#include "rules/signatures/signature_part_dataset.hh"
#include "rules/text/list_file.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::array<std::string_view, 11> keywords{"dataset",   "datarep",       "isdataat", "bsize",
                                                    "urilen",    "base64_decode", "absent",   "byte_test",
                                                    "byte_jump", "byte_extract",  "byte_math"};
constexpr std::int64_t position_limit = 65'535;  // bytes

class CheckReader {
 public:
  CheckReader(const SignatureOption& option, RuleFaults& faults)
      : option_(option), words_(comma_words(option)), faults_(faults) {}

  std::optional<PartCheck> data_at(const PartVariables& variables) {
    if (words_.empty() || words_.front().text.empty()) return fail("write isdataat:N, isdataat:!N,relative;");
    DataAt out;
    auto text = words_.front().text;
    if (text.starts_with('!')) {
      out.negated = true;
      text = trimmed(text.substr(1));
    }
    if (const auto position = signed_number(text, 0, position_limit)) {
      out.position = static_cast<std::uint32_t>(*position);
    } else {
      out.variable = variables.find(text);
      if (!out.variable)
        return fail(
            fmt::format("\"{}\" is no number from 0 to {}, and no byte_extract or byte_math before this sets it",
                        printable(text), position_limit));
    }
    for (auto word = words_.begin() + 1; word != words_.end(); ++word) {
      if (word->text == "relative")
        out.relative = true;
      else if (word->text != "rawbytes")  // no buffer here holds anything else than bytes
        return fail(fmt::format("isdataat does not take \"{}\": write relative, or rawbytes", printable(word->text)));
    }
    return out;
  }

  // N, !N, <N, <=N, >N, >=N, A<>B (between, without the two), and with = before N.
  std::optional<PartCheck> size() {
    auto text = words_.empty() ? std::string_view() : words_.front().text;
    const bool is_uri = option_.name == "urilen";
    if (words_.size() > (is_uri ? 2U : 1U)) return fail(fmt::format("write {}:N;", option_.name));
    if (words_.size() == 2 && words_[1].text != "raw" && words_[1].text != "norm")
      return fail(fmt::format("\"{}\": write norm or raw behind the number", printable(words_[1].text)));
    BufferSize out;
    const auto between = text.find("<>");
    if (text.starts_with('!')) {
      out.negated = true;
      text = trimmed(text.substr(1));
    }
    if (!out.negated && between != std::string_view::npos) {
      const auto low = length(text.substr(0, between));
      const auto high = length(text.substr(between + 2));
      if (!low || !high || *low >= *high || *high - *low < 2)
        return fail(
            fmt::format("{}:\"{}\": write two numbers with one between them, 3<>20", option_.name, printable(text)));
      out.first = *low + 1;
      out.last = *high - 1;
      return out;
    }
    const auto digits = std::min(text.find_first_not_of("<>="), text.size());
    const auto sign = text.substr(0, digits);
    const auto number = length(text.substr(digits));
    const bool known = sign.empty() || sign == "=" || sign == "<" || sign == "<=" || sign == ">" || sign == ">=";
    if (!number || !known || (sign == "<" && *number == 0))
      return fail(fmt::format("{}:\"{}\": write N, !N, <N, <=N, >N, >=N or N<>N", option_.name, printable(text)));
    if (sign.empty() || sign == "=") {
      out.first = out.last = *number;
    } else if (sign == "<") {
      out.last = *number - 1;
    } else if (sign == "<=") {
      out.last = *number;
    } else {
      out.first = *number + (sign == ">" ? 1 : 0);
    }
    return out;
  }

  std::optional<PartCheck> base64() {
    Base64Decode out;
    for (const auto& word : words_) {
      const auto [name, value] = name_and_value(word);
      const auto number = signed_number(value.text, 0, position_limit);
      if (name.text == "relative" && value.text.empty())
        out.relative = true;
      else if (name.text == "bytes" && number && *number > 0)
        out.bytes = static_cast<std::uint32_t>(*number);
      else if (name.text == "offset" && number)
        out.offset = static_cast<std::uint32_t>(*number);
      else
        return fail(fmt::format("base64_decode does not take \"{}\": write base64_decode:bytes N, offset N, relative;",
                                printable(word.text)));
    }
    return out;
  }

  std::optional<PartCheck> absent() {
    if (words_.empty()) return Absent{};
    if (words_.size() == 1 && words_.front().text == "or_else") return Absent{.or_else = true};
    return fail("write absent; or absent:or_else;");
  }

 private:
  std::nullopt_t fail(std::string message) {
    faults_.push_back({option_.value ? option_.value_at : option_.at, std::move(message)});
    return std::nullopt;
  }

  // Units as Suricata takes them: KiB, MiB, GiB.
  static std::optional<std::uint64_t> length(std::string_view text) {
    text = trimmed(text);
    const auto digits = std::min(text.find_first_not_of("0123456789xabcdefABCDEF"), text.size());
    std::string unit(trimmed(text.substr(digits)));
    std::transform(unit.begin(), unit.end(), unit.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const unsigned shift = unit == "kib" ? 10 : unit == "mib" ? 20 : unit == "gib" ? 30 : 0;
    const auto number = unsigned_number(text.substr(0, digits));
    if (!number || *number > 0xffff'ffff || (shift == 0 && !unit.empty())) return std::nullopt;
    return *number << shift;
  }

  const SignatureOption& option_;
  std::vector<PartWord> words_;
  RuleFaults& faults_;
};

}  // namespace

std::span<const std::string_view> check_keywords() noexcept { return keywords; }

std::optional<PartCheck> read_part_check(const SignatureOption& option, PartVariables& variables,
                                         DatasetFiles& datasets, RuleFaults& faults) {
  if (option.name == "dataset" || option.name == "datarep") {
    auto dataset = read_dataset(option, datasets, faults);
    if (!dataset) return std::nullopt;
    return std::move(*dataset);
  }
  CheckReader reader(option, faults);
  if (option.name == "isdataat") return reader.data_at(variables);
  if (option.name == "bsize" || option.name == "urilen") return reader.size();
  if (option.name == "base64_decode") return reader.base64();
  if (option.name == "absent") return reader.absent();
  auto read = read_byte_operation(option, variables, faults);
  if (!read) return std::nullopt;
  return *read;
}

bool is_raw_length(const SignatureOption& option) {
  const auto words = comma_words(option);
  return words.size() == 2 && words[1].text == "raw";
}

}  // namespace sluice
