// A ruleset as it comes over the API, part by part: the manifest, then packs, each with its signatures behind it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "control/tap/tap_client.hh"
#include "rules/pack/manifest.hh"
#include "rules/pack/pack.hh"
#include "rules/signing/minisign_text.hh"

namespace sluice {

constexpr std::size_t ruleset_size_limit = 2 * pack_size_limit;  // of all packs together, bytes
// With what stands around them.
constexpr std::size_t ruleset_body_limit =
    ruleset_size_limit + manifest_size_limit + (manifest_pack_limit + 1) * (minisign_file_limit + std::size_t{1024});
constexpr const char* ruleset_parts_remedy =
    "send the parts manifest, manifest_signature, and of each pack pack and pack_signature, in this order";

class RulesetUpload {
 public:
  // Both say whether to go on; take() has the reason.
  [[nodiscard]] bool begin(std::string_view part);
  [[nodiscard]] bool add(std::string_view bytes);

  struct Ruleset {
    SignedManifest manifest;
    std::vector<SignedPack> packs;
  };
  [[nodiscard]] tl::expected<Ruleset, std::string> take() &&;

 private:
  enum class Part : unsigned char { none, manifest, manifest_signature, pack, pack_signature };
  [[nodiscard]] bool fail(std::string why);

  Part part_ = Part::none;
  std::size_t size_ = 0;  // of all packs
  Ruleset ruleset_;
  std::string error_;
};

}  // namespace sluice
