#include "config/configuration.hh"

#include <stdlib.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

using namespace sluice::config;

namespace {

// Every error as "LINE:COLUMN: MESSAGE", a line each.
std::string errors(std::string_view text, Use use = Use::replay) {
  const auto loaded = parse(text, "f", use);
  std::string out;
  if (loaded) return out;
  for (const auto& error : loaded.error()) out += sluice::config::text(error).substr(2) + '\n';
  return out;
}

// A folder that goes away with the test.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-config-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::filesystem::path write(const std::string& name, std::string_view content) const {
    std::ofstream(path / name, std::ios::binary) << content;
    return path / name;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_configuration)

BOOST_AUTO_TEST_CASE(what_is_not_written_has_its_default) {
  const auto loaded = parse("{}", "f");
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST((loaded->mode == Mode::monitor));
  BOOST_TEST(loaded->workers == 1);
  BOOST_TEST(loaded->port_pairs.empty());
  BOOST_TEST(loaded->flow->table_entries == 65536U);
  BOOST_TEST(loaded->flow->tcp_opening_timeout_ms == 30'000U);
  BOOST_TEST(loaded->flow->tcp_idle_timeout_ms == 300'000U);
  BOOST_TEST(loaded->flow->tcp_closed_timeout_ms == 10'000U);
  BOOST_TEST(loaded->flow->udp_idle_timeout_ms == 60'000U);
  BOOST_TEST(loaded->flow->other_idle_timeout_ms == 30'000U);
  BOOST_TEST(loaded->stream->buffers == 4096U);
  BOOST_TEST(loaded->stream->midstream);
  BOOST_TEST(!loaded->stream->check_checksums);
  BOOST_TEST(!loaded->rules->block_addresses);
  BOOST_TEST((loaded->events->record == Record::findings));
  BOOST_TEST(loaded->events->shared_memory == "/run/sluice/dataplane");
  BOOST_TEST(loaded->events->ring_bytes == 4U * 1024 * 1024);
  BOOST_TEST(loaded->site->name == "unnamed");
  BOOST_TEST(loaded->site->tap_id.empty());
  BOOST_TEST(loaded->watchdog->stall_timeout_ms == 2000U);
  BOOST_TEST(loaded->eal->memory_mib == 256U);
  BOOST_TEST((loaded->eal->hugepages == Hugepages::auto_));
  BOOST_TEST(loaded->eal->cpus.empty());
  BOOST_TEST(loaded->inspection->inside_networks.empty());
  BOOST_TEST((*loaded == defaults()));
}

BOOST_AUTO_TEST_CASE(what_is_written_arrives) {
  const auto loaded = parse(R"({
    // a comment
    "mode": "enforce", /* another */
    "workers": 2,
    "port_pairs": [
      {"name": "up", "inside": {"device": "eth1"}, "queues": 2, "mtu_bytes": 1500,
       "outside": {"device": "0000:01:00.0", "driver": "vfio"}},
      {"name": "lab", "inside": {"device": "net_ring0"}, "outside": {"device": "eth3", "driver": "af_packet"}}],
    "eal": {"cpus": [0, 2, 3], "memory_mib": 1024, "hugepages": "off", "extra_arguments": ["--log-level", "8"]},
    "flow": {"table_entries": 1024, "tcp_idle_timeout_ms": 1000},
    "stream": {"buffers": 64, "midstream": false, "check_checksums": true},
    "inspection": {"inside_networks": ["10.0.0.0/8", "2001:db8::/32"]},
    "rules": {"indicators": ["/etc/a.csv"], "block_addresses": true},
    "events": {"record": "all", "shared_memory": "/dev/shm/x", "ring_bytes": 262144},
    "site": {"name": "Zürich \"2\"", "tap_id": "0f8fad5b-d9cb-469f-a165-70867728950e"},
    "watchdog": {"stall_timeout_ms": 100}
  })",
                            "f", Use::wire);
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST((loaded->mode == Mode::enforce));
  BOOST_TEST(loaded->workers == 2);
  BOOST_REQUIRE(loaded->port_pairs.size() == 2U);
  BOOST_TEST(loaded->port_pairs[0].name == "up");
  BOOST_TEST(loaded->port_pairs[0].inside->device == "eth1");
  BOOST_TEST((loaded->port_pairs[0].inside->driver == Driver::auto_));
  BOOST_TEST(loaded->port_pairs[0].outside->device == "0000:01:00.0");
  BOOST_TEST((loaded->port_pairs[0].outside->driver == Driver::vfio));
  BOOST_TEST(loaded->port_pairs[0].queues == 2);
  BOOST_TEST(loaded->port_pairs[0].mtu_bytes == 1500);
  BOOST_TEST(loaded->port_pairs[1].queues == 1);
  BOOST_TEST(loaded->port_pairs[1].mtu_bytes == 0);
  BOOST_TEST((loaded->port_pairs[1].outside->driver == Driver::af_packet));
  BOOST_TEST((loaded->eal->cpus == std::vector<std::uint16_t>{0, 2, 3}));
  BOOST_TEST((loaded->eal->hugepages == Hugepages::off));
  BOOST_TEST((loaded->eal->extra_arguments == std::vector<std::string>{"--log-level", "8"}));
  BOOST_TEST(loaded->flow->table_entries == 1024U);
  BOOST_TEST(loaded->flow->tcp_idle_timeout_ms == 1000U);
  BOOST_TEST(loaded->flow->udp_idle_timeout_ms == 60'000U);
  BOOST_TEST(!loaded->stream->midstream);
  BOOST_TEST(loaded->stream->check_checksums);
  BOOST_TEST((loaded->inspection->inside_networks == std::vector<std::string>{"10.0.0.0/8", "2001:db8::/32"}));
  BOOST_TEST((loaded->rules->indicators == std::vector<std::string>{"/etc/a.csv"}));
  BOOST_TEST(loaded->rules->block_addresses);
  BOOST_TEST((loaded->events->record == Record::all));
  BOOST_TEST(loaded->events->shared_memory == "/dev/shm/x");
  BOOST_TEST(loaded->events->ring_bytes == 262144U);
  BOOST_TEST(loaded->site->name == "Zürich \"2\"");
  BOOST_TEST(loaded->site->tap_id == "0f8fad5b-d9cb-469f-a165-70867728950e");
  BOOST_TEST(loaded->watchdog->stall_timeout_ms == 100U);
}

BOOST_AUTO_TEST_CASE(all_errors_come_at_once_each_with_its_place) {
  const std::string_view text = R"({
  "mode": "observe",
  "wrokers": 2,
  "workers": 3,
  "port_pairs": [
    { "name": "a b", "inside": { "device": "eth1", "driver": "vfio" }, "outside": { "device": "eth1" } }, // é
    { "inside": { "device": "an/interface" }, "queues": 9, /* é */ "mtu_bytes": 100000 },
    7
  ],
  "eal": { "cpus": [0, 1, 1], "memory_mib": 12.5, "hugepages": true, "extra_arguments": ["-l0"] },
  "inspection": { "inside_networks": ["10.1.0.0/8", "ten", "192.0.2.1"] },
  "events": { "shared_memory": "run/x", "ring_bytes": 300000 },
  "workers": 4,
  "site": { "name": "", "tap_id": "123" },
  "flow": null, "quite_another": {},
  "rules": { "indicators": "x" },
}
)";
  BOOST_TEST(errors(text) ==
             R"(2:11: "observe" is none of "monitor", "enforce"
3:3: unknown option "wrokers"; did you mean "workers"?
6:15: "a b" may consist of letters, digits, '.', '_' and '-' only
6:44: the driver vfio needs a PCI address, and "eth1" is none
6:95: the device "eth1" is used twice
7:5: "name" is missing here
7:5: "outside" is missing here
7:29: "an/interface" is neither an interface name (at most 15 characters, no '/', ':' or blank) nor a PCI address (0000:01:00.0) nor a virtual device (net_...)
7:57: 9 queues, but workers = 3: each queue needs a worker
7:81: 100000 is out of range: 1280 to 9216 bytes
8:5: expected an object, found the number 7
10:20: 3 CPUs, but workers = 3 needs 4: the main core's comes first
10:27: CPU 1 has two workers
10:45: expected a whole number, found the number 12.5
10:64: expected one of "auto", "on", "off", found true
10:90: -l is set by the option "cpus"
11:39: "10.1.0.0/8" has bits set behind its prefix; the network is 10.0.0.0/8
11:53: "ten" is neither an IPv4 nor an IPv6 network (such as 10.0.0.0/8 or 2001:db8::/32)
12:32: "run/x" is no absolute path: it does not begin with /
12:55: 300000 is no power of two
13:3: "workers" is given twice in this object
14:21: the text is empty
14:35: "123" is no UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx
15:11: expected an object, found null
15:17: unknown option "quite_another"; known here: mode, port_pairs, workers, inspection, rules, policy, events, control, evidence, store, devices, push, fuse, site, flow, stream, watchdog, overload, guard, eal
16:28: expected a list, found the text "x"
17:1: no comma may stand before the closing }
)");
}

BOOST_AUTO_TEST_CASE(an_error_names_its_file) {
  const auto loaded = parse("{\"mode\": 1}", "/etc/sluice.json");
  BOOST_REQUIRE(!loaded.has_value());
  BOOST_REQUIRE(loaded.error().size() == 1U);
  const ConfigError expected{"/etc/sluice.json", 1, 10, R"(expected one of "monitor", "enforce", found the number 1)"};
  BOOST_TEST((loaded.error().front() == expected));
  BOOST_TEST(text(expected) == "/etc/sluice.json:1:10: expected one of \"monitor\", \"enforce\", found the number 1");
}

BOOST_AUTO_TEST_CASE(a_wire_needs_a_port_pair_and_a_capture_does_not) {
  BOOST_TEST(errors("{}") == "");
  BOOST_TEST(errors("\n {}", Use::wire) == "2:2: no port pair: the tap sits on no wire\n");
  BOOST_TEST(errors("{\"port_pairs\": []}", Use::wire) == "1:16: no port pair: the tap sits on no wire\n");
}

BOOST_AUTO_TEST_CASE(the_shipped_configuration_is_right_and_only_watches) {
  const auto loaded = load(std::filesystem::path(SLUICE_SOURCE_ROOT) / "config" / "sluice.json", Use::wire);
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST((loaded->mode == Mode::monitor));
  BOOST_REQUIRE(loaded->port_pairs.size() == 1U);
  BOOST_TEST(loaded->port_pairs[0].inside->device == "eth1");
  BOOST_TEST(loaded->port_pairs[0].outside->device == "eth2");
}

BOOST_AUTO_TEST_CASE(load_says_what_keeps_it_from_reading) {
  const Folder folder;
  const auto whole_file = [](const std::filesystem::path& path) {
    const auto loaded = load(path);
    if (loaded || loaded.error().size() != 1 || loaded.error()[0].line != 0) return std::string("something else");
    return loaded.error()[0].message;
  };
  BOOST_TEST(whole_file(folder.path / "absent") == "No such file or directory");
  BOOST_TEST(whole_file(folder.path) == "is no regular file");

  const std::string most(file_size_limit - 2, ' ');
  BOOST_TEST(load(folder.write("most", "{}" + most)).has_value());
  BOOST_TEST(whole_file(folder.write("more", "{}" + most + " ")) == "larger than 1048576 bytes");
}

BOOST_AUTO_TEST_CASE(load_reads_what_parse_reads) {
  const Folder folder;
  const auto path = folder.write("a.json", "{\n\"workers\": 0}");
  const auto loaded = load(path);
  BOOST_REQUIRE(!loaded.has_value());
  BOOST_TEST(text(loaded.error().at(0)) == path.string() + ":2:12: 0 is out of range: 1 to 64");
}

BOOST_AUTO_TEST_CASE(the_list_of_errors_is_bounded) {
  std::string text = "{\"inspection\": {\"inside_networks\": [";
  for (std::size_t i = 0; i < 256; ++i) text += i == 0 ? "\n\"x\"" : ",\n\"x\"";
  const auto loaded = parse(text + "]}}", "f");
  BOOST_REQUIRE(!loaded.has_value());
  BOOST_REQUIRE(loaded.error().size() == errors_limit + 1);
  BOOST_TEST(loaded.error()[errors_limit - 1].line == errors_limit + 1);
  BOOST_TEST(loaded.error().back().message == "and 56 further errors from here on");
}

BOOST_AUTO_TEST_SUITE_END()
