#include "tests/bench/report.hh"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tests/bench/spread.hh"

namespace sluice::bench {
namespace {

using Rows = std::vector<std::unique_ptr<Row>>;
using Json = nlohmann::ordered_json;

struct Figures {
  Spread cycles;      // a packet
  Spread difference;  // to the row before, both of one round
  double mega_packets = 0;
  double giga_bits = 0;
};

double mean_frame(const Row& row) {
  return row.sent().frames == 0 ? 0 : static_cast<double>(row.sent().bytes) / static_cast<double>(row.sent().frames);
}

Figures figures_of(const Run& run, const Rows& rows, std::size_t place) {
  const auto& row = *rows[place];
  Figures figures;
  figures.cycles = spread_of(row.samples());
  if (place > 0) {
    std::vector<double> differences;
    const auto& before = rows[place - 1]->samples();
    for (std::size_t i = 0; i < std::min(before.size(), row.samples().size()); ++i)
      differences.push_back(row.samples()[i] - before[i]);
    figures.difference = spread_of(std::move(differences));
  }
  if (figures.cycles.median > 0) figures.mega_packets = run.tsc_hertz / figures.cycles.median / 1e6;
  figures.giga_bits = figures.mega_packets * mean_frame(row) * 8 / 1e3;
  return figures;
}

std::string line_of(const Run& run, const Rows& rows, std::size_t place) {
  const auto& row = *rows[place];
  const auto figures = figures_of(run, rows, place);
  const auto difference = place == 0 ? std::string{}
                                     : fmt::format("{:+7.1f} {:+7.1f} {:+7.1f}", figures.difference.median,
                                                   figures.difference.low, figures.difference.high);
  return fmt::format("{:<11}{:>8.1f} {:>7.1f} {:>7.1f} {:>8.2f} {:>8.1f}   {:>23}   {:<14}{}\n", row.kind().name,
                     figures.cycles.median, figures.cycles.low, figures.cycles.high, figures.mega_packets,
                     figures.giga_bits, difference, row.kind().goal, row.kind().what);
}

// "forward 210, flow 480 a packet"
std::string instructions_text(const Rows& rows) {
  std::string text;
  for (const auto& row : rows)
    if (const auto each = row->instructions_per_frame())
      text += fmt::format("{}{} {:.0f}", text.empty() ? "" : ", ", row->kind().name, *each);
  return text.empty() ? "this machine does not count instructions" : text + " a packet";
}

Json spread_json(const Spread& spread) {
  return {{"median", spread.median}, {"p10", spread.low}, {"p90", spread.high}};
}

Json row_json(const Run& run, const Rows& rows, std::size_t place) {
  const auto& row = *rows[place];
  const auto figures = figures_of(run, rows, place);
  const auto reading = row.reading();
  auto ports = reading.ports[0];
  ports += reading.ports[1];
  Json uninspected = Json::object();
  for (std::size_t i = 0; i < uninspected_reason_names.size(); ++i)
    uninspected[std::string{uninspected_reason_names[i]}] = reading.inspection.uninspected.values[i];
  Json json{{"name", row.kind().name},
            {"cycles_per_packet", spread_json(figures.cycles)},
            {"mega_packets_per_second", figures.mega_packets},
            {"gigabits_per_second", figures.giga_bits},
            {"samples", row.samples()},
            {"blocks", row.blocks()},
            {"blocks_disturbed", row.blocks_disturbed()},
            {"received", ports.received},
            {"received_bytes", ports.received_bytes},
            {"forwarded", ports.forwarded},
            {"dropped", ports.dropped.sum()},
            {"frames_digest", fmt::format("{:016x}", row.sent().digest)},
            {"flows_created", reading.inspection.flows_created},
            {"flows_remembered", row.flows_remembered()},
            {"findings", reading.inspection.findings},
            {"signature_scans", reading.inspection.signature_scans},
            {"uninspected", uninspected},
            {"source_cycles_per_frame", row.source_cycles_per_frame()}};
  if (const auto each = row.instructions_per_frame()) json["instructions_per_packet"] = *each;
  if (place > 0) json["difference_to_row_before"] = spread_json(figures.difference);
  return json;
}

}  // namespace

std::string table(const Run& run, const Rows& rows) {
  const auto& machine = run.machine;
  const auto& last = *rows.back();
  std::uint64_t blocks = 0;
  std::uint64_t disturbed = 0;
  for (const auto& row : rows) {
    blocks += row->blocks();
    disturbed += row->blocks_disturbed();
  }
  const auto frames_a_flow = static_cast<double>(last.sent().frames) /
                             static_cast<double>(std::max<std::uint64_t>(last.mix().flows_started(), 1));
  auto text = fmt::format("machine  {}, {} CPUs, {}, governor {}, TSC {:.1f} MHz\n", machine.cpu, machine.cpus,
                          machine.kernel, machine.governor, run.tsc_hertz / 1e6);
  text += fmt::format("build    {}, {}, {}, {}\n", machine.build, machine.dpdk, machine.hyperscan,
                      machine.huge_pages ? "huge pages" : "no huge pages");
  text += fmt::format("packets  {} flows at a time, a new one every {:.0f} packets, {:.0f} bytes a packet, seed {}\n",
                      run.flows, frames_a_flow, mean_frame(last), run.seed);
  text += fmt::format("rules    the long list has {} domains; {} findings in the last row\n", run.domains,
                      last.reading().inspection.findings);
  text += fmt::format("rounds   {} of {} packets a row; making a packet took {:.0f} cycles, which are not counted\n",
                      run.rounds, run.turn.measured, last.source_cycles_per_frame());
  text +=
      fmt::format("quiet    {:.1f} % of the measured blocks had the CPU to themselves; the others are not counted\n",
                  blocks == 0 ? 0 : 100.0 - 100.0 * static_cast<double>(disturbed) / static_cast<double>(blocks));
  text += fmt::format("memory   {} MiB resident, all rows together\n", run.resident_mib);
  text += fmt::format("instr.   {}\n\n", instructions_text(rows));
  text += "           cycles a packet, one worker                 more than the row before   goal\n";
  text += "           median     p10     p90     Mpps   Gbit/s    median     p10     p90     cycles         does\n";
  for (std::size_t place = 0; place < rows.size(); ++place) text += line_of(run, rows, place);
  for (const auto& fault : run.faults) text += "FAULT  " + fault + "\n";
  return text;
}

std::string json(const Run& run, const Rows& rows) {
  const auto& machine = run.machine;
  Json all{{"machine",
            {{"cpu", machine.cpu},
             {"cpus", machine.cpus},
             {"kernel", machine.kernel},
             {"governor", machine.governor},
             {"tsc_hertz", run.tsc_hertz},
             {"dpdk", machine.dpdk},
             {"hyperscan", machine.hyperscan},
             {"huge_pages", machine.huge_pages},
             {"build", machine.build}}},
           {"flows", run.flows},
           {"domains", run.domains},
           {"seed", run.seed},
           {"rounds", run.rounds},
           {"packets_per_turn", run.turn.measured},
           {"resident_mib", run.resident_mib},
           {"rows", Json::array()},
           {"faults", run.faults}};
  for (std::size_t place = 0; place < rows.size(); ++place) all["rows"].push_back(row_json(run, rows, place));
  return all.dump(1) + "\n";
}

}  // namespace sluice::bench
