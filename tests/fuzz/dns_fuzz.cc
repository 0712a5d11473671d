// Any bytes as a datagram and as a TCP stream, read to the end, every record's data formatted.
#include "dataplane/dns/dns.hh"

#include <array>
#include <cstdlib>

#include "dataplane/event/dns_fields.hh"

namespace {

bool is_text(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

void read_all(sluice::Bytes bytes) {
  auto message = sluice::parse_dns(bytes);
  if (!message) return;
  std::size_t questions = 0;
  std::size_t records = 0;
  sluice::DnsQuestion question;
  while (message->next_question(question)) {
    ++questions;
    if (!is_text(question.name.view())) std::abort();
  }
  sluice::DnsRecord record;
  std::array<char, 300> out;
  alignas(8) std::array<std::uint8_t, sluice::event_size_limit> room;
  sluice::EventWriter event{room};
  sluice::EventHeader event_header;
  event_header.type = sluice::EventType::dns;
  event.begin(event_header);
  while (message->next_record(record)) {
    ++records;
    const auto text = format_rdata(*message, record, out);
    if (!is_text(record.name.view()) || !is_text(text) || text.size() > out.size()) std::abort();
    put_dns_record(event, *message, record);
    if (record.rdata_offset + record.rdata.size() > bytes.size()) std::abort();
  }
  if (!sluice::Event::parse(event.finish())) std::abort();
  if (questions + records > sluice::dns_record_limit) std::abort();
  const auto& header = message->header();
  const std::size_t promised = header.answers + header.authorities + header.additionals;
  const bool all = questions == header.questions && records == promised;
  if (all == message->error().has_value()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sluice::Bytes bytes{data, size};
  read_all(bytes);
  static_cast<void>(sluice::probe_dns(bytes));
  const auto framed = sluice::dns_tcp_message(bytes);
  const auto probe = sluice::probe_dns_tcp(bytes);
  if (framed && probe == sluice::Probe::maybe) std::abort();
  if (framed) read_all(*framed);
  return 0;
}
