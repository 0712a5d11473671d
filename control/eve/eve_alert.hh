// What an alert says of the rule that was hit, and what became of the packet, as Suricata writes both.
#pragma once

#include "control/eve/eve_json.hh"
#include "control/findings/finding.hh"

namespace sluice {

// All that is known of the finding's rule, each key with a list of texts: of an indicator it is the row, and stands in
// `alert.metadata`; of a signature, whose own metadata stands there, in `sluice.rule`.
[[nodiscard]] Json rule_object(const Finding& finding);

// Of several rules that a packet met, `blocked` are those that ask for it themselves.
[[nodiscard]] Json alert_object(const Event& event, const Finding& finding);

// Suricata 8 writes `reject-target`, the one after it `reject_target`: both stand there. Its `to_client` is the sender
// of the packet, its `to_server` the receiver, whichever way the packet went.
[[nodiscard]] Json verdict_object(const Event& event, Action action);

}  // namespace sluice
