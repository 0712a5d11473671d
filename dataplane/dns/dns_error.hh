// Why a DNS message, or what is left of it, cannot be read.
#pragma once

#include <cstdint>

namespace sluice {

enum class DnsError : std::uint8_t {
  need_more,         // the message ends early: cut by the sender (TC), the capture or the stream so far
  not_this,          // too short to be a message at all
  bad_label,         // a label type that RFC 1035 section 4.1.4 reserves
  bad_pointer,       // more compression pointers in one name than it may have: a loop
  name_too_long,     // more than 255 octets (RFC 1035 section 2.3.4)
  too_many_records,  // more questions and records than dns_record_limit
};

}  // namespace sluice
