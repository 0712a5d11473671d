// A thousand releases that somebody altered on the way: a bit, a cut, bytes or whole files swapped between two releases
// that are both signed. Each is given to what judges a push, some to a running desk as well, which must go on as it
// was.
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/unit/rule_desk_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr int alterations = 1000;
constexpr int each_to_the_desk = 25;  // a push waits for threads, and a busy machine has them wait long

// The files of a release: manifest, its signature, and two packs with theirs.
using Release = std::array<std::string, 6>;

struct Signed {
  Signed(const Desk& tap, std::uint64_t sequence)
      : packs{tap.pack("alpha", sequence), tap.pack("beta", sequence)}, manifest(tap.manifest(sequence, packs)) {}
  [[nodiscard]] Release files() const {
    return {manifest.text, manifest.signatures, text(packs[0]), packs[0].signature, text(packs[1]), packs[1].signature};
  }
  static std::string text(const SealedPack& pack) { return std::string{as_text(pack.file->bytes())}; }

  std::vector<SealedPack> packs;
  SignedManifest manifest;
};

bool is_signature(std::size_t file) { return file % 2 == 1; }
// minisign covers all of a signature but its first line; and a line's end may be left away at the end of a file.
std::string covered(std::size_t file, const std::string& text) {
  if (!is_signature(file)) return text;
  auto rest = text.substr(std::min(text.find('\n'), text.size()));
  if (rest.ends_with('\n')) rest.pop_back();
  return rest;
}

class Vandal {
 public:
  explicit Vandal(std::uint32_t seed) : random_(seed) {}

  // Alters the release, and says how.
  std::string alter(Release& release, const Release& other) {
    for (;;) {
      auto altered = release;
      auto how = one(altered, other);
      for (std::size_t file = 0; file < altered.size(); ++file) {
        if (covered(file, altered[file]) == covered(file, release[file])) continue;
        release = altered;
        return how;
      }
    }
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string one(Release& release, const Release& other) {
    const auto file = below(release.size());
    auto& text = release[file];
    const auto name = "file " + std::to_string(file);
    switch (below(5)) {
      case 0: {
        const auto at = below(text.size());
        text[at] = static_cast<char>(text[at] ^ 1 << below(8));
        return name + ": a bit of byte " + std::to_string(at);
      }
      case 1: text.resize(below(text.size())); return name + ": cut to " + std::to_string(text.size());
      case 2: {  // a file of the other release, or another one of this
        const auto from = below(release.size());
        const bool own = below(2) == 0;
        text = own ? Release{release}[from] : other[from];
        return name + " is file " + std::to_string(from) + (own ? "" : " of the other release");
      }
      case 3: {  // a file and its signature, both of the other release: each of them is signed
        const auto first = file / 2 * 2;
        release[first] = other[first];
        release[first + 1] = other[first + 1];
        return name + " and its signature are of the other release";
      }
      default: {  // bytes of two files change places
        auto& second = release[below(release.size())];
        const auto size = 1 + below(std::min({text.size(), second.size(), std::size_t{64}}));
        const auto at = below(text.size() - size + 1);
        const auto to = below(second.size() - size + 1);
        const auto bytes = text.substr(at, size);
        text.replace(at, size, second.substr(to, size));
        second.replace(to, size, bytes);
        return name + ": " + std::to_string(size) + " bytes at " + std::to_string(at) + " swapped";
      }
    }
  }

  std::mt19937 random_;
};

std::vector<SealedPack> packs_of(const Release& release) {
  std::vector<SealedPack> packs;
  for (const std::size_t at : {2U, 4U}) {
    if (release[at].empty()) return {};  // no memory file holds it
    auto file = SealedMemory::copy_of(as_bytes(release[at]), "test");
    BOOST_REQUIRE(file.has_value());
    packs.push_back({std::make_shared<const SealedMemory>(std::move(*file)), release[at + 1]});
  }
  return packs;
}

std::string pushed(Desk& tap, const Release& release) {
  return tap.push(packs_of(release), false, false, {release[0], release[1]});
}

// The same without the desk; "taken", or why not.
std::string judged(const LoaderSettings& settings, const Release& release) {
  static const std::atomic<bool> stop{false};
  LoadRequest request;
  request.packs = packs_of(release);
  request.is_push = true;
  request.manifest = {release[0], release[1]};
  request.floor.sequences = {{ruleset_floor("phones"), 1}};
  request.now = today;
  request.number = 3;
  const auto loaded = load_generation(request, settings, stop);
  return loaded ? "taken" : loaded.error();
}

std::uint32_t seed() {
  const auto* const given = std::getenv("SLUICE_TEST_SEED");
  const auto number =
      given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
  std::printf("ruleset_alterations: SLUICE_TEST_SEED=%u\n", number);
  return number;
}

}  // namespace

BOOST_AUTO_TEST_CASE(ruleset_alterations) {
  Desk tap;
  tap.start();
  const Signed first{tap, 1};
  const Signed second{tap, 2};
  const Signed third{tap, 3};
  BOOST_TEST(tap.push(first.packs, false, false, first.manifest) == "2");
  const auto digest = tap.desk->live().digest;
  const auto settings = tap.settings();
  BOOST_TEST(judged(settings, second.files()) == "taken");
  Vandal vandal{seed()};
  for (int i = 0; i < alterations; ++i) {
    auto release = second.files();
    const auto how = vandal.alter(release, third.files());
    const auto refused = judged(settings, release);
    BOOST_TEST(refused != "taken", how);
    if (i % each_to_the_desk == 0) BOOST_TEST(pushed(tap, release) == refused, how);
    BOOST_REQUIRE(tap.desk->live().digest == digest);
    BOOST_REQUIRE(tap.generations->live().number() == 2U);
  }
  Hits hits;
  tap.generations->live().ruleset.match_name("alpha.example", hits);
  BOOST_TEST(hits.count == 1U);
  BOOST_TEST(pushed(tap, second.files()) == "3");  // the same, unaltered, is taken
}
