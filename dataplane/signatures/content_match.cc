#include "dataplane/signatures/content_match.hh"

#include <algorithm>

#include "rules/signatures/buffer_moment.hh"
#include "rules/signatures/signature_content.hh"
#include "rules/signatures/signature_parts.hh"

namespace sluice {
namespace {

MatchPart part_of(const Content& content) {
  MatchPart part;
  part.negated = content.negated;
  part.nocase = content.nocase;
  part.endswith = content.endswith;
  part.relative = content.is_relative();
  part.bytes = content.bytes;
  if (part.nocase) std::transform(part.bytes.begin(), part.bytes.end(), part.bytes.begin(), folded);
  part.first = content.offset.value_or(0);
  if (content.depth) part.behind = part.first + *content.depth;
  if (content.startswith) part.behind = std::min(part.behind, static_cast<std::int64_t>(part.bytes.size()));
  part.distance = content.distance.value_or(0);
  if (content.within) part.within = *content.within;
  part.first_variable = content.offset_variable;
  part.depth_variable = content.depth_variable;
  part.distance_variable = content.distance_variable;
  part.within_variable = content.within_variable;
  part.varies = part.relative || part.first_variable || part.depth_variable;
  return part;
}

// Counts from the part before, or names a variable that one set.
bool varies(const PartCheck& check) {
  if (const auto* const data = std::get_if<DataAt>(&check)) return data->relative || data->variable;
  if (const auto* const bytes = std::get_if<ByteOperation>(&check))
    return bytes->relative || bytes->bytes_variable || bytes->offset_variable || bytes->value_variable;
  return false;
}

bool moves(const PartCheck& check) {
  const auto* const bytes = std::get_if<ByteOperation>(&check);
  return bytes != nullptr && bytes->kind != ByteOperation::Kind::test;
}

bool is_of_one_kind(const SignaturePart& part) {
  return int{part.content.has_value()} + int{part.pcre.has_value()} + int{part.check.has_value()} == 1;
}

// Where a buffer has one value, all its mentions look into the same.
bool same_buffer(const SignaturePart& a, const SignaturePart& b) {
  return a.buffer() == b.buffer() && a.transforms == b.transforms &&
         (!has_several(a.buffer()) || a.mention == b.mention);
}

}  // namespace

tl::expected<void, std::string> ContentMatch::add_part(const SignaturePart& written, Run& run, PcreSet& expressions,
                                                       DatasetTable& datasets, bool& ascending) {
  MatchPart part;
  if (written.content) {
    if (written.content->bytes.empty() || written.content->bytes.size() > content_size_limit)
      return tl::unexpected("a content of " + std::to_string(written.content->bytes.size()) + " bytes; 1 to " +
                            std::to_string(content_size_limit) + " may be");
    part = part_of(*written.content);
    if (!part.varies && !part.negated) ascending = true;
    const bool has_variable =
        part.first_variable || part.depth_variable || part.distance_variable || part.within_variable;
    part.later_fails =
        ascending && part.relative && !part.negated && !has_variable && part.within == MatchPart::no_bound;
    if (has_variable) ascending = false;
  } else if (written.pcre) {
    const auto pcre = expressions.add(*written.pcre);
    if (!pcre) return tl::unexpected(pcre.error());
    part.kind = MatchPart::Kind::pcre;
    part.number = *pcre;
    part.negated = written.pcre->negated;
    part.relative = part.varies = written.pcre->relative;
    part.anchored = written.pcre->anchored;
    if (!part.negated) ascending = false;
  } else {
    if (const auto* const absent = std::get_if<Absent>(&*written.check))
      run.absence = absent->or_else ? Run::Absence::or_else : Run::Absence::matches;
    if (const auto* const set = std::get_if<DatasetCheck>(&*written.check)) {
      const auto number = datasets.add(*set);
      if (!number) return tl::unexpected(number.error());
      part.dataset = *number;
    }
    part.kind = MatchPart::Kind::check;
    part.number = static_cast<std::uint32_t>(checks_.size());
    part.varies = varies(*written.check);
    if (moves(*written.check)) ascending = false;
    checks_.push_back(*written.check);
  }
  parts_.push_back(std::move(part));
  return {};
}

tl::expected<void, std::string> ContentMatch::add_run(const std::vector<SignaturePart>& parts,
                                                      const SignaturePart& first, PcreSet& expressions,
                                                      DatasetTable& datasets) {
  Run run;
  run.buffer = first.buffer();
  run.first = static_cast<std::uint32_t>(parts_.size());
  for (const auto& transform : first.transforms) {
    TransformStep step{transform};
    if (transform.kind == Transform::Kind::pcrexform) {
      Pcre pcre;
      pcre.expression = transform.text;
      const auto number = expressions.add(pcre);
      if (!number) return tl::unexpected(number.error());
      step.pcre = *number;
    }
    run.transforms.push_back(std::move(step));
  }
  for (const bool in_base64 : {false, true}) {
    if (in_base64) run.decoded = static_cast<std::uint32_t>(parts_.size());
    bool ascending = true;  // the places of the part before, as they are tried, end ever later
    for (const auto& written : parts) {
      if (!same_buffer(written, first) || written.in_base64 != in_base64) continue;
      if (const auto added = add_part(written, run, expressions, datasets, ascending); !added) return added;
    }
  }
  run.behind = static_cast<std::uint32_t>(parts_.size());
  runs_.push_back(std::move(run));
  return {};
}

tl::expected<ContentMatch, std::string> ContentMatch::build(const std::vector<SignaturePart>& parts,
                                                            PcreSet& expressions, DatasetTable& datasets) {
  if (parts.size() > signature_part_limit)
    return tl::unexpected("more than " + std::to_string(signature_part_limit) +
                          " contents, regular expressions and checks: split the rule");
  ContentMatch match;
  if (!std::all_of(parts.begin(), parts.end(), is_of_one_kind))
    return tl::unexpected(std::string{"a part that is not one content, one pcre or one check"});
  for (auto part = parts.begin(); part != parts.end(); ++part) {
    const bool is_first =
        std::none_of(parts.begin(), part, [&](const SignaturePart& before) { return same_buffer(before, *part); });
    if (!is_first) continue;
    if (const auto added = match.add_run(parts, *part, expressions, datasets); !added)
      return tl::unexpected(added.error());
  }
  return match;
}

bool ContentMatch::value_matches(const Run& run, Bytes buffer, std::int64_t position,
                                 InspectionTools& tools) const noexcept {
  if (!run.transforms.empty()) {
    if (tools.room.transforms == nullptr) return false;
    tools.budget.spend(run.transforms.size() * (1 + buffer.size() / transformed_bytes_a_comparison));
    const auto transformed = tools.room.transforms->apply(run.transforms, buffer, tools.expressions, tools.room.pcre);
    if (!transformed && buffer.size() > transformed_limit)
      tools.budget.exceed();
    else if (!transformed)
      tools.budget.exceed_expression();
    if (tools.budget.exceeded()) return false;
    buffer = *transformed;
  }
  const std::span parts{parts_};
  ContentInspection inspection{{buffer, position}, parts.subspan(run.decoded, run.behind - run.decoded), tools};
  return inspection.matches(parts.subspan(run.first, run.decoded - run.first));
}

// Where a buffer has several values, in one of them.
bool ContentMatch::run_matches(const Run& run, const SignatureInput& input, InspectionTools& tools) const noexcept {
  const auto position = static_cast<std::int64_t>(run.buffer == Buffer::payload ? input.payload_position : 0);
  if (value_matches(run, input.buffers[static_cast<std::size_t>(run.buffer)], position, tools)) return true;
  return std::any_of(input.further.begin(), input.further.end(), [&](const FurtherValue& further) {
    return further.buffer == run.buffer && !tools.budget.exceeded() && value_matches(run, further.value, 0, tools);
  });
}

bool ContentMatch::matches(const SignatureInput& input, const PcreSet& expressions, InspectionRoom room,
                           InspectionBudget& budget) const noexcept {
  const auto buffer_of = [&](const Run& run) noexcept { return input.buffers[static_cast<std::size_t>(run.buffer)]; };
  for (const auto& run : runs_) {
    const bool is_there = buffer_of(run).data() != nullptr;
    if (run.absence == Run::Absence::matches ? is_there : run.absence == Run::Absence::fails && !is_there) return false;
  }
  InspectionTools tools{expressions, checks_, room, budget, {}};
  for (const auto& run : runs_) {
    if (buffer_of(run).data() != nullptr && !run_matches(run, input, tools)) return false;
  }
  return true;
}

}  // namespace sluice
