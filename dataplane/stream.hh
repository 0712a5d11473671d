// TCP: puts segments in order and hands each direction's bytes to the parsers. No segment is held: a copy waits for
// what is missing while the packet itself goes on.
#pragma once

#include "dataplane/counters.hh"
#include "dataplane/protocol.hh"
#include "dataplane/reassembly.hh"
#include "dataplane/reporter.hh"

namespace sluice {

class Streams {
 public:
  Streams(BufferPool& buffers, Protocols& protocols, bool midstream) noexcept
      : buffers_(&buffers), protocols_(&protocols), midstream_(midstream) {}

  // One TCP segment of a flow that is not decided yet.
  void segment(const Passage& at) noexcept;
  // Gives back what the flow holds.
  void release(Flow& flow) noexcept;

 private:
  static void start(StreamSide& side, std::uint32_t sequence) noexcept;
  void acknowledged(const Passage& at) noexcept;
  void deliver(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept;
  void pass_over(StreamSide& side, std::uint64_t count) noexcept;
  void parse_buffered(const Passage& at, StreamSide& side) noexcept;
  std::size_t parse(const Passage& at, StreamSide& side, Bytes data) noexcept;
  void inspect_payload(const Passage& at, StreamSide& side, Bytes data) noexcept;
  bool take_buffer(const Passage& at, StreamSide& side) noexcept;
  void give_buffer(StreamSide& side) noexcept;
  void finish(StreamSide& side) noexcept;

  BufferPool* buffers_;
  Protocols* protocols_;
  bool midstream_;
};

}  // namespace sluice
