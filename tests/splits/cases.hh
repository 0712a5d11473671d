// Every way to cut one ClientHello in pieces and to send them: over TCP in two and three segments, in QUIC's CRYPTO
// frames over up to four Initials.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/frames.hh"

namespace sluice::splits {

// One connection of a client of its own.
struct Case {
  std::uint64_t number = 0;
  test::Frame opening;              // a SYN; empty over QUIC, as is its answer
  test::Frame answer;               // from the server
  std::vector<test::Frame> frames;  // from the client
};

class Cases {
 public:
  // Of TCP in three segments every `stride`-th, of all others every one.
  explicit Cases(std::uint64_t stride);

  // All of them are numbered from 0.
  [[nodiscard]] std::uint64_t count() const noexcept { return manners * in_a_manner_; }
  [[nodiscard]] Case at(std::uint64_t number) const;
  // For instance "TCP, cut at 17 and 40, in the order 2 0 1, overlapped".
  [[nodiscard]] std::string describe(std::uint64_t number) const;

 private:
  static constexpr std::uint64_t manners = 3;  // each piece once; each twice; each with bytes of its neighbours

  struct Shape {
    std::uint64_t manner = 0;
    std::vector<std::size_t> cuts;       // the pieces' borders, 0 and the size included
    std::vector<std::size_t> order;      // of the pieces
    std::optional<std::uint32_t> quic;   // its version
    std::vector<std::size_t> datagrams;  // how many pieces each Initial has
  };
  [[nodiscard]] Shape shape(std::uint64_t number) const;
  [[nodiscard]] std::array<std::size_t, 2> piece(const Shape& shape, std::size_t place) const;

  std::uint64_t stride_;
  test::Frame record_;
  std::vector<std::uint64_t> pairs_before_;  // by the first cut: pairs of cuts that have a smaller one
  std::uint64_t two_ = 0;
  std::uint64_t three_ = 0;
  std::uint64_t in_a_manner_ = 0;
};

// The client's end of a case: an address of 10.0.0.0/8, and a port.
[[nodiscard]] test::Ends ends_of(std::uint64_t number, bool is_quic);
[[nodiscard]] std::uint64_t number_of(const Address& client, std::uint16_t port) noexcept;

}  // namespace sluice::splits
