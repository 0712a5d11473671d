// Hyperscan as workers call it, on inputs as long as fields are (0 to 300 bytes): what it reports must be what memmem()
// finds. The version in use has open reports of crashes on short blocks (intel/hyperscan issue 457, and what
// dataplane/signatures/block_scan.hh names). Each input stands at both ends of what is mapped, and at several
// alignments.
#include <hs/hs.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/signatures/block_scan.hh"
#include "rules/databases/compile.hh"
#include "tests/unit/guarded_memory.hh"

namespace {

constexpr std::size_t longest = 300;

struct Literal {
  std::string bytes;
  bool nocase;
};

// Short and long, overlapping, at both ends of the byte range, and enough of them for each of the library's engines.
std::vector<Literal> literals() {
  std::vector<Literal> all{{"aa", false},         {"ab", true},
                           {"abc", false},        {"GET ", false},
                           {"imei=", true},       {{"\0\1", 2}, false},
                           {{"\0\0", 2}, false},  {"\xff\xff\xff", false},
                           {".xiaomi.com", true}, {"data.mistat", false},
                           {"aaaaaaaa", false},   {"aaaaaaaaa", true},
                           {"\r\n\r\n", false},   {"0123456789abcdef", false}};
  all.push_back({std::string(64, 'q'), false});
  all.push_back({std::string(255, 'z'), true});
  for (int i = 0; i < 200; ++i) all.push_back({"k" + std::to_string(i * 7919) + "=", i % 2 == 0});
  return all;
}

struct Matcher {
  explicit Matcher(std::size_t count) {
    auto wanted = literals();
    wanted.resize(std::min(count, wanted.size()));
    sluice::SignatureList signatures;
    for (const auto& literal : wanted) {
      sluice::Content content;
      content.bytes = literal.bytes;
      content.nocase = literal.nocase;
      signatures.emplace_back().parts.push_back({content, std::nullopt});
    }
    prefilter = sluice::make_prefilter(signatures);
    const auto databases = sluice::compile_databases(signatures, prefilter);
    if (!databases) std::abort();
    const auto& bytes = databases->by_buffer[0];
    if (hs_deserialize_database(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &database) != HS_SUCCESS ||
        scan.prepare(*database) != HS_SUCCESS)
      std::abort();
  }
  sluice::Prefilter prefilter;
  hs_database_t* database = nullptr;
  sluice::BlockScan scan;
};

std::string lower(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return text;
}

// By position in literals().
std::vector<bool> found_by_memmem(const std::string& text) {
  static const auto all = [] {
    auto wanted = literals();
    for (auto& literal : wanted)
      if (literal.nocase) literal.bytes = lower(literal.bytes);
    return wanted;
  }();
  const auto folded = lower(text);
  std::vector<bool> found;
  for (const auto& literal : all) {
    const auto& where = literal.nocase ? folded : text;
    found.push_back(::memmem(where.data(), where.size(), literal.bytes.data(), literal.bytes.size()) != nullptr);
  }
  return found;
}

int note(unsigned id, unsigned long long, unsigned long long, unsigned, void* seen) {
  auto& counts = *static_cast<std::vector<int>*>(seen);
  if (id >= counts.size() || ++counts[id] > 1) std::abort();  // once a buffer
  return 0;
}

void compare(Matcher& matcher, sluice::Bytes block, const std::vector<bool>& expected) {
  const auto& patterns = matcher.prefilter.patterns[0];
  std::vector<int> counts(patterns.size());
  if (matcher.scan.scan(*matcher.database, block, note, &counts) != HS_SUCCESS) std::abort();
  for (std::size_t id = 0; id < counts.size(); ++id)
    for (const auto signature : patterns[id].signatures)
      if (expected[signature] != (counts[id] == 1)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > longest) return 0;
  // One, few and many literals are three different engines.
  static std::array<Matcher, 4> matchers{Matcher{1}, Matcher{8}, Matcher{40}, Matcher{1000}};
  static sluice::test::GuardedMemory memory;
  const sluice::Bytes input{data, size};
  const auto expected = found_by_memmem(std::string{sluice::as_text(input)});
  for (auto& matcher : matchers) {
    for (const std::size_t gap : {0, 1, 2, 3, 63, 64, 65, 95}) compare(matcher, memory.at_end(input, gap), expected);
    compare(matcher, memory.at_start(input), expected);
  }
  return 0;
}
