// Xiaomi's push connection (MiPush), on TCP 5222 and other ports: frames whose first one from each side, "CONN", is in
// clear text; what follows is encrypted but for the length and the checksum. The phone's CONN names it: model, build,
// device id, network, locale.
//
// The form is published by nobody; it was read from a capture of phones (nDPI's xiaomi.pcap), and agrees with nDPI's
// src/lib/protocols/xiaomi.c and with the push SDK that apps carry (com.xiaomi.slim.BlobWriter of its version 3.7):
//
//   u16 0xC2FE | u16 5 | u32 size of the blob | blob | u32 Adler-32 of all before it, big-endian
//   blob, unless it is empty (a keep-alive) or encrypted: u16 type | u16 size | u32 size | header | body
//
// Header and body are protocol buffers. Views point into the bytes that were given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"

namespace sluice {

enum class XiaomiPushError : std::uint8_t {
  need_more,       // a longer prefix of the stream is needed
  not_this,        // other first bytes, or a blob size that the SDK neither sends nor takes
  checksum,        // the Adler-32 is not that of the frame
  malformed,       // header or body is no protocol buffers message that we read (protobuf.hh)
  value_too_long,  // a text longer than xiaomi_push_value_limit
};

// Of a blob; the SDK drops longer ones in both directions.
constexpr std::size_t xiaomi_push_blob_limit = 32'768;
// Of each text that is read, in bytes. Android's build properties have at most 91, the names of servers 253.
constexpr std::size_t xiaomi_push_value_limit = 512;

// What a device says of itself at the start of the connection. Empty or 0 = not said.
struct XiaomiDevice {
  std::uint32_t connection_version = 0;  // field 1; 106 in what was seen
  std::string_view model;
  std::string_view build;
  std::string_view device_id;  // identifier: "a-" and a hash in hex, the same for years
  std::uint32_t sdk_version = 0;
  std::string_view network_type;  // "wifi", "mobile-lte"
  std::string_view network_name;  // identifier: what follows, an APN; of Wi-Fi it would be the network's name
  std::string_view server;        // as the device names it: name or address, and port
  std::string_view locale;
  std::uint32_t api_level = 0;  // Android's
};

struct XiaomiPushFrame {
  std::size_t size = 0;  // of the whole frame: the next one begins there
  // Nothing but `size` is known then.
  bool is_encrypted = false;
  std::string_view command;  // "CONN"; empty in a keep-alive
  std::string_view host;     // the service that is addressed: "xiaomi.com"
  // Of a device's CONN alone. A server answers under the same command with other fields by the same numbers; theirs
  // begins with a text where the device's has a number.
  std::optional<XiaomiDevice> device;
};

// `yes` on the first 8 bytes, `maybe` on a shorter prefix of what they may be.
[[nodiscard]] Probe probe_xiaomi_push(Bytes stream) noexcept;

// The frame at the start of the stream.
[[nodiscard]] tl::expected<XiaomiPushFrame, XiaomiPushError> parse_xiaomi_push(Bytes stream) noexcept;

}  // namespace sluice
