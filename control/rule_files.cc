#include "control/rule_files.hh"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "rules/indicator_list.hh"

namespace sluice {
namespace {

// What makes two rulesets the same: what they match, and what they say of it.
std::string digest_of(const RuleBook& rows) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  const auto add = [&](std::string_view text) {
    const auto size = static_cast<std::uint64_t>(text.size());  // so that "ab","c" is not "a","bc"
    EVP_DigestUpdate(context.get(), &size, sizeof size);
    EVP_DigestUpdate(context.get(), text.data(), text.size());
  };
  for (const auto& row : rows) {
    for (const auto* text : {&row.rule_id, &row.subject, &row.recipient, &row.role, &row.purpose, &row.carries,
                             &row.breaks, &row.source, &row.licence, &row.tlp, &row.expires})
      add(*text);
    const std::array<char, 3> numbers{static_cast<char>(row.kind), static_cast<char>(row.finding_class),
                                      static_cast<char>(row.confidence)};
    add({numbers.data(), numbers.size()});
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), raw.data(), &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", raw[i]);
  return hex;
}

}  // namespace

tl::expected<RuleFiles, std::string> load_rule_files(const std::vector<std::string>& paths) {
  RuleFiles files;
  std::string errors;
  for (const auto& path : paths) {
    auto loaded = load_indicator_list(path);
    for (const auto& error : loaded.errors) errors += (errors.empty() ? "" : "\n") + error.text();
    std::move(loaded.rows.begin(), loaded.rows.end(), std::back_inserter(files.rules.indicators));
  }
  if (!errors.empty()) return tl::unexpected(errors);
  files.book = files.rules.book();
  files.digest = digest_of(files.book);
  files.lists = paths;
  return files;
}

std::vector<std::string> shipped_lists() {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  // build/control/sluice in the source tree; PREFIX/bin/sluice where installed.
  for (const auto& folder :
       {program.parent_path() / "../../rules/packs", program.parent_path() / "../share/sluice/packs"}) {
    std::vector<std::string> lists;
    for (const auto& entry : fs::directory_iterator{folder, error})
      if (entry.path().extension() == ".csv") lists.push_back(entry.path().lexically_normal().string());
    std::sort(lists.begin(), lists.end());
    if (!lists.empty()) return lists;
  }
  return {};
}

}  // namespace sluice
