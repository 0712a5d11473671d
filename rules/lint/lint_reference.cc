#include "rules/lint/lint_reference.hh"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "rules/names/domain_name.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

// `take` is given each line that says something, and returns what is wrong with it, if anything is.
template <typename Take>
std::vector<ListError> each_line(std::string_view text, const std::string& path, const Take& take) {
  ListErrors errors{path};
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    if (auto error = take(line); !error.empty()) errors.add(number, 1, std::move(error));
  }
  return errors.take();
}

}  // namespace

const AddressRange* LintReference::hosting_of(const Address& address) const noexcept {
  const auto behind =
      std::upper_bound(shared_hosting.begin(), shared_hosting.end(), address,
                       [](const Address& value, const AddressRange& range) { return value < range.first; });
  if (behind != shared_hosting.begin() && std::prev(behind)->contains(address)) return &*std::prev(behind);
  return nullptr;
}

std::vector<ListError> add_shared_hosting(std::string_view text, const std::string& path, LintReference& reference) {
  auto errors = each_line(text, path, [&](std::string_view line) -> std::string {
    const auto range = AddressRange::parse(line);
    if (!range) return fmt::format("\"{}\" is no address and no prefix without bits behind it", printable(line));
    reference.shared_hosting.push_back(*range);
    return {};
  });
  auto& ranges = reference.shared_hosting;
  std::ranges::sort(ranges, [](const AddressRange& a, const AddressRange& b) {
    return a.first != b.first ? a.first < b.first : b.last < a.last;
  });
  // Of prefixes that lie in each other the widest stands for all.
  std::vector<AddressRange> apart;
  for (const auto& range : ranges)
    if (apart.empty() || apart.back().last < range.first) apart.push_back(range);
  ranges = std::move(apart);
  return errors;
}

std::vector<ListError> add_popular(std::string_view text, const std::string& path, LintReference& reference) {
  return each_line(text, path, [&](std::string_view line) -> std::string {
    const auto comma = line.find(',');
    const auto written = comma == std::string_view::npos ? line : trimmed(line.substr(comma + 1));
    const auto name = parse_domain_name(written);
    if (!name) return fmt::format("\"{}\" {}", printable(written), explain(name.error()));
    for (auto parent = *name; parent.find('.') != std::string::npos; parent.erase(0, parent.find('.') + 1))
      reference.popular.try_emplace(parent, *name);
    return {};
  });
}

}  // namespace sluice
