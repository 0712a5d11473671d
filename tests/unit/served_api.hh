// The API as it is served, and requests in HTTP's own words, for tests.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "control/api/api.hh"
#include "control/api/api_terms.hh"
#include "control/api/certificate.hh"
#include "control/tap/system_clock.hh"
#include "tests/unit/fake_tap.hh"

namespace sluice::test {

// Over a data plane that is none.
struct Served : TemporaryFolder {
  std::string socket = path + "/run/control.sock";
  FakeTap tap{path + "/dataplane"};
  FakeCommands commands;
  std::atomic<int> reloads{0};
  EventStream stream;
  Inventory inventory{IdentifierKey{{}}, VendorTable::shipped(), nullptr};
  StoreDesk store{{path + "/store.db", "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", 1 << 26, 90, {}}, inventory};
  EventLoop events{options(), commands.commands().rules, stream};
  Pushes pushes{commands.commands(), path, {}};
  BlockTally tally;
  Rollout rollout{{path, {}, {}}, {&pushes, &events, &tally, commands.commands()}};
  VantageDesk vantage{{{"lab", 0}}, events, inventory, std::chrono::milliseconds{20}};
  AccountList accounts = *AccountList::load(path + "/accounts.json");
  Gate gate{accounts};
  std::unique_ptr<AuditLog> audit = std::move(*AuditLog::open(path + "/audit", 730, wall_time()));
  std::unique_ptr<Api> api;

  EventLoopOptions options() {
    EventLoopOptions options{
        path + "/dataplane", "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", "lab", path + "/redaction.key", {},
        path + "/guard"};
    options.store = &store;
    options.inventory = &inventory;
    return options;
  }
  // `with_https`: on a port that is free, with a certificate of its own.
  explicit Served(bool with_https = false) : api(start(with_https)) {}
  std::unique_ptr<Api> start(bool with_https) {
    std::optional<HttpsOptions> https;
    if (with_https) {
      const auto files = own_certificate(path + "/https", "127.0.0.1");
      BOOST_REQUIRE_MESSAGE(files.has_value(), (files ? std::string{} : files.error()));
      https = HttpsOptions{"127.0.0.1:0", files->certificate, files->key, ""};
    }
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
                                       &store,
                                       &inventory,
                                       &vantage,
                                       &accounts,
                                       &gate,
                                       audit.get(),
                                       {},
                                       std::move(https)});
    BOOST_REQUIRE_MESSAGE(started.has_value(), (started ? std::string{} : started.error()));
    return std::move(*started);
  }

  // One exchange in HTTP's own words (RFC 9112); returns the status, and the body where it is JSON.
  std::pair<int, nlohmann::json> exchange(const std::string& request) const {
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
    return {std::stoi(answer.substr(9, 3)), nlohmann::json::parse(answer.substr(body + 4), nullptr, false)};
  }
  std::pair<int, nlohmann::json> get(const std::string& target) const {
    return exchange("GET " + target + " HTTP/1.1\r\nHost: sluice\r\nConnection: close\r\n\r\n");
  }
  std::pair<int, nlohmann::json> post(const std::string& target, const std::string& body,
                                      const std::string& signature) const {
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
inline void is_error(const std::pair<int, nlohmann::json>& answer, int status, const std::string& part) {
  BOOST_TEST(answer.first == status, part << ": " << answer.second);
  BOOST_REQUIRE(answer.second.is_object());
  BOOST_TEST(answer.second.value("error", "").find(part) != std::string::npos, answer.second);
  BOOST_TEST(!answer.second.value("remedy", "").empty());
}

}  // namespace sluice::test
