#include "rules/signatures/signature_part_bytes.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/text/utf8.hh"

namespace sluice {
namespace {

using Kind = ByteOperation::Kind;
using Operator = ByteOperation::Operator;

constexpr std::array<std::string_view, 4> keywords{"byte_test", "byte_jump", "byte_extract", "byte_math"};

constexpr std::int64_t offset_limit = 65'535;  // bytes, either way
constexpr std::int64_t multiplier_limit = 65'535;
constexpr std::int64_t binary_limit = 8;  // bytes of a binary number
// Digits that no 64-bit number exceeds, a 0 in front with them; of a number whose base it says itself, those of an
// octal one.
constexpr std::int64_t octal_limit = 23;
constexpr std::int64_t decimal_limit = 20;
constexpr std::int64_t hex_limit = 14;

struct OperatorName {
  std::string_view name;
  Operator operation;
};
constexpr std::array<OperatorName, 7> comparisons{{{"<", Operator::less},
                                                   {"<=", Operator::less_equal},
                                                   {">", Operator::greater},
                                                   {">=", Operator::greater_equal},
                                                   {"=", Operator::equal},
                                                   {"&", Operator::bits_and},
                                                   {"^", Operator::bits_xor}}};
constexpr std::array<OperatorName, 6> calculations{{{"+", Operator::add},
                                                    {"-", Operator::subtract},
                                                    {"/", Operator::divide},
                                                    {"*", Operator::multiply},
                                                    {"<<", Operator::shift_left},
                                                    {">>", Operator::shift_right}}};

class ByteReader {
 public:
  ByteReader(const SignatureOption& option, PartVariables& variables, RuleFaults& faults)
      : option_(option), words_(comma_words(option)), variables_(variables), faults_(faults) {
    const auto* const found = std::find(keywords.begin(), keywords.end(), option.name);
    out_.kind = static_cast<Kind>(found - keywords.begin());
    if (out_.kind == Kind::extract || out_.kind == Kind::math) out_.base = 10;  // as Suricata takes text without a base
  }

  std::optional<ByteOperation> read() {
    const auto before = faults_.size();
    const bool in_order = out_.kind == Kind::math ? read_named() : read_placed();
    if (in_order && faults_.size() == before) check();
    if (faults_.size() != before) return std::nullopt;
    // Set last: an operation does not see its own result.
    if (out_.kind == Kind::extract || out_.kind == Kind::math) {
      const auto result = variables_.set(result_.text);
      if (!result) {
        fail(result_.at, fmt::format("\"{}\" names no variable, or the rule has more than {}: write letters and digits",
                                     printable(result_.text), signature_variable_limit));
        return std::nullopt;
      }
      out_.result = *result;
    }
    return out_;
  }

 private:
  void fail(std::size_t at, std::string message) { faults_.push_back({at, std::move(message)}); }

  static std::string_view shape(Kind kind) {
    switch (kind) {
      case Kind::test: return "byte_test:BYTES, OPERATOR, VALUE, OFFSET, ...";
      case Kind::jump: return "byte_jump:BYTES, OFFSET, ...";
      case Kind::extract: return "byte_extract:BYTES, OFFSET, NAME, ...";
      case Kind::math: return "byte_math:bytes N, offset N, oper + - / * << >>, rvalue N, result NAME, ...";
    }
    return {};
  }

  template <typename Number>
  void number(const PartWord& word, Number& out, PartVariable& variable, std::int64_t low, std::int64_t high) {
    if (const auto value = signed_number(word.text, low, high)) {
      out = static_cast<Number>(*value);
    } else if (const auto known = variables_.find(word.text)) {
      variable = known;
    } else {
      fail(word.at,
           fmt::format("\"{}\" is no number from {} to {}, and no byte_extract or byte_math before this sets it",
                       printable(word.text), low, high));
    }
  }

  void value(const PartWord& word) {
    if (const auto read = unsigned_number(word.text)) {
      out_.value = *read;
    } else if (const auto known = variables_.find(word.text)) {
      out_.value_variable = known;
    } else {
      fail(word.at, fmt::format("\"{}\" is no number, and no byte_extract or byte_math before this sets it",
                                printable(word.text)));
    }
  }

  template <std::size_t Count>
  void operation(const PartWord& word, const std::array<OperatorName, Count>& names) {
    auto text = word.text;
    if (out_.kind == Kind::test && text.starts_with('!')) {
      out_.negated = true;
      text.remove_prefix(1);
      while (text.starts_with(' ')) text.remove_prefix(1);
      if (text.empty()) text = "=";
    }
    const auto* const found =
        std::find_if(names.begin(), names.end(), [&](const OperatorName& entry) { return entry.name == text; });
    if (found == names.end())
      return fail(word.at, fmt::format("operator \"{}\": write {}", printable(word.text), shape(out_.kind)));
    out_.operation = found->operation;
  }

  // byte_test, byte_jump, byte_extract: the first words have their places.
  bool read_placed() {
    const std::size_t placed = out_.kind == Kind::test ? 4 : out_.kind == Kind::jump ? 2 : 3;
    if (words_.size() < placed) {
      fail(option_.value_at, fmt::format("too few values: write {}", shape(out_.kind)));
      return false;
    }
    number(words_[0], out_.bytes, out_.bytes_variable, 0, octal_limit);
    if (out_.kind == Kind::test) {
      operation(words_[1], comparisons);
      value(words_[2]);
    }
    number(words_[out_.kind == Kind::test ? 3 : 1], out_.offset, out_.offset_variable, -offset_limit, offset_limit);
    if (out_.kind == Kind::extract) result_ = words_[2];
    for (auto word = words_.begin() + static_cast<std::ptrdiff_t>(placed); word != words_.end(); ++word)
      modifier(*word);
    return true;
  }

  // byte_math: each value behind its name, in any order.
  bool read_named() {
    bool bytes = false;
    bool offset = false;
    bool oper = false;
    bool rvalue = false;
    for (const auto& word : words_) {
      const auto [name, value] = name_and_value(word);
      if (name.text == "bytes") {
        number(value, out_.bytes, out_.bytes_variable, 1, octal_limit);
        bytes = true;
      } else if (name.text == "offset") {
        number(value, out_.offset, out_.offset_variable, -offset_limit, offset_limit);
        offset = true;
      } else if (name.text == "oper") {
        operation(value, calculations);
        oper = true;
      } else if (name.text == "rvalue") {
        this->value(value);
        rvalue = true;
      } else if (name.text == "result") {
        result_ = value;
      } else {
        modifier(word);
      }
    }
    if (bytes && offset && oper && rvalue && !result_.text.empty()) return true;
    fail(option_.value_at, fmt::format("a value is missing: write {}", shape(out_.kind)));
    return false;
  }

  void modifier(const PartWord& word) {
    const auto [name, value] = name_and_value(word);
    const bool is_jump = out_.kind == Kind::jump;
    const bool scales = is_jump || out_.kind == Kind::extract;
    if (value.text.empty()) {
      if (name.text == "relative") return flag(out_.relative);
      if (name.text == "big" || name.text == "little") return endianness(name);
      if (name.text == "string") return flag(out_.text);
      if (name.text == "hex" || name.text == "dec" || name.text == "oct") return base(name);
      if (name.text == "dce") return fail(word.at, "dce: DCERPC is not parsed here, write big or little instead");
      if (is_jump && name.text == "align") return flag_align(4);
      if (is_jump && name.text == "from_beginning") return from(ByteOperation::From::beginning, word);
      if (is_jump && name.text == "from_end") return from(ByteOperation::From::end, word);
    } else {
      if (name.text == "bitmask" && out_.kind != Kind::extract) return bitmask(value);
      if (name.text == "endian") return endianness(value);
      if (name.text == "string") {
        flag(out_.text);
        return base(value);
      }
      if (scales && name.text == "multiplier") return multiplier(value);
      if (out_.kind == Kind::extract && name.text == "align" && (value.text == "2" || value.text == "4"))
        return flag_align(value.text == "2" ? 2 : 4);
      if (is_jump && name.text == "post_offset") {
        if (const auto read = signed_number(value.text, -offset_limit, offset_limit)) {
          out_.post_offset = static_cast<std::int32_t>(*read);
          return;
        }
      }
    }
    fail(word.at,
         fmt::format("{} does not take \"{}\": write {}", option_.name, printable(word.text), shape(out_.kind)));
  }

  static void flag(bool& flag) { flag = true; }
  void flag_align(std::uint8_t align) { out_.align = align; }
  void from(ByteOperation::From from, const PartWord& word) {
    if (out_.from != ByteOperation::From::number) fail(word.at, "from_beginning and from_end: a jump has one start");
    out_.from = from;
  }
  void endianness(const PartWord& word) {
    if (word.text == "dce") return fail(word.at, "dce: DCERPC is not parsed here, write big or little instead");
    if (word.text != "big" && word.text != "little")
      return fail(word.at, fmt::format("byte order \"{}\": write big or little", printable(word.text)));
    out_.little = word.text == "little";
  }
  void base(const PartWord& word) {
    out_.base = word.text == "hex" ? 16 : word.text == "dec" ? 10 : word.text == "oct" ? 8 : 0;
    if (out_.base == 0) fail(word.at, fmt::format("\"{}\": write string, hex or dec or oct", printable(word.text)));
    base_at_ = word.at;
  }
  void bitmask(const PartWord& word) {
    const auto read =
        unsigned_number(word.text.starts_with("0x") ? std::string(word.text) : fmt::format("0x{}", word.text));
    if (!read || *read == 0 || *read > 0xffff'ffff)
      return fail(word.at, fmt::format("bitmask \"{}\": write 0x1 to 0xffffffff", printable(word.text)));
    out_.bitmask = static_cast<std::uint32_t>(*read);
  }
  void multiplier(const PartWord& word) {
    const auto read = signed_number(word.text, 1, multiplier_limit);
    if (!read)
      return fail(word.at, fmt::format("multiplier \"{}\": write 1 to {}", printable(word.text), multiplier_limit));
    out_.multiplier = static_cast<std::uint32_t>(*read);
  }

  void check() {
    if (base_at_ != 0 && !out_.text) return fail(base_at_, "hex, dec and oct are of digits: write string before it");
    if (out_.bytes_variable) return;
    const auto limit = !out_.text        ? binary_limit
                       : out_.base == 16 ? hex_limit
                       : out_.base == 10 ? decimal_limit
                                         : octal_limit;
    // A jump may be the number 0 that nothing is read for: it goes where post_offset says.
    const std::int64_t least = out_.kind == Kind::jump ? 0 : 1;
    if (out_.bytes < least || out_.bytes > limit)
      fail(option_.value_at, fmt::format("{} bytes: {} to {} may be read", out_.bytes, least, limit));
  }

  const SignatureOption& option_;
  std::vector<PartWord> words_;
  PartVariables& variables_;
  RuleFaults& faults_;
  ByteOperation out_;
  PartWord result_;
  std::size_t base_at_ = 0;
};

}  // namespace

std::span<const std::string_view> byte_keywords() noexcept { return keywords; }

std::optional<ByteOperation> read_byte_operation(const SignatureOption& option, PartVariables& variables,
                                                 RuleFaults& faults) {
  return ByteReader(option, variables, faults).read();
}

}  // namespace sluice
