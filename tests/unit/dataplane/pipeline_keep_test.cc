// Connections that a line of the policy keeps as evidence, through the pipeline.
#include <boost/test/unit_test.hpp>
#include <string>

#include "config/configuration.hh"
#include "dataplane/generations/policy_settings.hh"
#include "rules/databases/compile.hh"
#include "rules/databases/prefilter.hh"
#include "rules/signatures/signature_file.hh"
#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr const char* phone = "192.168.1.10";
constexpr const char* neighbour = "192.168.1.11";
constexpr const char* resolver = "198.51.100.53";
constexpr const char* keep = R"({"name":"keep","devices":["192.168.1.10"],"keep_flow":true})";

std::unique_ptr<Generation> generation_with(const std::string& line, const std::string& signature = {}) {
  const auto loaded =
      config::parse(R"({"evidence":{"authority_key":"/key.pub"},"policy":{"lines":[)" + line + "]}}", "tap.json");
  BOOST_REQUIRE_MESSAGE(loaded.has_value(), (loaded ? std::string{} : config::text(loaded.error().front())));
  auto rules = listed_rules();
  rules.signatures = std::move(parse_signatures(signature, "test").signatures);
  rules.policy = site_policy(*loaded->policy);
  const auto databases = compile_databases(rules.signatures, make_prefilter(rules.signatures));
  BOOST_REQUIRE(databases.has_value());
  auto generation = make_generation(rules, *databases, 1, 1);
  BOOST_REQUIRE(generation.has_value());
  return std::move(*generation);
}

PipelineOptions options(std::uint32_t bytes = 262'144) {
  auto options = small_options(Mode::monitor);
  options.record = Record::findings;
  options.inside = InsideNetworks::private_addresses();
  options.evidence = true;
  options.kept_flow_bytes = bytes;
  return options;
}

// "begins NAME", "BEFORE+BYTES", behind it "bound" or "flow" for the last: a line each.
std::string kept(PipelineRun& run) {
  std::string text;
  run.each_event([&](const Event& event) {
    if (event.header().type != EventType::kept_flow) return;
    const auto before = event.find(Field::kept_before);
    if (!before) {
      const auto value = event.find(Field::matched_value);
      text += "begins " + std::string{value ? value->text() : ""} + "\n";
      return;
    }
    std::size_t bytes = 0;
    for (const auto& field : event) bytes += field.field == Field::packet_bytes ? field.value.size() : 0;
    text += std::to_string(before->integer()) + "+" + std::to_string(bytes);
    if (const auto end = event.find(Field::kept_end))
      text += end->integer() == static_cast<std::uint64_t>(KeptEnd::bound) ? " bound" : " flow";
    text += "\n";
  });
  return text;
}

// Two look-ups of one flow, the second of a name that is not listed.
void look_up(PipelineRun& run, const char* device) {
  const auto at = ends(device, 40053, resolver, 53);
  for (const auto* name : {"www.listed.example", "www.example.com"}) {
    BOOST_TEST(run.send(udp_frame(at, dns_query(name))));
    BOOST_TEST(run.send(udp_frame(at.reversed(), dns_answer(name, "198.51.100.7"))));
  }
  run.pipeline().finish(run.now, run.sent);
}

std::string numbers(std::initializer_list<std::size_t> sizes, const std::string& end) {
  std::string text;
  std::size_t before = 0;
  for (const auto size : sizes) {
    text += std::to_string(before) + "+" + std::to_string(size) + "\n";
    before += size;
  }
  return text + std::to_string(before) + end;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_keep)

BOOST_AUTO_TEST_CASE(from_the_finding_on_each_packet_is_kept_to_the_flows_end) {
  const auto at = ends(phone, 40053, resolver, 53);
  const auto size = [&](const auto& message) { return udp_frame(at, message).size(); };
  PipelineRun run{options(), generation_with(keep)};
  look_up(run, phone);
  BOOST_TEST(kept(run) ==
             "begins www.listed.example\n" +
                 numbers({size(dns_query("www.listed.example")), size(dns_answer("www.listed.example", "198.51.100.7")),
                          size(dns_query("www.example.com")), size(dns_answer("www.example.com", "198.51.100.7"))},
                         "+0 flow\n"));
}

BOOST_AUTO_TEST_CASE(no_more_is_kept_than_the_bound_and_never_twice) {
  PipelineRun run{options(100), generation_with(keep)};
  look_up(run, phone);
  const auto first = udp_frame(ends(phone, 40053, resolver, 53), dns_query("www.listed.example")).size();
  const auto second = udp_frame(ends(phone, 1, resolver, 53), dns_answer("www.listed.example", "198.51.100.7")).size();
  BOOST_TEST(kept(run) == "begins www.listed.example\n0+" + std::to_string(first) + "\n" + std::to_string(first) + "+" +
                              std::to_string(second) + " bound\n");
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_that_no_line_asks_for) {
  PipelineRun other{options(), generation_with(keep)};
  look_up(other, neighbour);
  BOOST_TEST(kept(other) == "");
  PipelineRun plain{options(), generation_with(R"({"name":"watch","devices":["192.168.1.10"]})")};
  look_up(plain, phone);
  BOOST_TEST(kept(plain) == "");
  auto without = options();
  without.evidence = false;
  PipelineRun unsealed{without, generation_with(keep)};
  look_up(unsealed, phone);
  BOOST_TEST(kept(unsealed) == "");
}

BOOST_AUTO_TEST_CASE(of_a_packet_without_a_flow_there_is_one) {
  PipelineRun run{options(), generation_with(keep,
                                             "alert pkthdr any any -> any any (msg:\"cut\"; "
                                             "decode-event:ipv4.trunc_pkt; sid:1;)")};
  auto frame = udp_frame(ends(phone, 5000, resolver, 4000), as_bytes("payload"));
  frame.resize(14 + 20 + 4);  // half of its UDP header
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST(run.send(frame));
    BOOST_TEST(kept(run) == "begins 198.51.100.53\n" + numbers({frame.size()}, "+0 flow\n"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
