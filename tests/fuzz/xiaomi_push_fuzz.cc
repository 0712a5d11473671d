// Any bytes as a stream of frames. The checksum is also put right first, since no mutation finds it by chance.
#include "dataplane/parsers/xiaomi_push.hh"

#include <zlib.h>
#include <cstdlib>
#include <vector>

namespace {

using sluice::Bytes;

void check_inside(Bytes frame, std::string_view value) {
  if (value.size() > sluice::xiaomi_push_value_limit) std::abort();
  if (value.empty()) return;
  const auto* at = reinterpret_cast<const std::uint8_t*>(value.data());
  if (at < frame.data() || at + value.size() > frame.data() + frame.size()) std::abort();
}

void walk(Bytes rest) {
  while (!rest.empty()) {
    const auto frame = sluice::parse_xiaomi_push(rest);
    const auto probe = sluice::probe_xiaomi_push(rest);
    if (!frame) {
      if ((frame.error() == sluice::XiaomiPushError::not_this) != (probe == sluice::Probe::no)) std::abort();
      return;
    }
    if (probe != sluice::Probe::yes || frame->size < 12 || frame->size > rest.size()) std::abort();
    if (frame->is_encrypted && (frame->device || !frame->command.empty())) std::abort();
    const auto bytes = rest.first(frame->size);
    for (const auto value : {frame->command, frame->host}) check_inside(bytes, value);
    if (const auto& device = frame->device) {
      for (const auto value : {device->model, device->build, device->device_id, device->network_type,
                               device->network_name, device->server, device->locale})
        check_inside(bytes, value);
    }
    // One byte less is not the whole of it.
    const auto cut = sluice::parse_xiaomi_push(bytes.first(bytes.size() - 1));
    if (cut || cut.error() != sluice::XiaomiPushError::need_more) std::abort();
    rest = rest.subspan(frame->size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  walk({data, size});
  if (size > sluice::xiaomi_push_blob_limit) return 0;
  // The same bytes as one blob in a frame.
  std::vector<std::uint8_t> frame{0xc2, 0xfe, 0x00, 0x05};
  const auto put = [&](std::size_t value) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) frame.push_back(static_cast<std::uint8_t>(value >> shift & 0xffU));
  };
  put(size);
  frame.insert(frame.end(), data, data + size);
  put(::adler32(1, frame.data(), static_cast<uInt>(frame.size())));
  walk(frame);
  return 0;
}
