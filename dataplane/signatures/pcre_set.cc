#include "dataplane/signatures/pcre_set.hh"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "dataplane/signatures/signature_input.hh"

namespace sluice {
namespace {

// PCRE2's interpreter asks for its backtracking frames while it matches: at first a block of 20 KiB or of 10 frames,
// then twice that, up to the heap limit, copying from the old block to the new (pcre2_match.c of 10.42). So at most two
// blocks are in use at a time, and both are kept here.
class FrameRoom {
 public:
  FrameRoom() {
    for (auto& block : blocks_) block.resize(block_size);
  }

  // From here on only the blocks are given out.
  void seal() noexcept { sealed_ = true; }

  void* take(std::size_t size) noexcept {
    if (!sealed_) return std::malloc(size);
    if (size > block_size) return nullptr;
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (taken_[i]) continue;
      taken_[i] = true;
      return blocks_[i].data();
    }
    return nullptr;
  }

  void give_back(void* memory) noexcept {
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (memory != blocks_[i].data()) continue;
      taken_[i] = false;
      return;
    }
    std::free(memory);
  }

 private:
  // The limit counts whole KiB and lets what stands above them pass.
  static constexpr std::size_t block_size = pcre_stack_limit + 1024;

  bool sealed_ = false;
  std::array<std::vector<std::uint8_t>, 2> blocks_;
  std::array<bool, 2> taken_{};
};

void* take_memory(PCRE2_SIZE size, void* room) { return static_cast<FrameRoom*>(room)->take(size); }
void give_memory(void* memory, void* room) {
  if (memory != nullptr) static_cast<FrameRoom*>(room)->give_back(memory);
}

std::uint32_t options_of(const Pcre& pcre) {
  // Subjects are bytes of any kind, never checked UTF-8: an expression may not ask for it with (*UTF).
  // Without the optimisations of where a match may start: with them, machine code of 10.42 misses matches
  // (/(?:a..b|.)b+b/ in "abbbb"; 289 of 200,000 small random expressions, and none without them).
  std::uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NO_START_OPTIMIZE | PCRE2_USE_OFFSET_LIMIT;
  if (pcre.nocase) options |= PCRE2_CASELESS;
  if (pcre.multiline) options |= PCRE2_MULTILINE;
  if (pcre.dot_all) options |= PCRE2_DOTALL;
  if (pcre.extended) options |= PCRE2_EXTENDED;
  if (pcre.anchored) options |= PCRE2_ANCHORED;
  if (pcre.dollar_end) options |= PCRE2_DOLLAR_ENDONLY;
  if (pcre.ungreedy) options |= PCRE2_UNGREEDY;
  return options;
}

std::string text_of_error(int error) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

}  // namespace

struct PcreScratch::Parts {
  FrameRoom room;  // before what was taken from it
  pcre2_general_context* general = pcre2_general_context_create(take_memory, give_memory, &room);
  pcre2_match_context* context = pcre2_match_context_create(general);
  pcre2_match_data* match = pcre2_match_data_create(pcre_capture_group_last + 1, general);  // the match and its groups
  std::uint32_t groups = 0;  // of the last match, with the whole
  // As large as it will be: it does not grow while matching. Null where PCRE2 was built without machine code.
  pcre2_jit_stack* stack = pcre2_jit_stack_create(pcre_stack_limit, pcre_stack_limit, general);

  Parts() = default;
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() {
    pcre2_jit_stack_free(stack);
    pcre2_match_data_free(match);
    pcre2_match_context_free(context);
    pcre2_general_context_free(general);
  }
};

PcreScratch::PcreScratch(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
PcreScratch::PcreScratch(PcreScratch&&) noexcept = default;
PcreScratch::~PcreScratch() = default;

tl::expected<PcreScratch, std::string> PcreScratch::make() {
  auto parts = std::make_unique<Parts>();
  if (parts->general == nullptr || parts->context == nullptr || parts->match == nullptr)
    return tl::unexpected(std::string{"no memory for matching regular expressions"});
  pcre2_set_depth_limit(parts->context, pcre_match_limit);
  pcre2_set_heap_limit(parts->context, pcre_stack_limit / 1024);
  pcre2_jit_stack_assign(parts->context, nullptr, parts->stack);
  parts->room.seal();
  return PcreScratch{std::move(parts)};
}

void PcreSet::Free::operator()(pcre2_real_code_8* code) const noexcept { pcre2_code_free(code); }

tl::expected<std::uint32_t, std::string> PcreSet::add(const Pcre& pcre) {
  int error = 0;
  PCRE2_SIZE at = 0;
  std::unique_ptr<pcre2_real_code_8, Free> code{pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pcre.expression.data()),
                                                              pcre.expression.size(), options_of(pcre), &error, &at,
                                                              nullptr)};
  if (code == nullptr)
    return tl::unexpected("pcre \"" + pcre.expression + "\": " + text_of_error(error) + " (byte " + std::to_string(at) +
                          " of the expression)");
  // Machine code of 10.42 misses matches with a back reference, too: github.com/PCRE2Project/pcre2/issues/324.
  std::uint32_t back_references = 0;
  pcre2_pattern_info(code.get(), PCRE2_INFO_BACKREFMAX, &back_references);
  // Refused by a hardened system or for this expression: then it is interpreted, slower and within the same limits.
  if (back_references == 0) static_cast<void>(pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE));
  std::uint32_t options = 0;
  pcre2_pattern_info(code.get(), PCRE2_INFO_ALLOPTIONS, &options);
  const bool undivided =
      pcre.expression.find("(*") != std::string::npos || pcre.expression.find("\\G") != std::string::npos;
  std::uint32_t groups = 0;
  pcre2_pattern_info(code.get(), PCRE2_INFO_CAPTURECOUNT, &groups);
  std::vector<Capture> captures;
  for (const auto& kept : pcre.captures) {
    if (kept.group == 0 || kept.group > std::min(groups, pcre_capture_group_last))
      return tl::unexpected("pcre \"" + pcre.expression + "\": it has no group " + std::to_string(kept.group));
    const auto name = static_cast<std::uint32_t>(std::find(names_.begin(), names_.end(), kept.name) - names_.begin());
    if (name == names_.size()) names_.push_back(kept.name);
    captures.push_back({kept.group, kept.of_flow, name});
  }
  expressions_.push_back({std::move(code), (options & PCRE2_ANCHORED) != 0, undivided, std::move(captures)});
  return static_cast<std::uint32_t>(expressions_.size() - 1);
}

PcreFound PcreSet::run(const Expression& expression, Bytes subject, std::size_t first, std::size_t last,
                       std::uint32_t steps, PcreScratch& scratch) noexcept {
  using Outcome = PcreFound::Outcome;
  auto& parts = *scratch.parts_;
  pcre2_set_match_limit(parts.context, steps);
  pcre2_set_offset_limit(parts.context, last);
  const int result =
      pcre2_match(expression.code.get(), subject.data(), subject.size(), first, 0, parts.match, parts.context);
  if (result == PCRE2_ERROR_NOMATCH) return {};
  if (result < 0) return {.outcome = Outcome::limit};
  const auto* range = pcre2_get_ovector_pointer(parts.match);
  PcreFound found{.outcome = Outcome::found, .begin = range[0], .end = std::max(range[0], range[1])};
  // 0 = there are more groups than were asked for.
  parts.groups = result == 0 ? pcre_capture_group_last + 1 : static_cast<std::uint32_t>(result);
  found.has_group = group(1, subject, scratch).has_value();
  if (found.has_group) {
    found.group_begin = range[2];
    found.group_end = range[3];
  }
  return found;
}

std::optional<Bytes> PcreSet::group(std::uint8_t group, Bytes subject, const PcreScratch& scratch) noexcept {
  const auto& parts = *scratch.parts_;
  if (group >= parts.groups) return std::nullopt;
  const auto* const range = pcre2_get_ovector_pointer(parts.match) + std::size_t{2} * group;
  // \K may end a group before it begins.
  if (range[0] == PCRE2_UNSET || range[0] > range[1] || range[1] > subject.size()) return std::nullopt;
  return subject.subspan(range[0], range[1] - range[0]);
}

PcreFound PcreSet::find(std::uint32_t number, Bytes subject, std::size_t start, PcreScratch& scratch) const noexcept {
  using Outcome = PcreFound::Outcome;
  if (start > subject.size()) return {};
  const auto& expression = expressions_[number];
  if (expression.one_place) return run(expression, subject, start, start, pcre_match_limit, scratch);
  auto found = run(expression, subject, start, subject.size(), pcre_cautious_limit, scratch);
  if (found.outcome != Outcome::limit || expression.undivided) return found;

  std::uint32_t hard_places = 0;
  for (auto place = start; place <= subject.size(); ++place) {
    found = run(expression, subject, place, place, pcre_cautious_limit, scratch);
    if (found.outcome == Outcome::limit && hard_places < pcre_hard_places_limit) {
      ++hard_places;
      found = run(expression, subject, place, place, pcre_match_limit, scratch);
    }
    if (found.outcome != Outcome::none) break;
  }
  found.hard_places = hard_places;
  found.is_second_pass = true;
  return found;
}

}  // namespace sluice
