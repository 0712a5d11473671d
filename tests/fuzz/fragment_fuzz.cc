// Pieces of a few datagrams in any order, against a model that keeps every byte: what is called whole is whole, of the
// bytes that came first, and what Linux would refuse is refused. Each piece is six bytes: which datagram and flags,
// offset (2, in units of 8), length (2), time that passes.
#include "dataplane/packet/fragment.hh"

#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

namespace {

using sluice::FragmentTable;

void require(bool holds) {
  if (!holds) std::abort();
}

// What is known of one datagram while it is collected.
struct Model {
  std::vector<std::optional<std::uint8_t>> bytes;
  std::optional<std::size_t> end;
  bool lost = false;  // the table may hold more of it, or less: nothing is said until it is whole
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static sluice::InspectionCounters counters;
  static FragmentTable table{7, counters};  // empty after each input
  counters = {};
  table.begin_burst();
  Model models[4];
  sluice::Tick now{};
  std::uint64_t kept = 0;
  std::uint64_t completed = 0;
  std::uint8_t fill = 0;
  constexpr std::size_t step = 6;
  for (std::size_t i = 0; i + step <= size; i += step) {
    const auto* piece = data + i;
    const auto which = piece[0] & 3;
    sluice::Fragment fragment;
    fragment.key.identification = static_cast<std::uint32_t>(which);
    fragment.is_v6 = (which & 1) != 0;
    fragment.more = (piece[0] & 4) != 0;
    fragment.offset = static_cast<std::uint32_t>((piece[1] << 8 | piece[2]) & 0x1fff) * 8;
    const std::vector<std::uint8_t> payload(static_cast<std::size_t>((piece[3] << 8 | piece[4]) & 0x0fff), ++fill);
    fragment.data = payload;
    if ((piece[0] & 8) != 0) now += std::chrono::seconds{piece[5]};
    fragment.time = now;
    const auto lost_before = counters.uninspected.sum();
    if ((piece[0] & 16) != 0) table.begin_burst();
    if ((piece[0] & 32) != 0) table.expire(now);

    const auto result = table.add(fragment);
    auto& model = models[which];
    if (counters.uninspected.sum() != lost_before) {
      // Some datagram was given up, and it is not told which.
      for (auto& each : models) each.lost = true;
    }
    if (result.state == FragmentTable::State::refused) {  // the piece alone, or all of its datagram
      model.lost = true;
      continue;
    }
    const auto length = fragment.more ? payload.size() / 8 * 8 : payload.size();
    const std::size_t end = fragment.offset + length;
    if (model.bytes.size() < end) model.bytes.resize(end);
    std::size_t fresh = 0;
    for (std::size_t at = fragment.offset; at < end; ++at) fresh += model.bytes[at] ? 0 : 1;
    if (fresh == length)
      for (std::size_t at = fragment.offset; at < end; ++at) model.bytes[at] = payload[at - fragment.offset];
    if (!fragment.more) model.end = end;
    ++kept;
    if (result.state == FragmentTable::State::complete) {
      ++completed;
      require(result.datagram.size() <= FragmentTable::datagram_limit);
      // Touches every byte: AddressSanitizer sees what is not there.
      for (std::size_t at = 0; at < result.datagram.size(); ++at)
        if (!model.lost && at < model.bytes.size() && model.bytes[at]) require(*model.bytes[at] == result.datagram[at]);
      if (!model.lost && model.end) require(*model.end == result.datagram.size());
      model = {};
      table.settle(result.handle, (piece[0] & 64) != 0, now);
      require((piece[0] & 64) == 0 || table.is_dropped(result.handle));
    }
    require(table.in_use() <= FragmentTable::datagrams_limit);
  }
  table.finish();
  require(table.in_use() == 0);
  require(counters.uninspected.sum() <= kept);
  return 0;
}
