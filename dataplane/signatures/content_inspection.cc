#include "dataplane/signatures/content_inspection.hh"

#include <algorithm>
#include <array>
#include <string_view>

#include "rules/text/base64.hh"

namespace sluice {
namespace {

constexpr auto fold_table = [] {
  std::array<char, 256> table{};
  for (int byte = 0; byte < 256; ++byte)
    table[static_cast<std::size_t>(byte)] = static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + 0x20 : byte);
  return table;
}();
constexpr char fold(char byte) noexcept { return fold_table[static_cast<std::uint8_t>(byte)]; }

std::size_t find_nocase(std::string_view text, std::string_view wanted) noexcept {
  const auto same = [](char a, char b) { return fold(a) == b; };
  const auto at = std::search(text.begin(), text.end(), wanted.begin(), wanted.end(), same);
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

}  // namespace

char folded(char byte) noexcept { return fold(byte); }

std::int64_t ContentInspection::value(const PartVariable& variable) const noexcept {
  return place_of(tools_.values[*variable % tools_.values.size()]);
}

// `previous`: the end of the match before. At most signature_part_limit deep.
ContentInspection::Result ContentInspection::from(std::span<const MatchPart> parts, std::int64_t previous) noexcept {
  if (parts.empty()) return Result::match;
  if (tools_.budget.exceeded()) return Result::never;
  switch (parts.front().kind) {
    case MatchPart::Kind::content: return from_content(parts, previous);
    case MatchPart::Kind::pcre: return from_pcre(parts, previous);
    case MatchPart::Kind::check: return from_check(parts, previous);
  }
  return Result::never;
}

ContentInspection::Result ContentInspection::from_content(std::span<const MatchPart> parts,
                                                          std::int64_t previous) noexcept {
  const auto& part = parts.front();
  const auto failed = part.varies && !part.later_fails ? Result::another : Result::never;
  const auto base = buffer_.base;
  const auto end = buffer_.end();
  auto first = part.first_variable ? value(part.first_variable) : part.first;
  auto behind = part.behind;
  if (part.depth_variable)
    behind = std::min(behind, first + value(part.depth_variable));
  else if (part.first_variable && part.behind != MatchPart::no_bound)
    behind = first + part.behind;  // the depth alone, see part_of()
  first = std::max(base, first);
  if (part.relative) {
    // A distance below 0 comes out of byte_math as a very large number, and means what 32 bits of it say.
    const auto distance = part.distance_variable ? std::int64_t{static_cast<std::int32_t>(static_cast<std::uint32_t>(
                                                       tools_.values[*part.distance_variable % tools_.values.size()]))}
                                                 : part.distance;
    const auto within = part.within_variable ? value(part.within_variable) : part.within;
    first = std::max(first, previous + distance);
    behind = std::min(behind, previous + distance + within);
  }
  if (base > 0 && behind <= base) return failed;  // what stood there has gone by: it proves nothing
  if (part.endswith) first = std::max(first, end - static_cast<std::int64_t>(part.bytes.size()));
  behind = std::min(behind, end);

  if (part.negated) return find(part, first, behind) ? failed : from(parts.subspan(1), previous);
  while (const auto at = find(part, first, behind)) {
    const auto result = from(parts.subspan(1), *at + static_cast<std::int64_t>(part.bytes.size()));
    if (result != Result::another) return result;
    first = *at + 1;
  }
  return failed;
}

ContentInspection::Result ContentInspection::from_pcre(std::span<const MatchPart> parts,
                                                       std::int64_t previous) noexcept {
  const auto& part = parts.front();
  const auto failed = part.varies ? Result::another : Result::never;
  const auto base = buffer_.base;
  auto& budget = tools_.budget;
  // A relative expression sees nothing of what stands before: ^ and look-behinds begin there.
  const auto origin = part.relative ? std::clamp(previous, base, buffer_.end()) : base;
  const auto subject = buffer_.bytes.subspan(static_cast<std::size_t>(origin - base));
  // The middle of a stream is not its beginning, which is what ^ and A mean.
  const bool is_middle = !part.relative && base > 0 && !subject.empty();
  if (is_middle && part.anchored) return failed;
  for (std::size_t start = is_middle ? 1 : 0; start <= subject.size();) {
    const auto found = tools_.expressions.find(part.number, subject, start, *tools_.room.pcre);
    const bool is_found = found.outcome == PcreFound::Outcome::found;
    const auto places = part.anchored ? 1 : (is_found ? found.begin : subject.size()) - start + 1;
    budget.spend(1 + pcre_comparisons + places / pcre_places_a_comparison * (found.is_second_pass ? 2 : 1) +
                 found.hard_places * pcre_hard_place_comparisons);
    if (found.outcome == PcreFound::Outcome::limit) budget.exceed_expression();
    if (budget.exceeded()) return Result::never;
    if (part.negated) return is_found ? failed : from(parts.subspan(1), previous);
    if (!is_found) break;
    auto* const captures = tools_.room.captures;
    const auto captured = captures == nullptr ? 0 : captures->size();
    if (captures != nullptr) capture(part.number, subject);
    const auto result = from(parts.subspan(1), origin + static_cast<std::int64_t>(found.end));
    if (captures != nullptr && result != Result::match) captures->cut(captured);
    if (result != Result::another) return result;
    if (part.anchored) break;
    start = found.begin + 1;
  }
  return failed;
}

// Before another search takes the place of what was found.
void ContentInspection::capture(std::uint32_t expression, Bytes subject) noexcept {
  for (const auto& kept : tools_.expressions.captures(expression))
    if (const auto text = PcreSet::group(kept.group, subject, *tools_.room.pcre))
      tools_.room.captures->add(kept.name, kept.of_flow, *text);
}

ContentInspection::Result ContentInspection::from_check(std::span<const MatchPart> parts,
                                                        std::int64_t previous) noexcept {
  const auto& part = parts.front();
  const auto& check = tools_.checks[part.number];
  const auto failed = part.varies ? Result::another : Result::never;
  tools_.budget.spend(1);
  if (const auto* const operation = std::get_if<ByteOperation>(&check)) {
    const auto next = apply(*operation, buffer_, previous, tools_.values);
    return next ? from(parts.subspan(1), *next) : failed;
  }
  if (const auto* const decode = std::get_if<Base64Decode>(&check)) return from_base64(parts, *decode, previous);
  bool holds = true;  // of absent, what it says of a buffer that is there was judged before
  if (const auto* const data = std::get_if<DataAt>(&check)) {
    holds = has_data_at(*data, previous) != data->negated;
  } else if (const auto* const size = std::get_if<BufferSize>(&check)) {
    const auto length = static_cast<std::uint64_t>(buffer_.end());
    holds = (length >= size->first && length <= size->last) != size->negated;
  } else if (const auto* const set = std::get_if<DatasetCheck>(&check)) {
    tools_.budget.spend(dataset_comparisons + buffer_.bytes.size() / bytes_a_comparison);
    if (tools_.room.datasets == nullptr) return Result::never;
    const auto outcome = tools_.room.datasets->apply(*set, part.dataset, buffer_.bytes);
    if (outcome == DatasetChanges::Outcome::full) tools_.budget.exceed();
    holds = outcome == DatasetChanges::Outcome::holds;
  }
  return holds ? from(parts.subspan(1), previous) : failed;
}

bool ContentInspection::has_data_at(const DataAt& check, std::int64_t previous) const noexcept {
  const auto position = check.variable ? value(check.variable) : std::int64_t{check.position};
  return check.relative ? previous + position <= buffer_.end() : position < buffer_.end();
}

ContentInspection::Result ContentInspection::from_base64(std::span<const MatchPart> parts, const Base64Decode& decode,
                                                         std::int64_t previous) noexcept {
  if (tools_.room.transforms == nullptr || decoded_.empty()) return Result::never;
  const auto begin = (decode.relative ? previous : 0) + std::int64_t{decode.offset};
  if (begin < buffer_.base || begin >= buffer_.end()) return Result::never;
  auto coded = buffer_.bytes.subspan(static_cast<std::size_t>(begin - buffer_.base));
  if (decode.bytes != 0) coded = coded.first(std::min<std::size_t>(coded.size(), decode.bytes));
  tools_.budget.spend(coded.size() / transformed_bytes_a_comparison);
  const auto room = tools_.room.transforms->decoded();
  const auto size = decode_base64(coded, Transform::Mode::rfc4648, room);
  if (size == 0 || tools_.budget.exceeded()) return Result::never;
  ContentInspection inspection{{room.first(size), 0}, {}, tools_};
  return inspection.matches(decoded_) ? from(parts.subspan(1), previous) : Result::never;
}

// The first place at or behind `first` from which the content ends before `behind`.
std::optional<std::int64_t> ContentInspection::find(const MatchPart& part, std::int64_t first,
                                                    std::int64_t behind) noexcept {
  const auto size = static_cast<std::int64_t>(part.bytes.size());
  if (behind - first < size) {
    tools_.budget.spend(1);
    return std::nullopt;
  }
  const auto text = as_text(
      buffer_.bytes.subspan(static_cast<std::size_t>(first - buffer_.base), static_cast<std::size_t>(behind - first)));
  const auto at = part.nocase ? find_nocase(text, part.bytes) : text.find(part.bytes);
  tools_.budget.spend(1 + std::min(at, text.size()) / bytes_a_comparison);
  if (at == std::string_view::npos) return std::nullopt;
  return first + static_cast<std::int64_t>(at);
}

}  // namespace sluice
