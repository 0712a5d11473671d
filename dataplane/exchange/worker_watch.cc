#include "dataplane/exchange/worker_watch.hh"

#include <algorithm>

#include "dataplane/base/lapses.hh"
#include "dataplane/exchange/conservation.hh"
#include "rules/signatures/buffer_name.hh"

namespace sluice {
namespace {

std::string fault_text(ProbeFault fault, std::uint32_t database) {
  const bool is_buffer = database < buffer_count;
  switch (fault) {
    case ProbeFault::name: return "the name was not found";
    case ProbeFault::address: return "the address was not found";
    case ProbeFault::patterns:
      return "patterns of " + std::string{is_buffer ? text_of(static_cast<Buffer>(database)) : "streams"} +
             " are not found";
    case ProbeFault::none: break;
  }
  return {};
}

}  // namespace

void WorkerWatch::look(const WorkerReading& reading, std::uint32_t ports, Clock::time_point now) {
  const auto& probe = reading.probe;
  if (const auto successes = probe.runs - probe.failures; successes != successes_) {
    successes_ = successes;
    succeeded_ = now;
  }
  fault_ = probe.fault;
  database_ = probe.database;

  const bool was_wrong = error_.packets != 0;
  error_ = {};
  for (std::uint32_t port = 0; port < std::min(ports, ports_limit) && error_.packets == 0; ++port) {
    const auto error = conservation_error(reading.ports[port], reading.ports[other_port(port)]);
    error_ = {port, error.received != 0, error.received != 0 ? error.received : error.transmitted};
  }
  if (!was_wrong) wrong_since_ = now;

  for (std::size_t i = 0; i < lapse_count; ++i) {
    const auto count = lapses[i].count(reading.inspection);
    if (count > lapses_[i].count) lapses_[i].rose = now;
    lapses_[i].count = count;
  }
}

std::string WorkerWatch::unanswered(Clock::time_point now) const {
  if (fault_ != ProbeFault::none) return "the known-answer probe failed: " + fault_text(fault_, database_);
  if (now - succeeded_ <= probe_patience) return {};
  const auto still = std::chrono::duration_cast<std::chrono::seconds>(probe_patience).count();
  return "no known-answer probe has succeeded for " + std::to_string(still) + " s";
}

std::string WorkerWatch::unaccounted(const SharedHeader& header, Clock::time_point now) const {
  if (error_.packets == 0 || now - wrong_since_ < error_patience) return {};
  return std::string{"port "} + header.port_names[error_.port] + ": " + std::to_string(error_.packets) + " packets " +
         (error_.is_received ? "received" : "transmitted") + " and not accounted for";
}

std::string WorkerWatch::lapsed(Clock::time_point now) const {
  for (const auto& row : lapses) {
    const auto& lapse = lapses_[static_cast<std::size_t>(row.lapse)];
    if (!row.says.empty() && lapse.count != 0 && now - lapse.rose < lapse_patience) return std::string{row.says};
  }
  return {};
}

}  // namespace sluice
