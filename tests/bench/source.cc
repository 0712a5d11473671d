#include "tests/bench/source.hh"

#include <rte_mbuf.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace sluice::bench {
namespace {

constexpr std::uint32_t wire_slots = 2 * block_frames;
constexpr std::array<std::uint8_t, 2> experimental_type{0x88, 0xb5};

std::uint64_t mixed(std::uint64_t digest, std::uint64_t value) {
  digest = (digest ^ value) * 0x9e3779b97f4a7c15;
  return digest ^ (digest >> 29);
}

}  // namespace

Source::Source(const std::string& name, rte_mempool* pool, Look look, Mix mix)
    : pool_(pool),
      inside_(name + "-inside", pool, wire_slots),
      outside_(name + "-outside", pool, wire_slots),
      look_(look),
      mix_(std::move(mix)) {
  buffers_.reserve(buffers_of_a_row);
}

bool Source::is_drained() const noexcept {
  return rte_ring_empty(inside_.arriving()) != 0 && rte_ring_empty(outside_.arriving()) != 0;
}

void Source::collect() {
  for (auto* ring : {inside_.leaving(), outside_.leaving()}) {
    const auto before = buffers_.size();
    buffers_.resize(before + rte_ring_count(ring));
    const auto taken = rte_ring_dequeue_burst(ring, reinterpret_cast<void**>(buffers_.data() + before),
                                              static_cast<unsigned>(buffers_.size() - before), nullptr);
    buffers_.resize(before + taken);
    counters_.came_out += taken;
  }
}

// Full of noise: what is not written over passes for ciphertext.
rte_mbuf* Source::fresh_buffer() {
  auto* buffer = rte_pktmbuf_alloc(pool_);
  if (buffer == nullptr) throw std::runtime_error("the pool of packet buffers is empty");
  auto* data = rte_pktmbuf_mtod(buffer, std::uint8_t*);
  std::generate(data, data + longest_frame, [&] { return static_cast<std::uint8_t>(noise_.next()); });
  return buffer;
}

void Source::load() {
  std::array<MixFrame, Mix::step_limit> step;
  std::array<std::vector<void*>, 2> wires;
  std::uint32_t loaded = 0;
  while (loaded + Mix::step_limit <= block_frames) {
    const auto count = mix_.step(step);
    for (std::size_t i = 0; i < count; ++i) {
      rte_mbuf* buffer = nullptr;
      if (buffers_.empty()) {
        buffer = fresh_buffer();
      } else {
        buffer = buffers_.back();
        buffers_.pop_back();
      }
      write(step[i], *buffer);
      wires[static_cast<std::size_t>(step[i].toward)].push_back(buffer);
    }
    loaded += static_cast<std::uint32_t>(count);
  }
  const std::array rings{inside_.arriving(), outside_.arriving()};  // toward the server: from inside
  for (std::size_t i = 0; i < rings.size(); ++i) {
    const auto count = static_cast<unsigned>(wires[i].size());
    if (rte_ring_enqueue_bulk(rings[i], wires[i].data(), count, nullptr) != count)
      throw std::runtime_error("a wire of the bench is full");
  }
}

void Source::write(const MixFrame& frame, rte_mbuf& buffer) {
  const auto head = frame.head.bytes();
  auto* data = rte_pktmbuf_mtod(&buffer, std::uint8_t*);
  if (look_ == Look::opaque)
    frame.write_opaque(data);
  else
    frame.write(noise_, data);
  if (look_ == Look::foreign)
    std::copy(experimental_type.begin(), experimental_type.end(), data + FrameHead::ether_type_offset);
  const auto length = frame.size();
  buffer.data_len = static_cast<std::uint16_t>(length);
  buffer.pkt_len = static_cast<std::uint32_t>(length);

  ++counters_.frames;
  counters_.bytes += length;
  auto digest = mixed(counters_.digest, length);
  for (std::size_t at = 0; at + sizeof(std::uint64_t) <= head.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, head.data() + at, sizeof word);
    digest = mixed(digest, word);
  }
  counters_.digest = digest;
}

}  // namespace sluice::bench
