// Filter lists in the language of AdBlock Plus and AdGuard, as far as it speaks of hosts.
#include <algorithm>
#include <array>

#include "rules/imports/import.hh"
#include "rules/imports/import_line.hh"
#include "rules/imports/import_value.hh"

namespace sluice {
namespace {

// Marks between a list of domains and what is done to the page: element hiding, styles, scripts, and their exceptions.
constexpr std::array<std::string_view, 12> cosmetic_marks{"##",   "#@#",   "#?#", "#@?#", "#$#", "#@$#",
                                                          "#$?#", "#@$?#", "#%#", "#@%#", "$$",  "$@$"};

bool is_cosmetic(std::string_view line) {
  return std::any_of(cosmetic_marks.begin(), cosmetic_marks.end(),
                     [&](std::string_view mark) { return line.find(mark) != std::string_view::npos; });
}

// Options under which a filter still holds for all that goes to the host.
bool keeps_meaning(std::string_view options) {
  while (!options.empty()) {
    const auto option = options.substr(0, options.find(','));
    options.remove_prefix(std::min(option.size() + 1, options.size()));
    if (option != "important" && option != "all") return false;
  }
  return true;
}

// The pattern of a filter without its anchors; `below` where it takes in the names below too ("||").
struct Pattern {
  std::string_view text;
  bool below = false;
};

Pattern pattern_of(std::string_view filter) {
  Pattern pattern{filter, false};
  if (pattern.text.starts_with("||")) {
    pattern.text.remove_prefix(2);
    pattern.below = true;
  } else if (pattern.text.starts_with("|")) {
    pattern.text.remove_prefix(1);
  }
  if (pattern.text.ends_with("|")) pattern.text.remove_suffix(1);
  if (pattern.text.ends_with("^*")) pattern.text.remove_suffix(2);
  if (pattern.text.ends_with("^")) pattern.text.remove_suffix(1);
  if (pattern.text.starts_with("://")) pattern.text.remove_prefix(3);
  return pattern;
}

void filter(std::string_view line, std::size_t place, const ImportedRow& origin, ImportedRows& into) {
  auto rest = line;
  const bool exception = rest.starts_with("@@");
  if (exception) rest.remove_prefix(2);
  if (rest.size() > 1 && rest.starts_with("/") && rest.find('/', 1) != std::string_view::npos &&
      rest.find_first_of("\\^$(|") != std::string_view::npos)
    return into.leave(LeftOut::pattern, place, line);
  if (const auto at = rest.rfind('$'); at != std::string_view::npos) {
    if (!keeps_meaning(rest.substr(at + 1))) return into.leave(LeftOut::narrowed, place, line);
    rest = rest.substr(0, at);
  }
  // A line of a hosts file stands in many of these lists.
  if (const auto blank = rest.find_first_of(" \t"); blank != std::string_view::npos) {
    if (rest.starts_with("0.0.0.0") || rest.starts_with("127.0.0.1") || rest.starts_with("::"))
      return import_lines(ImportFormat::hosts, line, origin, into, place);
    return into.leave(LeftOut::malformed, place, line);
  }
  const auto pattern = pattern_of(rest);
  if (pattern.text.find_first_of("*^|") != std::string_view::npos && !pattern.text.starts_with("*."))
    return into.leave(LeftOut::pattern, place, line);
  auto row = origin;
  // Without "||" a filter is looked for anywhere in a URL; a bare name is one that AdGuard's DNS filters take.
  const bool anywhere = !pattern.below && !rest.starts_with("|") && pattern.text.find('/') != std::string_view::npos;
  if (anywhere && !pattern.text.starts_with("/")) return into.leave(LeftOut::pattern, place, line);
  if (!read_import_value(pattern.text, place, into, row)) return;
  if (row[ListColumn::kind] == "url" && pattern.below) into.note(TakenAs::one_host, place, line);
  if (exception)
    into.allow(std::move(row), place);
  else
    into.take(std::move(row), place);
}

}  // namespace

void import_adblock(std::string_view text, const ImportedRow& origin, ImportedRows& into) {
  ImportLines lines(text);
  for (std::string_view line; lines.next(line);) {
    if (line.empty() || line.front() == '!' || (line.front() == '[' && line.ends_with("]"))) continue;
    if (is_cosmetic(line)) {
      into.leave(LeftOut::cosmetic, lines.number(), line);
    } else if (line.front() != '#') {
      filter(line, lines.number(), origin, into);
    }
  }
}

}  // namespace sluice
