// Parts of packed signatures: each comes back as it was written, and what no file could have held is refused.
#include "rules/pack/pack_part.hh"

#include <boost/test/unit_test.hpp>
#include <functional>

#include "rules/pack/pack.hh"
#include "rules/signatures/signature_file.hh"

using namespace sluice;

namespace {

Pack pack_of(const std::string& options) {
  Pack pack;
  pack.info = {"test", "stable", 1, 0, 0, {}};
  auto file = parse_signatures("alert http any any -> any any (msg:\"s\"; " + options + " sid:1;)", "test");
  BOOST_REQUIRE_MESSAGE(file.errors.empty(), (file.errors.empty() ? std::string{} : file.errors.front().text()));
  pack.rules.signatures = std::move(file.signatures);
  return pack;
}

std::vector<SignaturePart> again(const std::string& options) {
  const auto read = read_pack(write_pack(pack_of(options)));
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? std::string{} : read.error()));
  return read->rules.signatures.front().parts;
}

ByteOperation& operation(Pack& pack) { return std::get<ByteOperation>(*pack.rules.signatures[0].parts[0].check); }
SignaturePart& last(Pack& pack) { return pack.rules.signatures[0].parts.back(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_pack_part)

BOOST_AUTO_TEST_CASE(checks_come_back) {
  const auto parts = again(
      "http.uri; byte_extract:2,-1,n,relative,string,hex,multiplier 3,align 2; "
      "byte_math:bytes n, offset 4, oper >>, rvalue 7, result m, bitmask 0xf0, endian little; "
      "byte_test:1,!<,m,n; byte_jump:3,5,from_end,post_offset -6; isdataat:!n,relative; bsize:!4;"
      "content:\"abcd\"; offset:n; depth:m; fast_pattern:1,2; content:\"e\"; distance:m; within:n; "
      "base64_decode:bytes 8, offset 2, relative; base64_data; content:\"x\"; http.method; absent;");
  const auto& extract = std::get<ByteOperation>(*parts[0].check);
  BOOST_TEST((extract.kind == ByteOperation::Kind::extract && extract.bytes == 2 && extract.offset == -1));
  BOOST_TEST((extract.relative && extract.text && extract.base == 16 && extract.multiplier == 3));
  BOOST_TEST((extract.align == 2 && extract.result == 0 && parts[0].buffer() == Buffer::http_uri));
  const auto& math = std::get<ByteOperation>(*parts[1].check);
  BOOST_TEST((math.bytes_variable == 0 && math.operation == ByteOperation::Operator::shift_right && math.value == 7));
  BOOST_TEST((math.result == 1 && math.bitmask == 0xf0U && math.little));
  const auto& test = std::get<ByteOperation>(*parts[2].check);
  BOOST_TEST((test.negated && test.value_variable == 1 && test.offset_variable == 0));
  const auto& jump = std::get<ByteOperation>(*parts[3].check);
  BOOST_TEST((jump.from == ByteOperation::From::end && jump.post_offset == -6));
  const auto& data = std::get<DataAt>(*parts[4].check);
  BOOST_TEST((data.variable == 0 && data.relative && data.negated));
  const auto& content = *parts[6].content;
  BOOST_TEST((content.offset_variable == 0 && content.depth_variable == 1 && !content.offset && !content.depth));
  BOOST_TEST((content.fast_pattern_offset == 1 && content.fast_pattern_length == 2));
  BOOST_TEST((parts[7].content->distance_variable == 1 && parts[7].content->within_variable == 0));
  const auto& decode = std::get<Base64Decode>(*parts[8].check);
  BOOST_TEST((decode.bytes == 8U && decode.offset == 2U && decode.relative));
  BOOST_TEST((parts[9].in_base64 && !parts[8].in_base64));
  BOOST_TEST(!std::get<Absent>(*parts[10].check).or_else);
}

BOOST_AUTO_TEST_CASE(sizes_come_back) {
  const auto size = std::get<BufferSize>(*again("http.uri; bsize:4<>9;")[0].check);
  BOOST_TEST((size.first == 5U && size.last == 8U && !size.negated));
}

BOOST_AUTO_TEST_CASE(datasets_come_back) {
  auto pack = pack_of("http.uri; dataset:isnotset,names,type string,match subdomain; datarep:names,<,7;");
  auto& parts = pack.rules.signatures[0].parts;
  const auto values = std::make_shared<const DatasetValues>(dataset_values({{"b", 3}, {std::string("a\0\xff", 3), 9}}));
  for (auto& part : parts) std::get<DatasetCheck>(*part.check).values = values;
  const auto read = read_pack(write_pack(pack));
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? std::string{} : read.error()));
  const auto& first = std::get<DatasetCheck>(*read->rules.signatures[0].parts[0].check);
  BOOST_TEST((first.command == DatasetCheck::Command::isnotset && first.name == "names" && first.subdomains));
  BOOST_TEST((first.type == DatasetType::text && first.values != nullptr && *first.values == *values));
  const auto& second = std::get<DatasetCheck>(*read->rules.signatures[0].parts[1].check);
  BOOST_TEST((second.comparison == DatasetCheck::Comparison::less && second.reputation == 7));
  BOOST_TEST(second.values == first.values);  // once in memory, as in the file
  std::get<DatasetCheck>(*parts[0].check).type = static_cast<DatasetType>(7);
  BOOST_TEST(read_pack(write_pack(pack)).error().find("dataset type: 7") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(transforms_come_back) {
  const std::string keywords =
      "http.uri; to_lowercase; xor:\"00ff\"; from_base64:bytes 3, offset 2, mode strict; subslice:-4, -1, truncate; "
      "pcrexform:\"(a+)\"; gunzip:max-size 77; xor:extract 2 3, offset 1; content:\"a\";";
  BOOST_TEST((again(keywords)[0].transforms == pack_of(keywords).rules.signatures[0].parts[0].transforms));
}

BOOST_AUTO_TEST_CASE(what_no_file_could_have_held_is_refused_by_name) {
  using Change = std::function<void(Pack&)>;
  const std::vector<std::pair<std::string_view, Change>> changes{
      {"byte operation: 4", [](Pack& p) { operation(p).kind = static_cast<ByteOperation::Kind>(4); }},
      {"operator: 13", [](Pack& p) { operation(p).operation = static_cast<ByteOperation::Operator>(13); }},
      {"operator: is not one of this", [](Pack& p) { operation(p).operation = ByteOperation::Operator::add; }},
      {"bytes: 9", [](Pack& p) { operation(p).bytes = 9; }},
      {"base: 3", [](Pack& p) { operation(p).base = 3; }},
      {"align: 3", [](Pack& p) { operation(p).align = 3; }},
      {"bitmask: is 0", [](Pack& p) { operation(p).bitmask = 0; }},
      {"variable: 32", [](Pack& p) { operation(p).value_variable = 32; }},
      {"variable: 200", [](Pack& p) { operation(p).result = 200; }},
      {"offset: 65536", [](Pack& p) { operation(p).offset = 65'536; }},
      {"post_offset: -70000", [](Pack& p) { operation(p).post_offset = -70'000; }},
      {"jump: 3", [](Pack& p) { operation(p).from = static_cast<ByteOperation::From>(3); }},
      {"isdataat: 70000",
       [](Pack& p) {
         p.rules.signatures[0].parts[0].check = DataAt{70'000, {}, false, false};
       }},
      {"base64_decode: 70000",
       [](Pack& p) {
         p.rules.signatures[0].parts[0].check = Base64Decode{70'000, 0, false};
       }},
      {"buffer: 99", [](Pack& p) { p.rules.signatures[0].parts[0].check_buffer = static_cast<Buffer>(99); }},
      {"fast_pattern: is no part", [](Pack& p) { last(p).content->fast_pattern_length = 3; }},
      {"variable: 32", [](Pack& p) { last(p).content->distance_variable = 32; }},
      {"transform: 19", [](Pack& p) { last(p).transforms[0].kind = static_cast<Transform::Kind>(19); }},
      {"mode: 3", [](Pack& p) { last(p).transforms[0].mode = static_cast<Transform::Mode>(3); }},
      {"counts backwards", [](Pack& p) { last(p).transforms[0].offset = -1; }},
      {"max-size: 8193", [](Pack& p) { last(p).transforms[0].most = 8193; }},
      {"xor: has not one key", [](Pack& p) { last(p).transforms[0].kind = Transform::Kind::xor_key; }},
      {"transforms: 9", [](Pack& p) { last(p).transforms.resize(9); }},
      {"not exactly one of content, pcre and check", [](Pack& p) { last(p).check = Absent{}; }},
  };
  for (const auto& [expected, change] : changes) {
    auto pack = pack_of("http.uri; byte_test:1,=,5,0; to_md5; content:\"ab\";");
    change(pack);
    const auto read = read_pack(write_pack(pack));
    const auto error = read ? std::string("accepted") : read.error();
    BOOST_TEST(error.find(expected) != std::string::npos, "expected \"" << expected << "\": " << error);
  }
}

BOOST_AUTO_TEST_SUITE_END()
