#include "config/program_start.hh"

#include <getopt.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace sluice::config;

namespace {

tl::expected<Started, int> start(std::vector<std::string> words) {
  words.insert(words.begin(), "program");
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::optind = 0;  // getopt(3): begin anew
  return program_start(static_cast<int>(words.size()), pointers.data(), {"program", "1.2.3", "how it is called\n"},
                       Use::replay);
}

struct File {
  explicit File(const std::string& text) { std::ofstream{path} << text; }
  ~File() { std::filesystem::remove(path); }
  std::string path = std::filesystem::temp_directory_path() / ("sluice-start-" + std::to_string(::getpid()) + ".json");
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_program_start)

BOOST_AUTO_TEST_CASE(one_configuration_is_read) {
  const File file{R"({"site": {"name": "north"}})"};
  const auto started = start({"--config", file.path});
  BOOST_REQUIRE(started);
  BOOST_TEST(started->configuration.site->name == "north");
  BOOST_TEST(started->path == file.path);
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_is_said_with_status_0) {
  BOOST_TEST(start({"--help"}).error() == 0);
  BOOST_TEST(start({"--version"}).error() == 0);
}

BOOST_AUTO_TEST_CASE(anything_else_ends_with_status_2) {
  const File wrong{R"({"sight": {}})"};
  BOOST_TEST(start({}).error() == exit_usage);
  BOOST_TEST(start({"--config"}).error() == exit_usage);
  BOOST_TEST(start({"--nothing"}).error() == exit_usage);
  BOOST_TEST(start({"--config", wrong.path, "more"}).error() == exit_usage);
  BOOST_TEST(start({"--config", wrong.path}).error() == exit_usage);
  BOOST_TEST(start({"--config", "/nonexistent/file"}).error() == exit_usage);
}

BOOST_AUTO_TEST_SUITE_END()
