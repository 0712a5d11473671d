// Packs for tests, signed by minisign itself with a key that it made.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/generations/sealed_pack.hh"
#include "rules/pack/manifest.hh"
#include "rules/pack/pack.hh"
#include "rules/signing/minisign.hh"

namespace sluice::test {

struct TemporaryFolder {
  TemporaryFolder() {
    auto name = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path;
};

inline std::string text_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}
inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

inline Pack pack_of(const std::string& name, std::uint64_t sequence, const std::vector<std::string>& names,
                    std::int64_t expires_ns = 0) {
  Pack pack;
  pack.info = {name, "test", sequence, 1'700'000'000'000'000'000, expires_ns, {}};
  for (const auto& text : names) {
    Indicator row;
    row.facts.rule_id = name + "/" + text;
    row.facts.subject = text;
    row.facts.kind = RuleKind::domain;
    row.facts.finding_class = FindingClass::telemetry;
    row.facts.confidence = Confidence::high;
    row.facts.generator_id = alert_generator_id;
    row.facts.signature_id = signature_id(row.facts.finding_class);
    row.facts.tlp = "clear";
    row.name = text;
    pack.rules.indicators.push_back(std::move(row));
  }
  return pack;
}

inline Manifest manifest_of(const std::string& name, std::uint64_t sequence, const std::vector<SealedPack>& packs,
                            std::int64_t expires_ns = 0) {
  Manifest manifest{name, sequence, 1'700'000'000'000'000'000, expires_ns, {0, 1, 0}, {}};
  for (const auto& pack : packs) {
    const auto read = read_pack(pack.file->bytes());
    BOOST_REQUIRE(read.has_value());
    manifest.packs.push_back(
        {read->info.name, read->info.channel, read->info.sequence, pack_digest(pack.file->bytes())});
  }
  return manifest;
}

// A publisher with a key of its own.
class Publisher {
 public:
  Publisher() {
    run("minisign -G -W -f -p " + public_path() + " -s " + folder_.path + "/key");
    const auto key = parse_minisign_public_key(text_file(public_path()));
    BOOST_REQUIRE(key.has_value());
    key_ = *key;
  }
  [[nodiscard]] const MinisignPublicKey& key() const { return key_; }
  [[nodiscard]] std::string public_path() const { return folder_.path + "/key.pub"; }

  // Writes PATH and PATH.minisig.
  void write(const std::string& path, const Pack& pack) const {
    const auto bytes = write_pack(pack);
    write_text(path, {bytes.begin(), bytes.end()});
    run("minisign -S -s " + folder_.path + "/key -m " + path);
  }
  [[nodiscard]] SealedPack signed_pack(const Pack& pack) const {
    const auto path = folder_.path + "/pack";
    write(path, pack);
    auto file = SealedMemory::copy_of(write_pack(pack), "test");
    BOOST_REQUIRE(file.has_value());
    return {std::make_shared<const SealedMemory>(std::move(*file)), text_file(path + ".minisig")};
  }
  [[nodiscard]] SignedManifest signed_manifest(const Manifest& manifest) const {
    const auto path = folder_.path + "/manifest";
    write_text(path, write_manifest(manifest));
    run("minisign -S -s " + folder_.path + "/key -m " + path);
    return {text_file(path), text_file(path + ".minisig")};
  }

 private:
  static void run(const std::string& command) {
    BOOST_REQUIRE_MESSAGE(std::system((command + " >/dev/null").c_str()) == 0, "failed: " << command);
  }
  TemporaryFolder folder_;
  MinisignPublicKey key_;
};

}  // namespace sluice::test
