#include "control/api/pack_history.hh"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "control/text/text_file.hh"
#include "rules/signing/minisign_text.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t history_limit = std::size_t{1} << 20;  // bytes of history.json

Json to_json(const KeptPack& pack) {
  return {{"digest", pack.digest},         {"name", pack.name},
          {"channel", pack.channel},       {"sequence", pack.sequence},
          {"expires_ns", pack.expires_ns}, {"pushed_ns", pack.pushed_ns}};
}

Json to_json(const KeptSet& set) {
  Json json = {{"number", set.number},
               {"when_ns", set.when_ns},
               {"cause", set.cause},
               {"ruleset_digest", set.ruleset_digest},
               {"packs", set.packs}};
  if (set.before) json["before"] = *set.before;
  if (!set.manifest.text.empty())
    json["manifest"] = {{"text", set.manifest.text}, {"signatures", set.manifest.signatures}};
  if (set.allow_rollback) json["allow_rollback"] = true;
  return json;
}

// Throw nlohmann's errors where a value is missing or of another type.
KeptPack pack_from(const Json& json) {
  KeptPack pack{json.at("digest"),   json.at("name"),       json.at("channel"),
                json.at("sequence"), json.at("expires_ns"), json.at("pushed_ns")};
  if (!is_sha256(pack.digest)) throw std::runtime_error{"a digest that is none"};  // it becomes the name of a file
  return pack;
}

KeptSet set_from(const Json& json) {
  KeptSet set{json.at("number"),         json.at("when_ns"), json.at("cause"),
              json.at("ruleset_digest"), json.at("packs"),   std::nullopt};
  if (json.contains("before")) set.before = json["before"].get<std::uint64_t>();
  if (json.contains("manifest")) set.manifest = {json["manifest"].at("text"), json["manifest"].at("signatures")};
  if (json.contains("allow_rollback")) set.allow_rollback = json["allow_rollback"];
  return set;
}

}  // namespace

PackHistory::PackHistory(std::string directory) : directory_(std::move(directory)) {
  const auto loaded = load();
  if (loaded) return;
  packs_.clear();
  sets_.clear();
  const auto file = directory_ + "/history.json";
  std::error_code ignored;
  std::filesystem::rename(file, file + ".damaged", ignored);
  complaint_ =
      file + ": " + loaded.error() + "; put aside as history.json.damaged, earlier pushes cannot be taken back";
}

tl::expected<void, std::string> PackHistory::load() {
  const auto text = read_text_file(directory_ + "/history.json", history_limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return {};
  try {
    const auto json = Json::parse(**text);
    for (const auto& pack : json.at("packs")) packs_.push_back(pack_from(pack));
    for (const auto& set : json.at("sets")) sets_.push_back(set_from(set));
  } catch (const std::exception& error) {
    return tl::unexpected(error.what());
  }
  return {};
}

tl::expected<void, std::string> PackHistory::save() const {
  Json json = {{"packs", Json::array()}, {"sets", Json::array()}};
  for (const auto& pack : packs_) json["packs"].push_back(to_json(pack));
  for (const auto& set : sets_) json["sets"].push_back(to_json(set));
  return replace_text_file(directory_ + "/history.json",
                           json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::string PackHistory::path(const std::string& digest, const char* ending) const {
  return directory_ + "/" + digest + ending;
}

const KeptSet* PackHistory::set(std::uint64_t number) const noexcept {
  const auto found = std::find_if(sets_.begin(), sets_.end(), [&](const KeptSet& set) { return set.number == number; });
  return found != sets_.end() ? &*found : nullptr;
}

tl::expected<std::optional<SignedPack>, std::string> PackHistory::pack(const std::string& digest) const {
  const auto known = std::any_of(packs_.begin(), packs_.end(), [&](const auto& pack) { return pack.digest == digest; });
  if (!known) return std::optional<SignedPack>{};
  const auto bytes = read_text_file(path(digest, ".pack"), pack_size_limit);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto signature = read_text_file(path(digest, ".pack.minisig"), minisign_file_limit);
  if (!signature) return tl::unexpected(signature.error());
  if (!*bytes || !*signature) return tl::unexpected(path(digest, ".pack") + " or its signature is gone");
  SignedPack pack{{(*bytes)->begin(), (*bytes)->end()}, **signature};
  if (pack_digest(pack.bytes) != digest) return tl::unexpected(path(digest, ".pack") + " was altered");
  return std::optional{std::move(pack)};
}

tl::expected<void, std::string> PackHistory::keep(const SignedPack& pack, const PackInfo& info, std::int64_t now_ns) {
  const auto digest = pack_digest(pack.bytes);
  // Kept whole already: a pack may be large, and a disk slow. One that was altered is written again.
  if (const auto kept = this->pack(digest); kept && *kept && (*kept)->signature == pack.signature) return {};
  const std::string_view bytes{reinterpret_cast<const char*>(pack.bytes.data()), pack.bytes.size()};
  if (auto written = replace_text_file(path(digest, ".pack"), bytes); !written) return written;
  if (auto written = replace_text_file(path(digest, ".pack.minisig"), pack.signature); !written) return written;
  const auto known = std::any_of(packs_.begin(), packs_.end(), [&](const auto& kept) { return kept.digest == digest; });
  if (!known) packs_.push_back({digest, info.name, info.channel, info.sequence, info.expires_ns, now_ns});
  return {};
}

tl::expected<void, std::string> PackHistory::add(KeptSet set) {
  set.number = sets_.empty() ? 1 : sets_.back().number + 1;
  sets_.push_back(std::move(set));
  if (sets_.size() > set_limit) sets_.erase(sets_.begin(), sets_.end() - set_limit);
  std::set<std::string> wanted;
  for (const auto& kept : sets_) wanted.insert(kept.packs.begin(), kept.packs.end());
  if (auto saved = save(); !saved) return saved;
  std::erase_if(packs_, [&](const KeptPack& pack) {
    if (wanted.count(pack.digest) != 0) return false;
    ::remove(path(pack.digest, ".pack").c_str());
    ::remove(path(pack.digest, ".pack.minisig").c_str());
    return true;
  });
  return save();
}

}  // namespace sluice
