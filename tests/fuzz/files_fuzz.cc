// The first byte chooses codings, the second the size of pieces, the third whether it is a form; the rest is a body:
// in pieces of any size it has the same files, and the same start of its content, as in one.
#include "dataplane/http/followed_body.hh"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>

namespace {

using namespace sluice;

struct Outcome {
  std::string files;
  std::string content;
  std::optional<ContentError> error;
  bool operator==(const Outcome&) const = default;
};

Outcome read(FollowedBody& body, BodyTools& tools, const ContentCodings& codings, bool is_form, Bytes bytes,
             std::size_t piece) {
  Outcome outcome;
  const FileSink sink{&outcome, [](void* to, const FileFacts& file) noexcept {
                        auto& files = static_cast<Outcome*>(to)->files;
                        files.append(file.name).append("=").append(std::to_string(file.size));
                        files.append(file.state == FileState::closed ? ";" : "!");
                        files.append(as_text(file.sha256));
                      }};
  body.clear();
  body.begin(codings, is_form ? "multipart/form-data; boundary=b" : "", body_content_limit);
  while (!bytes.empty()) {
    const auto size = std::min(piece, bytes.size());
    body.add(bytes.first(size), tools, sink);
    bytes = bytes.subspan(size);
  }
  body.end(true, tools, sink);
  outcome.content = as_text(body.content());
  outcome.error = body.error();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto body = std::make_unique<FollowedBody>();
  static const auto tools = std::make_unique<BodyTools>();
  tools->hashes = true;
  static constexpr std::string_view lists[] = {
      "gzip", "deflate", "br", "gzip, gzip", "br, deflate", "gzip,gzip,br,br,br", "zstd", ""};
  Reader input{Bytes{data, size}};
  ContentCodings codings;
  codings.add(lists[input.u8() % std::size(lists)]);
  const std::size_t piece = 1U + input.u8();
  const bool is_form = (input.u8() & 1) != 0;
  const auto bytes = input.rest();
  const auto whole = read(*body, *tools, codings, is_form, bytes, bytes.size());
  const auto pieces = read(*body, *tools, codings, is_form, bytes, piece);
  // Where growth or memory ends it depends on the pieces. So does what a decoder gives out before it meets damage, and
  // with it whether the body is tried as if it had no coding, or another.
  const auto depends = [](const Outcome& outcome) {
    return outcome.error == ContentError::expansion || outcome.error == ContentError::memory ||
           outcome.error == ContentError::corrupt;
  };
  if (!depends(whole) && !depends(pieces) && whole != pieces) std::abort();
  std::array<char, file_name_limit> room;
  const auto text = as_text(bytes);
  if (target_name(text, room).size() > text.size()) std::abort();
  if (disposed_name(HttpHeaders{text}, room).size() > room.size()) std::abort();
  return 0;
}
