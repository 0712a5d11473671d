// Metrics of one scrape as they are put together: a family, then its values.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace sluice {

using MetricLabels = std::vector<prometheus::ClientMetric::Label>;

class MetricFamilies {
 public:
  void counter(const char* name, const char* help) { begin(name, help, prometheus::MetricType::Counter); }
  void gauge(const char* name, const char* help) { begin(name, help, prometheus::MetricType::Gauge); }
  // Of the family that was begun last.
  void put(MetricLabels labels, double value) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = value;
    metric.gauge.value = value;
    list_.back().metric.push_back(std::move(metric));
  }
  void put(MetricLabels labels, std::uint64_t value) { put(std::move(labels), static_cast<double>(value)); }
  [[nodiscard]] std::vector<prometheus::MetricFamily> take() { return std::move(list_); }

 private:
  void begin(const char* name, const char* help, prometheus::MetricType type) {
    list_.push_back({name, help, type, {}});
  }

  std::vector<prometheus::MetricFamily> list_;
};

}  // namespace sluice
