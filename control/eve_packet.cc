#include "control/eve_packet.hh"

#include <algorithm>
#include <string>

#include "control/eve_objects.hh"
#include "rules/anomaly.hh"

namespace sluice {
namespace {

// Suricata's parsers in C name their events in capitals, those in Rust do not.
bool is_in_capitals(std::string_view protocol) {
  return protocol == "http" || protocol == "tls" || protocol.starts_with("applayer");
}

std::string in_capitals(std::string_view text) {
  std::string capitals{text};
  std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return capitals;
}

}  // namespace

Json anomaly_object(const Event& event) {
  Json object = Json::object();
  const auto field = event.find(Field::anomaly);
  if (!field || field->integer() >= anomaly_count) return object;
  const auto& kind = kind_of(static_cast<Anomaly>(field->integer()));
  object["type"] = anomaly_layer_names[static_cast<std::size_t>(kind.layer)];
  switch (kind.layer) {
    case AnomalyLayer::decode: object["event"] = "decoder." + std::string{kind.name}; break;
    case AnomalyLayer::stream: object["event"] = "stream." + std::string{kind.name}; break;
    case AnomalyLayer::applayer: {
      const auto dot = kind.name.find('.');
      const bool is_of_parser = dot != std::string_view::npos;
      const auto protocol = kind.name.substr(0, dot);
      const auto name = is_of_parser ? kind.name.substr(dot + 1) : kind.name;
      object["event"] = is_in_capitals(protocol) ? in_capitals(name) : std::string{name};
      object["layer"] = is_of_parser ? "proto_parser" : "proto_detect";
      if (is_of_parser) object["app_proto"] = protocol;
      break;
    }
  }
  return object;
}

}  // namespace sluice
