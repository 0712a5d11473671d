// The program sluice-control itself, beside a data plane made by the test; asked by others' programs.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

#include "control/api/control_client.hh"
#include "tests/unit/fake_tap.hh"

using namespace sluice;
using namespace sluice::test;
using nlohmann::json;

namespace {

const std::string metrics = free_address();

// Beside this program in the build tree.
std::string program() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "../../control/sluice-control").string();
}

struct Ended {
  int status = -1;
  std::string output;
};
Ended run(const std::string& command) {
  Ended ended;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  BOOST_REQUIRE(pipe != nullptr);
  char chunk[4096];
  for (std::size_t got = 0; (got = std::fread(chunk, 1, sizeof chunk, pipe)) > 0;) ended.output.append(chunk, got);
  ended.status = WEXITSTATUS(::pclose(pipe));
  return ended;
}
bool has_program(const char* name) { return run(std::string{"command -v "} + name).status == 0; }

struct Program : TemporaryFolder {
  std::string config = path + "/config.json";
  std::string socket = path + "/control.sock";
  std::string log = path + "/log";
  pid_t process = 0;

  Program() { configure(metrics); }
  ~Program() {
    if (process == 0) return;
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
  }

  void configure(const std::string& listen) const {
    const json settings = {
        {"events", {{"shared_memory", path + "/dataplane"}, {"command_socket", path + "/none.sock"}}},
        {"control",
         {{"socket", socket},
          {"metrics_listen", listen},
          {"eve_file", path + "/eve.json"},
          {"state_directory", path + "/state"}}},
        {"site", {{"name", "lab"}}}};
    write_text(config, settings.dump());
  }
  void start() {
    std::filesystem::remove(log);
    process = ::fork();
    if (process == 0) {
      const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      if (::dup2(output, STDOUT_FILENO) < 0 || ::dup2(output, STDERR_FILENO) < 0) ::_exit(9);
      ::execl(program().c_str(), "sluice-control", "--config", config.c_str(), nullptr);
      ::_exit(9);
    }
    BOOST_REQUIRE_MESSAGE(soon([&] { return text_file(log).starts_with("ready\n"); }), program()
                                                                                           << ": " << text_file(log));
  }
  int stop(int signal) {
    ::kill(process, signal);
    int status = 0;
    BOOST_REQUIRE(::waitpid(process, &status, 0) == process);
    process = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  json status() const {
    const auto answer = ControlClient{socket}.get("/v1/status");
    BOOST_REQUIRE_MESSAGE(answer.has_value(), (answer ? std::string{} : answer.error()));
    return json::parse(*answer);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_main, Program)

BOOST_AUTO_TEST_CASE(it_serves_with_and_without_a_data_plane_and_ends_as_asked) {
  start();
  BOOST_TEST(status()["state"] == "ABSENT");
  const auto id = status()["tap_id"];
  {
    FakeTap tap{path + "/dataplane"};
    BOOST_TEST(soon([&] { return status()["state"] == "INSPECTING"; }));
    tap.alert(9, 0, "data.example");
    BOOST_TEST(soon([&] { return status()["control"]["events"] == 1; }));
  }
  BOOST_TEST(soon([&] { return status()["state"] == "ABSENT"; }));
  BOOST_TEST(stop(SIGTERM) == 0);
  BOOST_TEST(!std::filesystem::exists(socket));
  BOOST_TEST(text_file(path + "/eve.json").find("\"event_type\":\"alert\"") != std::string::npos);
  start();
  BOOST_TEST(status()["tap_id"] == id);
  BOOST_TEST(stop(SIGINT) == 0);
}

BOOST_AUTO_TEST_CASE(it_starts_again_after_it_was_killed) {
  FakeTap tap{path + "/dataplane"};
  start();
  BOOST_TEST(soon([&] { return status()["state"] == "INSPECTING"; }));
  BOOST_TEST(stop(SIGKILL) == -SIGKILL);
  tap.alert(9, 0, "data.example");  // while nobody reads
  start();
  BOOST_TEST(soon([&] { return status()["control"]["events"] == 1; }));
  BOOST_TEST(stop(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(a_hangup_opens_the_eve_file_anew) {
  FakeTap tap{path + "/dataplane"};
  start();
  tap.flow();
  BOOST_TEST(soon([&] { return std::filesystem::exists(path + "/eve.json"); }));
  std::filesystem::rename(path + "/eve.json", path + "/eve.moved");
  ::kill(process, SIGHUP);
  BOOST_TEST(soon([&] { return std::filesystem::exists(path + "/eve.json"); }));
  BOOST_TEST(stop(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(prometheus_takes_its_metrics) {
  if (!has_program("curl") || !has_program("promtool")) {
    BOOST_TEST_MESSAGE("SKIPPED: curl and promtool (Debian: curl, prometheus) are not both installed");
    return;
  }
  FakeTap tap{path + "/dataplane"};
  WorkerReading reading;
  reading.ports[0].received = 5;
  reading.ports[0].forwarded = 5;
  tap.counters(0, reading);
  start();
  BOOST_TEST(soon([&] { return status()["state"] == "INSPECTING"; }));
  const auto scrape = "curl -sS --fail http://" + metrics + "/metrics";
  const auto text = run(scrape);
  BOOST_TEST(text.status == 0, text.output);
  BOOST_TEST(text.output.find("\nsluice_packets_received_total{port=\"lab-in\"} 5\n") != std::string::npos);
  BOOST_TEST(text.output.find("\nsluice_dataplane_up 1\n") != std::string::npos);
  const auto checked = run(scrape + " | promtool check metrics");
  BOOST_TEST(checked.status == 0, checked.output);
  BOOST_TEST(checked.output == "");
  BOOST_TEST(stop(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(what_keeps_it_from_starting_is_said) {
  const auto started = [&] { return run(program() + " --config " + config); };
  BOOST_TEST(run(program()).status == 2);
  BOOST_TEST(run(program() + " --config /nonexistent").status == 2);
  BOOST_TEST(run(program() + " --help").status == 0);
  write_text(config, "{\"control\": {\"sockets\": \"x\"}}");
  BOOST_TEST(started().status == 2);
  BOOST_TEST(started().output.find("sockets") != std::string::npos);
  configure("192.0.2.1:39479");  // an address of documentation (RFC 5737): of no interface
  BOOST_TEST(started().status == 1);
  BOOST_TEST(started().output.find("192.0.2.1:39479") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
