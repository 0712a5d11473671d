// The manifest of a ruleset and the signatures beside it, both made of any bytes: what is read is written back byte for
// byte, what is refused is refused with a text that a terminal can show, and nothing that the keys did not sign counts.
#include <algorithm>
#include <cstdlib>

#include "rules/pack/manifest.hh"
#include "rules/signing/keyring.hh"
#include "rules/text/utf8.hh"
#include "tests/unit/manifest_samples.hh"
#include "tests/unit/minisign_samples.hh"

namespace {

void require(bool truth) {
  if (!truth) std::abort();
}

void check_refusal(const std::string& text) {
  require(!text.empty() && std::ranges::none_of(text, sluice::is_control) && !sluice::first_invalid_utf8(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto manifest = sluice::read_manifest(text)) {
    require(sluice::write_manifest(*manifest) == text);
    require(sluice::mismatch_of(*manifest, manifest->packs).empty());
  } else {
    check_refusal(manifest.error());
  }

  static const sluice::Keyring keyring{{*sluice::parse_minisign_public_key(minisign_public_key),
                                        *sluice::parse_minisign_public_key(minisign_second_public_key)},
                                       {},
                                       2};
  const std::span signed_data{reinterpret_cast<const std::uint8_t*>(manifest_sample.data()), manifest_sample.size()};
  if (const auto good = sluice::verify_signatures(signed_data, text, keyring)) {
    require(good->size() == 2 && good->at(0).key != good->at(1).key);
    for (const auto& one : *good)
      require(one.trusted_comment == "released by the first" || one.trusted_comment == "released by the second");
  } else {
    check_refusal(good.error());
  }
  return 0;
}
