#include "dataplane/sets/url_set.hh"

#include <boost/test/unit_test.hpp>

#include "rules/indicators/indicator_list.hh"

namespace {

class Urls {
 public:
  explicit Urls(const std::string& urls) {
    const auto list = sluice::parse_indicator_list("kind,indicator\n" + urls, "t");
    for (const auto& error : list.errors) BOOST_ERROR(error.text());
    for (std::uint32_t row = 0; row < list.rows.size(); ++row) set_.add(list.rows[row].name, row);
    set_.index();
  }
  // Rows by number, as text.
  [[nodiscard]] std::string match(std::string_view host, std::string_view target, std::uint16_t port = 80) const {
    sluice::Hits hits;
    set_.match({host, port, target}, hits);
    std::string rows;
    for (const auto row : hits) rows += std::to_string(row);
    return rows;
  }

 private:
  sluice::UrlSet set_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(url_set)

BOOST_AUTO_TEST_CASE(a_path_matches_itself_and_any_query) {
  const Urls urls("url,http://a.example/gate.php\n");
  BOOST_TEST(urls.match("a.example", "/gate.php") == "0");
  BOOST_TEST(urls.match("A.Example.", "/gate.php?id=7") == "0");
  BOOST_TEST(urls.match("a.example", "http://a.example/gate.php") == "0");
  BOOST_TEST(urls.match("a.example", "/g%61te.php") == "0");
  BOOST_TEST(urls.match("a.example", "/Gate.php") == "");
  BOOST_TEST(urls.match("a.example", "/gate.php/x") == "");
  BOOST_TEST(urls.match("a.example", "/gate.phpx") == "");
  BOOST_TEST(urls.match("a.example", "/") == "");
  BOOST_TEST(urls.match("x.a.example", "/gate.php") == "");
  BOOST_TEST(urls.match("a.example", "*") == "");
  BOOST_TEST(urls.match("a.example", "a.example:443") == "");
  BOOST_TEST(urls.match("", "/gate.php") == "");
}

BOOST_AUTO_TEST_CASE(a_folder_matches_all_below_it) {
  const Urls urls("url,http://a.example/x/\nurl,http://b.example\n");
  BOOST_TEST(urls.match("a.example", "/x/") == "0");
  BOOST_TEST(urls.match("a.example", "/x/y/z?q") == "0");
  BOOST_TEST(urls.match("a.example", "/x") == "");
  BOOST_TEST(urls.match("b.example", "/anything?q=1") == "1");
  BOOST_TEST(urls.match("b.example", "http://b.example") == "1");
  BOOST_TEST(urls.match("b.example", "http://b.example?q") == "1");
}

BOOST_AUTO_TEST_CASE(a_query_is_what_the_request_s_begins_with) {
  const Urls urls("url,http://a.example/x?m=\nurl,http://a.example/x\n");
  BOOST_TEST(urls.match("a.example", "/x?m=77") == "01");
  BOOST_TEST(urls.match("a.example", "/x?n=77") == "1");
}

BOOST_AUTO_TEST_CASE(a_port_counts_where_it_is_written) {
  const Urls urls("url,http://a.example:8080/x\nurl,http://b.example/x\nurl,http://192.0.2.1:81/\n");
  BOOST_TEST(urls.match("a.example", "/x", 8080) == "0");
  BOOST_TEST(urls.match("a.example", "/x", 80) == "");
  BOOST_TEST(urls.match("b.example", "/x", 9999) == "1");
  BOOST_TEST(urls.match("192.0.2.1", "/y", 81) == "2");
}

BOOST_AUTO_TEST_CASE(long_and_deep_targets_match_what_lies_within_the_bounds) {
  const Urls urls("url,http://a.example/x/\nurl,http://a.example/" + std::string(2000, 'b') + "\n");
  BOOST_TEST(urls.match("a.example", "/x/" + std::string(5000, 'a')) == "0");
  BOOST_TEST(urls.match("a.example", "/" + std::string(2000, 'b')) == "1");
  BOOST_TEST(urls.match("a.example", "/" + std::string(2047, 'b')) == "");
  std::string deep = "/x";
  for (int i = 0; i < 100; ++i) deep += "/y";
  BOOST_TEST(urls.match("a.example", deep) == "0");
  BOOST_TEST(urls.match(std::string(254, 'a'), "/x/") == "");
}

BOOST_AUTO_TEST_SUITE_END()
