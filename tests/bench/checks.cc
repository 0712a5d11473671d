#include "tests/bench/checks.hh"

#include <fmt/format.h>

#include <string_view>

namespace sluice::bench {
namespace {

class Faults {
 public:
  void equal(const Row& row, std::string_view what, std::uint64_t is, std::uint64_t should) {
    if (is != should) lines_.push_back(fmt::format("row {}: {} {}, must be {}", row.kind().name, is, what, should));
  }
  void some(const Row& row, std::string_view what, std::uint64_t is) {
    if (is == 0) lines_.push_back(fmt::format("row {}: no {}", row.kind().name, what));
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

// Whatever entered left through exactly one counted exit, and came out of it.
void conservation(const Row& row, Faults& faults) {
  const auto reading = row.reading();
  PortCounters all = reading.ports[0];
  all += reading.ports[1];
  faults.some(row, "packets received", all.received);
  faults.equal(row, "packets received", all.received, row.sent().frames);
  faults.equal(row, "bytes received", all.received_bytes, row.sent().bytes);
  faults.equal(row, "packets with an exit", all.forwarded + all.dropped.sum() + all.consumed.sum(), all.received);
  faults.equal(row, "packets transmitted", all.transmitted, all.forwarded);
  faults.equal(row, "packets that came out", row.sent().came_out, all.transmitted);
  faults.equal(row, "packets dropped", all.dropped.sum(), 0);
}

// Each row did what its name says and nothing else.
void work(const Row& row, Faults& faults) {
  const auto inspection = row.reading().inspection;
  const auto& uninspected = inspection.uninspected;
  const auto frames = row.sent().frames;
  const auto& named = row.mix().named();
  const auto& found = row.found();
  faults.equal(row, "packets that found the flow table full", uninspected[UninspectedReason::flow_table_full], 0);
  faults.equal(row, "messages that were not understood", uninspected[UninspectedReason::parse_error], 0);
  faults.equal(row, "events lost", inspection.events_lost, 0);
  const auto look = row.kind().look;
  faults.equal(row, "packets passed on as not IP", uninspected[UninspectedReason::not_ip],
               look == Look::foreign ? frames : 0);
  if (look == Look::foreign) faults.equal(row, "flows", inspection.flows_created, 0);
  if (look != Look::foreign) faults.some(row, "flows", inspection.flows_created);
  if (look == Look::opaque)
    faults.equal(row, "packets of a known protocol", uninspected[UninspectedReason::ciphertext], 0);
  if (look == Look::plain) faults.some(row, "ciphertext", uninspected[UninspectedReason::ciphertext]);
  if (row.kind().rules != RuleChoice::none) {
    // Every listed name that a phone said, once.
    faults.equal(row, "findings in DNS questions", found.questions, named.questions);
    faults.equal(row, "findings in TLS and QUIC handshakes", found.handshakes, named.handshakes);
    faults.equal(row, "findings in HTTP requests", found.requests, named.requests);
    faults.some(row, "findings in handshakes", found.handshakes);
    faults.some(row, "buffers searched by Hyperscan", inspection.signature_scans);
  } else {
    faults.equal(row, "findings", inspection.findings, 0);
    faults.equal(row, "buffers searched by Hyperscan", inspection.signature_scans, 0);
  }
}

}  // namespace

std::vector<std::string> faults(const std::vector<std::unique_ptr<Row>>& rows) {
  Faults found;
  for (const auto& row : rows) {
    conservation(*row, found);
    work(*row, found);
    found.equal(*row, "frames", row->sent().frames, rows.front()->sent().frames);
    found.equal(*row, "(digest of the frames)", row->sent().digest, rows.front()->sent().digest);
  }
  return found.take();
}

}  // namespace sluice::bench
