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
#include "tests/unit/served_api.hh"

using namespace sluice;
using namespace sluice::test;
using nlohmann::json;

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

BOOST_AUTO_TEST_CASE(how_the_tap_is_wired) {
  const auto check = [&](std::size_t number) {
    const auto answer = get("/v1/vantage");
    BOOST_TEST(answer.first == 200);
    return answer.second.at("checks").size() > number ? answer.second["checks"][number] : nlohmann::json{};
  };
  BOOST_TEST(soon([&] { return check(0).is_object(); }));
  BOOST_TEST(check(0).at("state") == "not-known");
  BOOST_TEST(check(4).at("condition") == "router-between");
  BOOST_TEST(get("/v1/status").second.at("vantage") == nlohmann::json::array());
  WorkerReading reading;
  reading.wiring_pairs = 1;
  reading.wiring[0][WiringSign::private_outside] = 12;
  tap.counters(1, reading);
  BOOST_TEST(soon([&] { return check(0).at("state") == "found"; }));
  BOOST_TEST(check(0).at("figures").at("begun_outside") == 12);
  BOOST_TEST(get("/v1/status").second.at("vantage") ==
             nlohmann::json::parse(R"([{"condition": "ports-swapped", "pair": "lab"}])"));
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
  is_error(post("/v1/status", "", ""), 405, "not served");
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
