// The closed list of what protocols yield: every field of an event, with its type and its place in EVE JSON.
// Rules name fields by these names too (the sticky buffers of the rule language).
#pragma once

#include <cstdint>

namespace sluice {

// All numbers here cross shared memory and stand in stored events: append only, never renumber.
enum class Protocol : std::uint8_t {
  unknown = 0,
  dns = 1,
  tls = 2,
  quic = 3,
  http = 4,
  xiaomi_push = 5,
  dtls = 16,
  prelude = 17,  // of a direction alone: clear text that TLS may follow (starttls.hh)
  http2 = 20,
  websocket = 21,
  dhcp = 27,
  ipsec = 40,  // ESP, IKE (RFC 4303, 7296, 3948)
  wireguard = 41,
  openvpn = 42,
};

// What is known of the Encrypted ClientHello in a hello. `unknown`: GREASE, or a real one whose key the tap never saw.
enum class EchView : std::uint8_t { unknown = 1, real = 2 };

// Why a flow record ended.
enum class FlowEnd : std::uint8_t { timeout = 1, closed = 2, shutdown = 3, evicted = 4 };

// How far a flow came: `established` = both sides sent (TCP: the handshake was completed or data went both ways).
enum class FlowState : std::uint8_t { fresh = 1, established = 2, closed = 3 };

// What lay around the innermost IP header.
enum class TunnelKind : std::uint8_t {
  none = 0,
  mpls = 1,
  pppoe = 2,
  gre = 3,
  erspan = 4,
  vxlan = 5,
  geneve = 6,
  gtp_u = 7,
  ip_in_ip = 8,    // IPv4 in IPv4 or IPv6
  ipv6_in_ip = 9,  // IPv6 in IPv4 (6in4, 6to4, 6rd, ISATAP) or IPv6
  teredo = 10,
  l2tp = 11,
  etherip = 12,
  capwap = 13,
};

enum class Field : std::uint16_t {
  // alert
  rule_row = 1,       // integer: row of the indicator in the ruleset of this generation
  matched_field = 2,  // integer: the Field whose value matched
  matched_value = 3,  // text: the value that matched (a name, an address)
  stage = 4,          // integer: Stage
  action = 5,         // integer: Action, what was done
  would = 6,          // integer: Action, what `enforce` would have done

  // dns (RFC 1035)
  dns_response = 16,         // integer: 0 query, 1 response
  dns_id = 17,               // integer
  dns_flags = 18,            // integer: the 16 bits after the id
  dns_query_name = 19,       // text, without trailing dot; starts one question, its type follows
  dns_query_type = 20,       // integer
  dns_answer_name = 21,      // text; starts one answer, its type, ttl and data follow
  dns_answer_type = 22,      // integer
  dns_answer_ttl = 23,       // integer, seconds
  dns_answer_data = 24,      // text, as Suricata writes it: an address, a name
  dns_authority_count = 25,  // integer

  // tls (RFC 8446 section 4.1.2), quic (RFC 9000, 9369)
  tls_sni = 32,              // text
  tls_alpn = 33,             // text, one field for each protocol offered
  tls_version_offered = 34,  // integer: the highest version offered (supported_versions, else legacy_version)
  tls_version_legacy = 35,   // integer: legacy_version
  quic_version = 36,         // integer: the 32-bit version of the Initial packet
  quic_sni = 37,             // text

  // http (RFC 9112)
  http_method = 48,        // text
  http_host = 49,          // text: Host header, or the authority of an absolute target, as sent
  http_uri = 50,           // text: request target as sent
  http_user_agent = 51,    // text
  http_protocol = 52,      // text: "HTTP/1.1"
  http_header_name = 53,   // text; its value follows
  http_header_value = 54,  // text

  // flow: to_server = from the initiator
  flow_packets_to_server = 64,  // integers from here on
  flow_packets_to_client = 65,
  flow_bytes_to_server = 66,  // whole frames
  flow_bytes_to_client = 67,
  flow_start = 68,  // nanoseconds since 1970
  flow_end = 69,
  flow_reason = 70,     // FlowEnd
  flow_protocol = 71,   // Protocol
  flow_tcp_flags = 72,  // union of all flags seen
  flow_state = 73,      // FlowState
  flow_alerted = 74,    // 1 where a finding stands on it

  // addresses, as rules match them
  destination_ip = 80,

  // what a vendor's own clear-text protocol says of the device. Identifiers leave the control plane redacted.
  vendor_command = 96,     // text: the kind of message, in the protocol's own word
  vendor_server = 97,      // text: the server as the device names it
  sdk_version = 98,        // integer: of the push SDK
  device_model = 99,       // text
  device_build = 100,      // text: of the operating system
  device_id = 101,         // text, an identifier
  device_locale = 102,     // text
  device_api_level = 103,  // integer: Android's
  network_type = 104,      // text: "wifi", "mobile-lte"
  network_name = 105,      // text, an identifier: APN

  // the outside of a tunnel, as the event's source sends it
  tunnel_source = 112,       // 16 bytes: Address, of the outermost IP header
  tunnel_destination = 113,  // 16 bytes
  tunnel_source_port = 114,  // integers from here on; of UDP, else 0
  tunnel_destination_port = 115,
  tunnel_protocol = 116,  // IANA protocol number of the outermost IP header
  tunnel_depth = 117,     // IP headers around the innermost one
  tunnel_kind = 118,      // TunnelKind, one field each, the outermost first
  tunnel_network = 119,   // VXLAN or Geneve VNI, NVGRE VSID
  // dns, continued
  dns_section = 160,      // integer: 1 the records that follow are authorities, 2 additional ones
  dns_data_number = 161,  // integer: a part of the record's data, in the order of dns_layout.hh
  dns_data_text = 162,    // bytes: the same
  dns_parameter = 163,    // integer: an EDNS option's code, or a service parameter's key; its values follow
  // what the device's own look-ups say of an address
  resolved_name = 164,   // text: the name that was looked up for the far end
  alias_target = 165,    // text: on an alert, the listed name that the looked-up one is an alias of
  never_resolved = 166,  // 1 where the device uses DNS, and no answer to it held the far end
  // http, what the response adds (RFC 9110), and what only HTTP/2 has (RFC 9113)
  http_status = 208,             // integer
  http_redirect = 209,           // text: Location
  http_length = 210,             // integer: bytes of the response's body, still coded
  http_content_type = 211,       // text: of the response
  http_referer = 212,            // text
  http_response_name = 213,      // text: a header of the response; its value follows
  http_response_value = 214,     // text
  http2_stream_id = 215,         // integer
  http2_request_setting = 216,   // integer: identifier of a setting that the client sent; its value follows
  http2_response_setting = 217,  // integer: the same of the server
  http2_setting_value = 218,     // integer
  http_part_name = 219,          // text: starts one part of a form (RFC 7578)
  http_part_file = 220,          // text: its file name
  http_part_type = 221,          // text: its media type
  // tls and quic: what the server chose, and fingerprints
  tls_version_selected = 128,  // integer: supported_versions of the ServerHello, else its legacy_version
  tls_cipher_selected = 129,   // integer
  tls_server_alpn = 130,       // text
  tls_session_resumed = 131,   // integer: 1
  ja3_hash = 132,              // text, hex
  ja3_text = 133,              // text
  ja3s_hash = 134,             // text, hex
  ja3s_text = 135,             // text
  ja4 = 136,                   // text
  tls_ech = 137,               // integer: EchView
  tls_ech_config_id = 138,     // integer
  // certificates (RFC 5280), in the order sent
  cert_sha1 = 140,         // text, hex; starts one certificate, what is known of it follows
  cert_sha256 = 141,       // text, hex
  cert_from_client = 142,  // integer: 1 where the client sent it
  cert_serial = 143,       // text, hex
  cert_subject = 144,      // text
  cert_issuer = 145,       // text
  cert_not_before = 146,   // integer: seconds since 1970, two's complement
  cert_not_after = 147,    // integer: the same
  cert_self_signed = 148,  // integer: 1 where issuer and subject are the same bytes
  cert_name = 149,         // text, one field for each alternative name: DNS name or address

  // dhcp (RFC 2131, 2132). Addresses are texts, left out where there is none.
  dhcp_reply = 176,             // integer: 0 of a client, 1 of a server
  dhcp_id = 177,                // integer: of the transaction
  dhcp_type = 178,              // integer: option 53
  dhcp_hardware_address = 179,  // bytes, an identifier
  dhcp_client_ip = 180,
  dhcp_assigned_ip = 181,
  dhcp_relay_ip = 182,
  dhcp_requested_ip = 183,
  dhcp_server_ip = 184,
  dhcp_subnet_mask = 185,
  dhcp_lease_time = 186,    // integer, seconds
  dhcp_host_name = 187,     // text, an identifier
  dhcp_vendor_class = 188,  // text
  dhcp_client_id = 189,     // bytes, an identifier
  dhcp_parameters = 190,    // bytes, an option's number each, in the client's order
  dhcp_dns_server = 191,    // text, one field for each
  dhcp_router = 192,        // text, one field for each

  // a request that may be a vendor's own protocol, for the control plane to decode; all of it may hold identifiers. An
  // `http` event has the body alone, since the rest stands in its own fields.
  vendor_request_host = 224,          // text, as sent
  vendor_request_target = 225,        // text, as sent
  vendor_request_header_name = 226,   // text; its value follows
  vendor_request_header_value = 227,  // text
  vendor_request_body = 228,          // bytes, decoded: the first body_inspection_limit of what came by
  vendor_request_cut = 229,           // integer: 1 where the body has more than that
  vendor_request_again = 230,         // integer: 1 on an alert that repeats one on the request's head, with its body
};

}  // namespace sluice
