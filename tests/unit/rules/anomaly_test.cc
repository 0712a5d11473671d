#include "rules/signatures/anomaly.hh"

#include <boost/test/unit_test.hpp>
#include <set>

namespace sluice {

BOOST_AUTO_TEST_SUITE(rules_anomaly)

// Names as rules in the wild write them (https://docs.suricata.io/en/latest/rules/app-layer.html and its like).
BOOST_AUTO_TEST_CASE(found_by_its_name_in_its_layer) {
  BOOST_TEST((anomaly_named(AnomalyLayer::decode, "ipv4.trunc_pkt") == Anomaly::ipv4_trunc_pkt));
  BOOST_TEST((anomaly_named(AnomalyLayer::stream, "reassembly_seq_gap") == Anomaly::stream_reassembly_seq_gap));
  BOOST_TEST((anomaly_named(AnomalyLayer::applayer, "http.missing_host_header") == Anomaly::http_missing_host_header));
  BOOST_TEST((anomaly_named(AnomalyLayer::applayer, "DNS.Malformed_Data") == Anomaly::dns_malformed_data));
  BOOST_TEST((anomaly_named(AnomalyLayer::stream, "ipv4.trunc_pkt") == std::nullopt));
  BOOST_TEST((anomaly_named(AnomalyLayer::decode, "ipv4.trunc") == std::nullopt));
  BOOST_TEST((anomaly_named(AnomalyLayer::decode, "") == std::nullopt));
}

BOOST_AUTO_TEST_CASE(every_name_leads_back_to_itself) {
  std::set<Anomaly> seen;
  for (std::size_t i = 0; i < anomaly_count; ++i) {
    const auto anomaly = static_cast<Anomaly>(i);
    const auto& kind = kind_of(anomaly);
    BOOST_TEST_CONTEXT(kind.name) BOOST_TEST((anomaly_named(kind.layer, kind.name) == anomaly));
    seen.insert(anomaly);
  }
  BOOST_TEST(seen.size() == anomaly_count);
  BOOST_TEST(kind_of(Anomaly::applayer_unexpected_protocol).name == "applayer_unexpected_protocol");
}

BOOST_AUTO_TEST_CASE(each_stands_once_and_too_many_are_told) {
  Anomalies anomalies;
  BOOST_TEST(anomalies.empty());
  anomalies.add(Anomaly::ipv4_trunc_pkt);
  anomalies.add(Anomaly::ipv4_trunc_pkt);
  BOOST_TEST(anomalies.end() - anomalies.begin() == 1);
  BOOST_TEST(!anomalies.is_cut());
  for (std::size_t i = 0; i < Anomalies::limit; ++i) anomalies.add(static_cast<Anomaly>(i + 20));
  BOOST_TEST(static_cast<std::size_t>(anomalies.end() - anomalies.begin()) == Anomalies::limit);
  BOOST_TEST(anomalies.is_cut());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sluice
