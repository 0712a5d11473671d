#include "rules/text/csv.hh"

#include <boost/test/unit_test.hpp>

using sluice::CsvReader;

namespace {

// Everything that the reader says, one line a row: "LINE: [COLUMN]text|..." or "LINE:COLUMN error: MESSAGE".
std::vector<std::string> read_all(std::string_view text) {
  std::vector<std::string> lines;
  CsvReader csv(text);
  while (const auto row = csv.next()) {
    if (!*row) {
      const auto& error = row->error();
      lines.push_back(std::to_string(error.line) + ":" + std::to_string(error.column) + " error: " + error.message);
      continue;
    }
    auto line = std::to_string((*row)->line) + ":";
    for (const auto& cell : (*row)->cells) line += " [" + std::to_string(cell.column) + "]" + cell.text;
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

void expect(std::string_view text, const Lines& expected) {
  const auto lines = read_all(text);
  BOOST_TEST(lines == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(rows_and_columns) {
  expect("a,bb,c\nd,,f\n", {"1: [1]a [3]bb [6]c", "2: [1]d [3] [4]f"});
  expect("a,b", {"1: [1]a [3]b"});
  expect("a,\n", {"1: [1]a [3]"});
  expect("", {});
  expect("\n\n", {});
}

BOOST_AUTO_TEST_CASE(line_ends_mark_and_comments) {
  expect(
      "\xef\xbb\xbf"
      "a,b\r\n# a comment, \"with a quote\r\n\r\nc,d\r\n",
      {"1: [1]a [3]b", "4: [1]c [3]d"});
  // '#' is a comment at the start of a line alone
  expect("a,#b\n #c,d\n", {"1: [1]a [3]#b", "2: [1] #c [5]d"});
}

BOOST_AUTO_TEST_CASE(quotes) {
  expect("\"a,b\",\"say \"\"no\"\"\",\"\"\n", {"1: [1]a,b [7]say \"no\" [20]"});
  expect("\"two\nlines\",x\ny,z\n", {"1: [1]two\nlines [8]x", "3: [1]y [3]z"});
  expect("\"# no comment\",x\n", {"1: [1]# no comment [16]x"});
}

BOOST_AUTO_TEST_CASE(columns_count_characters_not_bytes) {
  expect("\xc3\xa9\xe4\xb8\xad,x\n", {"1: [1]\xc3\xa9\xe4\xb8\xad [4]x"});
  expect("\"\xf0\x9f\x98\x80\",x\n", {"1: [1]\xf0\x9f\x98\x80 [5]x"});
}

BOOST_AUTO_TEST_CASE(an_error_costs_its_line_and_no_more) {
  expect(
      "a,b\"c\nd,e\n",
      {"1:4 error: a quote inside a cell that is not quoted: put the whole cell in quotes and double this one (\"\")",
       "2: [1]d [3]e"});
  expect("a,\"b\"c\nd,e\n",
         {"1:6 error: text after the closing quote of a cell: double the quotes inside a quoted cell (\"\")",
          "2: [1]d [3]e"});
  expect("a\rb\nc\n", {"1:2 error: a carriage return alone: end lines with LF or CRLF", "2: [1]c"});
}

BOOST_AUTO_TEST_CASE(a_quote_that_never_closes_costs_one_line) {
  expect("a,\"b\nc,d\ne,f",
         {"1:3 error: the quote opened here is never closed: add the closing quote", "2: [1]c [3]d", "3: [1]e [3]f"});
  expect("a,\"b\nc,\"d\"\n",
         {"1:3 error: the quote opened here closes only on line 2, in the middle of a cell: add the missing closing "
          "quote, or double the quotes inside a quoted cell (\"\")",
          "2: [1]c [3]d"});
}

BOOST_AUTO_TEST_CASE(cells_are_bounded) {
  const std::string most(sluice::csv_cell_count_limit - 1, ',');
  CsvReader fits(most);
  BOOST_TEST(fits.next()->value().cells.size() == sluice::csv_cell_count_limit);
  expect(most + ",\nx\n", {"1:257 error: more than 256 cells in a row: check the separators", "2: [1]x"});
}

BOOST_AUTO_TEST_SUITE_END()
