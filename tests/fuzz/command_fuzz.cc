// Arbitrary bytes as a question and as an answer: never read beyond their end, and what is accepted comes back the same
// when it is written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "dataplane/exchange/command.hh"
#include "dataplane/exchange/hold_file.hh"
#include "dataplane/exchange/rule_report_file.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const Bytes message{data, size};
  if (const auto request = decode_request(message)) {
    const auto written = encode(*request);
    if (written && decode_request(*written)->index() != request->index()) std::abort();
    if (const auto* publish = std::get_if<PublishRequest>(&*request); publish != nullptr && written) {
      const auto again = std::get<PublishRequest>(*decode_request(*written));
      if (publish->signatures.size() > pushed_packs_limit || again.signatures != publish->signatures ||
          again.dry_run != publish->dry_run)
        std::abort();
    }
  }
  if (const auto reply = decode_reply(message)) {
    const auto written = encode(*reply);
    if (written && decode_reply(*written)->index() != reply->index()) std::abort();
    if (const auto* status = std::get_if<TapStatus>(&*reply); status != nullptr && written) {
      const auto again = std::get<TapStatus>(*decode_reply(*written));
      if (again.state != status->state || again.packs.size() != status->packs.size()) std::abort();
    }
  }
  if (const auto held = decode_hold_file(message)) {
    const auto again = decode_hold_file(as_bytes(encode_hold_file(*held)));
    if (!again || !(*again == *held) || held->rules().size() > held_rules_limit) std::abort();
    for (const auto& rule : held->rules())
      if (!held->means(rule) || !is_held_rule(rule)) std::abort();
  }
  if (const auto report = decode_rule_report(message)) {
    const auto again = decode_rule_report(encode_rule_report(*report));
    if (!again || again->rules.size() != report->rules.size() || again->elapsed != report->elapsed) std::abort();
  }
  return 0;
}
