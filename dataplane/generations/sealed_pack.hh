// A pack as it came, and the signature that came with it.
#pragma once

#include <memory>
#include <string>

#include "dataplane/exchange/sealed_memory.hh"

namespace sluice {

struct SealedPack {
  std::shared_ptr<const SealedMemory> file;  // shared by the generations that hold it; never null
  std::string signature;                     // text of the .minisig file; empty of a list of the site's own
};

}  // namespace sluice
