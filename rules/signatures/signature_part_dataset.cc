#include "rules/signatures/signature_part_dataset.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::array<std::string_view, 4> commands{"isset", "isnotset", "set", "unset"};
constexpr std::array<std::string_view, 7> types{"", "string", "md5", "sha256", "ipv4", "ipv6", "ip"};
constexpr std::size_t name_limit = 63;  // bytes, as in Suricata

class DatasetReader {
 public:
  DatasetReader(const SignatureOption& option, DatasetFiles& files, RuleFaults& faults)
      : option_(option),
        words_(comma_words(option)),
        files_(files),
        faults_(faults),
        is_rep_(option.name == "datarep") {}

  std::optional<DatasetCheck> read() {
    const auto before = faults_.size();
    const std::size_t placed = is_rep_ ? 3 : 2;
    if (words_.size() < placed) {
      fail(option_.value_at, is_rep_ ? "write datarep:NAME, >, VALUE, load FILE, type string;"
                                     : "write dataset:isset, NAME, type string, load FILE;");
      return std::nullopt;
    }
    is_rep_ ? read_reputation() : read_command();
    for (auto word = words_.begin() + static_cast<std::ptrdiff_t>(placed); word != words_.end(); ++word) option(*word);
    if (faults_.size() == before) load();
    if (faults_.size() != before) return std::nullopt;
    return out_;
  }

 private:
  void fail(std::size_t at, std::string message) { faults_.push_back({at, std::move(message)}); }

  void read_command() {
    const auto* const found = std::find(commands.begin(), commands.end(), words_[0].text);
    if (found == commands.end())
      fail(words_[0].at, fmt::format("\"{}\": write isset, isnotset, set or unset", printable(words_[0].text)));
    out_.command = static_cast<DatasetCheck::Command>(found - commands.begin());
    name(words_[1]);
  }

  void read_reputation() {
    out_.command = DatasetCheck::Command::reputation;
    format_.has_reputation = true;
    name(words_[0]);
    const auto sign = words_[1].text;
    if (sign != "<" && sign != ">" && sign != "==")
      fail(words_[1].at, fmt::format("\"{}\": write <, > or ==", printable(sign)));
    out_.comparison = sign == "<"   ? DatasetCheck::Comparison::less
                      : sign == ">" ? DatasetCheck::Comparison::greater
                                    : DatasetCheck::Comparison::equal;
    const auto value = signed_number(words_[2].text, 0, 65'535);
    if (!value)
      fail(words_[2].at, fmt::format("\"{}\": write a reputation from 0 to 65535", printable(words_[2].text)));
    out_.reputation = static_cast<std::uint16_t>(value.value_or(0));
  }

  void name(const PartWord& word) {
    const bool plain = std::none_of(word.text.begin(), word.text.end(), is_control);
    if (word.text.empty() || word.text.size() > name_limit || !plain)
      fail(word.at, fmt::format("a dataset has a name of 1 to {} bytes", name_limit));
    out_.name = word.text;
  }

  void option(const PartWord& word) {
    const auto [name, value] = name_and_value(word);
    if (name.text == "type") {
      const auto* const found = std::find(types.begin() + 1, types.end(), value.text);
      if (found == types.end())
        return fail(word.at,
                    fmt::format("type \"{}\": write string, md5, sha256, ipv4, ipv6 or ip", printable(value.text)));
      out_.type = static_cast<DatasetType>(found - types.begin());
    } else if (name.text == "load") {
      file_ = value;
    } else if (name.text == "state" || name.text == "save") {
      check_written(value);
    } else if (name.text == "match" && value.text == "subdomain") {
      out_.subdomains = true;
    } else if (name.text == "format") {
      if (value.text == "json")
        format_.kind = DatasetFormat::Kind::json;
      else if (value.text == "ndjson" || value.text == "jsonline")
        format_.kind = DatasetFormat::Kind::lines_of_json;
      else if (value.text != "csv")
        fail(value.at, fmt::format("format \"{}\": write csv, json or ndjson", printable(value.text)));
    } else if (name.text == "value_key") {
      format_.value_key = value.text;
    } else if (name.text == "array_key") {
      format_.array_key = value.text;
    } else if (name.text != "memcap" && name.text != "hashsize" && name.text != "context_key" &&
               name.text != "enrichment_key" && name.text != "remove_key") {
      // Memory is bounded here for all sets together, and alerts carry nothing of what a set says of a value.
      fail(word.at, fmt::format("{} does not take \"{}\"", option_.name, printable(word.text)));
    }
  }

  // As Suricata judges what a rule might write to. Here nothing is written, and the set lives as long as its rules.
  void check_written(const PartWord& path) {
    if (path.text.starts_with('/')) return fail(path.at, "an absolute path: Suricata writes sets below its own folder");
    for (std::string_view rest = path.text; !rest.empty();) {
      const auto slash = std::min(rest.find_first_of("/\\"), rest.size());
      if (rest.substr(0, slash) == "..") return fail(path.at, "a path that leads to a folder above: leave out \"..\"");
      rest.remove_prefix(std::min(slash + 1, rest.size()));
    }
  }

  void load() {
    if (file_.text.empty()) return;
    if (out_.type == DatasetType::unknown) return fail(file_.at, "load without a type: write type string, or another");
    auto values = files_.load(std::string(file_.text), out_.type, format_);
    if (!values) return fail(file_.at, fmt::format("dataset {}: {}", printable(file_.text), printable(values.error())));
    out_.values = std::move(*values);
  }

  const SignatureOption& option_;
  std::vector<PartWord> words_;
  DatasetFiles& files_;
  RuleFaults& faults_;
  bool is_rep_;
  DatasetCheck out_;
  DatasetFormat format_;
  PartWord file_;
};

}  // namespace

std::optional<DatasetCheck> read_dataset(const SignatureOption& option, DatasetFiles& files, RuleFaults& faults) {
  return DatasetReader(option, files, faults).read();
}

}  // namespace sluice
