// A DNS record as fields of an event. The parts of its data follow each other in the order of dns_layout.hh:
// dns_data_number and dns_data_text, or dns_answer_data where the data is one value.
#pragma once

#include "dataplane/dns/dns.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// Starts with dns_answer_name. Data that does not fit its type ends before the part that is wrong.
void put_dns_record(EventWriter& event, const DnsMessage& message, const DnsRecord& record) noexcept;

// All records that are left, with dns_section before the first of another section. reading.error() tells how it ended.
void put_dns_records(EventWriter& event, DnsMessage& reading) noexcept;

}  // namespace sluice
