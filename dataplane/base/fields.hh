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
  mdns = 24,     // RFC 6762
  llmnr = 25,    // RFC 4795
  netbios = 26,  // the name service, RFC 1002
  ssdp = 28,
  mqtt = 29,
  ntp = 30,
  stun = 31,
  ssh = 32,
  dhcpv6 = 33,
  ipsec = 40,  // ESP, IKE (RFC 4303, 7296, 3948)
  wireguard = 41,
  openvpn = 42,
};

// What is known of the Encrypted ClientHello in a hello. `unknown`: GREASE, or a real one whose key the tap never saw.
enum class EchView : std::uint8_t { unknown = 1, real = 2 };

// Names that are looked up in secret: over TLS or DTLS (RFC 7858, 8094), over HTTPS (RFC 8484, or as a vendor does it),
// over QUIC (RFC 9250).
enum class EncryptedDns : std::uint8_t { none = 0, dot = 1, doh = 2, doq = 3 };

// Why a flow record ended.
enum class FlowEnd : std::uint8_t { timeout = 1, closed = 2, shutdown = 3, evicted = 4 };

// How far a flow came: `established` = both sides sent (TCP: the handshake was completed or data went both ways).
enum class FlowState : std::uint8_t { fresh = 1, established = 2, closed = 3 };

// How far the connection of a TCP flow came, as RFC 9293 section 3.3.2 names the states, seen from outside.
enum class TcpState : std::uint8_t {
  none = 0,
  syn_sent = 1,
  syn_received = 2,
  established = 3,
  fin_wait_1 = 4,
  fin_wait_2 = 5,
  time_wait = 6,
  last_ack = 7,
  close_wait = 8,
  closing = 9,
  closed = 10,
};

// Why a packet was dropped: a rule or a list that it met itself, its flow was dropped before, its TCP receiver would
// refuse it, its device is in quarantine, nobody could look into it.
enum class DropCause : std::uint8_t { rules = 0, flow = 1, stream_error = 2, quarantine = 3, uninspected = 4 };

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
  flow_bytes_to_server = 66,  // whole frames; of a tunnel what it holds, of a datagram in fragments all of it
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
  // what could be seen of a flow
  flow_visibility = 256,  // integer: Visibility
  encrypted_dns = 257,    // integer: EncryptedDns, not none

  // arp (RFC 826), neighbour discovery (RFC 4861): hardware addresses are identifiers
  neighbour_kind = 195,        // integer: ARP's operation, or the ICMPv6 type
  neighbour_sender = 196,      // text: address of ARP's sender
  neighbour_sender_mac = 197,  // bytes
  neighbour_target = 198,      // text: the address that is sought or told of
  neighbour_target_mac = 199,  // bytes
  router_lifetime = 200,       // integer, seconds
  router_dns_server = 201,     // text, one field for each
  dhcpv6_vendor = 203,         // integer: IANA enterprise number of the vendor class
  // mqtt: of a CONNECT
  mqtt_protocol = 288,    // text
  mqtt_version = 289,     // integer
  mqtt_flags = 290,       // integer: mqtt_flag
  mqtt_keep_alive = 291,  // integer, seconds
  mqtt_client_id = 292,   // text, an identifier
  mqtt_user_name = 293,   // text, an identifier
  mqtt_will_topic = 294,  // text, which may hold one
  // ntp (RFC 5905)
  ntp_version = 295,  // integers
  ntp_mode = 296,
  ntp_stratum = 297,
  ntp_reference_id = 298,
  // stun (RFC 8489)
  stun_class = 299,        // integer: StunClass
  stun_method = 300,       // integer
  stun_software = 301,     // text
  stun_mapped_ip = 302,    // text
  stun_mapped_port = 303,  // integer
  // ssh (RFC 4253 section 4.2)
  ssh_client_protocol = 304,  // texts
  ssh_client_software = 305,
  ssh_server_protocol = 306,
  ssh_server_software = 307,
  // netbios (RFC 1002 section 4.2)
  netbios_id = 308,       // integer
  netbios_flags = 309,    // integer: the 16 bits after the id
  netbios_type = 310,     // integer: 0x20 a name, 0x21 a node's status
  netbios_name = 311,     // text, an identifier; what is known of it follows
  netbios_suffix = 312,   // integer
  netbios_group = 313,    // integer: 1
  netbios_address = 314,  // text
  // ssdp
  ssdp_kind = 315,        // integer: SsdpKind
  ssdp_target = 316,      // text
  ssdp_usn = 317,         // text, an identifier
  ssdp_sub_type = 318,    // text
  ssdp_server = 319,      // text
  ssdp_user_agent = 320,  // text
  ssdp_location = 321,    // text: a URL
  // dhcpv6 (RFC 8415); the relay's address stands in dhcp_relay_ip
  dhcpv6_type = 322,          // integer
  dhcpv6_id = 323,            // integer: of the transaction
  dhcpv6_client_duid = 324,   // bytes, an identifier
  dhcpv6_server_duid = 325,   // bytes, an identifier
  dhcpv6_options = 326,       // bytes, two an option asked for
  dhcpv6_vendor_class = 327,  // text
  dhcpv6_user_class = 328,    // text
  dhcpv6_host_name = 329,     // text, an identifier
  dhcpv6_address = 330,       // text, one field for each; a DNS server is a dhcp_dns_server

  // a request that may be a vendor's own protocol, for the control plane to decode; all of it may hold identifiers. An
  // `http` event has the body alone, since the rest stands in its own fields.
  vendor_request_host = 224,          // text, as sent
  vendor_request_target = 225,        // text, as sent
  vendor_request_header_name = 226,   // text; its value follows
  vendor_request_header_value = 227,  // text
  vendor_request_body = 228,          // bytes, decoded: the first body_inspection_limit of what came by
  vendor_request_cut = 229,           // integer: 1 where the body has more than that
  vendor_request_again = 230,         // integer: 1 on an alert that repeats one on the request's head, with its body

  // the packet that an event is about, byte by byte, where the tap is told to write that (packet_image.hh)
  packet_bytes = 440,         // bytes, in pieces: one field each, in their order
  packet_link_type = 441,     // integer: LINKTYPE_ number of what these begin with
  packet_payload_at = 442,    // integer: where in them the payload begins
  packet_payload_size = 443,  // integer
  stream_bytes = 444,         // bytes: of the stream, as the rule saw it
  stream_matched = 445,       // integer: 1 where the rule matched in a stream, 0 where in the packet

  packet_for_evidence = 446,  // integer: 1 where the packet is there for a record of evidence alone: no event shows it
  kept_before = 447,          // integer: bytes of the flow's packets that were kept before this one
  kept_end = 448,             // integer: KeptEnd, where this is the last of the flow that is kept

  // of a flow, set by rules; one field for each
  flow_bit = 400,           // text: the bit's name
  flow_number = 401,        // text: the number's name; its value follows it
  flow_number_value = 402,  // integer

  // fileinfo
  file_name = 480,             // text
  file_size = 481,             // integer: bytes of content that were read
  file_state = 482,            // integer: FileState
  file_gaps = 483,             // integer: 1 where bytes of it never came by
  file_md5 = 484,              // bytes, where files are hashed
  file_sha1 = 485,             // bytes
  file_sha256 = 486,           // bytes
  http_status_text = 487,      // text: what stands where a response's status should, and is none
  http2_request_error = 488,   // integer: of a GOAWAY that the client sent
  http2_response_error = 489,  // integer: the same of the server

  // eve: what Suricata's events have beside these
  anomaly = 340,                   // integer: Anomaly
  packet_way = 341,                // integer: 0 to the server, 1 to the client, of the packet that the event is about
  rule_action = 342,               // integer: Action, what the rule, or the policy for it, asks for
  transaction = 343,               // integer: number of the message, or pair of messages, in its flow, from 0
  drop_cause = 346,                // integer: DropCause
  transport_header = 348,          // bytes: the first 20 of TCP, 8 of others
  icmp_type = 349,                 // integers, of the first message of a flow in each direction
  icmp_code = 350,                 // of an alert: of its packet
  icmp_response_type = 351,        // integers
  icmp_response_code = 352,        // integers
  flow_dropped = 353,              // integer: 1 where the flow was dropped as a whole
  tls_ciphers_offered = 364,       // bytes, two a number, in the sender's order; so are those that follow
  tls_extensions = 365,            // of the client, GREASE included
  tls_signature_algorithms = 366,  // of the client
  tls_server_extensions = 367,     // bytes
  protocol_original = 370,         // integer: Protocol before the flow went over to another
  flow_tcp_flags_to_server = 373,  // integer: union of all flags seen in that direction
  flow_tcp_flags_to_client = 374,  // integer
  tcp_state = 375,                 // integer: TcpState

  // what rules do
  reject_target = 460,  // integer: RejectTarget, of the rules that the packet met
  flow_passed = 461,    // integer: 1 where a rule lets the flow pass
  flow_would = 462,     // integer: Action, what `enforce` would have done to the flow
  packet_passed = 463,  // integer: 1 where a rule lets the packet pass
  never_block = 469,    // integer: Shield
  dns_answer = 470,     // integer: DnsAnswer, what a look-up is answered with
  restraint = 471,      // integer: Restraint, what the site's policy held back of the flow
  ech_answer = 472,     // integer: EchAnswer, of an answer with keys of ECH that its device shall not have
  policy_line = 468,    // text: name of the line of the site's policy that decided
  // What groups of a rule's expressions captured, where content may leave: a name, and behind it its text.
  flow_capture = 464,         // text
  flow_capture_text = 465,    // bytes
  packet_capture = 466,       // text
  packet_capture_text = 467,  // bytes

  // of an error of ICMP: the ends of the flow that it is about, as its initiator sends
  flow_source = 520,            // bytes: Address
  flow_destination = 521,       // bytes
  flow_source_port = 522,       // integer; absent where the flow has none
  flow_destination_port = 523,  // integer

  // of a sighting
  sighting_of = 530,       // integer: EventType whose fields it has; 0: a packet of the device alone
  hardware_address = 531,  // bytes: of the frame's sender; a router's where one stands between
  hop_limit = 532,         // integer: TTL of IPv4, hop limit of IPv6, as it came
};

}  // namespace sluice
