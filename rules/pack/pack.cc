#include "rules/pack/pack.hh"

#include "rules/pack/pack_view.hh"
#include "rules/text/sha256.hh"

namespace sluice {

tl::expected<Pack, std::string> read_pack(std::span<const std::uint8_t> bytes) {
  const auto view = PackView::open(bytes);
  if (!view) return tl::unexpected(view.error());
  Pack pack{view->info(), {}};
  const auto good = view->read([&](Signature&& row) { pack.rules.signatures.push_back(std::move(row)); });
  if (!good) return tl::unexpected(good.error());
  pack.rules.indicators = view->all_indicators();
  return pack;
}

std::string pack_digest(std::span<const std::uint8_t> bytes) {
  Sha256 digest;
  digest.add(bytes);
  return digest.hex();
}

}  // namespace sluice
