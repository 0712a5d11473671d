#include "dataplane/parsers/xiaomi_push.hh"

#include <zlib.h>
#include <algorithm>

#include "dataplane/parsers/protobuf.hh"

namespace sluice {
namespace {

using Error = XiaomiPushError;

constexpr std::uint8_t start[] = {0xc2, 0xfe, 0x00, 0x05};
constexpr std::size_t frame_header_size = 8;
constexpr std::size_t blob_header_size = 8;
constexpr std::size_t checksum_size = 4;

// A blob is empty or has at least its header; encryption (RC4) keeps its size.
bool is_blob_size(std::size_t size) noexcept {
  return size == 0 || (size >= blob_header_size && size <= xiaomi_push_blob_limit);
}

struct Blob {
  Bytes header;
  Bytes body;
};

// Nothing where the sizes do not add up: that blob is encrypted. Fewer than one in 2^32 that are will pass for clear
// text, and hardly one of those has a header that can be read.
std::optional<Blob> split(Bytes bytes) noexcept {
  Reader reader{bytes};
  Blob blob;
  reader.skip(2);  // type of the body: 2 where it is protocol buffers
  const std::size_t header_size = reader.be16();
  const std::size_t body_size = reader.be32();
  blob.header = reader.take(header_size);
  blob.body = reader.take(body_size);
  if (!reader.ok() || reader.left() > 0) return std::nullopt;
  return blob;
}

// Whether it is short enough.
bool keep(std::string_view& value, Bytes bytes) noexcept {
  value = as_text(bytes);
  return value.size() <= xiaomi_push_value_limit;
}

// "mobile-lte-internet", "mobile-lte", "wifi": of a mobile network the first two parts are the type, else the first
// one; what follows is kept apart, since it names a network.
void split_network(std::string_view text, XiaomiDevice& device) noexcept {
  auto dash = text.find('-');
  if (text.substr(0, dash) == "mobile" && dash != std::string_view::npos) dash = text.find('-', dash + 1);
  device.network_type = text.substr(0, dash);
  device.network_name = dash == std::string_view::npos ? std::string_view{} : text.substr(dash + 1);
}

// Message ClientHeader of the SDK: 3 server, 5 command.
std::optional<Error> read_header(Bytes message, XiaomiPushFrame& frame) noexcept {
  ProtobufReader fields{message};
  while (const auto field = fields.next()) {
    bool fits = true;
    if (field->is_bytes(3)) fits = keep(frame.host, field->bytes);
    if (field->is_bytes(5)) fits = keep(frame.command, field->bytes);
    if (!fits) return Error::value_too_long;
  }
  return fields.error() ? std::optional{Error::malformed} : std::nullopt;
}

// Message XMMsgConn of the SDK. As the format has it, numbers are cut to the width of their field and the last of
// several values stands; a field of another type than ours is one that we do not know.
std::optional<Error> read_connection(Bytes message, XiaomiPushFrame& frame) noexcept {
  XiaomiDevice device;
  bool is_of_device = false;
  bool fits = true;
  std::string_view network;
  ProtobufReader fields{message};
  while (const auto field = fields.next()) {
    const auto number = static_cast<std::uint32_t>(field->integer);
    if (field->type == ProtobufType::varint) {
      switch (field->number) {
        case 1:
          device.connection_version = number;
          is_of_device = true;
          break;
        case 5: device.sdk_version = number; break;
        case 10: device.api_level = number; break;
        default: break;
      }
    } else if (field->type == ProtobufType::bytes) {
      switch (field->number) {
        case 2: fits &= keep(device.model, field->bytes); break;
        case 3: fits &= keep(device.build, field->bytes); break;
        case 4: fits &= keep(device.device_id, field->bytes); break;
        case 6: fits &= keep(network, field->bytes); break;
        case 7: fits &= keep(device.server, field->bytes); break;
        case 8: fits &= keep(device.locale, field->bytes); break;
        default: break;
      }
    }
  }
  if (fields.error()) return Error::malformed;
  if (!is_of_device) return std::nullopt;
  if (!fits) return Error::value_too_long;
  split_network(network, device);
  frame.device = device;
  return std::nullopt;
}

}  // namespace

Probe probe_xiaomi_push(Bytes stream) noexcept {
  const auto known = std::min(stream.size(), std::size(start));
  if (!std::equal(start, start + known, stream.begin())) return Probe::no;
  Reader reader{stream};
  reader.skip(std::size(start));
  const auto blob_size = reader.be32();
  if (!reader.ok()) return Probe::maybe;
  return is_blob_size(blob_size) ? Probe::yes : Probe::no;
}

tl::expected<XiaomiPushFrame, XiaomiPushError> parse_xiaomi_push(Bytes stream) noexcept {
  switch (probe_xiaomi_push(stream)) {
    case Probe::no: return tl::unexpected(Error::not_this);
    case Probe::maybe: return tl::unexpected(Error::need_more);
    case Probe::yes: break;
  }
  Reader reader{stream};
  reader.skip(std::size(start));
  const auto blob = reader.take(reader.be32());
  const auto stated = reader.be32();
  if (!reader.ok()) return tl::unexpected(Error::need_more);

  XiaomiPushFrame frame;
  const auto covered = frame_header_size + blob.size();
  frame.size = covered + checksum_size;
  // RFC 1950 section 8.2; 1 is where an Adler-32 begins.
  if (::adler32(1, stream.data(), static_cast<uInt>(covered)) != stated) return tl::unexpected(Error::checksum);
  if (blob.empty()) return frame;

  const auto parts = split(blob);
  if (!parts) {
    frame.is_encrypted = true;
    return frame;
  }
  if (const auto error = read_header(parts->header, frame)) return tl::unexpected(*error);
  if (frame.command != "CONN") return frame;
  if (const auto error = read_connection(parts->body, frame)) return tl::unexpected(*error);
  return frame;
}

}  // namespace sluice
