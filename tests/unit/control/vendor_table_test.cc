#include "control/devices/vendor_table.hh"

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <string>

#include "control/devices/vote.hh"

using namespace sluice;

namespace {

const std::string columns = "id,kind,match,pattern,vendor,model,os,source,example\n";

std::string error_of(const std::string& rows) {
  const auto table = VendorTable::parse(columns + rows);
  return table ? "" : table.error();
}

VendorTable table_of(const std::string& rows) { return VendorTable::parse(columns + rows).value(); }

std::string found(const VendorTable& table, PatternKind kind, std::string_view text) {
  const auto* const row = table.find(kind, text);
  return row == nullptr ? "" : row->id;
}

// "1,3,6" as the bytes of option 55
std::string option_bytes(const std::string& numbers) {
  std::string bytes;
  for (std::size_t at = 0; at < numbers.size(); at = numbers.find(',', at) + 1) {
    bytes += static_cast<char>(std::stoi(numbers.substr(at)));
    if (numbers.find(',', at) == std::string::npos) break;
  }
  return bytes;
}

DeviceFact fact_of(const VendorRow& row) {
  switch (row.kind) {
    case PatternKind::model: return {FactKind::mdns_model, row.example};
    case PatternKind::build: return {FactKind::push_build, row.example};
    case PatternKind::dhcp_vendor_class: return {FactKind::dhcp_vendor_class, row.example};
    case PatternKind::dhcp_parameters: return {FactKind::dhcp_parameters, option_bytes(row.example)};
    case PatternKind::host_name: return {FactKind::dhcp_host_name, row.example};
    case PatternKind::user_agent:
    case PatternKind::browser: return {FactKind::user_agent, row.example};
    case PatternKind::connectivity_check: return {FactKind::connectivity_check, row.example + "/generate_204"};
    case PatternKind::ssdp_server: return {FactKind::ssdp_server, row.example};
    case PatternKind::ja4: return {FactKind::ja4, row.example};
    case PatternKind::name: return {FactKind::name, row.example};
    case PatternKind::organisation: break;
  }
  return {FactKind::hardware_address, std::string{"\x00\x11\x22\x33\x44\x55", 6}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_devices_vendor_table)

BOOST_AUTO_TEST_CASE(wildcards_are_digits_and_letters) {
  const auto table = table_of("a,model,exact,P??M##,OPPO,,,s,PGKM10\n");
  BOOST_TEST(found(table, PatternKind::model, "pgkm10") == "a");
  BOOST_TEST(found(table, PatternKind::model, "PGKM1X").empty());
  BOOST_TEST(found(table, PatternKind::model, "P1KM10").empty());
  BOOST_TEST(found(table, PatternKind::model, "PGKM100").empty());
  BOOST_TEST(found(table, PatternKind::name, "PGKM10").empty());
}

BOOST_AUTO_TEST_CASE(each_way_to_match) {
  const auto table = table_of(
      "p,model,prefix,SM-,A,,,s,SM-1\n"
      "s,name,suffix,.example,A,,,s,a.example\n"
      "c,user-agent,contains,X/,A,,,s,aX/1\n");
  BOOST_TEST(found(table, PatternKind::model, "SM-G991B") == "p");
  BOOST_TEST(found(table, PatternKind::model, "ASM-G991B").empty());
  BOOST_TEST(found(table, PatternKind::name, "b.example") == "s");
  BOOST_TEST(found(table, PatternKind::name, "b.example.org").empty());
  BOOST_TEST(found(table, PatternKind::user_agent, "Mozilla X/9") == "c");
  BOOST_TEST(found(table, PatternKind::user_agent, "Mozilla X").empty());
  BOOST_TEST(found(table, PatternKind::user_agent, "").empty());
}

BOOST_AUTO_TEST_CASE(the_exact_row_counts_then_the_longest_pattern) {
  const auto table = table_of(
      "short,model,prefix,M,A,,,s,M1\n"
      "long,model,prefix,M12,B,,,s,M12\n"
      "exact,model,exact,M1,C,,,s,M1\n");
  BOOST_TEST(found(table, PatternKind::model, "M1") == "exact");
  BOOST_TEST(found(table, PatternKind::model, "M123") == "long");
  BOOST_TEST(found(table, PatternKind::model, "M2") == "short");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told_with_its_line) {
  BOOST_TEST(error_of("a,model,exact,x,A,,,,x\n") == "line 2: the source is missing: say who says so");
  BOOST_TEST(error_of("a,model,exact,x,,,,s,x\n") == "line 2: says neither vendor nor model nor os");
  BOOST_TEST(error_of("a,model,exact,x,A,,,s,y\n") == "line 2: the example is none of the row's");
  BOOST_TEST(error_of("a,model,exact,,A,,,s,y\n") == "line 2: the pattern is missing");
  BOOST_TEST(error_of("a b,model,exact,x,A,,,s,x\n").starts_with("line 2: the id has to be"));
  BOOST_TEST(error_of("a,colour,exact,x,A,,,s,x\n").starts_with("line 2: 'colour' is no kind"));
  BOOST_TEST(error_of("a,model,like,x,A,,,s,x\n").starts_with("line 2: 'like' is no match"));
  BOOST_TEST(error_of("a,model,exact,x,A,,,s\n") == "line 2: has 8 cells instead of 9");
  BOOST_TEST(error_of("a,model,exact,x,A\x1b,,,s,x\n").starts_with("line 2: '"));
  const std::string row = "a,model,exact,x,A,,,s,x\n";
  BOOST_TEST(error_of(row + row) == "line 3: another row has this id");
  BOOST_TEST(error_of(row + "b" + row.substr(1)) == "line 3: another row has this pattern");
  BOOST_TEST(VendorTable::parse("id,kind\n").error().starts_with("line 1: the columns have to be"));
}

BOOST_AUTO_TEST_CASE(each_shipped_row_votes_by_its_example) {
  const auto& table = VendorTable::shipped();
  BOOST_TEST(table.rows().size() > 150U);
  for (const auto& row : table.rows()) {
    OuiTable oui;
    BOOST_REQUIRE(oui.add("Registry,Assignment,Organization Name\nMA-L,001122,\"" + row.example + "\"\n"));
    std::set<std::string> sources;
    for (const auto& vote : votes_of(fact_of(row), table, &oui)) sources.insert(vote.source);
    BOOST_TEST(sources.contains(row.id), row.id << " does not vote for its example");
  }
}

// Fairness: each maker of whom something is shipped is known by more than the names that its devices ask for.
BOOST_AUTO_TEST_CASE(no_maker_is_known_by_names_alone) {
  std::map<std::string, std::set<PatternKind>> kinds;
  for (const auto& row : VendorTable::shipped().rows())
    if (!row.vendor.empty()) kinds[row.vendor].insert(row.kind);
  for (const auto& [vendor, its] : kinds)
    BOOST_TEST((its != std::set{PatternKind::name}), vendor << " is known by names alone");
}

BOOST_AUTO_TEST_SUITE_END()
