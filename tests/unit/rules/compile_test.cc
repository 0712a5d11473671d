#include "rules/databases/compile.hh"

#include <hs/hs.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "rules/databases/hyperscan_platform.hh"
#include "tests/unit/signature_parts.hh"

using namespace sluice;

namespace {

using Ids = std::set<unsigned>;

// Pattern ids that Hyperscan itself reports in a text; each must come once.
Ids scan(const Databases& databases, std::string_view text, Buffer buffer = Buffer::payload) {
  const auto& bytes = databases.by_buffer[static_cast<std::size_t>(buffer)];
  hs_database_t* database = nullptr;
  BOOST_REQUIRE(hs_deserialize_database(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &database) ==
                HS_SUCCESS);
  const std::unique_ptr<hs_database_t, decltype(&hs_free_database)> owner{database, &hs_free_database};
  hs_scratch_t* scratch = nullptr;
  BOOST_REQUIRE(hs_alloc_scratch(database, &scratch) == HS_SUCCESS);
  const std::unique_ptr<hs_scratch_t, decltype(&hs_free_scratch)> scratch_owner{scratch, &hs_free_scratch};
  Ids ids;
  const auto note = [](unsigned id, unsigned long long, unsigned long long, unsigned, void* seen) {
    BOOST_TEST(static_cast<Ids*>(seen)->insert(id).second);
    return 0;
  };
  BOOST_REQUIRE(hs_scan(database, text.data(), static_cast<unsigned>(text.size()), 0, scratch, note, &ids) ==
                HS_SUCCESS);
  return ids;
}

Databases compiled(const SignatureList& signatures) {
  auto databases = compile_databases(signatures, make_prefilter(signatures));
  BOOST_REQUIRE_MESSAGE(databases.has_value(), (databases ? "" : databases.error()[0].text(signatures)));
  return std::move(*databases);
}

std::vector<CompileError> errors(const SignatureList& signatures) {
  const auto databases = compile_databases(signatures, make_prefilter(signatures));
  BOOST_REQUIRE(!databases.has_value());
  return databases.error();
}

std::string bytes_from(int first, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(first + i);
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(compile)

BOOST_AUTO_TEST_CASE(a_literal_of_every_byte_value_is_found_and_no_other) {
  SignatureList signatures;
  for (int byte = 0; byte < 256; ++byte)
    signatures.push_back(
        signature(static_cast<std::uint32_t>(byte + 1), content(std::string(2, static_cast<char>(byte)))));
  const auto databases = compiled(signatures);
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::string text(5, static_cast<char>(byte));  // where it stands four times
    BOOST_TEST_REQUIRE((scan(databases, text) == Ids{byte}), "byte " << byte);
  }
  // Two long ones that hold them all; the second half may not stand one byte short.
  const auto halves =
      compiled({signature(1, content(bytes_from(0, 128))), signature(2, content(bytes_from(128, 128)))});
  BOOST_TEST((scan(halves, bytes_from(0, 256)) == Ids{0, 1}));
  BOOST_TEST((scan(halves, bytes_from(0, 255)) == Ids{0}));
}

BOOST_AUTO_TEST_CASE(nocase_is_for_ascii_letters_alone) {
  const auto databases = compiled({signature(1, content("aZ[")), signature(2, nocase(content("aZ[\xe9")))});
  BOOST_TEST((scan(databases, "aZ[\xe9") == Ids{0, 1}));
  BOOST_TEST((scan(databases, "Az[\xe9") == Ids{1}));
  BOOST_TEST((scan(databases, "AZ{\xe9") == Ids{}));  // '[' and '{' differ by the bit that tells case
  BOOST_TEST((scan(databases, "az[\xc9") == Ids{}));  // Latin-1's capital
}

BOOST_AUTO_TEST_CASE(each_buffer_has_a_database_of_its_own) {
  const auto databases = compiled({signature(1, content("one")), signature(2, content("two", Buffer::http_uri))});
  BOOST_TEST((scan(databases, "one two") == Ids{0}));
  BOOST_TEST((scan(databases, "one two", Buffer::http_uri) == Ids{0}));
  BOOST_TEST((scan(databases, "one", Buffer::http_uri) == Ids{}));
  BOOST_TEST(databases.by_buffer[static_cast<std::size_t>(Buffer::tls_sni)].empty());
  BOOST_TEST(databases.platform == hyperscan_platform());
}

BOOST_AUTO_TEST_CASE(no_signatures_need_no_database) {
  for (const auto& database : compiled({}).by_buffer) BOOST_TEST(database.empty());
  BOOST_TEST(compiled({}).payload_stream.empty());
}

// Ids are those of the payload's other database, and each place is told.
BOOST_AUTO_TEST_CASE(literals_of_the_payload_are_found_in_a_stream_as_well) {
  Pcre pcre;
  pcre.expression = "a[0-9]";
  auto expression = signature(1, content("unused"));
  expression.parts = {{std::nullopt, pcre}};
  BOOST_TEST(compiled({expression}).payload_stream.empty());
  BOOST_TEST(compiled({signature(1, content("two", Buffer::http_uri))}).payload_stream.empty());

  const auto bytes = compiled({expression, signature(2, content("onetwo"))}).payload_stream;
  hs_database_t* database = nullptr;
  BOOST_REQUIRE(hs_deserialize_database(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &database) ==
                HS_SUCCESS);
  const std::unique_ptr<hs_database_t, decltype(&hs_free_database)> owner{database, &hs_free_database};
  hs_scratch_t* scratch = nullptr;
  BOOST_REQUIRE(hs_alloc_scratch(database, &scratch) == HS_SUCCESS);
  const std::unique_ptr<hs_scratch_t, decltype(&hs_free_scratch)> scratch_owner{scratch, &hs_free_scratch};
  hs_stream_t* stream = nullptr;
  BOOST_REQUIRE(hs_open_stream(database, 0, &stream) == HS_SUCCESS);
  using Places = std::vector<std::pair<unsigned, unsigned long long>>;
  Places places;
  const auto note = [](unsigned id, unsigned long long, unsigned long long to, unsigned, void* seen) {
    static_cast<Places*>(seen)->emplace_back(id, to);
    return 0;
  };
  for (const std::string_view piece : {"a1on", "etwo", "one", "two"})
    BOOST_TEST(hs_scan_stream(stream, piece.data(), static_cast<unsigned>(piece.size()), 0, scratch, note, &places) ==
               HS_SUCCESS);
  BOOST_TEST(hs_close_stream(stream, nullptr, nullptr, nullptr) == HS_SUCCESS);
  BOOST_TEST((places == Places{{1, 8}, {1, 14}}));
}

// What Hyperscan has no equal for is found wherever PCRE2 would find it: the text on the right matches by
// pcre2pattern(3).
BOOST_AUTO_TEST_CASE(a_pcre_is_searched_for_as_a_superset) {
  const std::vector<std::pair<std::string, std::string>> matching{
      {R"((a+)x\1)", "aaxaa"},
      {"(?<=foo)bar", "foobar"},
      {"bar(?!x)", "bary"},
      {"(?>a+)b", "aab"},
      {"a++b", "aab"},
      {R"(\bid=\d{15}\b)", "id=123456789012345&"},
      {R"(a\sb)",
       "a\x0b"
       "b"},
      {"(?i)imei", "IMEI"},
      {R"((?P<n>a)(?P=n))", "aa"},
      {R"(a$)", "a\n"},
      {R"(\x00\xff)", {"\0\xff", 2}},
  };
  for (const auto& [expression, text] : matching)
    BOOST_TEST((scan(compiled({signature(1, pcre(expression))}), text) == Ids{0}), expression);
  auto extended = pcre("a b # no c\n");
  extended.extended = true;
  BOOST_TEST((scan(compiled({signature(1, extended)}), "ab") == Ids{0}));
  auto lines = pcre("^b");
  BOOST_TEST((scan(compiled({signature(1, lines)}), "a\nb") == Ids{}));
  lines.multiline = true;
  BOOST_TEST((scan(compiled({signature(1, lines)}), "a\nb") == Ids{0}));
  auto dots = pcre("a.b");
  BOOST_TEST((scan(compiled({signature(1, dots)}), "a\nb") == Ids{}));
  dots.dot_all = true;
  BOOST_TEST((scan(compiled({signature(1, dots)}), "a\nb") == Ids{0}));
}

BOOST_AUTO_TEST_CASE(every_pcre_that_cannot_be_searched_for_is_told) {
  const SignatureList signatures{signature(11, content("fine")),
                                 signature(12, pcre(R"(a\Kb)")),
                                 signature(13, pcre("fine")),
                                 signature(14, pcre("a*")),
                                 signature(15, pcre(R"(a\Kb)")),
                                 signature(16, pcre("a.{1,40000}b", Buffer::http_uri)),
                                 signature(17, pcre(R"(a\Kb)"), content("saved"))};
  const auto told = errors(signatures);
  BOOST_REQUIRE(told.size() == 4U);
  BOOST_TEST(told[0].signature == 1U);
  BOOST_TEST(told[1].signature == 4U);
  BOOST_TEST(told[2].signature == 3U);
  BOOST_TEST(told[3].signature == 5U);
  const auto text = told[0].text(signatures);
  BOOST_TEST(text.starts_with("test/12 (sid 12): its pcre \"a\\Kb\" cannot be searched for: "), text);
  BOOST_TEST(text.find("add a content") != std::string::npos, text);
  BOOST_TEST(told[2].message.find("matches a text of no bytes") != std::string::npos, told[2].message);
}

// A NUL would end the expression for Hyperscan, which then looks for less than PCRE2; UTF mode is undefined on bytes.
BOOST_AUTO_TEST_CASE(what_hyperscan_would_read_otherwise_than_pcre_is_refused) {
  BOOST_TEST(errors({signature(1, pcre({"ab\0|c", 5}))})[0].message.find("NUL") != std::string::npos);
  BOOST_TEST(errors({signature(1, pcre("(*UTF8)a"))})[0].message.find("control verb") != std::string::npos);
  auto extended = pcre("(*UCP)a");
  extended.extended = true;
  BOOST_TEST(errors({signature(1, extended)})[0].message.find("control verb") != std::string::npos);
}

// The compiler's own view of this CPU (hs_populate_platform) against the text.
BOOST_AUTO_TEST_CASE(the_platform_names_what_hyperscan_compiles_for) {
  hs_platform_info_t platform{};
  BOOST_REQUIRE(hs_populate_platform(&platform) == HS_SUCCESS);
  const auto text = hyperscan_platform() + ' ';
  BOOST_TEST(text.starts_with(std::string{hs_version()} + ' '), text);
  const auto says = [&text](const char* feature) { return text.find(feature) != std::string::npos; };
  BOOST_TEST(says(" avx2 ") == ((platform.cpu_features & HS_CPU_FEATURES_AVX2) != 0));
  BOOST_TEST(says(" avx512bw ") == ((platform.cpu_features & HS_CPU_FEATURES_AVX512) != 0));
  BOOST_TEST(says(" avx512vbmi ") == ((platform.cpu_features & HS_CPU_FEATURES_AVX512VBMI) != 0));
}

BOOST_AUTO_TEST_SUITE_END()
