#include "config/schema.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace sluice::config;

namespace {

const Option& at(const Option& table, std::string_view name) {
  const auto found = std::find_if(table.options.begin(), table.options.end(),
                                  [name](const Option& option) { return option.name == name; });
  if (found == table.options.end()) throw std::out_of_range(std::string(name));
  return *found;
}

void every(const Option& table, const std::string& path, const auto& look) {
  for (const auto& option : table.options) {
    look(option, path + option.name);
    every(option, path + option.name + '.', look);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_schema)

BOOST_AUTO_TEST_CASE(every_option_says_all_that_it_must) {
  std::size_t count = 0;
  every(schema(), "", [&](const Option& option, const std::string& path) {
    ++count;
    BOOST_TEST_CONTEXT(path) {
      BOOST_TEST(!option.documentation.empty());
      BOOST_TEST((option.maximum_items != 0) == option.list);  // every list is bounded
      if (option.kind == OptionKind::table) {
        BOOST_TEST(option.apply.empty());
        BOOST_TEST(!option.options.empty());
        return;
      }
      BOOST_TEST((option.apply == "reload" || option.apply == "restart"));
      BOOST_TEST(option.default_value.empty() == option.required);
      if (option.kind == OptionKind::integer) {
        BOOST_TEST(option.minimum < option.maximum);
        BOOST_TEST(option.maximum <= 1'073'741'824);  // as declared, and no type's own greatest value
      }
      if (option.kind == OptionKind::text) BOOST_TEST((option.format != Format::none));
    }
  });
  BOOST_TEST(count > 30U);
}

BOOST_AUTO_TEST_CASE(every_default_is_a_json_text_of_the_right_type) {
  every(schema(), "", [](const Option& option, const std::string& path) {
    if (option.default_value.empty()) return;
    BOOST_TEST_CONTEXT(path) {
      const auto value = nlohmann::json::parse(option.default_value);
      if (option.list) {
        BOOST_TEST(value.is_array());
        return;
      }
      if (option.kind == OptionKind::boolean) {
        BOOST_TEST(value.is_boolean());
        return;
      }
      if (option.kind == OptionKind::integer) {
        BOOST_TEST(value.is_number_unsigned());
        return;
      }
      BOOST_REQUIRE(value.is_string());
      const auto text = value.get<std::string>();
      if (option.kind == OptionKind::word) {
        BOOST_TEST((std::find(option.words.begin(), option.words.end(), text) != option.words.end()));
      } else if (!text.empty()) {
        BOOST_TEST(!complaint(option.format, text).has_value());
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(options_stand_in_the_order_of_declaration) {
  const auto root = schema();
  BOOST_TEST(root.options.front().name == "mode");
  BOOST_TEST(root.options.back().name == "eal");
  BOOST_TEST(at(root, "eal").options.front().name == "cpus");
}

BOOST_AUTO_TEST_CASE(an_option_is_what_the_schema_declares) {
  const auto root = schema();
  const auto& ring = at(at(root, "events"), "ring_bytes");
  BOOST_TEST((ring.kind == OptionKind::integer));
  BOOST_TEST(ring.minimum == 262144);
  BOOST_TEST(ring.maximum == 1'073'741'824);
  BOOST_TEST(ring.default_value == "4194304");
  BOOST_TEST((ring.format == Format::power_of_two));
  BOOST_TEST(ring.apply == "restart");
  BOOST_TEST(unit(ring) == "bytes");
  BOOST_TEST(range(ring) == "262144 to 1073741824, a power of two");

  const auto& mode = at(root, "mode");
  BOOST_TEST((mode.words == std::vector<std::string>{"monitor", "enforce"}));
  BOOST_TEST(mode.default_value == "\"monitor\"");
  BOOST_TEST(mode.apply == "reload");
  BOOST_TEST(range(mode) == "monitor, enforce");
  BOOST_TEST(unit(mode) == "");

  const auto& pairs = at(root, "port_pairs");
  BOOST_TEST(pairs.list);
  BOOST_TEST((pairs.kind == OptionKind::table));
  BOOST_TEST(at(pairs, "inside").required);
  BOOST_TEST((at(at(pairs, "inside"), "device").format == Format::device));

  BOOST_TEST(at(at(root, "eal"), "cpus").list);
  BOOST_TEST(unit(at(at(root, "eal"), "memory_mib")) == "MiB");
  BOOST_TEST(unit(at(at(root, "flow"), "table_entries")) == "entries");
  BOOST_TEST(unit(at(at(root, "watchdog"), "stall_timeout_ms")) == "ms");
}

BOOST_AUTO_TEST_SUITE_END()
