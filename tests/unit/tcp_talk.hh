// A TCP connection whose headers a test writes as it likes, and the requests that go over it.
#pragma once

#include <string>
#include <string_view>

#include "tests/unit/pipeline_run.hh"

namespace sluice::test {

// What a header may have besides numbers, flags and payload.
struct Extra {
  Frame options{};
  std::uint16_t window = 0xffff;
  std::uint16_t urgent = 0;
  bool with_checksum = false;
  std::uint16_t checksum_error = 0;
};

inline unsigned sum_of(Bytes bytes) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += static_cast<unsigned>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
  return sum;
}

// IPv4 alone.
inline Frame segment(const Ends& at, std::uint32_t sequence, std::uint32_t acknowledgement, std::uint8_t flags,
                     Bytes payload, const Extra& extra) {
  Frame tcp;
  put16(tcp, at.source_port);
  put16(tcp, at.destination_port);
  put32(tcp, sequence);
  put32(tcp, acknowledgement);
  tcp.push_back(static_cast<std::uint8_t>((5 + extra.options.size() / 4) << 4));
  tcp.push_back(flags);
  put16(tcp, extra.window);
  put16(tcp, 0);
  put16(tcp, extra.urgent);
  put(tcp, extra.options);
  put(tcp, payload);
  if (extra.with_checksum) {
    auto sum = sum_of(tcp) + sum_of(Bytes{at.source.bytes}.subspan(12)) +
               sum_of(Bytes{at.destination.bytes}.subspan(12)) + ip_protocol::tcp + static_cast<unsigned>(tcp.size());
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    sum = (~sum & 0xffff) ^ extra.checksum_error;
    tcp[16] = static_cast<std::uint8_t>(sum >> 8);
    tcp[17] = static_cast<std::uint8_t>(sum);
  }
  return ip_frame(at, ip_protocol::tcp, tcp);
}

inline std::string request(std::string_view host) {
  return "GET / HTTP/1.1\r\nHost: " + std::string{host} + "\r\n\r\n";
}

constexpr std::uint8_t push_ack = 0x18;
constexpr std::uint32_t client_first = Connection::client_isn + 1;
constexpr std::uint32_t server_first = Connection::server_isn + 1;
inline const Lines listed_seen{"alert listed.example data-sent pass", "http listed.example /"};
inline const Lines benign_seen{"http benign.example /"};
inline const std::string listed = request("listed.example");
inline const std::string benign = request("benign.example");

struct Talk {
  explicit Talk(Mode mode = Mode::monitor) : run(small_options(mode)), tcp(run, 40000, 80) {}

  Talk& open(const Extra& extra = {}) {
    run.send(segment(tcp.at(), Connection::client_isn, 0, tcp_flag::syn, {}, extra));
    run.send(
        segment(tcp.at().reversed(), Connection::server_isn, client_first, tcp_flag::syn | tcp_flag::ack, {}, extra));
    run.send(segment(tcp.at(), client_first, server_first, tcp_flag::ack, {}, extra));
    return *this;
  }
  bool client(std::size_t offset, std::string_view data, std::uint8_t flags = push_ack, const Extra& extra = {}) {
    return run.send(segment(tcp.at(), client_first + static_cast<std::uint32_t>(offset), server_first, flags,
                            as_bytes(data), extra));
  }
  void server_confirms(std::size_t offset, const Extra& extra = {}) {
    run.send(segment(tcp.at().reversed(), server_first, client_first + static_cast<std::uint32_t>(offset),
                     tcp_flag::ack, {}, extra));
  }

  PipelineRun run;
  Connection tcp;
};

}  // namespace sluice::test
