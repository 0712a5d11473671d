#include "control/tap/tap_client.hh"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <thread>

#include "dataplane/exchange/command_socket.hh"
#include "dataplane/exchange/sealed_memory.hh"
#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// A data plane that does what the test says with one question.
class OneAnswer {
 public:
  using Answer = std::function<void(CommandSocket&, CommandSocket::Question&)>;

  explicit OneAnswer(Answer answer) : socket_(*CommandSocket::listen(path())) {
    thread_ = std::thread{[this, answer = std::move(answer)] {
      while (!stop_) {
        socket_.wait(std::chrono::milliseconds{10});
        if (auto question = socket_.next()) answer(socket_, *question);
      }
    }};
  }
  ~OneAnswer() {
    stop_ = true;
    thread_.join();
  }
  [[nodiscard]] std::string path() const { return folder_.path + "/dataplane.sock"; }
  [[nodiscard]] TapClient client() const {
    auto client = TapClient::connect(path());
    BOOST_REQUIRE_MESSAGE(client.has_value(), (client ? std::string{} : client.error()));
    return std::move(*client);
  }

 private:
  TemporaryFolder folder_;
  CommandSocket socket_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

bool holds(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(tap_client)

BOOST_AUTO_TEST_CASE(packs_arrive_whole_in_order_with_their_signatures) {
  std::string seen;
  const OneAnswer tap{[&](CommandSocket& socket, CommandSocket::Question& question) {
    const auto& request = std::get<PublishRequest>(question.request);
    for (std::size_t i = 0; i < question.descriptors.size(); ++i) {
      const auto file = SealedMemory::adopt(std::move(question.descriptors[i]), 100);
      seen += file ? std::string(file->bytes().begin(), file->bytes().end()) + "=" + request.signatures[i] + " "
                   : file.error();
    }
    seen += request.allow_rollback ? "rollback" : "";
    socket.answer(question.client, PublishResult{3, "digest", {}, {}, {}, std::chrono::microseconds{5}});
  }};
  const auto result = tap.client().publish({{{'o', 'n', 'e'}, "first"}, {{'t', 'w', 'o'}, "second"}}, true, false);
  BOOST_REQUIRE_MESSAGE(result.has_value(), (result ? std::string{} : result.error()));
  BOOST_TEST(result->generation == 3U);
  BOOST_TEST(result->publish.count() == 5);
  BOOST_TEST(seen == "one=first two=second rollback");
}

BOOST_AUTO_TEST_CASE(the_packs_of_a_generation_come_back_in_their_order) {
  const OneAnswer tap{[&](CommandSocket& socket, CommandSocket::Question& question) {
    const auto one = SealedMemory::copy_of(std::vector<std::uint8_t>{1}, "test");
    const auto two = SealedMemory::copy_of(std::vector<std::uint8_t>{2, 2}, "test");
    const std::array<int, 2> files{one->descriptor(), two->descriptor()};
    const auto generation = std::get<RulesQuery>(question.request).generation;
    if (generation == 5) socket.answer(question.client, RulesAnswer{2}, files);
    if (generation == 6) socket.answer(question.client, RulesAnswer{3}, files);
    if (generation == 7) socket.answer(question.client, TapStatus{});
    if (generation == 8) socket.answer(question.client, Refusal{"not live any more"});
  }};
  auto client = tap.client();
  const auto rules = client.rules(5);
  BOOST_REQUIRE(rules.has_value());
  BOOST_REQUIRE_EQUAL(rules->size(), 2U);
  BOOST_TEST((*rules)[0]->bytes().size() == 1U);
  BOOST_TEST((*rules)[1]->bytes().size() == 2U);
  BOOST_TEST(holds(client.rules(6).error(), "another question"));
  BOOST_TEST(holds(client.rules(7).error(), "another question"));
  BOOST_TEST(client.rules(8).error() == "not live any more");
}

BOOST_AUTO_TEST_CASE(nobody_there_and_too_many_packs_are_errors_that_say_so) {
  BOOST_TEST(holds(TapClient::connect("/nonexistent/sock").error(), "is sluice-dataplane running"));
  BOOST_TEST(holds(TapClient::connect(std::string(300, 'x')).error(), "longer"));
  const OneAnswer tap{[](CommandSocket&, CommandSocket::Question&) {}};
  auto client = tap.client();
  BOOST_TEST(holds(client.publish(std::vector<SignedPack>(17, {{1}, ""}), false, false).error(), "16 are the most"));
  BOOST_TEST(holds(client.publish({{{}, ""}}, false, false).error(), "empty"));
}

BOOST_AUTO_TEST_CASE(a_data_plane_that_ends_is_an_error_and_not_a_wait) {
  auto tap = std::make_unique<OneAnswer>([](CommandSocket& socket, CommandSocket::Question& question) {
    socket.answer(question.client, TapStatus{"inspecting", "", 1, 2, "digest", {}, "0.1.0"});
  });
  auto client = tap->client();
  BOOST_TEST(client.status()->state == "inspecting");
  tap.reset();
  BOOST_TEST(holds(client.status().error(), "closed"));
}

BOOST_AUTO_TEST_SUITE_END()
