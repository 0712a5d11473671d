// What the control plane asks of the data plane, each question over a connection of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/tap/tap_client.hh"

namespace sluice {

struct TapFailure {
  bool reached = false;  // it was asked, and said no
  std::string text;
};

struct TapCommands {
  std::function<tl::expected<TapStatus, TapFailure>()> status;
  std::function<tl::expected<PublishResult, TapFailure>(const std::vector<SignedPack>& packs, bool allow_rollback,
                                                        bool dry_run, const SignedManifest& manifest)>
      publish;
  std::function<tl::expected<RuleReport, TapFailure>()> costs;
  std::function<tl::expected<std::uint32_t, TapFailure>(const std::vector<std::string>& rules)> resume;
  std::function<tl::expected<ReloadResult, TapFailure>(bool dry_run)> reload;
  std::function<tl::expected<std::uint32_t, TapFailure>(const RuleIds& rules)> hold;
  // Pack files of a generation, in the order of its rows.
  std::function<tl::expected<SealedFiles, std::string>(std::uint32_t generation)> rules;
};

// Over the data plane's command socket.
[[nodiscard]] TapCommands tap_commands(const std::string& socket_path);

}  // namespace sluice
