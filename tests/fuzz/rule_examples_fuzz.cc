// A file of examples, and the lists that rows are held against, made of any bytes: every error has a place and a
// message that a terminal can show, and what comes out can be put through the inspection.
#include <algorithm>
#include <cstdlib>

#include "control/packs/rule_examples.hh"
#include "rules/lint/lint_reference.hh"
#include "rules/text/utf8.hh"

namespace {

void require(bool truth) {
  if (!truth) std::abort();
}

void check_errors(const std::vector<sluice::ListError>& errors) {
  for (const auto& error : errors) {
    require(!error.message.empty());
    require((error.line == 0) == (error.column == 0));
    require(std::none_of(error.message.begin(), error.message.end(), sluice::is_control));
    require(!sluice::first_invalid_utf8(error.message));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = sluice::parse_rule_examples(text, "fuzz.examples");
  check_errors(read.errors);
  for (const auto& example : read.examples) {
    require(!example.rule.empty() && example.line != 0);
    const auto& talk = example.conversation;
    if (read.errors.empty() && talk.by != sluice::Conversation::By::capture) require(talk.server != sluice::Address{});
    if (read.errors.empty()) require((talk.by == sluice::Conversation::By::capture) == !talk.capture.empty());
  }

  sluice::LintReference reference;
  check_errors(sluice::add_shared_hosting(text, "fuzz", reference));
  check_errors(sluice::add_popular(text, "fuzz", reference));
  for (std::size_t i = 1; i < reference.shared_hosting.size(); ++i)
    require(reference.shared_hosting[i - 1].last < reference.shared_hosting[i].first);
  for (const auto& range : reference.shared_hosting) require(reference.hosting_of(range.last) == &range);
  return 0;
}
