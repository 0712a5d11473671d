// The object of EVE that tells of a DNS message.
#pragma once

#include <cstdint>
#include <string>

#include "control/eve/eve_json.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// DNS, format 3 of Suricata 8: flags, queries, answers in full and grouped by type.
[[nodiscard]] Json dns_object(const Event& event);

// "NOERROR"; the number for a code without a name.
[[nodiscard]] std::string dns_rcode_text(std::uint64_t rcode);

}  // namespace sluice
