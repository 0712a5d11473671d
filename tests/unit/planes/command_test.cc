#include "dataplane/exchange/command.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

namespace {

template <class Message>
std::vector<std::uint8_t> encoded(const Message& message) {
  auto bytes = encode(message);
  BOOST_REQUIRE(bytes.has_value());
  return *bytes;
}

template <class Value>
Value request(const Request& value) {
  const auto decoded = decode_request(encoded(value));
  BOOST_REQUIRE(decoded.has_value());
  BOOST_REQUIRE(std::holds_alternative<Value>(*decoded));
  return std::get<Value>(*decoded);
}

template <class Value>
Value reply(const Reply& value) {
  const auto decoded = decode_reply(encoded(value));
  BOOST_REQUIRE(decoded.has_value());
  BOOST_REQUIRE(std::holds_alternative<Value>(*decoded));
  return std::get<Value>(*decoded);
}

const TapStatus busy_status{"degraded",
                            "rules stale",
                            1'700'000'000'000'000'001,
                            7,
                            std::string(64, 'a'),
                            {{"vendors", "stable", 12, std::string(64, 'b'), 1'800'000'000'000'000'000, 100'000},
                             {"site-list", "site", 0, std::string(64, 'c'), 0, 3}},
                            "0.1.0"};

}  // namespace

BOOST_AUTO_TEST_SUITE(command)

BOOST_AUTO_TEST_CASE(questions_come_back_as_they_were) {
  (void)request<StatusQuery>(StatusQuery{});
  BOOST_TEST(request<RulesQuery>(RulesQuery{4'000'000'000}).generation == 4'000'000'000U);
  for (const bool flag : {false, true}) {
    const auto publish = request<PublishRequest>(PublishRequest{{"one\n", "", std::string("\0x", 2)}, flag, !flag});
    BOOST_TEST((publish.signatures == std::vector<std::string>{"one\n", "", std::string("\0x", 2)}));
    BOOST_TEST(publish.allow_rollback == flag);
    BOOST_TEST(publish.dry_run == !flag);
  }
  BOOST_TEST(request<PublishRequest>(PublishRequest{}).signatures.empty());
  (void)request<CostQuery>(CostQuery{});
  BOOST_TEST(request<ResumeRequest>(ResumeRequest{}).rules.empty());
  BOOST_TEST((request<ResumeRequest>(ResumeRequest{{"a/1", "b/2"}}).rules == std::vector<std::string>{"a/1", "b/2"}));
  BOOST_TEST(request<ReloadRequest>(ReloadRequest{true}).dry_run);
  BOOST_TEST(!request<ReloadRequest>(ReloadRequest{}).dry_run);
  (void)request<HoldRequest>(HoldRequest{});
  const auto capture = request<CaptureRequest>(
      CaptureRequest{{1, 2, 3}, 5, std::uint64_t{1} << 40U, 7, std::chrono::milliseconds{8}, 9});
  BOOST_TEST((capture.program == std::vector<std::uint8_t>{1, 2, 3} && capture.ports == 5 &&
              capture.packets == std::uint64_t{1} << 40U && capture.bytes == 7 && capture.time.count() == 8 &&
              capture.snap_length == 9));
  BOOST_TEST(request<CaptureLook>(CaptureLook{true}).end);
  const auto many = encoded(Request{ResumeRequest{std::vector<std::string>(resumed_rules_limit + 1, "a/1")}});
  BOOST_TEST((decode_request(many).error() == CommandError::too_many));
}

BOOST_AUTO_TEST_CASE(a_question_that_flatc_wrote_is_read) {
  // flatc --binary --root-type sluice.wire.Request dataplane/command.fbs publish.json
  // {"question_type": "Publish", "question": {"signatures": ["untrusted comment: a", "untrusted comment: b"],
  //  "allow_rollback": true}}
  constexpr std::string_view hex =
      "10000000534c434d08000c000700080008000000000000020c00000008000c00080007000800000000000001040000000200"
      "0000240000000400000014000000756e7472757374656420636f6d6d656e743a20620000000014000000756e747275737465"
      "6420636f6d6d656e743a206100000000";
  std::vector<std::uint8_t> message;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    message.push_back(static_cast<std::uint8_t>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16)));
  const auto request = decode_request(message);
  BOOST_REQUIRE(request.has_value());
  const auto& publish = std::get<PublishRequest>(*request);
  BOOST_TEST((publish.signatures == std::vector<std::string>{"untrusted comment: a", "untrusted comment: b"}));
  BOOST_TEST(publish.allow_rollback);
  BOOST_TEST(!publish.dry_run);
}

BOOST_AUTO_TEST_CASE(a_plan_of_any_size_fits_a_message) {
  const std::string euros = "\xe2\x82\xac";
  std::string wide;
  while (wide.size() < 3 * change_text_limit) wide += euros;
  const auto result = listed(sluice::config::Plan(listed_changes_limit + 5, {wide, wide, wide, true}));
  BOOST_TEST(result.changes.size() == listed_changes_limit);
  BOOST_TEST(result.unlisted == 5U);
  BOOST_TEST(result.changes[0].before == wide.substr(0, change_text_limit) + " ...");  // 240: whole characters
  BOOST_TEST(listed({{"a", 'x' + wide, "", false}}).changes[0].before ==
             'x' + wide.substr(0, change_text_limit - euros.size()) + " ...");
  BOOST_TEST(encode(Reply{result}).has_value());
  auto more = result;
  more.changes.push_back({});
  BOOST_TEST((decode_reply(encoded(Reply{more})).error() == CommandError::too_many));
}

BOOST_AUTO_TEST_CASE(answers_come_back_as_they_were) {
  const auto status = reply<TapStatus>(busy_status);
  BOOST_TEST(status.state == "degraded");
  BOOST_TEST(status.reason == "rules stale");
  BOOST_TEST(status.since_ns == 1'700'000'000'000'000'001);
  BOOST_TEST(status.generation == 7U);
  BOOST_TEST(status.ruleset_digest == std::string(64, 'a'));
  BOOST_TEST(status.version == "0.1.0");
  BOOST_TEST(status.mode == "");
  auto enforcing = busy_status;
  enforcing.mode = "enforce";
  BOOST_TEST(reply<TapStatus>(enforcing).mode == "enforce");
  BOOST_TEST(status.notices.empty());
  enforcing.notices = {"one", "", "three"};
  BOOST_TEST((reply<TapStatus>(enforcing).notices == enforcing.notices));
  BOOST_REQUIRE(status.packs.size() == 2U);
  BOOST_TEST(status.packs[0].name == "vendors");
  BOOST_TEST(status.packs[0].channel == "stable");
  BOOST_TEST(status.packs[0].sequence == 12U);
  BOOST_TEST(status.packs[0].digest == std::string(64, 'b'));
  BOOST_TEST(status.packs[0].expires_ns == 1'800'000'000'000'000'000);
  BOOST_TEST(status.packs[0].rows == 100'000U);
  BOOST_TEST(status.packs[1].name == "site-list");

  using std::chrono::microseconds;
  const auto result = reply<PublishResult>(
      PublishResult{9, "digest", microseconds{1}, microseconds{2}, microseconds{3}, microseconds{4}});
  BOOST_TEST(result.generation == 9U);
  BOOST_TEST(result.digest == "digest");
  BOOST_TEST(result.verify.count() == 1);
  BOOST_TEST(result.compile.count() == 2);
  BOOST_TEST(result.build.count() == 3);
  BOOST_TEST(result.publish.count() == 4);
  BOOST_TEST(reply<RulesAnswer>(RulesAnswer{5}).count == 5U);
  BOOST_TEST(reply<Refusal>(Refusal{"no"}).text == "no");
  (void)reply<CostsAnswer>(CostsAnswer{});
  BOOST_TEST(reply<ResumedAnswer>(ResumedAnswer{6}).count == 6U);
  const auto reloaded =
      reply<ReloadResult>(ReloadResult{{{"mode", "1", "2", false}, {"workers", "", "4", true}}, 3, true, 8});
  BOOST_TEST(reloaded.unlisted == 3U);
  BOOST_TEST(reloaded.applied);
  BOOST_TEST(reloaded.generation == 8U);
  BOOST_REQUIRE(reloaded.changes.size() == 2U);
  BOOST_TEST(text(reloaded.changes[0]) == "mode: 1 -> 2");
  BOOST_TEST(text(reloaded.changes[1]) == "workers: nothing -> 4 (takes a restart)");
}

BOOST_AUTO_TEST_CASE(the_largest_status_fits_a_message) {
  auto status = busy_status;
  status.packs.assign(command_descriptors_limit, {std::string(128, 'n'), std::string(128, 'c'), ~std::uint64_t{0},
                                                  std::string(64, 'd'), 1, ~std::uint64_t{0}});
  BOOST_TEST(reply<TapStatus>(status).packs.size() == command_descriptors_limit);
}

BOOST_AUTO_TEST_CASE(what_is_too_much_is_refused) {
  PublishRequest many;
  many.signatures.assign(pushed_packs_limit, "s");
  BOOST_TEST(request<PublishRequest>(many).signatures.size() == pushed_packs_limit);
  many.signatures.emplace_back("s");
  BOOST_TEST((decode_request(encoded(Request{many})).error() == CommandError::too_many));
  BOOST_TEST((encode(Reply{Refusal{std::string(command_size_limit, 'x')}}).error() == CommandError::too_large));
  BOOST_TEST((decode_reply(std::vector<std::uint8_t>(command_size_limit + 1)).error() == CommandError::too_large));
}

BOOST_AUTO_TEST_CASE(every_cut_and_every_flipped_bit_is_refused_or_read_within_bounds) {
  const std::vector<std::vector<std::uint8_t>> messages{
      encoded(Request{PublishRequest{{"first", "second"}, true, false}}), encoded(Reply{busy_status}),
      encoded(Reply{Refusal{"why"}})};
  for (const auto& message : messages) {
    for (std::size_t size = 0; size < message.size(); ++size) {
      const std::vector<std::uint8_t> cut(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size));
      if (size < 8) BOOST_TEST((decode_request(cut).error() == CommandError::malformed));
      (void)decode_request(cut);
      (void)decode_reply(cut);
    }
    for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
      auto flipped = message;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      (void)decode_request(flipped);
      (void)decode_reply(flipped);
    }
  }
  BOOST_TEST((decode_request({}).error() == CommandError::malformed));
}

BOOST_AUTO_TEST_CASE(a_question_of_a_newer_version_is_told_so) {
  // A request whose union has a type that this version does not know: the byte of the type follows the table's vtable.
  auto message = encoded(Request{RulesQuery{0x01020304}});
  bool told = false;
  for (std::size_t at = 8; at < message.size(); ++at) {
    auto newer = message;
    if (newer[at] != 3) continue;  // RulesQuery is the third
    newer[at] = 200;
    const auto decoded = decode_request(newer);
    told = told || (!decoded && decoded.error() == CommandError::unknown);
  }
  BOOST_TEST(told);
}

BOOST_AUTO_TEST_SUITE_END()
