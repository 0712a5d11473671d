#include "rules/pack/pack.hh"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <random>
#include <string>

#include "rules/facts/classtype.hh"
#include "rules/indicators/indicator_list.hh"
#include "rules/signing/minisign_sign.hh"
#include "tests/unit/minisign_samples.hh"

using namespace sluice;

namespace {

constexpr std::string_view list =
    "id,indicator,kind,class,recipient,confidence,breaks,source,licence,tlp,first_seen,last_verified,expires\n"
    "push,Push.Example.COM.,domain,telemetry,Example Ltd,high,notifications,a page,fact,clear,2025-01-01,2026-01-01,"
    "2027-06-30\n"
    "one-host,bücher.example,host,advertising,,low,,,,amber+strict,,,\n"
    ",192.0.2.7,ip,known-c2-indicator,,low,,,,green,,,\n"
    ",2001:db8::/32,cidr,anonymiser,,defined,,,,red,,,\n";

Signature signature_of_every_field() {
  Signature out;
  auto& facts = out.facts;
  facts.rule_id = "test/2026001";
  facts.subject = "Example: a count was sent";
  facts.kind = RuleKind::signature;
  facts.finding_class = FindingClass::clear_text_identifier;
  facts.confidence = Confidence::medium;
  facts.tlp = "clear";
  facts.recipient = "Exämple";
  facts.generator_id = 1;
  facts.signature_id = 2026001;
  facts.revision = 3;
  out.text = "drop http any any -> any any (msg:\"Example\"; sid:2026001; rev:3;)";
  out.action = SignatureAction::drop;
  out.protocol = SignatureProtocol::http;
  out.source = {SignatureAddresses::Place::inside, {*AddressRange::parse("10.0.0.0/8")}, {}};
  out.source_ports = {{{1024, 65535}}, {{4000, 4000}}};
  out.both_ways = true;
  out.destination = {SignatureAddresses::Place::outside, {}, {*AddressRange::parse("2001:db8::1")}};
  out.destination_ports = {{}, {{1, 1023}}};
  out.flow = {SignatureFlow::Way::to_server, SignatureFlow::State::established};
  Content content;
  content.buffer = Buffer::http_uri;
  content.bytes = std::string("/a\0\xff", 4);
  content.negated = content.nocase = content.fast_pattern = content.startswith = content.endswith = true;
  content.offset = 0;
  content.depth = 4;
  out.parts.push_back({content, std::nullopt});
  Content relative;
  relative.bytes = "b";
  relative.distance = -3;
  relative.within = 10;
  out.parts.push_back({relative, std::nullopt});
  Pcre pcre;
  pcre.buffer = Buffer::http_user_agent;
  pcre.expression = "^MIUI/\\d+";
  pcre.negated = pcre.relative = pcre.nocase = pcre.multiline = pcre.dot_all = true;
  pcre.extended = pcre.anchored = pcre.dollar_end = pcre.ungreedy = true;
  out.parts.push_back({std::nullopt, pcre});
  Pcre keeps;
  keeps.expression = "(a)(b)";
  keeps.captures = {{2, true, "second"}, {1, false, "first"}};
  out.parts.push_back({std::nullopt, keeps});
  out.conditions.push_back({ConditionKind::ttl, Comparison::between, true, 0, 0, 3, 9, {}});
  out.conditions.push_back({ConditionKind::flow_bit,
                            Comparison::equal,
                            false,
                            static_cast<std::uint8_t>(StateOperation::is_set),
                            0,
                            0,
                            0,
                            {"a", "b"}});
  out.threshold = {SignatureThreshold::Kind::backoff,
                   SignatureThreshold::Track::flow,
                   SignatureThreshold::Unique::source_port,
                   5,
                   60,
                   10};
  out.flow.contents = SignatureFlow::Contents::stream;
  out.flow.fragments = SignatureFlow::Fragments::whole;
  out.silent = out.speaks = true;
  out.facts.priority = 7;
  out.facts.classtype = classtype_number("domain-c2");
  return out;
}

Pack sample() {
  Pack pack;
  pack.info.name = "test";
  pack.info.channel = "stable";
  pack.info.sequence = 7;
  pack.info.created_ns = 1'795'000'000'000'000'000;
  pack.info.expires_ns = 1'800'000'000'000'000'000;
  pack.info.sources.push_back({"list.csv", std::string(64, 'a')});
  auto loaded = parse_indicator_list(list, "test");
  BOOST_REQUIRE(loaded.errors.empty());
  pack.rules.indicators = std::move(loaded.rows);
  pack.rules.signatures.push_back(signature_of_every_field());
  return pack;
}

std::string error_of(const Pack& pack) {
  const auto read = read_pack(write_pack(pack));
  return read ? "accepted" : read.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_pack)

BOOST_AUTO_TEST_CASE(a_pack_that_was_written_reads_the_same) {
  const auto pack = sample();
  const auto read = read_pack(write_pack(pack));
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? std::string() : read.error()));
  BOOST_TEST(read->info.name == "test");
  BOOST_TEST(read->info.channel == "stable");
  BOOST_TEST(read->info.sequence == 7U);
  BOOST_TEST(read->info.created_ns == pack.info.created_ns);
  BOOST_TEST(read->info.expires_ns == pack.info.expires_ns);
  BOOST_TEST(read->info.sources.at(0).name == "list.csv");

  const auto& rows = read->rules.indicators;
  BOOST_REQUIRE(rows.size() == 4U);
  BOOST_TEST(rows[0].facts.rule_id == "test/push");
  BOOST_TEST(rows[0].facts.subject == "Push.Example.COM.");
  BOOST_TEST(rows[0].name == "push.example.com");
  BOOST_TEST(rows[0].facts.breaks == "notifications");
  BOOST_TEST(rows[0].facts.expires_ns == pack.rules.indicators[0].facts.expires_ns);
  BOOST_TEST(rows[0].facts.signature_id == 1'000'001U);
  BOOST_TEST(rows[1].name == "xn--bcher-kva.example");
  BOOST_TEST(rows[1].facts.tlp == "amber+strict");
  // printf 'ip:192.0.2.7' | openssl dgst -sha256 -r | cut -c 1-16
  BOOST_TEST(rows[2].facts.rule_id == "test/8ad0425705eb00f8");
  BOOST_TEST((rows[2].range == *AddressRange::parse("192.0.2.7")));
  BOOST_TEST((rows[3].range == *AddressRange::parse("2001:db8::/32")));

  BOOST_REQUIRE(read->rules.signatures.size() == 1U);
  const auto& signature = read->rules.signatures[0];
  BOOST_TEST(signature.facts.revision == 3U);
  BOOST_TEST(signature.facts.recipient == "Exämple");
  BOOST_REQUIRE(signature.conditions.size() == 2U);
  const auto& range = signature.conditions[0];
  BOOST_TEST((range.kind == ConditionKind::ttl && range.comparison == Comparison::between && range.negated));
  BOOST_TEST((range.first == 3U && range.second == 9U));
  const auto& bits = signature.conditions[1];
  BOOST_TEST((!bits.is_effect() && bits.names == std::vector<std::string>{"a", "b"}));
  const auto& threshold = signature.threshold;
  BOOST_TEST((threshold.kind == SignatureThreshold::Kind::backoff && threshold.multiplier == 10U));
  BOOST_TEST((threshold.count == 5U && threshold.seconds == 60U && threshold.track == SignatureThreshold::Track::flow));
  BOOST_TEST((signature.flow.contents == SignatureFlow::Contents::stream));
  BOOST_TEST((signature.flow.fragments == SignatureFlow::Fragments::whole));
  BOOST_TEST(
      (signature.silent && signature.speaks && signature.facts.priority == 7 && signature.facts.classtype == 38));
  BOOST_TEST((signature.protocol == SignatureProtocol::http && signature.action == SignatureAction::drop));
  BOOST_TEST((signature.source.place == SignatureAddresses::Place::inside && signature.both_ways));
  BOOST_TEST(signature.source_ports.excepted.at(0).first == 4000);
  BOOST_TEST((signature.destination.excepted.at(0) == *AddressRange::parse("2001:db8::1")));
  BOOST_TEST((signature.flow.state == SignatureFlow::State::established));
  BOOST_REQUIRE(signature.parts.size() == 4U);
  BOOST_TEST(signature.parts[0].content->bytes == std::string("/a\0\xff", 4));
  BOOST_TEST((signature.parts[0].content->offset == 0U && signature.parts[0].content->depth == 4U));
  BOOST_TEST(!signature.parts[0].content->within.has_value());
  BOOST_TEST((signature.parts[1].content->distance == -3 && !signature.parts[1].content->offset));
  BOOST_TEST(signature.parts[2].pcre->expression == "^MIUI/\\d+");
  BOOST_TEST((signature.parts[3].pcre->captures == std::vector<PcreCapture>{{2, true, "second"}, {1, false, "first"}}));
  // and everything that is not named here
  BOOST_TEST((write_pack(*read) == write_pack(pack)));
}

BOOST_AUTO_TEST_CASE(writing_a_pack_twice_gives_the_same_bytes_and_any_change_gives_others) {
  const auto bytes = write_pack(sample());
  BOOST_TEST((write_pack(sample()) == bytes));
  BOOST_TEST(std::string(bytes.begin() + 4, bytes.begin() + 8) == "SLPK");
  auto other = sample();
  other.rules.signatures[0].parts[2].pcre->ungreedy = false;
  BOOST_TEST((write_pack(other) != bytes));
  BOOST_TEST(pack_digest(bytes) != pack_digest(write_pack(other)));
}

BOOST_AUTO_TEST_CASE(the_digest_is_the_one_that_sha256sum_gives) {
  // printf 'hello pack\n' | sha256sum
  BOOST_TEST(pack_digest({reinterpret_cast<const std::uint8_t*>(minisign_data.data()), minisign_data.size()}) ==
             "bc19be3e397bffdfbe172483d3a4b587e0a4d9402092632004f4eeda3165b1ce");
}

BOOST_AUTO_TEST_CASE(a_newer_format_says_update) {
  auto bytes = write_pack(sample());
  // The root table's first field: found from its vtable (FlatBuffers internals, "Tables").
  const auto at = [&](std::size_t offset, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | bytes[offset + i];
    return value;
  };
  const auto root = at(0, 4);
  const auto vtable = root - static_cast<std::int32_t>(at(root, 4));
  bytes[root + at(vtable + 4, 2)] = 9;
  const auto read = read_pack(bytes);
  BOOST_REQUIRE(!read.has_value());
  BOOST_TEST(read.error() == "format 9 is newer than this program reads (2): update Sluice");
  bytes[root + at(vtable + 4, 2)] = 0;
  BOOST_TEST(!read_pack(bytes).has_value());
}

BOOST_AUTO_TEST_CASE(what_no_source_could_have_held_is_refused_by_name) {
  using Change = std::function<void(Pack&)>;
  const auto row = [](Pack& pack) -> Indicator& { return pack.rules.indicators[0]; };
  const auto sig = [](Pack& pack) -> Signature& { return pack.rules.signatures[0]; };
  const auto content = [](Pack& pack) -> Content& { return *pack.rules.signatures[0].parts[0].content; };
  const std::vector<std::pair<std::string_view, Change>> changes{
      {"the pack itself: name", [](Pack& p) { p.info.name = "no name"; }},
      {"the pack itself: channel", [](Pack& p) { p.info.channel = ""; }},
      {"the pack itself: created", [](Pack& p) { p.info.created_ns = -1; }},
      {"the pack itself: expires", [](Pack& p) { p.info.expires_ns = INT64_MAX; }},
      {"the pack itself: source", [](Pack& p) { p.info.sources[0].sha256 = "0"; }},
      {"the pack itself: sources", [](Pack& p) { p.info.sources.resize(2000, p.info.sources[0]); }},
      {"(other/push): rule_id", [&](Pack& p) { row(p).facts.rule_id = "other/push"; }},
      {"(test/): rule_id", [&](Pack& p) { row(p).facts.rule_id = "test/"; }},
      {"(test/a b): rule_id", [&](Pack& p) { row(p).facts.rule_id = "test/a b"; }},
      {"indicator 1 (test/push): subject: is not UTF-8", [&](Pack& p) { row(p).facts.subject = "\xff.example"; }},
      {"recipient: holds a control", [&](Pack& p) { row(p).facts.recipient = "a\nb"; }},
      {"carries: 5000 bytes", [&](Pack& p) { row(p).facts.carries = std::string(5000, 'a'); }},
      {"kind: 10 is no value", [&](Pack& p) { row(p).facts.kind = static_cast<RuleKind>(10); }},
      {"kind: a signature among", [&](Pack& p) { row(p).facts.kind = RuleKind::signature; }},
      {"class: 0", [&](Pack& p) { row(p).facts.finding_class = static_cast<FindingClass>(0); }},
      {"class: 13", [&](Pack& p) { row(p).facts.finding_class = static_cast<FindingClass>(13); }},
      {"confidence: 4", [&](Pack& p) { row(p).facts.confidence = static_cast<Confidence>(4); }},
      {"tlp: unknown", [&](Pack& p) { row(p).facts.tlp = "white"; }},
      {"expires: expires", [&](Pack& p) { row(p).facts.expires = "2026-02-30"; }},
      {"last_verified", [&](Pack& p) { row(p).facts.last_verified = "2024-01-01"; }},
      {"what is matched is not", [&](Pack& p) { row(p).name = "Push.example.com"; }},
      {"what is matched is not", [&](Pack& p) { row(p).name = "other.example"; }},
      {"top-level domain", [&](Pack& p) { row(p).name = row(p).facts.subject = "com"; }},
      {"what is matched is not", [](Pack& p) { p.rules.indicators[2].range.last = *Address::parse("192.0.2.9"); }},
      {"covers too much", [](Pack& p) { p.rules.indicators[3].facts.subject = "2000::/3"; }},
      {"id: the same as of", [](Pack& p) { p.rules.indicators[1].facts.rule_id = "test/push"; }},
      {"what it matches: the same as of test/push",
       [](Pack& p) {
         p.rules.indicators.push_back(p.rules.indicators[0]);
         p.rules.indicators.back().facts.rule_id = "test/again";
       }},
      {"signature 1 (test/push): id", [&](Pack& p) { sig(p).facts.rule_id = "test/push"; }},
      {"kind: an indicator among", [&](Pack& p) { sig(p).facts.kind = RuleKind::ip; }},
      {"text: holds a control", [&](Pack& p) { sig(p).text += "\n"; }},
      {"action: 6", [&](Pack& p) { sig(p).action = static_cast<SignatureAction>(6); }},
      {"protocol: 99", [&](Pack& p) { sig(p).protocol = static_cast<SignatureProtocol>(99); }},
      {"source: 3", [&](Pack& p) { sig(p).source.place = static_cast<SignatureAddresses::Place>(3); }},
      {"destination: a range ends",
       [&](Pack& p) { sig(p).destination.excepted[0].last = *Address::parse("2001:db8::"); }},
      {"source port: a range ends",
       [&](Pack& p) {
         sig(p).source_ports.listed[0] = {2, 1};
       }},
      {"source port: 5000 ranges", [&](Pack& p) { sig(p).source_ports.listed.resize(5000); }},
      {"flow: 3", [&](Pack& p) { sig(p).flow.way = static_cast<SignatureFlow::Way>(3); }},
      {"flow: 4", [&](Pack& p) { sig(p).flow.state = static_cast<SignatureFlow::State>(4); }},
      {"flow: 3", [&](Pack& p) { sig(p).flow.contents = static_cast<SignatureFlow::Contents>(3); }},
      {"flow: 3", [&](Pack& p) { sig(p).flow.fragments = static_cast<SignatureFlow::Fragments>(3); }},
      {"condition: 99", [&](Pack& p) { sig(p).conditions[0].kind = static_cast<ConditionKind>(99); }},
      {"comparison: 11", [&](Pack& p) { sig(p).conditions[0].comparison = static_cast<Comparison>(11); }},
      {"condition: has a subject", [&](Pack& p) { sig(p).conditions[1].subject = 9; }},
      {"condition: has no such number", [&](Pack& p) { sig(p).conditions[1].names.clear(); }},
      {"condition: has a name", [&](Pack& p) { sig(p).conditions[1].names[0].clear(); }},
      {"conditions: 65", [&](Pack& p) { sig(p).conditions.resize(65, sig(p).conditions[0]); }},
      {"threshold: 6", [&](Pack& p) { sig(p).threshold.kind = static_cast<SignatureThreshold::Kind>(6); }},
      {"threshold: counts nothing", [&](Pack& p) { sig(p).threshold.count = 0; }},
      {"part: is not exactly one", [&](Pack& p) { sig(p).parts[0].content.reset(); }},
      {"part: is not exactly one", [&](Pack& p) { sig(p).parts[0].pcre = Pcre{}; }},
      {"parts: 300", [&](Pack& p) { sig(p).parts.resize(300, sig(p).parts[0]); }},
      {"buffer: 255", [&](Pack& p) { content(p).buffer = static_cast<Buffer>(255); }},
      {"content: 0 bytes", [&](Pack& p) { content(p).bytes.clear(); }},
      {"content: 256 bytes", [&](Pack& p) { content(p).bytes.assign(256, 'a'); }},
      {"depth: is shorter", [&](Pack& p) { content(p).depth = 3; }},
      {"within: is shorter", [&](Pack& p) { sig(p).parts[1].content->within = 0; }},
      {"offset: 65536 is beyond", [&](Pack& p) { content(p).offset = 65536; }},
      {"distance: -2147483648", [&](Pack& p) { sig(p).parts[1].content->distance = INT32_MIN; }},
      {"counts both", [&](Pack& p) { content(p).distance = 0; }},
      {"pcre: is not UTF-8", [&](Pack& p) { sig(p).parts[2].pcre->expression = "\xff"; }},
      {"capture: is of no group", [&](Pack& p) { sig(p).parts[3].pcre->captures[0].group = 0; }},
      {"capture: is of no group", [&](Pack& p) { sig(p).parts[3].pcre->captures[0].group = 16; }},
      {"capture: has no name", [&](Pack& p) { sig(p).parts[3].pcre->captures[0].name = "a b"; }},
      {"capture: is one too many",
       [&](Pack& p) { sig(p).parts[3].pcre->captures.resize(9, sig(p).parts[3].pcre->captures[0]); }},
      {"capture: is one too many, or of what", [&](Pack& p) { sig(p).parts[3].pcre->negated = true; }},
  };
  BOOST_TEST(error_of(sample()) == "accepted");
  for (const auto& [expected, change] : changes) {
    auto pack = sample();
    change(pack);
    const auto error = error_of(pack);
    BOOST_TEST(error.find(expected) != std::string::npos, "expected \"" << expected << "\": " << error);
  }
}

BOOST_AUTO_TEST_CASE(a_cut_pack_is_refused_at_every_length) {
  const auto bytes = write_pack(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    BOOST_TEST(!read_pack(std::span{bytes}.first(size)).has_value(), size);
  // wherever the bytes stand
  std::vector<std::uint8_t> shifted(bytes.size() + 1);
  std::copy(bytes.begin(), bytes.end(), shifted.begin() + 1);
  BOOST_TEST(read_pack(std::span{shifted}.subspan(1)).has_value());
}

// Of a signed pack a flipped bit is found whatever it does; read without its signature it may mean another rule, but
// never does harm.
BOOST_AUTO_TEST_CASE(a_thousand_flipped_bits_are_refused_and_the_pack_at_hand_stays_as_it_is) {
  const auto key = MinisignSecretKey::parse(minisign_secret_key, std::nullopt);
  BOOST_REQUIRE(key.has_value());
  const auto bytes = write_pack(sample());
  const auto signature = key->sign(bytes, "pack");
  const auto live = read_pack(bytes);
  BOOST_REQUIRE((signature && live));
  const std::vector keys{key->public_key()};
  BOOST_REQUIRE(verify_minisign(bytes, *signature, keys).has_value());
  std::mt19937 random{1921};
  std::size_t unread = 0;
  for (int i = 0; i < 1000; ++i) {
    auto flipped = bytes;
    const auto at = random() % flipped.size();
    const auto bit = random() % 8;
    flipped[at] = static_cast<std::uint8_t>(flipped[at] ^ 1U << bit);
    BOOST_TEST(!verify_minisign(flipped, *signature, keys).has_value(), "byte " << at << ", bit " << bit);
    if (!read_pack(flipped)) ++unread;
    const auto cut = random() % bytes.size();
    BOOST_TEST(!verify_minisign(std::span{bytes}.first(cut), *signature, keys).has_value(), "cut at " << cut);
  }
  BOOST_TEST(unread > 300U);
  BOOST_TEST((write_pack(*live) == bytes));
}

BOOST_AUTO_TEST_SUITE_END()
