#include "control/access/audit_log.hh"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr auto november = std::chrono::seconds{1'795'235'787};  // 2026-11-21
constexpr auto day = std::chrono::hours{24};

struct Audited : TemporaryFolder {
  std::string folder = path + "/audit";
  std::string file = folder + "/audit-2026-11.jsonl";
  Tick now{november};

  [[nodiscard]] std::unique_ptr<AuditLog> open(std::uint32_t keep_days = 730) const {
    auto log = AuditLog::open(folder, keep_days, now);
    BOOST_REQUIRE_MESSAGE(log.has_value(), (log ? std::string{} : log.error()));
    return std::move(*log);
  }
  std::uint64_t note(AuditLog& log, std::string action) const {
    AuditLine line;
    line.actor = "anna";
    line.proof = "token";
    line.from = "192.0.2.1";
    line.action = std::move(action);
    const auto number = log.note(std::move(line), now);
    BOOST_REQUIRE(number.has_value());
    return *number;
  }
  [[nodiscard]] std::string text() const {
    std::ostringstream text;
    text << std::ifstream{file, std::ios::binary}.rdbuf();
    return text.str();
  }
  void write(const std::string& text) const { std::ofstream{file, std::ios::binary} << text; }
  [[nodiscard]] std::string fault() const { return AuditLog::check(folder)->fault; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_log, Audited)

BOOST_AUTO_TEST_CASE(lines_are_one_chain_over_starts) {
  BOOST_TEST(note(*open(), "POST /v1/packs") == 2U);
  auto log = open();
  BOOST_TEST(note(*log, "PATCH /v1/findings/7") == 4U);
  const auto check = log->check();
  BOOST_REQUIRE(check.has_value());
  BOOST_TEST(check->fault == "");
  BOOST_TEST(check->lines == 4U);
  BOOST_TEST(check->first == 1U);
  BOOST_TEST(check->last == 4U);
  const auto lines = log->page(1, 2);
  BOOST_REQUIRE(lines.has_value());
  BOOST_REQUIRE(lines->size() == 2U);
  BOOST_TEST((*lines)[0].action == "POST /v1/packs");
  BOOST_TEST((*lines)[0].actor == "anna");
  BOOST_TEST((*lines)[0].time == "2026-11-21T04:36:27.000000+0000");
  BOOST_TEST((*lines)[1].number == 3U);
}

BOOST_AUTO_TEST_CASE(what_was_changed_left_out_or_put_in_shows) {
  {
    auto log = open();
    for (int i = 0; i < 4; ++i) note(*log, "POST /v1/packs");
  }
  const auto good = text();
  BOOST_TEST(fault() == "");
  auto changed = good;
  changed.replace(changed.find("anna"), 4, "bert");
  write(changed);
  BOOST_TEST(fault().find("line 2") != std::string::npos, fault());
  const auto second = good.find('\n') + 1, third = good.find('\n', second) + 1;
  write(good.substr(0, second) + good.substr(third));
  BOOST_TEST(fault().find("a number is left out") != std::string::npos, fault());
  write(good.substr(0, third) + good.substr(second));
  BOOST_TEST(fault().find("behind line 2") != std::string::npos, fault());
  write(good.substr(0, second) + "{}\n" + good.substr(second));
  BOOST_TEST(fault().find("a member is missing") != std::string::npos, fault());
  write(good.substr(second));  // its start may have gone with its time: the number says so
  BOOST_TEST(fault() == "");
  BOOST_TEST(AuditLog::check(folder)->first == 2U);
}

BOOST_AUTO_TEST_CASE(half_a_line_at_the_end_is_taken_away) {
  note(*open(), "POST /v1/packs");
  const auto whole = text();
  write(whole + R"({"number":3,"time":"2026)");
  auto log = open();
  BOOST_TEST(text().starts_with(whole));
  BOOST_TEST(fault() == "");
  BOOST_TEST(note(*log, "POST /v1/reload") == 4U);
}

BOOST_AUTO_TEST_CASE(a_file_that_does_not_hold_is_put_aside_and_said) {
  note(*open(), "POST /v1/packs");
  auto changed = text();
  changed.replace(changed.find("anna"), 4, "bert");
  write(changed + "{}\n");
  auto log = open();
  const auto lines = log->page(0, 10);
  BOOST_REQUIRE(lines->size() == 1U);
  BOOST_TEST((*lines)[0].subject.find(".damaged") != std::string::npos);
  BOOST_TEST(std::filesystem::exists(file + ".damaged"));
}

BOOST_AUTO_TEST_CASE(months_have_files_of_their_own_which_go_with_their_time) {
  auto log = open(60);
  note(*log, "POST /v1/packs");
  now += 15 * day;  // December
  note(*log, "POST /v1/reload");
  BOOST_TEST(std::filesystem::exists(folder + "/audit-2026-12.jsonl"));
  BOOST_TEST(fault() == "");
  BOOST_TEST(AuditLog::check(folder)->lines == 3U);
  now -= 15 * day;  // a clock that goes back
  note(*log, "POST /v1/bypass");
  BOOST_TEST(fault() == "");
  now += 80 * day;  // February: sixty days before lie in December
  note(*log, "POST /v1/bypass");
  BOOST_TEST(!std::filesystem::exists(file));
  BOOST_TEST(fault() == "");
  BOOST_TEST(AuditLog::check(folder)->first == 3U);
}

BOOST_AUTO_TEST_CASE(what_was_written_before_the_clock_was_set_stays_as_long_as_what_follows) {
  now = Tick{};
  auto log = open(60);
  note(*log, "POST /v1/packs");
  now = Tick{november};
  note(*log, "POST /v1/reload");
  BOOST_TEST(fault() == "");
  BOOST_TEST(AuditLog::check(folder)->first == 1U);
  now += 95 * day;  // February: sixty days before lie in December
  note(*log, "POST /v1/bypass");
  BOOST_TEST(fault() == "");
  BOOST_TEST(AuditLog::check(folder)->first == 4U);
}

BOOST_AUTO_TEST_CASE(what_peers_say_stays_within_its_bounds) {
  auto log = open();
  AuditLine line;
  line.action = "GET /\xff\n" + std::string(5000, 'a');
  line.subject = std::string(5000, '"');
  BOOST_REQUIRE(log->note(std::move(line), now).has_value());
  BOOST_TEST(fault() == "");
  const auto lines = *log->page(1, 1);
  BOOST_TEST(lines[0].action.size() < 2 * audit_text_limit);
  BOOST_TEST(lines[0].subject.size() == audit_text_limit);
  BOOST_TEST(open()->page(1, 1)->size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_said) {
  auto log = open();
  std::filesystem::remove_all(folder);
  std::ofstream{folder} << "in the way";
  BOOST_TEST(!AuditLog::open(folder, 730, now).has_value());
  BOOST_TEST(!AuditLog::check(folder).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
