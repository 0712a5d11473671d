// What Prometheus scrapes. The one list of it, with the meaning of each, is METRICS.md.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "control/access/gate.hh"
#include "control/api/pushes.hh"
#include "control/rollout/rollout_status.hh"
#include "control/tap/event_loop.hh"
#include "control/vantage/vantage_judge.hh"

namespace sluice {

// What one scrape is made from, taken at its moment.
struct MetricsInput {
  LoopStatus loop;
  PushCounts pushes;
  RolloutStatus rollout;
  std::string version;
  CaptureCounts captures{};
  StoreStatus store{};
  InventoryCounts inventory{};
  GateCounts gate{};
  std::string tap_id{};
  std::string site{};
  std::vector<VantageJudgement> vantage{};
};

// All metrics in Prometheus' text format.
[[nodiscard]] std::string metrics_text(const MetricsInput& input);

class MetricsServer {
 public:
  // Serves http://ADDRESS:PORT/metrics; `take` is called at each scrape, from threads of the server.
  [[nodiscard]] static tl::expected<MetricsServer, std::string> start(const std::string& listen,
                                                                      std::function<MetricsInput()> take);
  MetricsServer(MetricsServer&&) noexcept;
  ~MetricsServer();

 private:
  struct Parts;
  explicit MetricsServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice
