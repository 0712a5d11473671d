#include "config/hours.hh"

#include <boost/test/unit_test.hpp>
#include <string>

#include "config/time_zone.hh"

using namespace sluice::config;

namespace {

// "begin-end begin-end", in minutes since Monday; "-" for what is no times.
std::string spans(std::string_view text) {
  const auto parsed = parse_hours(text);
  if (!parsed) return "-";
  std::string out;
  for (const auto& span : *parsed)
    out += (out.empty() ? "" : " ") + std::to_string(span.begin) + "-" + std::to_string(span.end);
  return out;
}

// Seconds ahead of UTC.
std::int32_t ahead(std::string_view zone, std::int64_t at) {
  std::int32_t found = -1;
  for (const auto& shift : time_zone(zone))
    if (shift.from_s <= at) found = shift.ahead_s;
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_hours)

BOOST_AUTO_TEST_CASE(days_and_times_are_minutes_of_a_week) {
  BOOST_TEST(spans("Mon 00:00-24:00") == "0-1440");
  BOOST_TEST(spans("Mon,Wed 08:30-09:00") == "510-540 3390-3420");
  BOOST_TEST(spans("Tue-Wed,Sun 00:00-00:01") == "1440-1441 2880-2881 8640-8641");
  BOOST_TEST(spans("Sat-Mon 01:00-02:00") == "60-120 7260-7320 8700-8760");
  BOOST_TEST(spans("12:00-13:00") == "720-780 2160-2220 3600-3660 5040-5100 6480-6540 7920-7980 9360-9420");
}

BOOST_AUTO_TEST_CASE(a_span_that_ends_before_it_begins_lasts_into_the_next_day) {
  BOOST_TEST(spans("Mon 22:00-06:00") == "1320-1800");
  BOOST_TEST(spans("Sun 22:00-06:00") == "0-360 9960-10080");
  BOOST_TEST(spans("Sun 22:00-24:00") == "9960-10080");
  BOOST_TEST(spans("Sun 22:00-00:00") == "9960-10080");
}

BOOST_AUTO_TEST_CASE(what_is_no_times_is_refused) {
  for (const auto* const text : {"",
                                 "Mon",
                                 "08:00",
                                 "08:00-",
                                 "-08:00",
                                 "8:00-09:00",
                                 "08:00-08:00",
                                 "08:60-09:00",
                                 "08:00-24:01",
                                 "24:00-08:00",
                                 "mon 08:00-09:00",
                                 "Mon-Xyz 08:00-09:00",
                                 "Mon,Mon 08:00-09:00",
                                 "Mon-Fri,Tue 08:00-09:00",
                                 "Mon  08:00-09:00",
                                 " 08:00-09:00",
                                 "08:00-09:00 ",
                                 "Mon 08:00-09:00,10:00-11:00",
                                 "Mon, 08:00-09:00",
                                 "+8:00-09:00",
                                 "08:00:00-09:00"})
    BOOST_TEST(spans(text) == "-", text);
}

BOOST_AUTO_TEST_CASE(spans_overlap_where_they_share_a_minute) {
  const auto share = [](std::string_view one, std::string_view other) {
    return overlap(*parse_hours(one), *parse_hours(other));
  };
  BOOST_TEST(share("Mon-Fri 08:00-18:00", "Fri 17:59-20:00"));
  BOOST_TEST(!share("Mon-Fri 08:00-18:00", "Fri 18:00-20:00"));
  BOOST_TEST(share("Sun 22:00-06:00", "Mon 05:00-07:00"));
  BOOST_TEST(!share("Mon 08:00-18:00", "Tue 08:00-18:00"));
}

// By Python's zoneinfo.
BOOST_AUTO_TEST_CASE(clocks_are_ahead_as_the_zone_says) {
  BOOST_TEST(ahead("UTC", 1'774'745'940) == 0);
  BOOST_TEST(ahead("Europe/Berlin", 1'774'745'940) == 3600);  // 2026-03-29 01:59
  BOOST_TEST(ahead("Europe/Berlin", 1'774'746'000) == 7200);  // a minute later, 03:00
  BOOST_TEST(ahead("Asia/Kolkata", 1'774'746'000) == 19800);
  for (const auto* const name : {"", "Europe", "Europe/berlin", "../../etc/passwd", "/etc/localtime", "No/Such"})
    BOOST_TEST(time_zone(name).empty(), name);
}

BOOST_AUTO_TEST_SUITE_END()
