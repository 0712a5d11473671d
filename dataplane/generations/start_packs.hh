// Which packs a tap starts with: those that were live last, else those that the configuration names.
#pragma once

#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/generations/pack_store.hh"
#include "dataplane/generations/sealed_pack.hh"
#include "rules/signing/keyring.hh"

namespace sluice {

struct StartPacks {
  std::vector<SealedPack> packs;
  SignedManifest manifest{};              // theirs; empty: they came without one, or it does not count any more
  std::vector<std::string> shortcomings;  // what was lost, and what stands in for it
};

// `named`: paths of rules.packs. A last good pack that is damaged, or not signed as the keyring wants it, is replaced
// by the named one of its name, where there is one; so is one that is not of the last good manifest.
[[nodiscard]] StartPacks choose_start_packs(const PackStore& store, const std::vector<std::string>& named,
                                            const Keyring& keyring);

// The keys in these files; the error names the file.
[[nodiscard]] tl::expected<std::vector<MinisignPublicKey>, std::string> read_trusted_keys(
    const std::vector<std::string>& paths);

}  // namespace sluice
