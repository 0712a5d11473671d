#include "dataplane/signatures/signature_set.hh"

#include <hs/hs_runtime.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <cstring>
#include <random>

#include "rules/databases/compile.hh"
#include "rules/databases/prefilter.hh"
#include "rules/signatures/signature_file.hh"
#include "tests/unit/signature_cases.hh"
#include "tests/unit/signature_reference.hh"

// Under AddressSanitizer malloc is taken already.
#ifdef __SANITIZE_ADDRESS__
constexpr bool counts_allocations = false;
#else
constexpr bool counts_allocations = true;
#endif

namespace {
thread_local std::size_t allocations = 0;
}

#ifndef __SANITIZE_ADDRESS__
// glibc's own names for what stands behind malloc and its kin.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  ++allocations;
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? 12 : 0;  // ENOMEM
}
}
#endif

using namespace sluice;
using namespace sluice::test;

namespace {

using Rows = std::vector<std::uint32_t>;

SignatureList signatures_of(const std::string& rules) {
  auto loaded = parse_signatures(rules, "test");
  for (const auto& error : loaded.errors) BOOST_ERROR(error.text());
  return std::move(loaded.signatures);
}

Databases databases_of(const SignatureList& signatures) {
  auto databases = compile_databases(signatures, make_prefilter(signatures));
  if (!databases) BOOST_FAIL(databases.error().front().text(signatures));
  return std::move(*databases);
}

// A set with the scratch of one worker.
struct Matcher {
  explicit Matcher(const SignatureList& signatures) : Matcher(signatures, databases_of(signatures)) {}
  Matcher(const SignatureList& signatures, const Databases& databases) {
    auto built = SignatureSet::build(signatures, databases);
    if (!built) BOOST_FAIL(built.error());
    set = std::move(*built);
    auto made = set->make_scratch();
    if (!made) BOOST_FAIL(made.error());
    scratch = std::move(*made);
  }

  Rows match(const SignatureInput& input) {
    set->match(input, *scratch, hits, counters);
    return {hits.signatures.begin(), hits.signatures.begin() + static_cast<std::ptrdiff_t>(hits.count)};
  }

  std::unique_ptr<const SignatureSet> set;
  std::unique_ptr<SignatureScratch> scratch;
  SignatureHits hits;
  SignatureCounters counters;
};

SignatureInput request(std::string_view uri, std::string_view header = {}) {
  SignatureInput input;
  input.protocol = SignatureProtocol::http;
  input.ip_protocol = 6;
  input.buffers[static_cast<std::size_t>(Buffer::http_uri)] = as_bytes(uri);
  input.buffers[static_cast<std::size_t>(Buffer::http_header)] = as_bytes(header);
  return input;
}

SignatureInput payload(std::string_view bytes) {
  SignatureInput input;
  input.protocol = SignatureProtocol::tcp;
  input.ip_protocol = 6;
  input.buffers[0] = as_bytes(bytes);
  return input;
}

std::string rule(const std::string& protocol, const std::string& parts) {
  static int sid = 0;
  return "alert " + protocol + " any any -> any any (msg:\"x\"; " + parts + " sid:" + std::to_string(++sid) + ";)\n";
}
std::string http(const std::string& parts) { return rule("http", parts); }
std::string tcp(const std::string& parts) { return rule("tcp", parts); }

std::string refusal(const SignatureList& signatures, const Databases& databases) {
  const auto built = SignatureSet::build(signatures, databases);
  return built ? std::string{} : built.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signature_set)

BOOST_AUTO_TEST_CASE(hits_come_in_the_order_of_the_list) {
  Matcher matcher{signatures_of(http(R"(http.header; content:"Agent";)") + http(R"(http.uri; content:!"/none";)") +
                                http(R"(http.uri; content:"/a"; http.header; content:"b";)") +
                                http(R"(http.uri; pcre:"/\/a[0-9]/";)") + tcp(R"(content:"/a";)") +
                                http(R"(http.uri; content:"/A"; nocase; startswith;)"))};
  BOOST_TEST(matcher.set->size() == 6);
  BOOST_TEST((matcher.match(request("/a7", "User-Agent: b")) == Rows{0, 1, 2, 3, 5}));
  BOOST_TEST((matcher.match(request("/none", "x")) == Rows{}));
  BOOST_TEST((matcher.match(request("/a", "x")) == Rows{1, 5}));
  BOOST_TEST((matcher.match(payload("GET /a7")) == Rows{4}));
  BOOST_TEST((matcher.match(SignatureInput{}) == Rows{}));
  BOOST_TEST(matcher.counters.cut == 0);
}

BOOST_AUTO_TEST_CASE(a_message_without_a_buffer_matches_nothing_that_looks_there) {
  Matcher matcher{signatures_of(http(R"(http.uri; content:!"x";)") + http(R"(http.header; content:!"x";)"))};
  BOOST_TEST((matcher.match(request("/a")) == Rows{0}));
  BOOST_TEST((matcher.match(request("/a", "b")) == Rows{0, 1}));
}

BOOST_AUTO_TEST_CASE(a_set_knows_what_it_looks_at) {
  const Matcher web{signatures_of(http(R"(http.uri; content:"x";)"))};
  BOOST_TEST(web.set->wants(Buffer::http_uri));
  BOOST_TEST(!web.set->wants(Buffer::http_header));
  BOOST_TEST(!web.set->wants(Buffer::payload));
  BOOST_TEST(web.set->wants(SignatureProtocol::http));
  BOOST_TEST(!web.set->wants(SignatureProtocol::tls));
  BOOST_TEST(!web.set->wants(SignatureProtocol::tcp));

  const Matcher stream{signatures_of(tcp(R"(content:"x";)"))};
  BOOST_TEST(stream.set->wants(Buffer::payload));
  BOOST_TEST(stream.set->wants(SignatureProtocol::tcp));
  BOOST_TEST(!stream.set->wants(SignatureProtocol::udp));
  BOOST_TEST(!stream.set->wants(SignatureProtocol::http));

  // What is decoded is no text to look into: no flow is followed for it.
  const Matcher decoded{signatures_of(R"(alert xiaomi_push any any -> any any (msg:"p"; flow:to_server; sid:1;))")};
  BOOST_TEST(decoded.set->wants(SignatureProtocol::xiaomi_push));
  BOOST_TEST(!decoded.set->wants(SignatureProtocol::tcp));
  BOOST_TEST(!decoded.set->wants(SignatureProtocol::udp));

  const Matcher names{signatures_of("alert ip any any -> any any (msg:\"x\"; dns.query; content:\"x\"; sid:1;)")};
  BOOST_TEST(names.set->wants(SignatureProtocol::dns));
  BOOST_TEST(!names.set->wants(SignatureProtocol::http));

  const Matcher push{signatures_of("alert xiaomi_push any any -> any 5222 (msg:\"x\"; sid:1;)")};
  BOOST_TEST(push.set->wants(SignatureProtocol::xiaomi_push));
  BOOST_TEST(!push.set->wants(SignatureProtocol::http));

  const Matcher nothing{SignatureList{}};
  BOOST_TEST(nothing.set->size() == 0);
  BOOST_TEST(!nothing.set->wants(Buffer::payload));
}

BOOST_AUTO_TEST_CASE(bounds_are_counted) {
  std::string rules;
  for (int i = 0; i < 80; ++i) rules += http("http.uri; content:\"/p" + std::to_string(i) + "_\";");
  std::string uri;
  for (int i = 79; i >= 0; --i) uri += "/p" + std::to_string(i) + "_";
  Matcher matcher{signatures_of(rules)};
  const auto rows = matcher.match(request(uri));
  BOOST_TEST(rows.size() == SignatureHits::limit);
  BOOST_TEST(std::is_sorted(rows.begin(), rows.end()));
  BOOST_TEST(matcher.counters.scans == 1);
  BOOST_TEST(matcher.counters.candidates == 80);
  // 16 of the 80 found no room as candidates, and of the other 64 only 16 as hits.
  BOOST_TEST(matcher.counters.cut == (80 - candidates_limit) + (candidates_limit - SignatureHits::limit));

  // What the header rules out takes no room: only the last of these is for this port.
  rules.clear();
  for (int i = 0; i < 100; ++i)
    rules += "alert tcp any any -> any " + std::to_string(1000 + i) +
             " (msg:\"x\"; content:\"same\"; sid:" + std::to_string(1000 + i) + ";)\n";
  Matcher ports{signatures_of(rules)};
  auto input = payload("all the same");
  input.destination_port = 1099;
  BOOST_TEST((ports.match(input) == Rows{99}));
  BOOST_TEST(ports.counters.cut == 0);
}

BOOST_AUTO_TEST_CASE(databases_that_are_not_for_this_list_or_library_are_refused) {
  const auto signatures = signatures_of(http(R"(http.uri; content:"/a";)") + tcp(R"(content:"bb";)"));
  const auto good = databases_of(signatures);
  BOOST_TEST(refusal(signatures, good) == "");
  const auto others = signatures_of(http(R"(http.uri; content:"/a";)") + tcp(R"(content:"cc";)"));
  BOOST_TEST(refusal(others, good) ==
             "the databases were compiled from other rules, or by another version of this program; compile the rules "
             "again");
  const auto uri = static_cast<std::size_t>(Buffer::http_uri);
  const std::string remedy = "; compile the rules again on this machine";

  auto missing = good;
  missing.by_buffer[uri].clear();
  BOOST_TEST(refusal(signatures, missing) == "databases, buffer http.uri: it is missing" + remedy);
  auto more = good;
  more.by_buffer[static_cast<std::size_t>(Buffer::tls_sni)] = more.by_buffer[uri];
  BOOST_TEST(refusal(signatures, more) == "databases, buffer tls.sni: there should be none" + remedy);

  auto no_stream = good;
  no_stream.payload_stream.clear();
  BOOST_TEST(refusal(signatures, no_stream) == "databases, streams: it is missing" + remedy);
  auto blocks = good;
  blocks.payload_stream = good.by_buffer[0];
  BOOST_TEST(refusal(signatures, blocks) == "databases, streams: they were compiled for another mode" + remedy);
  const auto of_uri = signatures_of(http(R"(http.uri; content:"/a";)"));
  auto too_many = databases_of(of_uri);
  too_many.payload_stream = good.payload_stream;
  BOOST_TEST(refusal(of_uri, too_many) == "databases, streams: there should be none" + remedy);

  // The head of a serialised database in Hyperscan 5.4 (database.h): magic, version, length, platform, CRC; 32 bit
  // but for the platform's 64.
  const auto altered = [&](std::size_t at, std::uint8_t value) {
    auto databases = good;
    databases.by_buffer[uri][at] = value;
    return refusal(signatures, databases);
  };
  BOOST_TEST(altered(7, 99) ==
             "databases, buffer http.uri: they were compiled by another version of Hyperscan" + remedy);
  BOOST_TEST(altered(14, 99) == "databases, buffer http.uri: they were compiled for another CPU" + remedy);
  for (std::size_t size = 0; size < good.by_buffer[uri].size(); size += 1 + size / 8) {
    auto cut = good;
    cut.by_buffer[uri].resize(size);
    BOOST_TEST(!refusal(signatures, cut).empty());
  }
  std::mt19937 random{5};
  for (int round = 0; round < 300; ++round) {
    auto flipped = good;
    auto& bytes = flipped.by_buffer[uri];
    bytes[random() % bytes.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
    const auto built = SignatureSet::build(signatures, flipped);
    if (built) BOOST_TEST((*built)->make_scratch().has_value());  // bytes of the head that mean nothing
  }
}

BOOST_AUTO_TEST_CASE(a_signature_that_cannot_be_built_is_named) {
  auto signatures = signatures_of(http(R"(http.uri; content:"/a"; pcre:"/b/";)"));
  const auto databases = databases_of(signatures);
  signatures.front().facts.rule_id = "own/7";
  signatures.front().facts.signature_id = 7;
  signatures.front().parts.back().pcre->expression = "(b";
  BOOST_TEST(refusal(signatures, databases) ==
             "own/7 (sid 7): pcre \"(b\": missing closing parenthesis (byte 2 of the expression)");
}

BOOST_AUTO_TEST_CASE(matching_takes_no_memory) {
  if (!counts_allocations) BOOST_TEST_MESSAGE("SKIPPED under AddressSanitizer: allocations are not counted");
  Matcher matcher{signatures_of(http(R"(http.uri; content:"/a"; content:"b"; distance:0; within:4;)") +
                                http(R"(http.uri; content:"/a"; pcre:"/(b+)+$/R";)") +
                                http(R"(http.uri; content:"/a"; pcre:"/(*NO_JIT)(?:(b)|c)*$/";)") +
                                http(R"(http.header; pcre:"/x.*y/s";)") + http(R"(http.uri; content:!"none";)"))};
  const std::string deep = "/a" + std::string(6000, 'b');
  std::mt19937 random{3};
  std::size_t hits = 0;
  const auto before = allocations;
  for (int round = 0; round < 500; ++round) {
    std::array<char, 64> text{};
    for (auto& byte : text) byte = "/abxyc"[random() % 6];
    const std::string_view uri{text.data(), random() % text.size()};
    for (const auto& input : {request(uri, uri), request(deep, deep)}) {
      matcher.set->match(input, *matcher.scratch, matcher.hits, matcher.counters);
      hits += matcher.hits.count;
    }
  }
  const auto taken = allocations - before;
  BOOST_TEST(taken == 0);
  BOOST_TEST(hits > 500);
  BOOST_TEST(matcher.counters.cut > 0);  // the limits were met on the way, too
  if (counts_allocations) {
    const auto was = allocations;
    std::free(std::malloc(1));
    BOOST_TEST(allocations > was);  // else nothing was counted
  }
}

// Reports of crashes on short blocks (github.com/intel/hyperscan/issues/457): every length up to 200, ended by a page
// that may not be read, and begun by one.
BOOST_AUTO_TEST_CASE(nothing_outside_a_buffer_is_read) {
  std::string rules;
  for (int i = 0; i < 600; ++i)
    rules += tcp("content:\"" + std::string(1 + static_cast<std::size_t>(i) % 9, "abcdef"[i % 6]) + std::to_string(i) +
                 "\";" + (i % 3 == 0 ? " nocase;" : ""));
  for (int i = 0; i < 20; ++i) rules += tcp("pcre:\"/[a-f]{" + std::to_string(1 + i) + "}[0-9]+x?/\";");
  Matcher matcher{signatures_of(rules)};
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  auto* const memory =
      static_cast<std::uint8_t*>(mmap(nullptr, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  BOOST_REQUIRE(memory != MAP_FAILED);
  BOOST_REQUIRE(mprotect(memory, page, PROT_NONE) == 0);
  BOOST_REQUIRE(mprotect(memory + 2 * page, page, PROT_NONE) == 0);
  std::mt19937 random{11};
  std::size_t hits = 0;
  for (int round = 0; round < 20; ++round) {
    for (std::size_t length = 0; length <= 200; ++length) {
      for (std::size_t i = 0; i < page; ++i)
        memory[page + i] = static_cast<std::uint8_t>("abcdef0123456789x"[random() % 17]);
      for (auto* const begin : {memory + page, memory + 2 * page - length}) {
        auto input = payload({});
        input.buffers[0] = {begin, length};
        hits += matcher.match(input).size();
      }
    }
  }
  BOOST_TEST(hits > 1000);
  munmap(memory, 3 * page);
}

BOOST_AUTO_TEST_CASE(random_lists_match_what_the_reference_says) {
  std::mt19937 random{20260102};
  std::size_t matched = 0;
  std::size_t undecided = 0;
  constexpr std::size_t rounds = 300;
  constexpr std::size_t messages = 60;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto bytes = random_bytes(random, 600);
    Choices choices{bytes};
    SignatureList signatures;
    for (auto left = 1 + choices.below(12); left > 0; --left) {
      signatures.push_back(signature_of(choices));
      // What matches the empty text cannot be looked for.
      if (!compile_databases(signatures, make_prefilter(signatures))) signatures.pop_back();
    }
    Matcher matcher{signatures};
    for (std::size_t i = 0; i < messages; ++i) {
      const auto more = random_bytes(random, 60);
      Choices message_choices{more};
      const MessageCase message{message_choices};
      const auto cut = matcher.counters.cut;
      const auto rows = matcher.match(message.input());
      Rows expected;
      for (std::uint32_t row = 0; row < signatures.size(); ++row)
        if (reference_matches(signatures[row], message.input())) expected.push_back(row);
      if (matcher.counters.cut != cut) {
        ++undecided;
        BOOST_TEST(std::includes(expected.begin(), expected.end(), rows.begin(), rows.end()));
        continue;
      }
      matched += rows.size();
      if (rows != expected) BOOST_FAIL("round " << round << ", message " << i << " differs from the reference");
    }
  }
  BOOST_TEST(undecided < rounds * messages / 20);
  BOOST_TEST(matched > rounds * messages / 20);
}

BOOST_AUTO_TEST_SUITE_END()
