// What a worker remembers of the DNS answers that its clients got.
#pragma once

#include <cstdint>

#include "dataplane/dns/ech_configs.hh"
#include "dataplane/dns/resolved_names.hh"

namespace sluice {

struct DnsMemory {
  // `entries`: pairs of client and address; one ECH configuration is kept for each eight of them.
  DnsMemory(std::uint32_t entries, std::uint64_t secret) : names(entries, secret), ech(entries / 8, secret) {}
  void make_resident() noexcept {
    names.make_resident();
    ech.make_resident();
  }

  ResolvedNames names;
  EchConfigs ech;
};

}  // namespace sluice
