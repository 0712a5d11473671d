// A signature file made of any bytes: every signature that comes out is whole and means the same when its one line is
// read again, and every error has a place in the file and a message that a terminal can show.
#include <algorithm>
#include <cstdlib>

#include "rules/signatures/signature_condition_check.hh"
#include "rules/signatures/signature_content.hh"
#include "rules/signatures/signature_file.hh"
#include "rules/signatures/signature_parts.hh"
#include "rules/signatures/signature_rule.hh"
#include "rules/text/utf8.hh"

namespace {

void require(bool truth) {
  if (!truth) std::abort();
}

void check_conditions(const sluice::Signature& signature) {
  require(signature.conditions.size() <= sluice::signature_condition_limit && signature.facts.priority > 0);
  for (const auto& condition : signature.conditions) require(sluice::fault_of(condition).empty());
  require(!(signature.silent && signature.speaks));
  const auto& threshold = signature.threshold;
  require(threshold.count > 0 && threshold.seconds > 0 && threshold.multiplier > 0);
}

void check_content(const sluice::Content& content) {
  const auto size = content.bytes.size();
  require(size >= 1 && size <= sluice::content_size_limit);
  require(!content.depth || *content.depth >= size);
  require(!content.within || *content.within >= static_cast<std::int32_t>(size));
  const bool relative = content.is_relative();
  const bool absolute = content.is_absolute();
  require(!(relative && absolute) && !(content.startswith && (relative || absolute)));
  require(!(content.fast_pattern && content.negated));
  require(std::size_t{content.fast_pattern_offset} + content.fast_pattern_length <= size);
}

void check_check(const sluice::PartCheck& check) {
  if (const auto* const data = std::get_if<sluice::DataAt>(&check))
    require(!data->variable || *data->variable < sluice::signature_variable_limit);
  if (const auto* const size = std::get_if<sluice::BufferSize>(&check)) require(size->first <= size->last);
  const auto* const bytes = std::get_if<sluice::ByteOperation>(&check);
  if (bytes == nullptr) return;
  require(bytes->bytes <= (bytes->text ? 23 : 8) && bytes->result < sluice::signature_variable_limit);
  require(bytes->bitmask != 0U && bytes->multiplier > 0);
}

void check_signature(const sluice::Signature& signature) {
  require(signature.facts.rule_id.starts_with("fuzz/") && signature.facts.signature_id > 0);
  require(signature.facts.kind == sluice::RuleKind::signature);
  require(signature.facts.expires.empty() == (signature.facts.expires_ns == 0));
  require(signature.text.size() <= sluice::rule_size_limit && signature.text.find('\n') == std::string::npos);
  require(signature.parts.size() <= sluice::signature_part_limit);
  for (const auto& part : signature.parts) {
    require(int{part.content.has_value()} + int{part.pcre.has_value()} + int{part.check.has_value()} == 1);
    require(part.transforms.size() <= sluice::transforms_limit);
    if (part.content) check_content(*part.content);
    if (part.check) check_check(*part.check);
  }
  check_conditions(signature);
  for (const auto* side : {&signature.source, &signature.destination}) {
    for (const auto& range : side->listed) require(range.first <= range.last);
    for (const auto& range : side->excepted) require(range.first <= range.last);
  }
  for (const auto* side : {&signature.source_ports, &signature.destination_ports}) {
    for (const auto& range : side->listed) require(range.first <= range.last);
    for (const auto& range : side->excepted) require(range.first <= range.last);
  }
}

void check_same(const sluice::Signature& one, const sluice::Signature& other) {
  require(one.text == other.text && one.facts.rule_id == other.facts.rule_id &&
          one.facts.subject == other.facts.subject);
  require(one.parts.size() == other.parts.size());
  for (std::size_t i = 0; i < one.parts.size(); ++i) {
    require(one.parts[i].content.has_value() == other.parts[i].content.has_value());
    if (one.parts[i].content) require(one.parts[i].content->bytes == other.parts[i].content->bytes);
    require(one.parts[i].check.has_value() == other.parts[i].check.has_value());
    require(one.parts[i].transforms == other.parts[i].transforms);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto list = sluice::parse_signatures(text, "fuzz");
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  std::string again;
  for (const auto& signature : list.signatures) {
    check_signature(signature);
    again += signature.text + "\n";
  }
  for (const auto& error : list.errors) {
    require(!error.message.empty());
    require((error.line == 0) == (error.column == 0) && error.line <= lines && error.column <= size + 1);
    require(std::none_of(error.message.begin(), error.message.end(), sluice::is_control));
    require(!sluice::first_invalid_utf8(error.message));
  }
  const auto repeated = sluice::parse_signatures(again, "fuzz");
  require(repeated.errors.empty() && repeated.signatures.size() == list.signatures.size());
  for (std::size_t i = 0; i < list.signatures.size(); ++i) check_same(list.signatures[i], repeated.signatures[i]);
  return 0;
}
