#include "rules/imports/stix_pattern.hh"

#include <array>
#include <optional>
#include <utility>

namespace sluice {
namespace {

enum class Word : std::uint8_t { end, name, text, sign, open, close, bracket_open, bracket_close, comma };

struct Token {
  Word word = Word::end;
  std::string text;
};

using Tokens = std::vector<Token>;

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_of_name(char c) {
  return begins_name(c) || c == '-' || c == '_' || c == ':' || c == '.' || c == '\'' || c == '[' || c == '*';
}

tl::expected<std::string, StixPatternError> quoted(std::string_view text, std::size_t& at) {
  std::string out;
  for (++at; at < text.size() && text[at] != '\''; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out += text[at];
  }
  if (at >= text.size()) return tl::unexpected(StixPatternError::text);
  ++at;
  return out;
}

// "file:hashes.'SHA-1'", "a:b[0].c", "5.0", "AND": a path keeps its steps, without the quotes.
tl::expected<std::string, StixPatternError> name(std::string_view text, std::size_t& at) {
  std::string out;
  while (at < text.size() && is_of_name(text[at])) {
    if (text[at] == '\'') {
      if (out.empty() || out.back() != '.') break;
      auto step = quoted(text, at);
      if (!step) return step;
      out += *step;
    } else if (text[at] == '[') {
      const auto end = text.find(']', at);
      if (end == std::string_view::npos) return tl::unexpected(StixPatternError::form);
      out += text.substr(at, end - at + 1);
      at = end + 1;
    } else {
      out += text[at++];
    }
  }
  return out;
}

tl::expected<Tokens, StixPatternError> words_of(std::string_view text) {
  Tokens out;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = text[at];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++at;
      continue;
    }
    if (out.size() > 16 * stix_pattern_part_limit) return tl::unexpected(StixPatternError::too_many);
    if (c == '\'') {
      auto value = quoted(text, at);
      if (!value) return tl::unexpected(value.error());
      // t'...', b'...', h'...' have their letter in front: the letter came as a name.
      if (!out.empty() && out.back().word == Word::name && out.back().text.size() == 1) out.pop_back();
      out.push_back({Word::text, std::move(*value)});
    } else if (begins_name(c) || c == '-' || c == '+') {
      if (c == '-' || c == '+') ++at;
      auto value = name(text, at);
      if (!value) return tl::unexpected(value.error());
      out.push_back({Word::name, std::move(*value)});
    } else {
      constexpr std::string_view signs = "=!<>";
      const auto word = c == '('   ? Word::open
                        : c == ')' ? Word::close
                        : c == '[' ? Word::bracket_open
                        : c == ']' ? Word::bracket_close
                        : c == ',' ? Word::comma
                                   : Word::sign;
      if (word == Word::sign && signs.find(c) == std::string_view::npos)
        return tl::unexpected(StixPatternError::character);
      std::string sign(1, c);
      ++at;
      while (word == Word::sign && at < text.size() && signs.find(text[at]) != std::string_view::npos)
        sign += text[at++];
      out.push_back({word, std::move(sign)});
    }
  }
  return out;
}

void either(StixPattern& into, StixPattern&& other) {
  for (auto& one : other.alternatives) into.alternatives.push_back(std::move(one));
  into.conjunctions += other.conjunctions;
  into.others += other.others;
}

class Parser {
 public:
  explicit Parser(Tokens tokens) : tokens_(std::move(tokens)) {}

  tl::expected<StixPattern, StixPatternError> parse() {
    auto out = joined(0, true);
    if (error_) return tl::unexpected(*error_);
    if (at_ != tokens_.size()) return tl::unexpected(StixPatternError::form);
    return out;
  }

 private:
  [[nodiscard]] bool is(Word word) const { return at_ < tokens_.size() && tokens_[at_].word == word; }
  [[nodiscard]] bool is(std::string_view keyword) const { return is(Word::name) && tokens_[at_].text == keyword; }
  bool take(Word word) { return is(word) && (++at_, true); }
  bool take(std::string_view keyword) { return is(keyword) && (++at_, true); }
  StixPattern fail(StixPatternError error) {
    if (!error_) error_ = error;
    return {};
  }

  // Parts with AND, OR and FOLLOWEDBY between them; AND binds closer than OR (section 9.5), and what needs more than
  // one part is no alternative by itself.
  StixPattern joined(std::size_t depth, bool of_observations) {
    if (depth > stix_pattern_depth_limit) return fail(StixPatternError::too_deep);
    StixPattern out;
    while (!error_) {
      auto part = of_observations ? observation(depth) : comparison(depth);
      bool together = false;
      while (!error_ && (take("AND") || take("FOLLOWEDBY"))) {
        together = true;
        auto next = of_observations ? observation(depth) : comparison(depth);
        part.others += next.others;
      }
      if (together) part = {{}, 1, 0};
      either(out, std::move(part));
      if (!take("OR")) break;
    }
    return out;
  }

  StixPattern observation(std::size_t depth) {
    StixPattern out;
    if (take(Word::open)) {
      out = joined(depth + 1, true);
      if (!take(Word::close)) return fail(StixPatternError::form);
    } else {
      if (!take(Word::bracket_open)) return fail(StixPatternError::form);
      out = joined(depth + 1, false);
      if (!take(Word::bracket_close)) return fail(StixPatternError::form);
    }
    return qualified(std::move(out));
  }

  // WITHIN 5 SECONDS, REPEATS 2 TIMES: more than one sight is asked for, so that one alone says less.
  // START t'...' STOP t'...': of that time only.
  StixPattern qualified(StixPattern out) {
    while (!error_) {
      if (take("START")) {
        if (!take(Word::text) || !take("STOP") || !take(Word::text)) return fail(StixPatternError::form);
      } else if (is("WITHIN") || is("REPEATS")) {
        at_ += 3;
        if (at_ > tokens_.size()) return fail(StixPatternError::form);
      } else {
        return out;
      }
      out = {{}, 1, 0};
    }
    return out;
  }

  StixPattern comparison(std::size_t depth) {
    if (take(Word::open)) {
      auto out = joined(depth + 1, false);
      if (!take(Word::close)) return fail(StixPatternError::form);
      return out;
    }
    if (++parts_ > stix_pattern_part_limit) return fail(StixPatternError::too_many);
    if (take("EXISTS")) return take(Word::name) ? StixPattern{{}, 0, 1} : fail(StixPatternError::form);
    if (!is(Word::name)) return fail(StixPatternError::form);
    const auto path = tokens_[at_++].text;
    const bool negated = take("NOT");
    if (take("IN")) return any_of(path, negated);
    bool names_value = take("ISSUBSET");
    if (!names_value) {
      names_value = is(Word::sign) && tokens_[at_].text == "=";
      if (!take(Word::sign) && !take("LIKE") && !take("MATCHES") && !take("ISSUPERSET"))
        return fail(StixPatternError::form);
    }
    if (!is(Word::text) && !is(Word::name)) return fail(StixPatternError::form);
    auto value = tokens_[at_++].text;
    if (negated || !names_value) return {{}, 0, 1};
    return {{{path, std::move(value)}}, 0, 0};
  }

  StixPattern any_of(const std::string& path, bool negated) {
    StixPattern out;
    if (!take(Word::open)) return fail(StixPatternError::form);
    do {
      if (!is(Word::text) && !is(Word::name)) return fail(StixPatternError::form);
      if (++parts_ > stix_pattern_part_limit) return fail(StixPatternError::too_many);
      out.alternatives.push_back({path, tokens_[at_++].text});
    } while (take(Word::comma));
    if (!take(Word::close)) return fail(StixPatternError::form);
    return negated ? StixPattern{{}, 0, 1} : out;
  }

  Tokens tokens_;
  std::size_t at_ = 0;
  std::size_t parts_ = 0;
  std::optional<StixPatternError> error_;
};

}  // namespace

std::string_view explain(StixPatternError error) noexcept {
  switch (error) {
    case StixPatternError::too_long: return "a pattern longer than 65536 bytes";
    case StixPatternError::too_deep: return "a pattern with more than 32 brackets within each other";
    case StixPatternError::too_many: return "a pattern with more than 4096 comparisons";
    case StixPatternError::character: return "a pattern with a character that the language does not have";
    case StixPatternError::text: return "a pattern with a text that does not end";
    case StixPatternError::form: return "no pattern of STIX";
  }
  return "no pattern of STIX";
}

tl::expected<StixPattern, StixPatternError> parse_stix_pattern(std::string_view text) {
  if (text.size() > stix_pattern_size_limit) return tl::unexpected(StixPatternError::too_long);
  auto tokens = words_of(text);
  if (!tokens) return tl::unexpected(tokens.error());
  return Parser(std::move(*tokens)).parse();
}

}  // namespace sluice
