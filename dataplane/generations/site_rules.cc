#include "dataplane/generations/site_rules.hh"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "rules/indicators/indicator_list.hh"
#include "rules/indicators/indicator_merge.hh"
#include "rules/pack/pack_view.hh"
#include "rules/signatures/signature_file.hh"
#include "rules/text/list_file.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

class Lists {
 public:
  template <class Load, class Take>
  void read(const std::string& path, Load load, Take take) {
    const auto name = std::filesystem::path{path}.stem().string();
    if (!is_list_id(name)) {
      errors.push_back(path +
                       ": rules are named by their list, and this name has other characters than letters, "
                       "digits, '.', '_' and '-', or too many: rename the file");
      return;
    }
    auto loaded = load(path);
    for (const auto& error : loaded.errors) errors.push_back(error.text());
    if (!loaded.errors.empty()) return;
    auto& pack = pack_of(name);
    pack.info.sources.push_back({std::filesystem::path{path}.filename().string(), sha256_of(path)});
    take(pack.rules, loaded);
  }

  std::vector<Pack> packs;
  std::vector<std::string> errors;

 private:
  Pack& pack_of(const std::string& name) {
    const auto found = std::find_if(packs.begin(), packs.end(), [&](const Pack& one) { return one.info.name == name; });
    if (found != packs.end()) return *found;
    packs.emplace_back();
    packs.back().info.name = name;
    packs.back().info.channel = site_channel;
    return packs.back();
  }
  static std::string sha256_of(const std::string& path) {
    Sha256 digest;
    digest.add(std::string_view{read_list_file(path).value_or("")});  // it was read a moment ago
    return digest.hex();
  }
};

}  // namespace

SiteRules load_site_rules(const std::vector<std::string>& indicators, const std::vector<std::string>& signatures) {
  Lists lists;
  for (const auto& path : indicators)
    lists.read(path, load_indicator_list, [](RuleList& rules, LoadedList& loaded) {
      // Two files of one name may say the same.
      IndicatorMerge merge;
      auto known = std::exchange(rules.indicators, {});
      for (auto* rows : {&known, &loaded.rows})
        for (auto& row : *rows) {
          auto again = row;
          if (merge.add(rules.indicators, std::move(row)) == IndicatorMerge::Added::other_class)
            rules.indicators.push_back(std::move(again));  // the check below names the two
        }
    });
  for (const auto& path : signatures)
    lists.read(path, load_signatures, [](RuleList& rules, LoadedSignatures& loaded) {
      std::move(loaded.signatures.begin(), loaded.signatures.end(), std::back_inserter(rules.signatures));
    });
  SiteRules site{{}, std::move(lists.errors)};
  for (const auto& pack : lists.packs) {
    const auto bytes = write_pack(pack);
    // Two files of one name may say the same twice, which each of them alone did not show.
    const auto view = PackView::open(bytes);
    if (const auto good = view ? view->check() : tl::unexpected(view.error()); !good) {
      site.errors.push_back("list " + pack.info.name + ": " + good.error());
      continue;
    }
    auto file = SealedMemory::copy_of(bytes, "sluice-site");
    if (!file)
      site.errors.push_back("list " + pack.info.name + ": " + file.error());
    else
      site.packs.push_back({std::make_shared<const SealedMemory>(std::move(*file)), {}});
  }
  return site;
}

}  // namespace sluice
