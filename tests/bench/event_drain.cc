#include "tests/bench/event_drain.hh"

namespace sluice::bench {

EventSink EventDrain::sink() noexcept {
  return {{findings_.data, findings_.written, findings_.read}, {records_.data, records_.written, records_.read}};
}

void EventDrain::empty() {
  for (auto* ring : {&findings_, &records_})
    while (const auto record = ring->consumer.pop())
      if (const auto event = Event::parse(record->bytes)) count(*event);
}

void EventDrain::count(const Event& event) {
  const auto number = [&](Field field) {
    const auto found = event.find(field);
    return found ? found->integer() : 0;
  };
  if (number(Field::stage) == static_cast<std::uint64_t>(Stage::content_matched)) {
    ++found_.content;
    return;
  }
  switch (static_cast<Field>(number(Field::matched_field))) {
    case Field::dns_query_name: ++found_.questions; break;
    case Field::tls_sni:
    case Field::quic_sni: ++found_.handshakes; break;
    case Field::http_host: ++found_.requests; break;
    default: ++found_.others;
  }
}

}  // namespace sluice::bench
