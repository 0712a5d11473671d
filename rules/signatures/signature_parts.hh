// The keywords of a rule that say what must stand in a message: contents with their modifiers, expressions, and the
// buffers in which they look.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/dataset_file.hh"
#include "rules/signatures/part_words.hh"
#include "rules/signatures/signature.hh"
#include "rules/signatures/signature_option.hh"

namespace sluice {

constexpr std::size_t signature_part_limit = 64;            // contents, expressions and checks of a rule
constexpr std::uint32_t content_position_limit = 65'535;    // bytes: offset and depth
constexpr std::int32_t content_distance_limit = 1'048'576;  // bytes: distance and within, either way

// A part as it was read. Offsets are of keywords in the rule, for messages; 0 where the keyword does not stand.
struct PlacedPart {
  SignaturePart part;
  std::size_t at = 0;
  std::size_t relative_at = 0;  // distance, within, the flag R
  std::size_t absolute_at = 0;  // offset, depth
  std::size_t nocase_at = 0;
  std::size_t fast_pattern_at = 0;
  bool fast_pattern_only = false;
  unsigned run = 0;  // behind which sticky buffer of the rule it stands, the first is 1; 0 = behind none

  [[nodiscard]] Buffer buffer() const noexcept { return part.buffer(); }
  [[nodiscard]] bool negated() const noexcept { return part.negated(); }
};

// Takes the options one by one; what the parts mean together is judged by check_parts().
class SignatureParts {
 public:
  SignatureParts(DatasetFiles& datasets, RuleFaults& faults) : datasets_(datasets), faults_(faults) {}

  [[nodiscard]] static std::span<const std::string_view> keywords() noexcept;
  // False where the keyword is none of these.
  [[nodiscard]] bool read(const SignatureOption& option);
  // An option came that nothing here knows: what would look wrong only without it is not reported.
  void skip_modifiers() noexcept;
  // Once all were read.
  [[nodiscard]] std::vector<PlacedPart> finish();

 private:
  void fail(std::size_t at, std::string message) { faults_.push_back({at, std::move(message)}); }
  [[nodiscard]] bool has_no_value(const SignatureOption& option);
  void add(PlacedPart part);
  // What a modifier modifies: the content before it. Nothing after a fault.
  [[nodiscard]] PlacedPart* modified(const SignatureOption& option);
  // A number of the rule within bounds, not given before.
  template <typename Number>
  [[nodiscard]] bool read_number(const SignatureOption& option, std::optional<Number>& number, PartVariable& variable,
                                 std::int64_t low, std::int64_t high);

  void read_content(const SignatureOption& option);
  void read_valued(const SignatureOption& option, Buffer buffer);
  void read_expression(const SignatureOption& option);
  void read_position(const SignatureOption& option);
  void read_flag(const SignatureOption& option);
  void read_fast_pattern(const SignatureOption& option);
  void read_sticky(const SignatureOption& option, Buffer buffer);
  void read_packet_data(const SignatureOption& option);
  void read_buffer_modifier(const SignatureOption& option, Buffer buffer);
  void check_sticky_is_used();
  // signature_parts_checks.cc
  [[nodiscard]] bool read_beside(const SignatureOption& option);
  void read_check(const SignatureOption& option);
  void read_transformation(const SignatureOption& option);
  void read_base64_data(const SignatureOption& option);
  [[nodiscard]] Buffer buffer_of_check(const SignatureOption& option, const PartCheck& check) const;

  DatasetFiles& datasets_;
  RuleFaults& faults_;
  std::vector<PlacedPart> parts_;
  bool after_part_ = false;  // the option before the modifiers was a content or an expression that was read
  bool skipping_ = false;    // what came before was refused: nothing is said of its modifiers
  std::optional<Buffer> sticky_;
  unsigned run_ = 0;
  std::string_view sticky_name_;
  std::size_t sticky_at_ = 0;
  bool sticky_used_ = true;
  std::vector<Transform> transforms_;  // of the sticky buffer
  PartVariables variables_;
  std::optional<std::size_t> base64_decode_;  // among the parts
  bool in_base64_ = false;                    // behind base64_data
};

}  // namespace sluice
