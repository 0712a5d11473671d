// What a site's configuration says of its rules, with the files that it names: read at the start, and again while
// traffic flows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "config/configuration.hh"
#include "config/plan.hh"
#include "dataplane/generations/generation_loader.hh"

namespace sluice {

// `program`: this one. What a person wrote for this site must be right as a whole. The error holds all errors of all
// files, a line each.
[[nodiscard]] tl::expected<LoaderSettings, std::string> site_settings(const config::ConfigurationT& configuration,
                                                                      ProgramVersion program);

// A configuration that was read again.
struct SiteChange {
  std::shared_ptr<const config::ConfigurationT> configuration;
  config::Plan plan;                       // with what has changed within the files that it names; empty: nothing
  std::optional<LoaderSettings> settings;  // nothing where the running tap cannot, or need not, take it up
};

// Changes nothing. `path`: of the configuration; `running`: what it said when it was last taken up, and what was made
// of that.
[[nodiscard]] tl::expected<SiteChange, std::string> read_again(const std::string& path,
                                                               const config::ConfigurationT& running,
                                                               const LoaderSettings& settings);

// The options in it that take a restart, one a line; empty where there is none.
[[nodiscard]] std::string restarts_of(const config::Plan& plan);

}  // namespace sluice
