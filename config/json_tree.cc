#include "config/json_tree.hh"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace sluice::config {
namespace {

using nlohmann::json;

// Finds where tokens begin. The JSON parser does not say, but it has accepted every token before it calls, so that
// walking over the text needs no checks of its own.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;  // byte order mark, which the parser skips too
  }

  // The offset of the next token that is neither ',' nor ':'; the cursor then stands behind it.
  std::size_t next() {
    const auto start = past_separator(text_.size());
    at_ = end_of_token(start);
    return start;
  }

  // The offset behind the token that next() found.
  [[nodiscard]] std::size_t behind() const { return at_; }

  // The offset of a token that was refused after `read` bytes of the text had been read. `comma`: whether a comma
  // stands before it.
  [[nodiscard]] std::size_t refused(std::size_t read, bool& comma) const {
    const auto start = past_blank(at_);
    const auto behind = past_separator(read == 0 ? 0 : read - 1);
    comma = behind != start && text_[start] == ',';
    return behind;
  }

 private:
  [[nodiscard]] std::size_t past_separator(std::size_t limit) const {
    const auto start = past_blank(at_);
    const bool separator = start < std::min(limit, text_.size()) && (text_[start] == ',' || text_[start] == ':');
    return separator ? past_blank(start + 1) : start;
  }

  [[nodiscard]] std::size_t past_blank(std::size_t at) const {
    while (at < text_.size()) {
      if (text_.substr(at, 2) == "//") {
        at = std::min(text_.find_first_of("\r\n", at), text_.size());
      } else if (text_.substr(at, 2) == "/*") {
        const auto end = text_.find("*/", at + 2);
        if (end == std::string_view::npos) return at;  // never closed: the comment itself is what is wrong
        at = end + 2;
      } else if (std::string_view(" \t\r\n").find(text_[at]) != std::string_view::npos) {
        ++at;
      } else {
        break;
      }
    }
    return at;
  }

  [[nodiscard]] std::size_t end_of_token(std::size_t at) const {
    if (at >= text_.size()) return text_.size();
    if (text_[at] == '"') {
      for (++at; at < text_.size() && text_[at] != '"'; ++at) {
        if (text_[at] == '\\') ++at;
      }
      return std::min(at + 1, text_.size());
    }
    if (std::string_view("{}[]").find(text_[at]) != std::string_view::npos) return at + 1;
    if (text_[at] == 't' || text_[at] == 'n') return at + 4;
    if (text_[at] == 'f') return at + 5;
    return end_of_number(at);
  }

  // RFC 8259 section 6: no digit follows a leading zero, so that "01" is two tokens.
  [[nodiscard]] std::size_t end_of_number(std::size_t at) const {
    const auto skip_any_of = [&](std::string_view characters) {
      const bool one = at < text_.size() && characters.find(text_[at]) != std::string_view::npos;
      at += one ? 1 : 0;
      return one;
    };
    const auto skip_digits = [&] { at = std::min(text_.find_first_not_of("0123456789", at), text_.size()); };
    skip_any_of("-");
    if (!skip_any_of("0")) skip_digits();
    if (skip_any_of(".")) skip_digits();
    if (skip_any_of("eE")) {
      skip_any_of("+-");
      skip_digits();
    }
    return at;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class TreeBuilder final : public nlohmann::json_sax<json> {
 public:
  TreeBuilder(std::string_view text, Faults& faults) : text_(text), faults_(&faults), cursor_(text) {}

  JsonNode root;

  bool null() override { return leaf(JsonNode::Kind::null) != nullptr; }
  bool boolean(bool value) override {
    auto* node = leaf(JsonNode::Kind::boolean);
    if (node != nullptr) node->boolean = value;
    return node != nullptr;
  }
  bool number_integer(number_integer_t value) override { return number(JsonNode::Kind::integer, value); }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto fits = value <= static_cast<number_unsigned_t>(most);
    return number(JsonNode::Kind::integer, fits ? static_cast<std::int64_t>(value) : most);
  }
  bool number_float(number_float_t, const string_t&) override { return number(JsonNode::Kind::fraction, 0); }
  bool string(string_t& value) override {
    auto* node = leaf(JsonNode::Kind::text);
    if (node != nullptr) node->text = value;
    return node != nullptr;
  }
  bool binary(binary_t&) override { return false; }  // no such thing in a text

  bool start_object(std::size_t) override { return open(JsonNode::Kind::object); }
  bool start_array(std::size_t) override { return open(JsonNode::Kind::list); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    const auto offset = cursor_.next();
    if (!count(offset)) return false;
    open_.back()->members.push_back({name, offset, {}});
    return true;
  }

  bool parse_error(std::size_t read, const std::string&, const json::exception& error) override {
    bool comma = false;
    auto offset = cursor_.refused(read, comma);
    std::string_view message = error.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 2: MESSAGE; last read: '...'"
    constexpr std::string_view lexical = "invalid string: ";
    if (const auto place = message.find(", column "); place != std::string_view::npos) {
      message.remove_prefix(std::min(message.find(": ", place) + 2, message.size()));
    } else if (const auto name = message.find("] "); name != std::string_view::npos) {
      message.remove_prefix(name + 2);
    }
    message = message.substr(0, message.find("; last read:"));
    // Inside a long text the byte matters; a quotation mark that is missing is missing from where the text began.
    const bool inside = message.find(lexical) != std::string_view::npos &&
                        message.find("missing closing quote") == std::string_view::npos;
    if (inside && read > 0) offset = read - 1;
    offset = std::min(offset, text_.size());
    const bool closing = offset < text_.size() && (text_[offset] == '}' || text_[offset] == ']');
    if (comma && closing) {
      faults_->push_back({offset, fmt::format("no comma may stand before the closing {}", text_[offset])});
    } else {
      faults_->push_back({offset, complete(message)});
    }
    return false;
  }

 private:
  bool count(std::size_t offset) {
    if (++values_ <= values_limit) return true;
    faults_->push_back({offset, fmt::format("more than {} keys and values", values_limit)});
    return false;
  }

  // The parser says "expected '}'" where a comma would do as well, and is what most often is missing.
  static std::string complete(std::string_view message) {
    for (const std::string_view bracket : {"'}'", "']'"}) {
      if (!message.ends_with(bracket)) continue;
      message.remove_suffix(bracket.size());
      return fmt::format("{}',' or {}", message, bracket);
    }
    return std::string(message);
  }

  // A new node at its place in the tree; nullptr where a limit is hit.
  JsonNode* leaf(JsonNode::Kind kind) {
    const auto offset = cursor_.next();
    if (!count(offset)) return nullptr;
    JsonNode* node = &root;
    if (!open_.empty()) {
      auto& parent = *open_.back();
      node = parent.kind == JsonNode::Kind::list ? &parent.items.emplace_back() : &parent.members.back().value;
    }
    node->kind = kind;
    node->offset = offset;
    return node;
  }

  bool number(JsonNode::Kind kind, std::int64_t value) {
    auto* node = leaf(kind);
    if (node == nullptr) return false;
    node->text = text_.substr(node->offset, cursor_.behind() - node->offset);
    node->integer = value;
    return true;
  }

  bool open(JsonNode::Kind kind) {
    auto* node = leaf(kind);
    if (node == nullptr) return false;
    node->complete = false;
    if (open_.size() == nesting_limit) {
      faults_->push_back({node->offset, fmt::format("nested more than {} deep", nesting_limit)});
      return false;
    }
    open_.push_back(node);  // stays in place: only the innermost open node grows
    return true;
  }

  bool close() {
    (void)cursor_.next();
    open_.back()->complete = true;
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  Faults* faults_;
  Cursor cursor_;
  std::vector<JsonNode*> open_;
  std::size_t values_ = 0;
};

}  // namespace

JsonNode empty_object() {
  JsonNode node;
  node.kind = JsonNode::Kind::object;
  return node;
}

JsonNode read_json(std::string_view text, Faults& faults) {
  // The parser takes a zero byte for the end of the text, and would leave what follows unread.
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    faults.push_back({zero, "a zero byte: this is no text file"});
    text = text.substr(0, zero);
  }
  TreeBuilder builder(text, faults);
  (void)json::sax_parse(text, &builder, json::input_format_t::json, true, true);
  return std::move(builder.root);
}

}  // namespace sluice::config
