// Shared memory whose other side is hostile: any bytes in the ring, any indices, changed between the calls.
#include "dataplane/event/event_ring.hh"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

#include "dataplane/event/event.hh"

namespace {

using sluice::Bytes;
using sluice::Reader;

constexpr std::size_t ring_size = 2 * sluice::event_size_limit;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Of its exact size, so that a read or a write beyond either end is seen.
  std::vector<std::uint8_t> memory(ring_size);
  sluice::RingIndex written;
  sluice::RingIndex read;
  sluice::RingProducer producer{memory, written, read};
  const auto consumer = std::make_unique<sluice::RingConsumer>(memory, written, read);
  Reader input{Bytes{data, size}};
  while (input.left() > 0) {
    switch (input.u8() % 6) {
      case 0: {  // bytes at any place
        const std::size_t at = input.be16() % ring_size;
        const auto bytes = input.take(std::min<std::size_t>(input.u8(), input.left()));
        const auto count = std::min(bytes.size(), ring_size - at);
        std::copy_n(bytes.begin(), count, memory.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      }
      case 1: written.position = input.u8() % 2 == 0 ? input.be64() : written.position.load() + input.be16(); break;
      case 2: read.position = input.u8() % 2 == 0 ? input.be64() : read.position.load() + input.be16(); break;
      case 3: {
        const std::vector<std::uint8_t> record(8 + input.be16() % (sluice::event_size_limit + 64) / 8 * 8, 0x5a);
        if (producer.push(1, record)) require(record.size() <= sluice::event_size_limit && written.position % 8 == 0);
        break;
      }
      default: {
        const auto damaged = consumer->damaged();
        (void)consumer->next_tag();
        if (const auto record = consumer->pop()) {
          require(record->bytes.size() <= sluice::event_size_limit);
          if (const auto event = sluice::Event::parse(record->bytes))
            for (const auto& field : *event)
              require(field.value.data() + field.value.size() <= record->bytes.data() + record->bytes.size());
        }
        if (consumer->damaged() != damaged) require(read.position.load() == written.position.load());
      }
    }
  }
  return 0;
}
