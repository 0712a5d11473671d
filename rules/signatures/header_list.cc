#include "rules/signatures/header_list.hh"

#include <fmt/format.h>

#include "rules/text/list_file.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

class ListWalk {
 public:
  ListWalk(std::vector<HeaderItem>& items, RuleFaults& faults) : items_(items), faults_(faults) {}

  void walk(std::string_view text, std::size_t at, bool negated, unsigned depth) {
    const auto trimmed_text = trimmed(text);
    if (trimmed_text.empty()) return fail(at, "an empty item in a list: remove a comma or write what is missing");
    at += static_cast<std::size_t>(trimmed_text.data() - text.data());
    text = trimmed_text;
    if (text.front() == '!') {
      if (negated) return fail(at, "a ! inside what is negated already: write the list without one of the two");
      return walk(text.substr(1), at + 1, true, depth);
    }
    if (text.front() != '[') {
      const auto bracket = text.find_first_of("[]");
      if (bracket != std::string_view::npos)
        return fail(at + bracket, "a bracket that fits no other: write lists as [a,b]");
      items_.push_back({text, at, negated});
      return;
    }
    if (depth == header_nesting_limit)
      return fail(at, fmt::format("lists in lists more than {} deep: write them as one", header_nesting_limit));
    walk_elements(text, at, negated, depth + 1);
  }

 private:
  void fail(std::size_t at, std::string message) { faults_.push_back({at, std::move(message)}); }

  // [a,b]: the text begins with the bracket.
  void walk_elements(std::string_view text, std::size_t at, bool negated, unsigned depth) {
    std::size_t from = 1;
    unsigned open = 1;
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '[') ++open;
      if (text[i] == ']') --open;
      const bool last = open == 0;
      if (last && i + 1 != text.size()) return fail(at + i + 1, "text behind the end of a list: put a comma there");
      if (!last && !(text[i] == ',' && open == 1)) continue;
      walk(text.substr(from, i - from), at + from, negated, depth);
      from = i + 1;
      if (last) return;
    }
    fail(at, "the bracket opened here is never closed");
  }

  std::vector<HeaderItem>& items_;
  RuleFaults& faults_;
};

}  // namespace

std::vector<HeaderItem> header_items(std::string_view text, std::size_t at, RuleFaults& faults) {
  std::vector<HeaderItem> items;
  ListWalk(items, faults).walk(text, at, false, 0);
  return items;
}

}  // namespace sluice
