// The packs that were live last, on disk, so that the tap inspects again after a restart with nobody there to ask; and
// the floor, below which no push may bring it.
//
//   DIRECTORY/packs.list          a line "NAME DIGEST" for each pack, one "ruleset: DIGEST" where they came with a
//                                 manifest, and a checksum
//   DIRECTORY/packs/DIGEST        the pack, or the manifest
//   DIRECTORY/packs/DIGEST.minisig
//   DIRECTORY/floor               "seen NANOSECONDS", a line "NAME SEQUENCE" for each pack ever live, and a checksum
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/tick.hh"
#include "dataplane/generations/sealed_pack.hh"
#include "rules/pack/manifest.hh"

namespace sluice {

struct PackFloor {
  std::map<std::string, std::uint64_t> sequences;  // of each pack and ruleset (ruleset_floor()), the highest one
  Tick last_seen{};                                // the latest time that this tap has known
};

struct NamedPack {
  std::string name;
  std::string digest;
  SealedPack pack;
};

struct StoredPacks {
  bool found = false;  // there is a list: packs were pushed, or all of them withdrawn
  std::vector<NamedPack> packs;
  SignedManifest manifest{};            // empty: they came without one, or it is lost
  std::vector<std::string> damaged;     // names of packs that are on the list, and lost
  std::vector<std::string> complaints;  // one for each of them, or one for the list
  bool list_damaged = false;            // nobody knows what was on it
};

class PackStore {
 public:
  static constexpr std::size_t floor_limit = 4096;  // names in the floor; with more, no new one is kept

  explicit PackStore(std::string directory) : directory_(std::move(directory)) {}

  // Digests are checked here, signatures by whoever uses the packs.
  [[nodiscard]] StoredPacks load() const;
  // Replaces the list whole or not at all, then removes the packs that are not on it any more.
  [[nodiscard]] tl::expected<void, std::string> store(std::span<const NamedPack> packs,
                                                      const SignedManifest& manifest = {}) const;

  // An error where it is damaged; empty where there is none.
  [[nodiscard]] tl::expected<PackFloor, std::string> load_floor() const;
  [[nodiscard]] tl::expected<void, std::string> store_floor(const PackFloor& floor) const;

 private:
  [[nodiscard]] tl::expected<SealedPack, std::string> load_pack(const std::string& digest) const;
  [[nodiscard]] tl::expected<SignedManifest, std::string> load_manifest(const std::string& digest) const;
  [[nodiscard]] std::string list_path() const { return directory_ + "/packs.list"; }
  [[nodiscard]] std::string floor_path() const { return directory_ + "/floor"; }
  [[nodiscard]] std::string pack_path(const std::string& digest) const { return directory_ + "/packs/" + digest; }

  std::string directory_;
};

}  // namespace sluice
