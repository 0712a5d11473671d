// The closed list of what may be wrong with a packet, a stream or a message: Suricata's engine events, under its names
// (https://docs.suricata.io, "Decoder", "Stream" and "Application layer" events), for rules and for EVE's `anomaly`.
// The names say what each means; which of them this program can tell stands beside them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

// Which keyword asks for it: decode-event, stream-event, app-layer-event; and EVE's anomaly.type.
enum class AnomalyLayer : std::uint8_t { decode, stream, applayer };
constexpr std::array<std::string_view, 3> anomaly_layer_names{"decode", "stream", "applayer"};

// Numbers stand in packs, counters and events: append only, never renumber.
enum class Anomaly : std::uint16_t {
  // of headers
  ipv4_pkt_too_small,
  ipv4_hlen_too_small,
  ipv4_iplen_smaller_than_hlen,
  ipv4_trunc_pkt,
  ipv4_opt_invalid,
  ipv4_opt_invalid_len,
  ipv4_opt_malformed,
  ipv4_opt_pad_required,
  ipv4_opt_eol_required,
  ipv4_opt_duplicate,
  ipv4_opt_unknown,
  ipv4_wrong_ip_version,
  ipv4_icmpv6,
  ipv4_unknown_protocol,
  ipv4_frag_pkt_too_large,
  ipv4_frag_overlap,
  ipv4_frag_ignored,
  icmpv4_pkt_too_small,
  icmpv4_unknown_type,
  icmpv4_unknown_code,
  icmpv4_ipv4_trunc_pkt,
  icmpv4_ipv4_unknown_ver,
  icmpv6_pkt_too_small,
  icmpv6_unknown_type,
  icmpv6_unknown_code,
  icmpv6_ipv6_trunc_pkt,
  icmpv6_ipv6_unknown_version,
  icmpv6_mld_message_with_invalid_hl,
  icmpv6_unassigned_type,
  icmpv6_experimentation_type,
  ipv6_pkt_too_small,
  ipv6_trunc_pkt,
  ipv6_trunc_exthdr,
  ipv6_exthdr_dupl_fh,
  ipv6_exthdr_useless_fh,
  ipv6_exthdr_dupl_rh,
  ipv6_exthdr_dupl_hh,
  ipv6_exthdr_dupl_dh,
  ipv6_exthdr_dupl_ah,
  ipv6_exthdr_dupl_eh,
  ipv6_exthdr_invalid_optlen,
  ipv6_wrong_ip_version,
  ipv6_exthdr_ah_res_not_null,
  ipv6_hopopts_unknown_opt,
  ipv6_hopopts_only_padding,
  ipv6_dstopts_unknown_opt,
  ipv6_dstopts_only_padding,
  ipv6_rh_type_0,
  ipv6_zero_len_padn,
  ipv6_fh_non_zero_reserved_field,
  ipv6_data_after_none_header,
  ipv6_unknown_next_header,
  ipv6_icmpv4,
  ipv6_frag_pkt_too_large,
  ipv6_frag_overlap,
  ipv6_frag_invalid_length,
  ipv6_frag_ignored,
  ipv6_ipv4_in_ipv6_too_small,
  ipv6_ipv4_in_ipv6_wrong_version,
  ipv6_ipv6_in_ipv6_too_small,
  ipv6_ipv6_in_ipv6_wrong_version,
  tcp_pkt_too_small,
  tcp_hlen_too_small,
  tcp_invalid_optlen,
  tcp_opt_invalid_len,
  tcp_opt_duplicate,
  udp_pkt_too_small,
  udp_hlen_too_small,
  udp_hlen_invalid,
  udp_len_invalid,
  sctp_pkt_too_small,
  esp_pkt_too_small,
  ethernet_pkt_too_small,
  ethernet_unknown_ethertype,
  sll_pkt_too_small,
  sll2_pkt_too_small,
  ipraw_invalid_ip_version,
  ltnull_pkt_too_small,
  ltnull_unsupported_type,
  chdlc_pkt_too_small,
  ppp_pkt_too_small,
  ppp_vju_pkt_too_small,
  ppp_ip4_pkt_too_small,
  ppp_ip6_pkt_too_small,
  ppp_wrong_type,
  ppp_unsup_proto,
  pppoe_pkt_too_small,
  pppoe_wrong_code,
  pppoe_malformed_tags,
  gre_pkt_too_small,
  gre_wrong_version,
  gre_version0_recur,
  gre_version0_flags,
  gre_version0_hdr_too_big,
  gre_version0_malformed_sre_hdr,
  gre_version1_chksum,
  gre_version1_route,
  gre_version1_ssr,
  gre_version1_recur,
  gre_version1_flags,
  gre_version1_no_key,
  gre_version1_wrong_protocol,
  gre_version1_malformed_sre_hdr,
  gre_version1_hdr_too_big,
  vlan_header_too_small,
  vlan_unknown_type,
  vlan_too_many_layers,
  mpls_header_too_small,
  mpls_pkt_too_small,
  mpls_bad_label_router_alert,
  mpls_bad_label_implicit_null,
  mpls_bad_label_reserved,
  mpls_unknown_payload_type,
  vxlan_unknown_payload_type,
  geneve_unknown_payload_type,
  erspan_header_too_small,
  erspan_unsupported_version,
  erspan_too_many_vlan_layers,
  too_many_layers,
  // of TCP
  stream_3whs_ack_in_wrong_dir,
  stream_3whs_async_wrong_seq,
  stream_3whs_right_seq_wrong_ack_evasion,
  stream_3whs_synack_in_wrong_direction,
  stream_3whs_synack_resend_with_different_ack,
  stream_3whs_synack_resend_with_diff_seq,
  stream_3whs_synack_toserver_on_syn_recv,
  stream_3whs_synack_with_wrong_ack,
  stream_3whs_synack_flood,
  stream_3whs_synack_tfo_data_ignored,
  stream_3whs_syn_flood,
  stream_3whs_syn_resend_diff_seq_on_syn_recv,
  stream_3whs_syn_toclient_on_syn_recv,
  stream_3whs_wrong_seq_wrong_ack,
  stream_3whs_ack_data_inject,
  stream_4whs_synack_with_wrong_ack,
  stream_4whs_synack_with_wrong_syn,
  stream_4whs_wrong_seq,
  stream_4whs_invalid_ack,
  stream_closewait_ack_out_of_window,
  stream_closewait_fin_out_of_window,
  stream_closewait_invalid_ack,
  stream_closing_ack_wrong_seq,
  stream_closing_invalid_ack,
  stream_est_packet_out_of_window,
  stream_est_synack_resend,
  stream_est_synack_resend_with_different_ack,
  stream_est_synack_resend_with_diff_seq,
  stream_est_synack_toserver,
  stream_est_syn_resend,
  stream_est_syn_resend_diff_seq,
  stream_est_syn_toclient,
  stream_est_invalid_ack,
  stream_fin_invalid_ack,
  stream_fin1_ack_wrong_seq,
  stream_fin1_fin_wrong_seq,
  stream_fin1_invalid_ack,
  stream_fin2_ack_wrong_seq,
  stream_fin2_fin_wrong_seq,
  stream_fin2_invalid_ack,
  stream_fin_but_no_session,
  stream_fin_out_of_window,
  stream_lastack_ack_wrong_seq,
  stream_lastack_invalid_ack,
  stream_rst_but_no_session,
  stream_timewait_ack_wrong_seq,
  stream_timewait_invalid_ack,
  stream_pkt_invalid_timestamp,
  stream_pkt_invalid_ack,
  stream_pkt_broken_ack,
  stream_rst_invalid_ack,
  stream_shutdown_syn_resend,
  stream_reassembly_seq_gap,
  stream_reassembly_overlap_different_data,
  stream_pkt_bad_window_update,
  stream_suspected_rst_inject,
  stream_est_pkt_before_last_ack,
  stream_closewait_pkt_before_last_ack,
  stream_reassembly_segment_before_base_seq,
  stream_pkt_retransmission,
  stream_wrong_thread,
  stream_fin_syn,
  stream_pkt_spurious_retransmission,
  stream_reassembly_depth_reached,
  stream_reassembly_insert_limit,
  stream_reassembly_insert_memcap,
  stream_reassembly_insert_invalid,
  // of messages
  http_unknown_error,
  http_gzip_decompression_failed,
  http_request_field_missing_colon,
  http_response_field_missing_colon,
  http_invalid_request_chunk_len,
  http_invalid_response_chunk_len,
  http_invalid_transfer_encoding_value_in_request,
  http_invalid_transfer_encoding_value_in_response,
  http_invalid_content_length_field_in_request,
  http_invalid_content_length_field_in_response,
  http_100_continue_already_seen,
  http_unable_to_match_response_to_request,
  http_invalid_server_port_in_request,
  http_invalid_authority_port,
  http_request_header_invalid,
  http_response_header_invalid,
  http_missing_host_header,
  http_host_header_ambiguous,
  http_invalid_request_field_folding,
  http_invalid_response_field_folding,
  http_request_field_too_long,
  http_response_field_too_long,
  http_multipart_generic_error,
  http_multipart_no_filedata,
  http_multipart_invalid_header,
  http_request_server_port_tcp_port_mismatch,
  http_request_uri_host_invalid,
  http_request_header_host_invalid,
  http_uri_delim_non_compliant,
  http_method_delim_non_compliant,
  http_request_line_leading_whitespace,
  http_too_many_encoding_layers,
  http_abnormal_ce_header,
  http_request_auth_unrecognized,
  http_request_header_repetition,
  http_response_header_repetition,
  http_response_multipart_byteranges,
  http_response_abnormal_transfer_encoding,
  http_response_chunked_old_proto,
  http_response_invalid_protocol,
  http_response_invalid_status,
  http_request_line_incomplete,
  http_double_encoded_uri,
  http_request_line_invalid,
  http_request_body_unexpected,
  http_lzma_memlimit_reached,
  http_duplicate_content_length_field_in_request,
  http_duplicate_content_length_field_in_response,
  http_compression_bomb,
  http_too_many_warnings,
  http_range_invalid,
  http_file_name_too_long,
  http_failed_protocol_change,
  http_request_chunk_extension,
  http_response_chunk_extension,
  http_request_line_missing_protocol,
  http_request_too_many_headers,
  http_response_too_many_headers,
  http2_invalid_frame_header,
  http2_invalid_client_magic,
  http2_invalid_frame_data,
  http2_invalid_header,
  http2_invalid_frame_length,
  http2_extra_header_data,
  http2_long_frame_data,
  http2_stream_id_reuse,
  http2_invalid_http1_settings,
  http2_failed_decompression,
  http2_invalid_range,
  http2_header_integer_overflow,
  http2_too_many_streams,
  http2_authority_host_mismatch,
  http2_userinfo_in_uri,
  dns_malformed_data,
  dns_not_a_request,
  dns_not_a_response,
  dns_z_flag_set,
  dns_invalid_opcode,
  dns_invalid_additionals,
  dns_invalid_authorities,
  dns_name_too_long,
  dns_infinite_loop,
  dns_too_many_labels,
  tls_invalid_sslv2_header,
  tls_invalid_tls_header,
  tls_invalid_record_version,
  tls_invalid_record_type,
  tls_invalid_handshake_message,
  tls_invalid_certificate,
  tls_certificate_missing_element,
  tls_certificate_unknown_element,
  tls_certificate_invalid_length,
  tls_certificate_invalid_string,
  tls_error_message_encountered,
  tls_invalid_ssl_record,
  tls_heartbeat_message,
  tls_overflow_heartbeat_message,
  tls_invalid_heartbeat_message,
  tls_dataleak_heartbeat_mismatch,
  tls_multiple_sni_extensions,
  tls_invalid_sni_type,
  tls_invalid_sni_length,
  tls_handshake_invalid_length,
  tls_too_many_records_in_packet,
  quic_failed_decrypt,
  quic_error_on_data,
  quic_crypto_frag_too_long,
  applayer_mismatch_protocol_both_directions,
  applayer_wrong_direction_first_data,
  applayer_detect_protocol_only_one_direction,
  applayer_proto_detection_skipped,
  applayer_no_tls_after_starttls,
  applayer_unexpected_protocol,
  nsh_header_too_small,
  nsh_unsupported_version,
  nsh_bad_header_length,
  nsh_reserved_type,
  nsh_unsupported_type,
  nsh_unknown_payload,
};
constexpr std::size_t anomaly_count = 305;

struct AnomalyKind {
  std::string_view name;  // as the keyword has it: "ipv4.trunc_pkt", "reassembly_seq_gap", "http.missing_host_header"
  AnomalyLayer layer{};
  bool is_told = false;  // by this program; the others never happen
};

[[nodiscard]] const AnomalyKind& kind_of(Anomaly anomaly) noexcept;
// By a keyword's argument, in any case as in Suricata; nothing where there is none of that name in that layer.
[[nodiscard]] std::optional<Anomaly> anomaly_named(AnomalyLayer layer, std::string_view name) noexcept;

// What is wrong with one packet, and with what it completed: each once.
class Anomalies {
 public:
  static constexpr std::size_t limit = 14;  // those beyond are counted by the one flag

  void add(Anomaly anomaly) noexcept {
    if (contains(anomaly)) return;
    if (count_ == limit)
      cut_ = true;
    else
      list_[count_++] = anomaly;
  }
  void clear() noexcept {
    count_ = 0;
    cut_ = false;
  }
  [[nodiscard]] bool contains(Anomaly anomaly) const noexcept {
    for (const auto known : *this)
      if (known == anomaly) return true;
    return false;
  }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] bool is_cut() const noexcept { return cut_; }
  [[nodiscard]] const Anomaly* begin() const noexcept { return list_.data(); }
  [[nodiscard]] const Anomaly* end() const noexcept { return list_.data() + count_; }

 private:
  std::uint8_t count_ = 0;
  bool cut_ = false;
  std::array<Anomaly, limit> list_;  // not cleared: a packet has none most of the time
};
static_assert(sizeof(Anomalies) <= 32);

// How often each was met.
struct AnomalyCounts {
  std::array<std::uint64_t, anomaly_count> values{};

  void count(const Anomalies& anomalies) noexcept {
    for (const auto anomaly : anomalies) ++values[static_cast<std::size_t>(anomaly)];
  }
  void operator+=(const AnomalyCounts& other) noexcept {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += other.values[i];
  }
};

}  // namespace sluice
