// From packs to a generation: is it signed, is it a pack, is it newer than what was live, and what do workers match
// against? Slow; runs in the background while traffic flows.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/mode.hh"
#include "dataplane/base/tick.hh"
#include "dataplane/exchange/command.hh"
#include "dataplane/exchange/hold_file.hh"
#include "dataplane/generations/pack_store.hh"
#include "dataplane/generations/sealed_pack.hh"
#include "dataplane/match/generation.hh"
#include "rules/databases/databases.hh"
#include "rules/pack/manifest.hh"
#include "rules/pack/pack_view.hh"
#include "rules/signatures/signature.hh"
#include "rules/signing/keyring.hh"

namespace sluice {

// The databases of `signatures`, which stand in these packs in this order. Ends early, with an error, once `stop` is
// set.
using CompileSignatures = std::function<tl::expected<Databases, std::string>(
    const SignatureList& signatures, std::span<const int> packs, const std::atomic<bool>& stop)>;

struct LoaderSettings {
  Keyring keyring;               // who must have signed a pack
  std::vector<SealedPack> site;  // the site's own lists as packs (site_rules.hh): not signed, in every ruleset
  ExceptionList exceptions;      // the site's
  SitePolicy policy;             // the same
  Policy enforcement;            // what the tap does with what is found
  CompileSignatures compile;
  std::string ruleset;       // the one that this tap runs; empty: any, and packs without a manifest
  ProgramVersion program{};  // this one
  std::uint32_t workers = 1;
  std::uint32_t streams = default_payload_windows;  // of clear text that a worker may follow
};

struct LoadRequest {
  std::vector<SealedPack> packs;
  // A push is refused as a whole for one bad pack, an expired one or an older one. At a start what is bad is left out
  // and said, and age does not matter: what ran before the restart keeps running.
  bool is_push = false;
  SignedManifest manifest{};  // empty: packs without one
  bool allow_rollback = false;
  PackFloor floor;
  Tick now{};
  std::uint32_t number = 0;               // of the generation
  std::shared_ptr<const RuleIds> held{};  // of its rules; null: none
};

struct LoadedPack {
  TapPack about;
  SealedPack pack;
  bool is_site = false;
};

struct LoadedRules {
  std::unique_ptr<const Generation> generation;
  std::string digest;
  std::vector<LoadedPack> packs;  // in the order of the ruleset's rows
  std::optional<Manifest> manifest;
  std::vector<std::string> shortcomings;  // of a start: what was left out, and why
  std::chrono::microseconds verify{};
  std::chrono::microseconds compile{};
  std::chrono::microseconds build{};
};

// Row numbers, sorted, of those that are held. `signatures`: ids of the rows behind the indicators.
[[nodiscard]] std::vector<std::uint32_t> held_rows(const RuleIds& held, const std::vector<PackView>& packs,
                                                   const std::vector<RuleLabel>& signatures);

// Where the floor keeps the sequence of a ruleset: no pack has such a name.
[[nodiscard]] std::string ruleset_floor(const std::string& ruleset);

// The error says which pack, what is wrong with it, and what to do.
[[nodiscard]] tl::expected<LoadedRules, std::string> load_generation(const LoadRequest& request,
                                                                     const LoaderSettings& settings,
                                                                     const std::atomic<bool>& stop);

}  // namespace sluice
