// Any bytes as WebSocket frames, and as a form's body: nothing is read beyond the end, and each part is counted.
#include "dataplane/http/websocket.hh"

#include <array>
#include <cstdlib>

#include "dataplane/http/multipart.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  Bytes rest{data, size};
  std::array<std::uint8_t, 64> room{};
  while (!rest.empty()) {
    const auto frame = parse_websocket_frame(rest);
    if (!frame) break;
    if (frame->header_size < 2 || frame->header_size > rest.size()) std::abort();
    rest = rest.subspan(frame->header_size);
    const auto payload = unmask(*frame, rest, room);
    if (payload.size() > frame->length) std::abort();
    if (frame->length > rest.size()) break;
    rest = rest.subspan(static_cast<std::size_t>(frame->length));
  }
  FormParts parts{"multipart/form-data; boundary=b", Bytes{data, size}};
  std::size_t count = 0;
  while (parts.next()) ++count;
  if (count > multipart_part_limit) std::abort();
  return 0;
}
