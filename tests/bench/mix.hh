// The mobile mix: many flows at a time, each with its story (handshake, then long encrypted bodies, then an end), one
// step of one flow after the other. The same seed gives the same frames. README.md says what is in it and why.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/bench/frame_head.hh"
#include "tests/bench/messages.hh"
#include "tests/bench/random.hh"

namespace sluice::bench {

enum class FlowKind : std::uint8_t { dns, tls, quic, http };
constexpr std::size_t flow_kind_count = 4;

struct MixFrame {
  Toward toward{};
  FrameHead head;
  Bytes start;                   // of the payload; what follows is ciphertext, and any bytes will do
  std::size_t payload_size = 0;  // with that start

  [[nodiscard]] std::size_t size() const noexcept { return head.bytes().size() + payload_size; }
  // Head, start, and noise behind it, which no parser shall take for something. Further on stays what stood at `to`.
  void write(Random& noise, std::uint8_t* to) const noexcept;
  // The same with zeros for start and noise.
  void write_opaque(std::uint8_t* to) const noexcept;
};

// How often a phone said a listed name: what row `match` must find, all of it.
struct Named {
  std::uint64_t questions = 0;   // DNS
  std::uint64_t handshakes = 0;  // TLS, QUIC
  std::uint64_t requests = 0;    // HTTP
};

class Mix {
 public:
  // Frames of one step go the same way; no flow has two steps within `flows` steps.
  static constexpr std::size_t step_limit = 3;
  // Steps of a flow until its handshake is behind it, at most.
  static constexpr std::uint32_t handshake_steps = 5;

  // flows: at a time, a power of two. `messages` must outlive the mix.
  Mix(std::uint32_t flows, std::uint64_t seed, const Messages& messages);

  // The next step: how many frames of `frames` were written.
  [[nodiscard]] std::size_t step(std::array<MixFrame, step_limit>& frames);

  // Without those that were under way at the beginning.
  [[nodiscard]] std::uint64_t flows_started() const noexcept { return started_ - flows_.size(); }
  [[nodiscard]] const Named& named() const noexcept { return named_; }

 private:
  // What comes next of a flow's story; a datagram flow begins with `question`.
  enum class Scene : std::uint8_t { syn, syn_ack, question, answer, finish, piece, thanks, fin, fin_back, last, over };
  struct Flow {
    FlowKind kind{};
    Scene scene{};
    bool is_v6 = false;
    std::uint16_t bodies = 0;  // pieces of body still to come
    std::uint16_t name = 0;
    std::uint32_t number = 0;
    std::array<std::uint32_t, 2> sequence{};  // of what comes next, by the one toward whom
  };
  using Frames = std::array<MixFrame, step_limit>;

  [[nodiscard]] Flow begin(FlowKind kind, std::uint16_t bodies);
  [[nodiscard]] Flow successor();
  [[nodiscard]] Flow one_under_way();
  // Each plays the flow's scene, moves it on, and returns the number of frames.
  [[nodiscard]] std::size_t dns(Flow& flow, Frames& frames);
  [[nodiscard]] std::size_t quic(Flow& flow, Frames& frames);
  [[nodiscard]] std::size_t stream(Flow& flow, Frames& frames);
  [[nodiscard]] std::size_t stream_question(Flow& flow, Frames& frames);
  [[nodiscard]] std::size_t stream_answer(Flow& flow, Frames& frames);

  static void segment(Flow& flow, MixFrame& frame, Toward toward, std::uint8_t flags, Bytes start,
                      std::size_t payload_size);
  static void datagram(const Flow& flow, MixFrame& frame, Toward toward, Bytes start, std::size_t payload_size);
  [[nodiscard]] static Ends ends_of(const Flow& flow) noexcept;

  const Messages* messages_;
  Random random_;
  std::vector<Flow> flows_;
  std::uint64_t steps_ = 0;
  std::uint64_t started_ = 0;
  Named named_;
};

}  // namespace sluice::bench
