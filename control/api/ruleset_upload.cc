#include "control/api/ruleset_upload.hh"

#include "control/api/api_terms.hh"

namespace sluice {

bool RulesetUpload::fail(std::string why) {
  if (error_.empty()) error_ = std::move(why);
  return false;
}

bool RulesetUpload::begin(std::string_view part) {
  if (part == manifest_part && part_ == Part::none) {
    part_ = Part::manifest;
  } else if (part == manifest_signature_part && part_ == Part::manifest) {
    part_ = Part::manifest_signature;
  } else if (part == pack_part && (part_ == Part::manifest_signature || part_ == Part::pack_signature)) {
    if (ruleset_.packs.size() == manifest_pack_limit)
      return fail("more than " + std::to_string(manifest_pack_limit) + " packs came");
    part_ = Part::pack;
    ruleset_.packs.emplace_back();
  } else if (part == pack_signature_part && part_ == Part::pack) {
    part_ = Part::pack_signature;
  } else {
    return fail("a part is not where it belongs");
  }
  return true;
}

bool RulesetUpload::add(std::string_view bytes) {
  const auto add_text = [&](std::string& text, std::size_t limit, const char* what) {
    if (text.size() + bytes.size() > limit) return fail(std::string{what} + " is too large");
    text += bytes;
    return true;
  };
  switch (part_) {
    case Part::none: return fail("a part is not where it belongs");
    case Part::manifest: return add_text(ruleset_.manifest.text, manifest_size_limit, "the manifest");
    case Part::manifest_signature:
      return add_text(ruleset_.manifest.signatures, minisign_file_limit, "the signature of the manifest");
    case Part::pack_signature:
      return add_text(ruleset_.packs.back().signature, minisign_file_limit, "the signature of a pack");
    case Part::pack: break;
  }
  auto& pack = ruleset_.packs.back().bytes;
  size_ += bytes.size();
  if (pack.size() + bytes.size() > pack_size_limit || size_ > ruleset_size_limit)
    return fail("a pack, or all of them together, are too large");
  pack.insert(pack.end(), bytes.begin(), bytes.end());
  return true;
}

tl::expected<RulesetUpload::Ruleset, std::string> RulesetUpload::take() && {
  if (part_ != Part::manifest_signature && part_ != Part::pack_signature)
    (void)fail("the ruleset did not arrive whole");
  if (!error_.empty()) return tl::unexpected(error_);
  return std::move(ruleset_);
}

}  // namespace sluice
