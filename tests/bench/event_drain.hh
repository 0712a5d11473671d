// The other end of a worker's event rings: counts the findings by what they were found in, and forgets them.
#pragma once

#include <cstdint>
#include <vector>

#include "dataplane/event/event_sink.hh"

namespace sluice::bench {

struct FoundEvents {
  std::uint64_t questions = 0;   // names in DNS questions
  std::uint64_t handshakes = 0;  // names in TLS and QUIC hellos
  std::uint64_t requests = 0;    // names in HTTP requests
  std::uint64_t content = 0;     // signatures
  std::uint64_t others = 0;      // findings of any other kind
};

class EventDrain {
 public:
  [[nodiscard]] EventSink sink() noexcept;
  void empty();
  [[nodiscard]] const FoundEvents& found() const noexcept { return found_; }

 private:
  struct Ring {
    std::vector<std::uint8_t> data = std::vector<std::uint8_t>(std::size_t{4} << 20);  // as events.ring_bytes has it
    RingIndex written;
    RingIndex read;
    RingConsumer consumer{data, written, read};
  };

  void count(const Event& event);

  Ring findings_;
  Ring records_;
  FoundEvents found_;
};

}  // namespace sluice::bench
