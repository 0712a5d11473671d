#include "tests/splits/cases.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "dataplane/quic/quic_version.hh"
#include "tests/bench/initial.hh"
#include "tests/unit/hello_samples.hh"

namespace sluice::splits {
namespace {

using test::Frame;

// As long as browsers' hellos with a post-quantum key share are.
constexpr std::size_t record_size = 2080;
constexpr std::size_t record_header = 5;  // QUIC carries the handshake message without it
// QUIC's pieces: two of them within the name, which stands at 120 to 138 of the message.
constexpr std::array<std::size_t, 6> crypto_cuts{0, 125, 131, 900, 1500, record_size - record_header};
constexpr std::size_t crypto_pieces = crypto_cuts.size() - 1;
constexpr std::uint64_t crypto_orders = 120;
constexpr std::size_t initials_limit = 4;
constexpr std::size_t shortest_datagram = 1200;   // RFC 9000 section 14.1
constexpr std::size_t reach = 37;                 // bytes of each neighbour that a piece brings along
constexpr std::uint32_t client_isn = 0xfffffc00;  // the numbers wrap within the hello
constexpr std::uint32_t server_isn = 7000;
constexpr std::uint16_t first_port = 40000;
constexpr unsigned address_bits = 24;
constexpr std::array<std::uint8_t, 8> connection_id{0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08};

// The `number`-th order of so many pieces.
std::vector<std::size_t> order_of(std::size_t pieces, std::uint64_t number) {
  std::vector<std::size_t> left(pieces);
  std::iota(left.begin(), left.end(), 0);
  std::vector<std::size_t> order;
  for (; !left.empty(); number /= left.size() + 1) {
    const auto chosen = left.begin() + static_cast<std::ptrdiff_t>(number % left.size());
    order.push_back(*chosen);
    left.erase(chosen);
  }
  return order;
}

// Every way to deal the pieces, in their order, to up to initials_limit Initials: a bit for each border between pieces.
const std::vector<std::vector<std::size_t>>& deals() {
  static const auto all = [] {
    std::vector<std::vector<std::size_t>> result;
    for (unsigned borders = 0; borders < 1U << (crypto_pieces - 1); ++borders) {
      std::vector<std::size_t> deal{1};
      for (std::size_t i = 0; i + 1 < crypto_pieces; ++i) {
        if ((borders >> i & 1) != 0)
          deal.push_back(1);
        else
          ++deal.back();
      }
      if (deal.size() <= initials_limit) result.push_back(deal);
    }
    return result;
  }();
  return all;
}

constexpr std::array quic_versions{quic_version_1, quic_version_2};

}  // namespace

test::Ends ends_of(std::uint64_t number, bool is_quic) {
  auto at =
      test::ends("10.0.0.0", static_cast<std::uint16_t>(first_port + (number >> address_bits)), "198.51.100.7", 443);
  for (unsigned byte = 0; byte < 3; ++byte) at.source.bytes[15 - byte] = static_cast<std::uint8_t>(number >> 8 * byte);
  if (is_quic) at.destination_port = 4433;
  return at;
}

std::uint64_t number_of(const Address& client, std::uint16_t port) noexcept {
  return static_cast<std::uint64_t>(port - first_port) << address_bits | std::uint64_t{client.bytes[13]} << 16 |
         std::uint64_t{client.bytes[14]} << 8 | client.bytes[15];
}

Cases::Cases(std::uint64_t stride) : stride_(stride), record_(test::client_hello(record_size)) {
  std::uint64_t pairs = 0;
  for (std::size_t first = 1; first < record_size; ++first) {
    pairs_before_.push_back(pairs);
    pairs += record_size - 1 - first;
  }
  two_ = 2 * (record_size - 1);
  three_ = (6 * pairs + stride_ - 1) / stride_;
  in_a_manner_ = two_ + three_ + quic_versions.size() * crypto_orders * deals().size();
}

Cases::Shape Cases::shape(std::uint64_t number) const {
  Shape result;
  result.manner = number / in_a_manner_;
  number %= in_a_manner_;
  if (number < two_) {
    result.cuts = {0, 1 + number / 2, record_size};
    result.order = order_of(2, number % 2);
    return result;
  }
  number -= two_;
  if (number < three_) {
    const auto order = number * stride_ % 6;
    const auto pair = number * stride_ / 6;
    const auto above = std::upper_bound(pairs_before_.begin(), pairs_before_.end(), pair);
    const auto first = static_cast<std::size_t>(above - pairs_before_.begin());
    result.cuts = {0, first, first + 1 + static_cast<std::size_t>(pair - *(above - 1)), record_size};
    result.order = order_of(3, order);
    return result;
  }
  number -= three_;
  result.quic = quic_versions[number % quic_versions.size()];
  number /= quic_versions.size();
  result.cuts.assign(crypto_cuts.begin(), crypto_cuts.end());
  result.order = order_of(crypto_pieces, number % crypto_orders);
  result.datagrams = deals()[number / crypto_orders];
  return result;
}

std::array<std::size_t, 2> Cases::piece(const Shape& shape, std::size_t place) const {
  auto begin = shape.cuts[place];
  auto end = shape.cuts[place + 1];
  if (shape.manner == 2) {
    begin -= std::min(begin, reach);
    end = std::min(end + reach, shape.cuts.back());
  }
  return {begin, end};
}

Case Cases::at(std::uint64_t number) const {
  const auto how = shape(number);
  const auto at = ends_of(number, how.quic.has_value());
  const std::size_t times = how.manner == 1 ? 2 : 1;
  Case result;
  result.number = number;
  const auto put = [&](const Frame& frame) { result.frames.insert(result.frames.end(), times, frame); };
  if (!how.quic) {
    result.opening = tcp_frame(at, client_isn, 0, tcp_flag::syn);
    result.answer = tcp_frame(at.reversed(), server_isn, client_isn + 1, tcp_flag::syn | tcp_flag::ack);
    for (const auto place : how.order) {
      const auto [begin, end] = piece(how, place);
      put(tcp_frame(at, client_isn + 1 + static_cast<std::uint32_t>(begin), server_isn + 1, tcp_flag::ack,
                    Bytes{record_}.subspan(begin, end - begin)));
    }
    return result;
  }
  const auto hello = Bytes{record_}.subspan(record_header);
  unsigned packet = 0;
  std::size_t next = 0;
  for (const auto pieces : how.datagrams) {
    Frame payload;
    for (std::size_t i = 0; i < pieces; ++i) {
      const auto [begin, end] = piece(how, how.order[next++]);
      bench::put_crypto(payload, hello, begin, end);
    }
    put(udp_frame(at,
                  bench::sealed_initial(*how.quic, connection_id, packet++, std::move(payload), shortest_datagram)));
  }
  return result;
}

std::string Cases::describe(std::uint64_t number) const {
  static constexpr std::array<const char*, manners> names{"", ", each twice", ", overlapped"};
  const auto how = shape(number);
  auto text = how.quic ? fmt::format("QUIC {:#x}, pieces a datagram {}", *how.quic, fmt::join(how.datagrams, " "))
                       : std::string{"TCP"};
  text += fmt::format(", cut at {}, in the order {}{}",
                      fmt::join(std::vector(how.cuts.begin() + 1, how.cuts.end() - 1), " "), fmt::join(how.order, " "),
                      names[how.manner]);
  return text;
}

}  // namespace sluice::splits
