#include "dataplane/content_match.hh"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "rules/buffer_moment.hh"
#include "rules/signature_content.hh"
#include "rules/signature_parts.hh"

namespace sluice {
namespace {

// nocase is about ASCII letters alone.
constexpr auto folded = [] {
  std::array<char, 256> table{};
  for (int byte = 0; byte < 256; ++byte)
    table[static_cast<std::size_t>(byte)] = static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + 0x20 : byte);
  return table;
}();
constexpr char fold(char byte) noexcept { return folded[static_cast<std::uint8_t>(byte)]; }

std::size_t find_nocase(std::string_view text, std::string_view wanted) noexcept {
  const auto same = [](char a, char b) { return fold(a) == b; };
  const auto at = std::search(text.begin(), text.end(), wanted.begin(), wanted.end(), same);
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

Buffer buffer_of(const SignaturePart& part) noexcept { return part.content ? part.content->buffer : part.pcre->buffer; }

// Where a buffer has one value, all its mentions look into the same.
std::uint16_t mention_of(const SignaturePart& part) noexcept {
  return has_several(buffer_of(part)) ? part.mention : std::uint16_t{0};
}

std::set<std::pair<Buffer, std::uint16_t>> runs_of(const std::vector<SignaturePart>& parts) {
  std::set<std::pair<Buffer, std::uint16_t>> runs;
  for (const auto& part : parts) runs.emplace(buffer_of(part), mention_of(part));
  return runs;
}

}  // namespace

// One look at one buffer.
class ContentMatch::Inspection {
 public:
  Inspection(Bytes buffer, std::int64_t position, const PcreSet& expressions, PcreScratch* scratch,
             InspectionBudget& budget) noexcept
      : buffer_(buffer),
        base_(position),
        end_(position + static_cast<std::int64_t>(buffer.size())),
        expressions_(expressions),
        scratch_(scratch),
        budget_(budget) {}

  [[nodiscard]] bool matches(std::span<const Part> parts) noexcept {
    return from(parts, 0) == Result::match && !budget_.exceeded();
  }

 private:
  enum class Result : std::uint8_t {
    match,
    another,  // another place of the part before may do
    never,    // none does
  };

  // `previous`: the end of the match before. At most signature_part_limit deep.
  [[nodiscard]] Result from(std::span<const Part> parts, std::int64_t previous) noexcept {
    if (parts.empty()) return Result::match;
    if (budget_.exceeded()) return Result::never;
    return parts.front().is_pcre ? from_pcre(parts, previous) : from_content(parts, previous);
  }

  [[nodiscard]] Result from_content(std::span<const Part> parts, std::int64_t previous) noexcept {
    const auto& part = parts.front();
    const auto failed = part.relative && !part.later_fails ? Result::another : Result::never;
    auto first = std::max(base_, part.first);
    auto behind = part.behind;
    if (part.relative) {
      first = std::max(first, previous + part.distance);
      behind = std::min(behind, previous + part.distance + part.within);
    }
    if (base_ > 0 && behind <= base_) return failed;  // what stood there has gone by: it proves nothing
    if (part.endswith) first = std::max(first, end_ - static_cast<std::int64_t>(part.bytes.size()));
    behind = std::min(behind, end_);

    if (part.negated) return find(part, first, behind) ? failed : from(parts.subspan(1), previous);
    while (const auto at = find(part, first, behind)) {
      const auto result = from(parts.subspan(1), *at + static_cast<std::int64_t>(part.bytes.size()));
      if (result != Result::another) return result;
      first = *at + 1;
    }
    return failed;
  }

  [[nodiscard]] Result from_pcre(std::span<const Part> parts, std::int64_t previous) noexcept {
    const auto& part = parts.front();
    const auto failed = part.relative ? Result::another : Result::never;
    // A relative expression sees nothing of what stands before: ^ and look-behinds begin there.
    const auto origin = part.relative ? std::clamp(previous, base_, end_) : base_;
    const auto subject = buffer_.subspan(static_cast<std::size_t>(origin - base_));
    // The middle of a stream is not its beginning, which is what ^ and A mean.
    const bool is_middle = !part.relative && base_ > 0 && !subject.empty();
    if (is_middle && part.anchored) return failed;
    for (std::size_t start = is_middle ? 1 : 0; start <= subject.size();) {
      const auto found = expressions_.find(part.pcre, subject, start, *scratch_);
      const bool is_found = found.outcome == PcreFound::Outcome::found;
      const auto places = part.anchored ? 1 : (is_found ? found.begin : subject.size()) - start + 1;
      budget_.spend(1 + pcre_comparisons + places / pcre_places_a_comparison * (found.is_second_pass ? 2 : 1) +
                    found.hard_places * pcre_hard_place_comparisons);
      if (found.outcome == PcreFound::Outcome::limit) budget_.exceed();
      if (budget_.exceeded()) return Result::never;
      if (part.negated) return is_found ? failed : from(parts.subspan(1), previous);
      if (!is_found) break;
      const auto result = from(parts.subspan(1), origin + static_cast<std::int64_t>(found.end));
      if (result != Result::another) return result;
      if (part.anchored) break;
      start = found.begin + 1;
    }
    return failed;
  }

  // The first place at or behind `first` from which the content ends before `behind`.
  [[nodiscard]] std::optional<std::int64_t> find(const Part& part, std::int64_t first, std::int64_t behind) noexcept {
    const auto size = static_cast<std::int64_t>(part.bytes.size());
    if (behind - first < size) {
      budget_.spend(1);
      return std::nullopt;
    }
    const auto text =
        as_text(buffer_.subspan(static_cast<std::size_t>(first - base_), static_cast<std::size_t>(behind - first)));
    const auto at = part.nocase ? find_nocase(text, part.bytes) : text.find(part.bytes);
    budget_.spend(1 + std::min(at, text.size()) / bytes_a_comparison);
    if (at == std::string_view::npos) return std::nullopt;
    return first + static_cast<std::int64_t>(at);
  }

  Bytes buffer_;
  std::int64_t base_;  // of the buffer in the stream
  std::int64_t end_;
  const PcreSet& expressions_;
  PcreScratch* scratch_;
  InspectionBudget& budget_;
};

ContentMatch::Part ContentMatch::part_of(const Content& content) {
  Part part;
  part.negated = content.negated;
  part.nocase = content.nocase;
  part.endswith = content.endswith;
  part.relative = content.distance || content.within;
  part.bytes = content.bytes;
  if (part.nocase) std::transform(part.bytes.begin(), part.bytes.end(), part.bytes.begin(), fold);
  part.first = content.offset.value_or(0);
  if (content.depth) part.behind = part.first + *content.depth;
  if (content.startswith) part.behind = std::min(part.behind, static_cast<std::int64_t>(part.bytes.size()));
  part.distance = content.distance.value_or(0);
  if (content.within) part.within = *content.within;
  return part;
}

tl::expected<ContentMatch, std::string> ContentMatch::build(const std::vector<SignaturePart>& parts,
                                                            PcreSet& expressions) {
  if (parts.size() > signature_part_limit)
    return tl::unexpected("more than " + std::to_string(signature_part_limit) +
                          " contents and regular expressions: split the rule");
  for (const auto& written : parts)
    if (written.content.has_value() == written.pcre.has_value())
      return tl::unexpected(std::string{"a part that is not one content or one pcre"});
  ContentMatch match;
  for (const auto& [buffer, mention] : runs_of(parts)) {
    Run run{buffer, mention, static_cast<std::uint32_t>(match.parts_.size()), 0};
    bool ascending = true;  // the places of the part before, as they are tried, end ever later
    for (const auto& written : parts) {
      if (buffer_of(written) != buffer || mention_of(written) != mention) continue;
      Part part;
      if (written.content) {
        if (written.content->bytes.empty() || written.content->bytes.size() > content_size_limit)
          return tl::unexpected("a content of " + std::to_string(written.content->bytes.size()) + " bytes; 1 to " +
                                std::to_string(content_size_limit) + " may be");
        part = part_of(*written.content);
        if (!part.relative && !part.negated) ascending = true;
        part.later_fails = ascending && part.relative && !part.negated && part.within == no_bound;
      } else {
        const auto pcre = expressions.add(*written.pcre);
        if (!pcre) return tl::unexpected(pcre.error());
        part.is_pcre = true;
        part.pcre = *pcre;
        part.negated = written.pcre->negated;
        part.relative = written.pcre->relative;
        part.anchored = written.pcre->anchored;
        if (!part.negated) ascending = false;
      }
      match.parts_.push_back(std::move(part));
    }
    run.behind = static_cast<std::uint32_t>(match.parts_.size());
    if (run.behind > run.first) match.runs_.push_back(run);
  }
  return match;
}

bool ContentMatch::matches(const SignatureInput& input, const PcreSet& expressions, PcreScratch* scratch,
                           InspectionBudget& budget) const noexcept {
  for (const auto& run : runs_)
    if (input.buffers[static_cast<std::size_t>(run.buffer)].data() == nullptr) return false;
  for (const auto& run : runs_)
    if (!matches(run, input, expressions, scratch, budget)) return false;
  return true;
}

// Where a buffer has several values, in one of them.
bool ContentMatch::matches(const Run& run, const SignatureInput& input, const PcreSet& expressions,
                           PcreScratch* scratch, InspectionBudget& budget) const noexcept {
  const auto position = static_cast<std::int64_t>(run.buffer == Buffer::payload ? input.payload_position : 0);
  const auto parts = std::span{parts_}.subspan(run.first, run.behind - run.first);
  const auto matches_in = [&](Bytes value) {
    return Inspection{value, position, expressions, scratch, budget}.matches(parts);
  };
  if (matches_in(input.buffers[static_cast<std::size_t>(run.buffer)])) return true;
  for (const auto& further : input.further)
    if (further.buffer == run.buffer && !budget.exceeded() && matches_in(further.value)) return true;
  return false;
}

}  // namespace sluice
