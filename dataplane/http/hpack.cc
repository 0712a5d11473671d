#include "dataplane/http/hpack.hh"

#include <algorithm>
#include <cstring>

namespace sluice {
namespace {

// The largest dynamic table that a block may ask for: browsers announce so much. What the arena does not hold ends it.
constexpr std::size_t table_limit = 65536;

Arena& arena_of(void* context) noexcept { return *static_cast<Arena*>(context); }

void* take(std::size_t size, void* context) noexcept { return arena_of(context).take(size); }
void give(void* memory, void* context) noexcept { arena_of(context).give(memory); }
void* take_zeroed(std::size_t count, std::size_t size, void* context) noexcept {
  if (size != 0 && count > HpackDecoder::memory / size) return nullptr;
  auto* memory = arena_of(context).take(count * size);
  if (memory != nullptr) std::memset(memory, 0, count * size);
  return memory;
}
void* resize(void* memory, std::size_t size, void* context) noexcept { return arena_of(context).resize(memory, size); }

// Lines of fields in a fixed room.
class Lines {
 public:
  explicit Lines(std::span<char> room) noexcept : room_(room) {}

  [[nodiscard]] bool add(const nghttp2_nv& field) noexcept {
    constexpr std::size_t around = 4;  // ": " and CR LF
    if (field.namelen + field.valuelen + around > room_.size() - used_) return false;
    put({reinterpret_cast<const char*>(field.name), field.namelen});
    put_end(": ");
    put({reinterpret_cast<const char*>(field.value), field.valuelen});
    put_end("\r\n");
    return true;
  }
  [[nodiscard]] std::string_view text() const noexcept { return {room_.data(), used_}; }

 private:
  void put(std::string_view text) noexcept {
    for (const char c : text) room_[used_++] = c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  }
  void put_end(std::string_view text) noexcept {
    for (const char c : text) room_[used_++] = c;
  }

  std::span<char> room_;
  std::size_t used_ = 0;
};

}  // namespace

bool HpackDecoder::reset() noexcept {
  arena_.reset(room_);
  functions_ = {&arena_, take, give, take_zeroed, resize};
  return nghttp2_hd_inflate_new2(&inflater_, &functions_) == 0 &&
         nghttp2_hd_inflate_change_table_size(inflater_, table_limit) == 0;
}

tl::expected<std::string_view, HpackError> HpackDecoder::decode(std::span<const Bytes> pieces,
                                                                std::span<char> room) noexcept {
  Lines lines{room};
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const int is_last = i + 1 == pieces.size() ? 1 : 0;
    auto rest = pieces[i];
    for (;;) {
      nghttp2_nv field;
      int flags = 0;
      const auto used = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, rest.data(), rest.size(), is_last);
      if (used < 0) return tl::unexpected{used == NGHTTP2_ERR_NOMEM ? HpackError::memory : HpackError::corrupt};
      rest = rest.subspan(static_cast<std::size_t>(used));
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0 && !lines.add(field)) return tl::unexpected{HpackError::list};
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) == 0 && rest.empty()) break;
    }
  }
  if (nghttp2_hd_inflate_end_headers(inflater_) != 0) return tl::unexpected{HpackError::corrupt};
  return lines.text();
}

}  // namespace sluice
