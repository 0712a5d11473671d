// Inserts, consumes and forgets in any order, against a model that keeps every byte on its own. The model has no bound
// on holes: where the buffer says that it left something out, the model asks it what.
#include "dataplane/flow/reassembly.hh"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

namespace {

using sluice::Bytes;
using sluice::Reader;
using sluice::ReassemblyBuffer;
using Copy = ReassemblyBuffer::Copy;

// Each costs a look at the whole window: a longer input shows nothing new.
constexpr int operations_limit = 40;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Model {
  static constexpr std::size_t size = ReassemblyBuffer::window;

  std::array<std::uint8_t, size> bytes;
  std::array<bool, size> held{};
  std::size_t consumed = 0;

  [[nodiscard]] std::size_t stretches() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < size; ++i) count += held[i] && (i == 0 || !held[i - 1]) ? 1 : 0;
    return count;
  }
  // Whether `data` at `begin` takes the place of the stretch of bytes that begins and ends there.
  [[nodiscard]] bool replaces(Copy copy, std::size_t old_begin, std::size_t old_end, std::size_t begin,
                              std::size_t end) const {
    if (copy == Copy::first) return false;
    const bool in_linux = old_begin > consumed && (begin < old_begin || (begin == old_begin && end > old_end));
    return copy == Copy::linux ? in_linux : !in_linux;
  }
  void insert(std::size_t begin, Bytes data, Copy copy) {
    const auto before = held;
    const auto end = std::min(begin + data.size(), size);
    std::size_t old_begin = 0;
    for (std::size_t at = 0; at < end;) {
      if (!before[at]) {
        if (at >= begin) put(at, data[at - begin]);
        ++at;
        continue;
      }
      old_begin = at;
      while (at < size && before[at]) ++at;
      if (!replaces(copy, old_begin, at, begin, end)) continue;
      for (auto i = std::max(begin, old_begin); i < std::min(end, at); ++i) put(i, data[i - begin]);
    }
  }
  void put(std::size_t at, std::uint8_t byte) {
    bytes[at] = byte;
    held[at] = true;
  }
  void forget() {
    for (std::size_t i = 0; i < size; ++i) {
      held[i] = i + consumed < size && held[i + consumed];
      if (held[i]) bytes[i] = bytes[i + consumed];
    }
    consumed = 0;
  }
  [[nodiscard]] bool differs(std::size_t begin, Bytes data) const {
    for (std::size_t i = 0; i < data.size() && begin + i < size; ++i)
      if (held[begin + i] && bytes[begin + i] != data[i]) return true;
    return false;
  }
};

void require_same(const ReassemblyBuffer& buffer, const Model& model) {
  require(buffer.consumed() == model.consumed);
  const auto ready = buffer.contiguous();
  auto at = model.consumed;
  for (const auto byte : ready) {
    require(at < Model::size && model.held[at] && model.bytes[at] == byte);
    ++at;
  }
  require(at == Model::size || !model.held[at]);
  while (at < Model::size && !model.held[at]) ++at;
  require(buffer.behind_first_hole() == (at < Model::size ? std::optional{at - model.consumed} : std::nullopt));
  require(buffer.empty() == (ready.empty() && at == Model::size));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ReassemblyBuffer buffer;
  static Model model;
  static std::array<std::uint8_t, 9000> room;
  buffer.clear();
  model = Model{};
  Reader input{Bytes{data, size}};
  std::uint8_t fill = 0;
  for (int operation = 0; operation < operations_limit && input.left() > 0; ++operation) {
    const auto choice = input.u8();
    const std::size_t offset = input.be16() % (ReassemblyBuffer::window + 64);
    switch (choice % 4) {
      case 0:
        buffer.consume(offset % 512);
        model.consumed = std::min(model.consumed + offset % 512, Model::size);
        if ((choice & 4) == 0) break;
        buffer.forget();
        model.forget();
        break;
      default: {
        // Each byte tells which insert it came from, and where it lay in it; or it is what was there before.
        const std::size_t count = choice % 4 == 1 ? input.be16() % room.size() : input.u8();
        const auto begin = choice % 4 == 3 ? offset % 64 : offset;
        for (std::size_t i = 0; i < count; ++i) {
          room[i] = static_cast<std::uint8_t>(++fill * 37);
          if ((choice & 8) != 0 && begin + i < Model::size && model.held[begin + i]) room[i] = model.bytes[begin + i];
        }
        const auto bytes = Bytes{room}.first(count);
        require(buffer.differs(static_cast<std::ptrdiff_t>(begin), bytes) == model.differs(begin, bytes));
        static constexpr Copy copies[] = {Copy::first, Copy::linux, Copy::other, Copy::first};
        const auto copy = copies[choice >> 4 & 3];
        auto grown = model;
        grown.insert(begin, bytes, copy);
        const bool fits = begin + count <= Model::size;
        const bool holes_fit = grown.stretches() <= ReassemblyBuffer::ranges_limit;
        const auto stored = buffer.insert(static_cast<std::ptrdiff_t>(begin), bytes, copy);
        require((stored == ReassemblyBuffer::Stored::all) == ((fits && holes_fit) || count == 0));
        if (holes_fit) model = grown;
      }
    }
    require_same(buffer, model);
  }
  return 0;
}
