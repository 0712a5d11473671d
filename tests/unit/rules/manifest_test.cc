#include "rules/pack/manifest.hh"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/manifest_samples.hh"

using namespace sluice;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const auto at = out.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  return out.replace(at, from.size(), to);
}

std::string refusal(const std::string& text) {
  const auto read = read_manifest(text);
  return read ? "read" : read.error();
}

Manifest sample() {
  auto read = read_manifest(manifest_sample);
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? std::string() : read.error()));
  return std::move(*read);
}

constexpr ProgramVersion this_program{0, 1, 0};

}  // namespace

BOOST_AUTO_TEST_SUITE(manifest)

BOOST_AUTO_TEST_CASE(what_it_says_is_read_and_written_the_same) {
  const auto read = sample();
  BOOST_TEST(read.name == "phones");
  BOOST_TEST(read.sequence == 12U);
  BOOST_TEST(read.created_ns == 1'795'316'400'000'000'000);  // date -u -d 2026-11-22T03:00:00Z +%s
  BOOST_TEST(read.expires_ns == 1'814'400'000'000'000'000);  // date -u -d 2027-07-01T00:00:00Z +%s
  BOOST_TEST((read.program == this_program));
  BOOST_REQUIRE(read.packs.size() == 2U);
  BOOST_TEST(read.packs[0].name == "alpha");
  BOOST_TEST(read.packs[0].channel == "stable");
  BOOST_TEST(read.packs[0].sequence == 5U);
  BOOST_TEST(read.packs[1].digest == "486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7");
  BOOST_TEST(write_manifest(read) == manifest_sample);
  const auto lasting = read_manifest(replaced(manifest_sample, "2027-07-01T00:00:00Z", "never"));
  BOOST_REQUIRE(lasting.has_value());
  BOOST_TEST(lasting->expires_ns == 0);
}

BOOST_AUTO_TEST_CASE(each_fault_names_its_line) {
  const struct {
    std::string_view from, to, says;
  } rows[] = {
      {"ruleset 1", "ruleset 2", "format 2 is newer than this program reads (1): update Sluice"},
      {"ruleset 1", "ruleset 0", "line 1"},
      {"sluice", "Sluice", "is no manifest"},
      {"name phones", "name pho nes", "line 2"},
      {"name phones", "name pho/nes", "line 2: the name"},
      {"sequence 12", "sequence 012", "line 3: the sequence is no number"},
      {"sequence 12", "sequence -1", "line 3"},
      {"sequence 12", "sequence 18446744073709551616", "line 3"},
      {"11-22T03", "11-22 03", "line 4"},
      {"11-22T03", "11-31T03", "line 4: is no moment"},
      {"T03:00:00Z", "T24:00:00Z", "line 4: is no moment"},
      {"T03:00:00Z", "T03:60:00Z", "line 4: is no moment"},
      {"T03:00:00Z", "T03:00:60Z", "line 4: is no moment"},
      {"T03:00:00Z", "T03:0-:00Z", "line 4: is no moment"},
      {"expires 2027-07-01", "expires 1970-01-01", "line 5: expires in 1970"},
      {"program 0.1.0", "program 0.1", "line 6: is no version"},
      {"program 0.1.0", "program 0.1.0.0", "line 6: is no version"},
      {"program 0.1.0", "program 0.1.00", "line 6: is no version"},
      {"alpha stable", "alpha  stable", "line 7"},
      {"stable 5", "stable", "line 7"},
      {"2cf24", "2CF24", "line 7: the digest"},
      {"pack beta", "pack alpha", "line 8: packs do not stand once each, in the order of their names"},
      {"pack beta", "pack aaaa", "line 8"},
      {"end\n", "end\nend\n", "line 9: stands behind the end"},
      {"end\n", "end", "line 9: \"end\" was expected, and the text is cut"},
      {"end\n", "", "line 9"},
      {"\nname", "\r\nname", "line 1"},
  };
  for (const auto& row : rows) {
    const auto error = refusal(replaced(manifest_sample, row.from, row.to));
    BOOST_TEST(has(error, row.says), row.to << ": " << error);
  }
  BOOST_TEST(has(refusal("sluice ruleset 1\n" + std::string(manifest_size_limit, 'x')), "larger than"));
  const auto from = manifest_sample.find("pack");
  const auto to = manifest_sample.find("end");
  BOOST_TEST(has(refusal(std::string(manifest_sample).erase(from, to - from)), "names no pack"));
  auto packs = std::string{manifest_sample.substr(0, from)};
  for (std::size_t i = 0; i <= manifest_pack_limit; ++i)
    packs += "pack p" + std::to_string(10 + i) + " stable 1 " + std::string(64, 'a') + "\n";
  BOOST_TEST(has(refusal(packs + "end\n"), "more than 16 packs"));
}

BOOST_AUTO_TEST_CASE(a_cut_text_is_never_read) {
  for (std::size_t size = 0; size < manifest_sample.size(); ++size)
    BOOST_TEST(refusal(std::string{manifest_sample.substr(0, size)}) != "read", size);
}

BOOST_AUTO_TEST_CASE(an_expired_one_and_one_for_a_newer_program_are_refused) {
  auto release = sample();
  BOOST_TEST(objection_to(release, release.expires_ns - 1, this_program).empty());
  BOOST_TEST(has(objection_to(release, release.expires_ns, this_program), "expired on 2027-07-01T00:00:00Z"));
  BOOST_TEST(objection_to(release, 0, this_program).empty());  // a clock that was never set
  for (const auto* older : {"0.0.9", "0.0.10"})
    BOOST_TEST(has(objection_to(release, 0, *parse_program_version(older)), "needs Sluice 0.1.0 or newer"));
  for (const auto* newer : {"0.1.0", "0.1.1", "0.10.0", "1.0.0"})
    BOOST_TEST(objection_to(release, 0, *parse_program_version(newer)).empty(), newer);
  release.expires_ns = 0;
  BOOST_TEST(objection_to(release, INT64_MAX, this_program).empty());
}

BOOST_AUTO_TEST_CASE(packs_are_those_of_the_manifest_or_none) {
  const auto release = sample();
  auto packs = release.packs;
  std::swap(packs[0], packs[1]);
  BOOST_TEST(mismatch_of(release, packs).empty());
  packs[0].digest = release.packs[0].digest;
  BOOST_TEST(has(mismatch_of(release, packs), "pack beta is not the one of the manifest of phones, sequence 12"));
  packs.erase(packs.begin());
  BOOST_TEST(has(mismatch_of(release, packs), "pack beta of the manifest of phones, sequence 12 is missing"));
  packs = release.packs;
  packs.push_back({"gamma", "stable", 1, std::string(64, 'a')});
  BOOST_TEST(has(mismatch_of(release, packs), "pack gamma is not in the manifest"));
  packs = release.packs;
  packs[1].sequence = 2;
  BOOST_TEST(has(mismatch_of(release, packs), "says channel test and sequence 1 of pack beta, which has test and 2"));
}

BOOST_AUTO_TEST_SUITE_END()
