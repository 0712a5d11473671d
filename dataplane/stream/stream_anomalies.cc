#include "dataplane/stream/stream.hh"

// Suricata's stream events: what the flags and numbers of a segment say that does not fit the connection so far.
namespace sluice {
namespace {

constexpr std::size_t index(Way way) noexcept { return static_cast<std::size_t>(way); }

}  // namespace

// Those of a closed list of reasons that Suricata has a name for.
void Streams::raise(const Passage& at, TcpAnomaly reason) noexcept {
  auto& anomalies = at.packet.anomalies;
  switch (reason) {
    case TcpAnomaly::timestamp: return anomalies.add(Anomaly::stream_pkt_invalid_timestamp);
    case TcpAnomaly::window: return anomalies.add(Anomaly::stream_est_packet_out_of_window);
    case TcpAnomaly::overlap: return anomalies.add(Anomaly::stream_reassembly_overlap_different_data);
    case TcpAnomaly::early_data: return anomalies.add(Anomaly::stream_3whs_synack_tfo_data_ignored);
    case TcpAnomaly::acknowledgement:
      anomalies.add(Anomaly::stream_est_invalid_ack);
      return anomalies.add(Anomaly::stream_pkt_invalid_ack);
    case TcpAnomaly::checksum:
    case TcpAnomaly::flags:
    case TcpAnomaly::syn:
    case TcpAnomaly::reset:
    case TcpAnomaly::authentication:
    case TcpAnomaly::urgent:
    case TcpAnomaly::unwatched: return;  // it has none, or look_at_handshake() tells more
  }
}

// Before the segment changes what is known of the connection. The client is who sent the first SYN.
void Streams::look_at_handshake(const Passage& at) noexcept {
  const auto& packet = at.packet;
  auto& anomalies = at.packet.anomalies;
  const bool syn = (packet.tcp_flags & tcp_flag::syn) != 0;
  const bool ack = (packet.tcp_flags & tcp_flag::ack) != 0;
  const auto& asked = at.flow.side[index(Way::to_server)];
  const auto& answered = at.flow.side[index(Way::to_client)];
  const auto& client = at.flow.receiver[index(Way::to_client)];
  const auto& server = at.flow.receiver[index(Way::to_server)];
  const bool to_server = at.way == Way::to_server;
  // Who was reset by its own segment goes on to send: that one was another's.
  if (!packet.payload.empty() && (packet.tcp_flags & tcp_flag::rst) == 0 &&
      (at.flow.tcp_flags[index(at.way)] & tcp_flag::rst) != 0)
    anomalies.add(Anomaly::stream_suspected_rst_inject);
  if (syn && (packet.tcp_flags & tcp_flag::fin) != 0) anomalies.add(Anomaly::stream_fin_syn);
  if (!client.began) {  // no SYN of a client: the middle of a connection, or its very first segment
    if (at.flow.packets[0] + at.flow.packets[1] != 1 || syn) return;
    if ((packet.tcp_flags & tcp_flag::rst) != 0) anomalies.add(Anomaly::stream_rst_but_no_session);
    if ((packet.tcp_flags & tcp_flag::fin) != 0) anomalies.add(Anomaly::stream_fin_but_no_session);
    return;
  }
  const bool is_open = server.began && client.has_acknowledged;
  const auto add = [&](Anomaly opening, Anomaly established) { anomalies.add(is_open ? established : opening); };
  if (syn && ack) {
    if (to_server) {
      add(server.began ? Anomaly::stream_3whs_synack_toserver_on_syn_recv
                       : Anomaly::stream_3whs_synack_in_wrong_direction,
          Anomaly::stream_est_synack_toserver);
    } else if (packet.tcp_acknowledgement != asked.first_sequence) {
      if (server.began)
        add(Anomaly::stream_3whs_synack_resend_with_different_ack,
            Anomaly::stream_est_synack_resend_with_different_ack);
      else if (!server.early_data)  // the data of its SYN may have been taken
        anomalies.add(Anomaly::stream_3whs_synack_with_wrong_ack);
    } else if (server.began) {
      if (packet.tcp_sequence + 1 != answered.first_sequence)
        add(Anomaly::stream_3whs_synack_resend_with_diff_seq, Anomaly::stream_est_synack_resend_with_diff_seq);
      else if (is_open)
        anomalies.add(Anomaly::stream_est_synack_resend);
    }
  } else if (syn) {
    if (!to_server) {
      if (server.began || is_open) add(Anomaly::stream_3whs_syn_toclient_on_syn_recv, Anomaly::stream_est_syn_toclient);
    } else if (packet.tcp_sequence + 1 != asked.first_sequence) {
      if (server.began || is_open)
        add(Anomaly::stream_3whs_syn_resend_diff_seq_on_syn_recv, Anomaly::stream_est_syn_resend_diff_seq);
    } else if (is_open) {
      anomalies.add(Anomaly::stream_est_syn_resend);
    }
  } else if (ack && server.began && !client.has_acknowledged && (packet.tcp_flags & tcp_flag::rst) == 0) {
    look_at_first_ack(at, asked, answered);
  }
}

// The third segment of a handshake, or what stands in its place.
void Streams::look_at_first_ack(const Passage& at, const StreamSide& asked, const StreamSide& answered) noexcept {
  const auto& packet = at.packet;
  auto& anomalies = at.packet.anomalies;
  if (at.way == Way::to_client) {
    if (packet.payload.empty()) anomalies.add(Anomaly::stream_3whs_ack_in_wrong_dir);
    return;
  }
  if (packet.tcp_acknowledgement == answered.first_sequence) return;
  if (packet.tcp_sequence == asked.first_sequence)
    anomalies.add(Anomaly::stream_3whs_right_seq_wrong_ack_evasion);
  else if (sequence_distance(answered.first_sequence, packet.tcp_acknowledgement) < 0)
    anomalies.add(Anomaly::stream_3whs_wrong_seq_wrong_ack);
}

}  // namespace sluice
