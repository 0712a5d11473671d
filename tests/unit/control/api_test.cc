#include "control/api/api.hh"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <boost/test/unit_test.hpp>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "control/api/api_terms.hh"
#include "control/api/control_client.hh"
#include "control/text/base64.hh"
#include "dataplane/guard/orders.hh"
#include "tests/unit/fake_tap.hh"

using namespace sluice;
using namespace sluice::test;
using nlohmann::json;

namespace {

struct Served : TemporaryFolder {
  std::string socket = path + "/run/control.sock";
  FakeTap tap{path + "/dataplane"};
  FakeCommands commands;
  std::atomic<int> reloads{0};
  EventStream stream;
  StoreDesk store{{path + "/store.db", "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", 1 << 26, 90, {}}};
  EventLoop events{options(), commands.commands().rules, stream};
  Pushes pushes{commands.commands(), path, {}};
  BlockTally tally;
  Rollout rollout{{path, {}, {}}, {&pushes, &events, &tally, commands.commands()}};
  std::unique_ptr<Api> api = start();

  EventLoopOptions options() {
    EventLoopOptions options{
        path + "/dataplane", "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", "lab", path + "/redaction.key", {},
        path + "/guard"};
    options.store = &store;
    return options;
  }
  std::unique_ptr<Api> start() {
    auto started = Api::start(socket, {&events,
                                       &stream,
                                       &pushes,
                                       &rollout,
                                       commands.commands(),
                                       {"0.1.0", "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", "lab", "", 1},
                                       [this] { ++reloads; },
                                       path + "/orders",
                                       nullptr,
                                       {},
                                       &store});
    BOOST_REQUIRE_MESSAGE(started.has_value(), (started ? std::string{} : started.error()));
    return std::move(*started);
  }

  // One exchange in HTTP's own words (RFC 9112); returns the status, and the body where it is JSON.
  std::pair<int, json> exchange(const std::string& request) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket.copy(address.sun_path, sizeof address.sun_path - 1);
    const int file = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BOOST_REQUIRE(::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    BOOST_REQUIRE(::send(file, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
    std::string answer;
    char chunk[4096];
    for (ssize_t got = 0; (got = ::read(file, chunk, sizeof chunk)) > 0;)
      answer.append(chunk, static_cast<std::size_t>(got));
    ::close(file);
    BOOST_REQUIRE_MESSAGE(answer.starts_with("HTTP/1.1 "), answer);
    const auto body = answer.find("\r\n\r\n");
    return {std::stoi(answer.substr(9, 3)), json::parse(answer.substr(body + 4), nullptr, false)};
  }
  std::pair<int, json> get(const std::string& target) const {
    return exchange("GET " + target + " HTTP/1.1\r\nHost: sluice\r\nConnection: close\r\n\r\n");
  }
  std::pair<int, json> post(const std::string& target, const std::string& body, const std::string& signature) const {
    return exchange("POST " + target + " HTTP/1.1\r\nHost: sluice\r\nConnection: close\r\n" +
                    (signature.empty() ? "" : std::string{signature_header} + ": " + signature + "\r\n") +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  static std::string pack(const std::string& name, std::uint64_t sequence) {
    const auto bytes = write_pack(pack_of(name, sequence, {name + ".example"}));
    return {bytes.begin(), bytes.end()};
  }
};

// An error says what and what to do.
void is_error(const std::pair<int, json>& answer, int status, const std::string& part) {
  BOOST_TEST(answer.first == status, part << ": " << answer.second);
  BOOST_REQUIRE(answer.second.is_object());
  BOOST_TEST(answer.second.value("error", "").find(part) != std::string::npos, answer.second);
  BOOST_TEST(!answer.second.value("remedy", "").empty());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_api, Served)

BOOST_AUTO_TEST_CASE(status) {
  BOOST_TEST(soon([&] { return events.status().up && events.status().rules_known; }));
  tap.live(1, std::string(64, 'a'), TapState::degraded, "rules stale since then");
  commands->live = {{"phones", "stable", 7, std::string(64, 'd'), 0, 12}};
  const auto [code, document] = get("/v1/status");
  BOOST_TEST(code == 200);
  BOOST_TEST(document["state"] == "DEGRADED");
  BOOST_TEST(document["reason"] == "rules stale since then");
  BOOST_TEST(document["since"] == "2026-11-21T04:36:27.000000+0000");
  BOOST_TEST(document["mode"] == "enforce");
  BOOST_TEST(document["notices"] == json::array({"policy.traffic, guests: some traffic is exempt"}));
  BOOST_TEST(document["generation"] == 1);
  BOOST_TEST(document["ruleset_digest"] == std::string(64, 'a'));
  BOOST_TEST(document["rules"]["domain"] == 2);
  BOOST_TEST(document["packs"][0]["name"] == "phones");
  BOOST_TEST(document["packs"][0]["sequence"] == 7);
  BOOST_TEST(document["packs"][0]["expires"].is_null());
  BOOST_TEST(document["statistics"]["ports"].contains("lab-in"));
  BOOST_TEST(document["dataplane"]["up"] == true);
  tap.hang = true;
  BOOST_TEST(soon([&] { return get("/v1/status").second["state"] == "ABSENT"; }));
}

BOOST_AUTO_TEST_CASE(what_rules_cost_the_dearest_first_and_suspended_ones_resumed) {
  commands->costs = {4, 10, 2, 1000, {}};
  commands->costs.rules.push_back(
      {0, {"local/1", "cheap", "local.rules", 3, 1, SignatureAction::alert}, 8, 8, 1, 50, 400});
  commands->costs.rules.push_back({1,
                                   {"local/2", "dear", "", 0, 2, SignatureAction::drop},
                                   4,
                                   0,
                                   1,
                                   150,
                                   600,
                                   5,
                                   7,
                                   Suspension::limits,
                                   1'795'235'787'000'000'000,
                                   false});
  const auto [code, document] = get("/v1/rules/cost");
  BOOST_TEST(code == 200);
  BOOST_TEST(document["never_tried"] == 8);
  BOOST_TEST(document["suspended"] == 1);
  BOOST_TEST(document["cycles"] == 1000);
  const auto& dear = document["rules"][0];
  BOOST_TEST(dear["rule_id"] == "local/2");
  BOOST_TEST(dear["share"] == 0.6);
  BOOST_TEST(dear["share_of_time"] == 0.3);
  BOOST_TEST(dear["cycles_per_check"] == 150);
  BOOST_TEST(dear["file"].is_null());
  BOOST_TEST(dear["suspended"]["cause"] == "limits");
  BOOST_TEST(dear["suspended"]["since"] == "2026-11-21T04:36:27.000000+0000");
  BOOST_TEST(document["rules"][1]["file"] == "local.rules");
  BOOST_TEST(document["rules"][1]["line"] == 3);
  BOOST_TEST(document["rules"][1]["suspended"].is_null());

  BOOST_TEST(post("/v1/rules/resume?rule=local/1&rule=local/2", "", "").second["resumed"] == 2);
  BOOST_TEST((commands->resumed == std::vector<std::string>{"local/1", "local/2"}));
  commands->refusal = "x/9 is no signature of the live rules";
  is_error(post("/v1/rules/resume?rule=x/9", "", ""), 422, "x/9 is no signature");
  commands->reachable = false;
  is_error(get("/v1/rules/cost"), 503, "nobody there");
}

BOOST_AUTO_TEST_CASE(a_bypass) {
  is_error(post("/v1/bypass?order=maybe", "", ""), 400, "order is none of");
  is_error(post("/v1/bypass", "", ""), 400, "order is none of");
  is_error(post("/v1/bypass?order=on", "", ""), 503, "/orders");
  BOOST_TEST(get("/v1/status").second["bypass"].is_null());
  auto page = GuardFile::make(path + "/guard");
  auto orders = Orders::open(path + "/orders");
  BOOST_REQUIRE((page && orders));
  page->page().holder = WireHolder::data_plane;
  is_error(post("/v1/bypass?order=off", "", ""), 503, "does not go by it");  // a guard that does not move
  (void)orders->take();
  std::atomic<bool> stop{false};
  std::thread guard{[&] {
    for (; !stop; std::this_thread::sleep_for(std::chrono::milliseconds{2})) {
      ++page->page().looks;
      const auto given = orders->take();
      if (!given) continue;
      page->page().order = given->order;
      page->page().order_user = given->user;
      page->page().reason = TakeoverReason::ordered;
      std::this_thread::sleep_for(std::chrono::milliseconds{100});  // it takes a while to open the ways
      page->page().holder = given->order == BypassOrder::on ? WireHolder::guard : WireHolder::data_plane;
    }
  }};
  const auto on = post("/v1/bypass?order=on", "", "");
  BOOST_TEST(on.first == 200);
  BOOST_TEST(on.second["order"] == "on");
  BOOST_TEST(on.second["holder"] == "guard");
  BOOST_TEST(on.second["guard_up"] == true);
  BOOST_TEST(on.second["order_user"] == ::getuid());
  const auto status = get("/v1/status").second;
  BOOST_TEST(status["state"] == "BYPASS");
  BOOST_TEST(status["bypass"]["order"] == "on");
  BOOST_TEST(status["dataplane"]["up"] == true);
  BOOST_TEST(post("/v1/bypass?order=auto", "", "").second["order"] == "auto");
  BOOST_TEST(soon([&] { return get("/v1/status").second["state"] != "BYPASS"; }));
  stop = true;
  guard.join();
}

BOOST_AUTO_TEST_CASE(a_reload) {
  const auto planned = post("/v1/reload?dry_run=1", "", "");
  BOOST_TEST(planned.first == 200);
  BOOST_TEST(planned.second["applied"] == false);
  BOOST_TEST(reloads == 0);
  const auto done = post("/v1/reload", "", "").second;
  BOOST_TEST(done["applied"] == true);
  BOOST_TEST(done["generation"] == 2);
  BOOST_TEST(done["unlisted"] == 0);
  const json change = {{"option", "mode"}, {"before", "\"monitor\""}, {"after", "\"enforce\""}, {"apply", "reload"}};
  BOOST_TEST(done["changes"] == json::array({change}));
  BOOST_TEST(reloads == 1);
  is_error(post("/v1/reload?dry_run=maybe", "", ""), 400, "dry_run is neither");
  commands->refusal = "tap.json:3:5: unknown option";
  is_error(post("/v1/reload", "", ""), 422, "tap.json:3:5");
  BOOST_TEST(reloads == 1);
}

BOOST_AUTO_TEST_CASE(a_push_and_its_history) {
  BOOST_TEST(soon([&] { return events.status().up; }));
  const auto signature = base64_text("signature");
  BOOST_TEST(post("/v1/packs?dry_run=true", pack("one", 1), signature).first == 200);
  BOOST_TEST(commands->packs.empty());
  const auto [code, done] = post("/v1/packs", pack("one", 1), signature);
  BOOST_TEST(code == 200);
  BOOST_TEST(done["generation"] == 2);
  BOOST_TEST(done["packs"][0]["name"] == "one");
  BOOST_TEST(done["microseconds"]["publish"] == 1500);
  BOOST_REQUIRE(commands->packs.size() == 1U);
  BOOST_TEST(commands->packs[0].signature == "signature");
  BOOST_TEST(post("/v1/packs?allow_rollback=1", pack("one", 0), signature).first == 200);
  BOOST_TEST(commands->allow_rollback);
  const auto packs = get("/v1/packs").second;
  BOOST_REQUIRE(packs["packs"].size() == 2U);
  BOOST_TEST(packs["packs"][0]["live"] == true);
  BOOST_TEST(packs["packs"][1]["live"] == false);
  BOOST_TEST(packs["can_roll_back"] == true);
  BOOST_TEST(post("/v1/rollback", "", "").first == 200);
  BOOST_TEST(commands->live.at(0).sequence == 1U);
}

BOOST_AUTO_TEST_CASE(bad_requests_get_an_error_and_a_remedy) {
  BOOST_TEST(soon([&] { return events.status().up; }));
  const auto signature = base64_text("signature");
  is_error(get("/"), 404, "not served");
  is_error(get("/v1/nothing"), 404, "not served");
  is_error(post("/v1/status", "", ""), 404, "not served");
  is_error(get("/v1/findings?format=xml"), 400, "format");
  for (const auto* width : {"x", "", "0", "39", "1001", "99999999999999999999", "80x", "-80"})
    is_error(get(std::string{"/v1/findings?format=text&width="} + width), 400, "width");
  for (const auto* query : {"limit=0", "limit=1001", "limit=x", "state=none", "class=none", "since=-1", "since=x",
                            "since=99999999999", "after=1", "after=x.y", "devise=192.0.2.1"})
    is_error(get(std::string{"/v1/findings?"} + query), 400,
             std::string{query}.substr(0, std::string{query}.find('=')));
  for (const auto* id : {"7", "0", "99999999999999999999999", "-1", "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77"})
    is_error(get(std::string{"/v1/findings/"} + id), 404, "no such finding");
  for (const auto* id : {"x", "1%20or%201", "1/2", "%27", "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b770"})
    is_error(get(std::string{"/v1/findings/"} + id), 404, "not served");
  is_error(get("/v1/events?format=xml"), 400, "format");
  is_error(post("/v1/packs", pack("one", 1), ""), 400, signature_header);
  is_error(post("/v1/packs", pack("one", 1), "no base64"), 400, signature_header);
  is_error(post("/v1/packs?dry_run=perhaps", pack("one", 1), signature), 400, "dry_run");
  is_error(post("/v1/packs?only=7", pack("one", 1), signature), 400, "only");
  is_error(post("/v1/packs", "no pack", signature), 422, "");
  is_error(post("/v1/rollback", "", ""), 422, "no earlier set");
  commands->refusal = "pack one has expired";
  is_error(post("/v1/packs", pack("one", 1), signature), 422, "pack one has expired");
  commands->refusal.clear();
  commands->reachable = false;
  is_error(post("/v1/packs", pack("one", 1), signature), 503, "nobody there");
  BOOST_TEST(commands->packs.empty());
  // Too large, said before it is sent.
  const auto begin = std::chrono::steady_clock::now();
  is_error(exchange("POST /v1/packs HTTP/1.1\r\nHost: sluice\r\nConnection: close\r\n" + std::string{signature_header} +
                    ": " + signature + "\r\nContent-Length: 99999999999\r\n\r\n"),
           413, "large");
  BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds{10}));
  // What is no HTTP at all costs its connection and nothing else.
  BOOST_TEST(exchange("\x16\x03\x01\r\n\r\n").first == 400);
  BOOST_TEST(get("/v1/status").first == 200);
}

BOOST_AUTO_TEST_CASE(findings_as_json_and_as_the_table_prints_them) {
  BOOST_TEST(soon([&] { return events.status().rules_known; }));
  tap.alert(1, 1, "data.example");
  const auto document = get("/v1/findings").second;
  BOOST_REQUIRE(document["findings"].size() == 1U);
  BOOST_TEST(document["findings"][0]["rule_id"] == "phones/data.example");
  ControlClient client{socket};
  const auto text = client.get("/v1/findings?format=text&width=200");
  BOOST_REQUIRE_MESSAGE(text.has_value(), (text ? std::string{} : text.error()));
  BOOST_TEST(text->starts_with("1 finding:"));
  BOOST_TEST(text->find("What could not be seen") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_people_make_of_a_finding_is_kept) {
  BOOST_TEST(soon([&] { return events.status().rules_known; }));
  tap.alert(1, 1, "data.example");
  const auto found = get("/v1/findings?class=telemetry&limit=1").second["findings"];
  BOOST_REQUIRE(found.size() == 1U);
  const auto path = "/v1/findings/" + std::to_string(found[0]["number"].get<int>());
  const auto patch = [&](const std::string& body) {
    return exchange("PATCH " + path + " HTTP/1.1\r\nHost: sluice\r\nConnection: close\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  is_error(patch(""), 400, "no JSON object");
  is_error(patch("[]"), 400, "no JSON object");
  is_error(patch("{}"), 400, "nothing is to be changed");
  is_error(patch(R"({"state": "solved"})"), 400, "state");
  is_error(patch(R"({"state": 7})"), 400, "no text");
  is_error(patch(R"({"note": ""})"), 400, "empty");
  is_error(patch(R"({"count": "7"})"), 400, "cannot be changed");
  is_error(patch(R"({"owner": ")" + std::string(2049, 'x') + "\"}"), 400, "2048");
  is_error(patch(R"({"owner": ")" + std::string(20'000, 'x') + "\"}"), 413, "too large");
  BOOST_TEST(get(path).second["state"] == "new");
  const auto changed = patch(R"({"state": "accepted", "owner": "anna", "ticket": "T-7", "note": "as agreed"})");
  BOOST_TEST(changed.first == 200);
  BOOST_TEST(changed.second["state"] == "accepted");
  BOOST_TEST(changed.second["notes"][0]["author"] != "");  // whose socket it was
  BOOST_TEST(get(path).second == changed.second);
  const auto id = changed.second["days"][0]["finding_id"].get<std::string>();
  BOOST_TEST(get("/v1/findings/" + id).second == changed.second);
  BOOST_TEST(get("/v1/findings?state=accepted").second["findings"].size() == 1U);
  BOOST_TEST(get("/v1/status").second["store"]["findings"] == 1);
}

BOOST_AUTO_TEST_CASE(followers_hear_events_as_they_come_and_the_end) {
  BOOST_TEST(soon([&] { return events.status().rules_known; }));
  std::mutex mutex;
  std::string heard;
  ControlClient client{socket};
  tl::expected<void, std::string> end;
  std::thread following{[&] {
    end = client.follow("/v1/events?format=eve", [&](std::string_view text) {
      const std::lock_guard lock{mutex};
      heard += text;
    });
  }};
  const auto has = [&](const char* part) {
    const std::lock_guard lock{mutex};
    return heard.find(part) != std::string::npos;
  };
  BOOST_TEST(soon([&] { return has("\n"); }));  // it follows
  tap.alert(1, 1, "data.example");
  BOOST_TEST(soon([&] { return has("\"event_type\":\"alert\""); }));
  api.reset();
  following.join();
  BOOST_TEST(end.has_value(), (end ? std::string{} : end.error()));
  BOOST_TEST(!std::filesystem::exists(socket));
  BOOST_TEST(!client.get("/v1/status").has_value());
}

BOOST_AUTO_TEST_CASE(a_follower_may_leave_at_any_time) {
  for (std::size_t i = 0; i < 2 * EventStream::follower_limit; ++i) {
    ControlClient client{socket};
    std::atomic<bool> follows{false};
    tl::expected<void, std::string> end;
    std::thread following{[&] { end = client.follow("/v1/events", [&](std::string_view) { follows = true; }); }};
    BOOST_TEST(soon([&] { return follows.load(); }));
    client.stop();
    following.join();
    BOOST_TEST(end.has_value());
    // Its place is free when the server has noticed, at the next sign of life at the latest.
    BOOST_TEST(soon([&] { return (tap.alert(1, 1, "data.example"), stream.follow(StreamKind::eve) != nullptr); }));
  }
}

BOOST_AUTO_TEST_CASE(the_socket_is_for_its_group_and_for_one_server) {
  struct stat status {};
  BOOST_REQUIRE(::stat(socket.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777U) == 0660U);
  const auto second = Api::start(socket, {&events, &stream, &pushes, &rollout, commands.commands(), {}, {}});
  BOOST_REQUIRE(!second.has_value());
  BOOST_TEST(second.error().find("another sluice-control") != std::string::npos);
  BOOST_TEST(get("/v1/status").first == 200);
  write_text(path + "/file", "no socket");
  BOOST_TEST(
      !Api::start(path + "/file", {&events, &stream, &pushes, &rollout, commands.commands(), {}, {}}).has_value());
  BOOST_TEST(text_file(path + "/file") == "no socket");
  BOOST_TEST(!Api::start(std::string(300, 'x'), {&events, &stream, &pushes, &rollout, commands.commands(), {}, {}})
                  .has_value());
}

BOOST_AUTO_TEST_CASE(a_ruleset_comes_in_parts_and_whole) {
  const auto bytes = pack("one", 3);
  const auto digest = pack_digest({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  const auto manifest = write_manifest({"phones", 7, 0, 0, {0, 1, 0}, {{"one", "test", 3, digest}}});
  using Parts = std::vector<std::pair<std::string, std::string>>;
  // RFC 7578
  const auto send = [&](const Parts& parts, bool ended = true) {
    std::string body;
    for (const auto& [name, content] : parts)
      body += "--limit\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content + "\r\n";
    if (ended) body += "--limit--\r\n";
    return exchange(
        "POST /v1/ruleset HTTP/1.1\r\nHost: sluice\r\nConnection: close\r\n"
        "Content-Type: multipart/form-data; boundary=limit\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  const Parts whole{{"manifest", manifest}, {"manifest_signature", "m"}, {"pack", bytes}, {"pack_signature", "p"}};
  BOOST_TEST(soon([&] { return events.status().up; }));
  const auto [status, answer] = send(whole);
  BOOST_TEST(status == 200, answer);
  BOOST_TEST(answer["packs"][0]["name"] == "one");
  BOOST_TEST(commands->manifest.text == manifest);
  BOOST_TEST(commands->manifest.signatures == "m");
  BOOST_TEST(commands->packs.at(0).signature == "p");
  BOOST_TEST(get("/v1/packs").second["pushes"].back()["manifest"]["sequence"] == 7);
  BOOST_TEST(send({whole[0], whole[1]}).first == 200);  // the pack is kept here

  is_error(send({whole[0]}), 400, "did not arrive whole");
  is_error(send({whole[0], whole[1], whole[2]}), 400, "did not arrive whole");
  is_error(send({whole[1], whole[0]}), 400, "not where it belongs");
  is_error(send({whole[0], whole[1], {"more", "x"}}), 400, "not where it belongs");
  is_error(send({{"manifest", std::string(manifest_size_limit + 1, 'x')}, whole[1]}), 400, "manifest is too large");
  is_error(send({{"manifest", "none"}, whole[1]}), 422, "is no manifest");
  is_error(send({whole[0], whole[1], {"pack", pack("two", 1)}, whole[3]}), 422, "pack two is not in the manifest");
  is_error(post("/v1/ruleset", bytes, "p"), 400, "no multipart");
}

BOOST_AUTO_TEST_SUITE_END()
