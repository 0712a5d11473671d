#include "dataplane/wire/settings.hh"

#include <algorithm>

#include "config/device.hh"
#include "dataplane/generations/policy_settings.hh"

namespace sluice {
namespace {

constexpr std::uint32_t usual_mtu = 1500;
constexpr std::uint32_t link_overhead = 14 + 4 + 2 * 4;  // Ethernet header, FCS, two VLAN tags

Duration milliseconds(std::uint32_t count) { return std::chrono::milliseconds{count}; }

PortDriver port_driver(const config::PortT& port) {
  switch (config::driver_in_use(port)) {
    case config::Driver::af_packet: return PortDriver::af_packet;
    case config::Driver::vfio: return PortDriver::pci;
    case config::Driver::vdev: return PortDriver::vdev;
    default: return PortDriver::af_xdp;
  }
}

}  // namespace

EalOptions eal_options(const config::ConfigurationT& configuration) {
  EalOptions options;
  options.cpus.assign(configuration.eal->cpus.begin(), configuration.eal->cpus.end());
  options.workers = configuration.workers;
  options.memory_mib = configuration.eal->memory_mib;
  options.huge_pages = configuration.eal->hugepages == config::Hugepages::on    ? HugePages::on
                       : configuration.eal->hugepages == config::Hugepages::off ? HugePages::off
                                                                                : HugePages::automatic;
  for (const auto& port : port_options(configuration)) options.pci = options.pci || port.driver == PortDriver::pci;
  options.extra = configuration.eal->extra_arguments;
  return options;
}

PipelineOptions pipeline_options(const config::ConfigurationT& configuration, std::uint64_t hash_secret) {
  PipelineOptions options;
  options.policy = policy_of(configuration);
  options.record = configuration.events->record == config::Record::all ? Record::all : Record::findings;
  options.packet_images = configuration.events->packets;
  options.evidence = !configuration.evidence->authority_key.empty();
  options.kept_flow_bytes = configuration.evidence->flow_bytes;
  options.midstream = configuration.stream->midstream;
  options.verify_checksums = configuration.stream->check_checksums;
  std::vector<AddressRange> inside;
  for (const auto& text : configuration.inspection->inside_networks)
    if (const auto range = AddressRange::parse(text)) inside.push_back(*range);
  options.inside = InsideNetworks{std::move(inside)};
  const auto& flow = *configuration.flow;
  options.flow_table_entries = flow.table_entries;
  options.reassembly_buffers = configuration.stream->buffers;
  options.payload_windows = configuration.stream->payload_windows;
  const auto& depth = *configuration.inspection->depth;
  options.payload_depths = {depth.unknown_bytes, depth.http_bytes, depth.other_bytes};
  options.http_body_bytes = depth.http_body_bytes;
  options.http2_connections = configuration.inspection->http2_connections;
  constexpr std::uint32_t sightings = 16'384;  // 512 KiB
  options.sightings = configuration.devices->recognise ? sightings : 0;
  options.resolved_names = configuration.inspection->resolved_names;
  options.event_queues = configuration.events->waiting_flows;
  options.followed_bodies = configuration.inspection->followed_bodies;
  options.hash_files = configuration.inspection->hash_files;
  options.timeouts = {milliseconds(flow.tcp_opening_timeout_ms), milliseconds(flow.tcp_idle_timeout_ms),
                      milliseconds(flow.tcp_closed_timeout_ms), milliseconds(flow.udp_idle_timeout_ms),
                      milliseconds(flow.other_idle_timeout_ms)};
  options.hash_secret = hash_secret;
  return options;
}

LoadLimits load_limits(const config::ConfigurationT& configuration) {
  const auto& overload = *configuration.overload;
  return {overload.full_bursts, milliseconds(overload.calm_ms), overload.elephant_bytes};
}

RuleBudgetOptions rule_budget_options(const config::ConfigurationT& configuration) {
  const auto& rules = *configuration.rules;
  return {rules.suspend_above_percent, rules.suspend_above_limit_hits, rules.never_suspend};
}

std::vector<PortOptions> port_options(const config::ConfigurationT& configuration) {
  std::vector<PortOptions> options;
  for (const auto& pair : configuration.port_pairs)
    for (const auto* port : {pair.inside.get(), pair.outside.get()})
      options.push_back({port->device, port_driver(*port), pair.queues, pair.mtu_bytes});
  return options;
}

std::vector<std::uint8_t> flow_owners(const config::ConfigurationT& configuration) {
  const auto& pairs = configuration.port_pairs;
  std::vector<std::uint8_t> owners;
  for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
    const auto first =
        std::find_if(pairs.begin(), pairs.end(), [&](const auto& other) { return other.group == pairs[pair].group; });
    owners.push_back(
        static_cast<std::uint8_t>(pairs[pair].group == 0 ? pair : static_cast<std::size_t>(first - pairs.begin())));
  }
  return owners;
}

std::uint32_t frame_bytes(const config::ConfigurationT& configuration) {
  std::uint32_t mtu = usual_mtu;
  for (const auto& pair : configuration.port_pairs) mtu = std::max<std::uint32_t>(mtu, pair.mtu_bytes);
  return mtu + link_overhead;
}

}  // namespace sluice
