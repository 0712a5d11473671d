// Inserts and advances in any order, against a model that keeps every byte on its own. The model has no bound on
// holes: where the buffer says that it left something out, the model asks it what.
#include "dataplane/reassembly.hh"

#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

namespace {

using sluice::Bytes;
using sluice::Reader;
using sluice::ReassemblyBuffer;

void require(bool holds) {
  if (!holds) std::abort();
}

using Model = std::vector<std::optional<std::uint8_t>>;

std::size_t stretches(const Model& model) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < model.size(); ++i) count += model[i] && (i == 0 || !model[i - 1]) ? 1 : 0;
  return count;
}

void require_same(const ReassemblyBuffer& buffer, const Model& model) {
  const auto ready = buffer.contiguous();
  for (std::size_t i = 0; i < ready.size(); ++i) require(model[i] == ready[i]);
  require(ready.size() == model.size() || !model[ready.size()]);
  std::size_t at = ready.size();
  while (at < model.size() && !model[at]) ++at;
  require(buffer.behind_first_hole() == (at < model.size() ? std::optional{at} : std::nullopt));
  require(buffer.empty() == (stretches(model) == 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto buffer = std::make_unique<ReassemblyBuffer>();
  buffer->clear();
  Model model(ReassemblyBuffer::window);
  Reader input{Bytes{data, size}};
  std::uint8_t fill = 0;
  while (input.left() > 0) {
    const auto operation = input.u8();
    const std::size_t offset = input.be16() % (ReassemblyBuffer::window + 64);
    if (operation % 4 == 0) {
      const auto count = offset % 512;
      buffer->advance(count);
      model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(count));
      model.resize(ReassemblyBuffer::window);
    } else {
      // Each byte tells which insert it came from, and where it lay in it.
      std::vector<std::uint8_t> bytes(operation % 4 == 1 ? input.be16() % 9000 : input.u8());
      for (auto& byte : bytes) byte = static_cast<std::uint8_t>(++fill * 37);
      const auto begin = operation % 4 == 3 ? offset % 64 : offset;
      auto grown = model;
      for (std::size_t i = 0; i < bytes.size() && begin + i < grown.size(); ++i)
        if (!grown[begin + i]) grown[begin + i] = bytes[i];
      const bool fits = begin + bytes.size() <= grown.size();
      const bool holes_fit = stretches(grown) <= ReassemblyBuffer::ranges_limit;
      const auto stored = buffer->insert(begin, bytes);
      require((stored == ReassemblyBuffer::Stored::all) == ((fits && holes_fit) || bytes.empty()));
      if (holes_fit) model = std::move(grown);
    }
    require_same(*buffer, model);
  }
  return 0;
}
