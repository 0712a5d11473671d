#include "dataplane/exchange/command_socket.hh"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "dataplane/exchange/sealed_memory.hh"
#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

struct Listening {
  Listening() {
    auto made = CommandSocket::listen(path);
    BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? std::string{} : made.error()));
    socket = std::make_unique<CommandSocket>(std::move(*made));
  }
  [[nodiscard]] Descriptor client() const {
    sockaddr_un address;
    BOOST_REQUIRE(fill_address(address, path));
    Descriptor made{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    BOOST_REQUIRE(::connect(made.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return made;
  }
  static void ask(const Descriptor& client, const Request& request, std::span<const int> descriptors = {}) {
    BOOST_REQUIRE(send_message(client.number(), *encode(request), descriptors).has_value());
  }
  static std::string refusal(const Descriptor& client) {
    const auto message = receive_message(client.number());
    if (!message) return message.error() == SocketError::closed ? "closed" : "nothing";
    const auto reply = decode_reply(message->bytes);
    const auto* refusal = reply ? std::get_if<Refusal>(&*reply) : nullptr;
    return refusal != nullptr ? refusal->text : "another answer";
  }
  // Of this process.
  static std::ptrdiff_t open_descriptors() {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
  }

  TemporaryFolder folder;
  std::string path = folder.path + "/deep/dataplane.sock";
  std::unique_ptr<CommandSocket> socket;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(command_socket, Listening)

BOOST_AUTO_TEST_CASE(a_question_comes_in_with_its_files_and_the_answer_goes_to_its_client) {
  const auto first = client();
  const auto second = client();
  const auto file = SealedMemory::copy_of(std::vector<std::uint8_t>{1, 2, 3}, "test");
  const int number = file->descriptor();
  ask(second, PublishRequest{{"signature"}, false, true}, {&number, 1});
  const auto question = socket->next();
  BOOST_REQUIRE(question.has_value());
  BOOST_REQUIRE(std::holds_alternative<PublishRequest>(question->request));
  BOOST_TEST(std::get<PublishRequest>(question->request).signatures.at(0) == "signature");
  BOOST_REQUIRE(question->descriptors.size() == 1U);
  BOOST_TEST((::fcntl(question->descriptors[0].number(), F_GETFD) & FD_CLOEXEC) != 0);
  BOOST_TEST(!socket->next().has_value());
  socket->answer(question->client, Refusal{"no"});
  BOOST_TEST(refusal(second) == "no");
  BOOST_TEST(refusal(first) == "nothing");
}

BOOST_AUTO_TEST_CASE(a_client_with_an_open_question_is_not_read_and_keeps_nobody_waiting) {
  const auto first = client();
  const auto second = client();
  ask(first, StatusQuery{});
  ask(first, RulesQuery{2});
  const auto open = socket->next();
  BOOST_REQUIRE(open.has_value());
  BOOST_TEST(!socket->next().has_value());
  ask(second, RulesQuery{7});
  const auto other = socket->next();
  BOOST_REQUIRE(other.has_value());
  BOOST_TEST(std::get<RulesQuery>(other->request).generation == 7U);
  socket->answer(open->client, Refusal{"one"});
  const auto next = socket->next();
  BOOST_REQUIRE(next.has_value());
  BOOST_TEST(std::get<RulesQuery>(next->request).generation == 2U);
}

BOOST_AUTO_TEST_CASE(garbage_is_refused_and_the_connection_goes_on) {
  const auto one = client();
  const std::vector<std::vector<std::uint8_t>> garbage{
      {0}, std::vector<std::uint8_t>(command_size_limit, 0xff), {'S', 'L', 'C', 'M', 'S', 'L', 'C', 'M', 0, 0, 0, 0}};
  for (const auto& bytes : garbage) {
    BOOST_REQUIRE(send_message(one.number(), bytes, {}).has_value());
    BOOST_TEST(!socket->next().has_value());
    BOOST_TEST(refusal(one) == text_of(CommandError::malformed));
  }
  ask(one, StatusQuery{});
  BOOST_TEST(socket->next().has_value());
}

BOOST_AUTO_TEST_CASE(too_large_messages_and_too_many_files_are_refused_and_no_descriptor_stays_open) {
  const auto one = client();
  (void)socket->next();
  const auto before = open_descriptors();
  const std::vector<std::uint8_t> large(command_size_limit + 1);
  BOOST_REQUIRE(::send(one.number(), large.data(), large.size(), 0) == static_cast<ssize_t>(large.size()));
  BOOST_TEST(!socket->next().has_value());
  BOOST_TEST(refusal(one).find("too large") != std::string::npos);

  constexpr std::size_t many = 200;  // the kernel passes 253 at most
  std::array<int, many> numbers{};
  numbers.fill(one.number());
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof numbers)> control{};
  iovec part{const_cast<std::uint8_t*>(large.data()), 1};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  auto* rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof numbers);
  std::copy_n(reinterpret_cast<const std::uint8_t*>(numbers.data()), sizeof numbers, CMSG_DATA(rights));
  BOOST_REQUIRE(::sendmsg(one.number(), &header, 0) == 1);
  BOOST_TEST(!socket->next().has_value());
  BOOST_TEST(refusal(one).find("too large") != std::string::npos);
  BOOST_TEST(open_descriptors() == before);
}

BOOST_AUTO_TEST_CASE(clients_are_bounded_and_those_that_go_make_room) {
  std::vector<Descriptor> clients;
  for (std::size_t i = 0; i < CommandSocket::client_limit; ++i) clients.push_back(client());
  (void)socket->next();
  const auto surplus = client();
  (void)socket->next();
  BOOST_TEST(refusal(surplus).find("too many clients") != std::string::npos);
  BOOST_TEST(refusal(surplus) == "closed");
  clients.pop_back();
  (void)socket->next();
  const auto fits = client();
  ask(fits, StatusQuery{});
  BOOST_TEST(socket->next().has_value());
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_before_its_answer_or_does_not_read_harms_nobody) {
  CommandSocket::ClientId gone = 0;
  {
    const auto one = client();
    ask(one, StatusQuery{});
    gone = socket->next()->client;
  }
  socket->answer(gone, Refusal{"too late"});
  const auto deaf = client();
  const std::string long_text(command_size_limit / 2, 'x');
  bool forgotten = false;
  for (int i = 0; i < 100 && !forgotten; ++i) {
    if (!send_message(deaf.number(), *encode(Request{StatusQuery{}}), {})) break;
    const auto question = socket->next();
    forgotten = !question.has_value();
    if (question) socket->answer(question->client, Refusal{long_text});
  }
  const auto other = client();
  ask(other, StatusQuery{});
  BOOST_TEST(socket->next().has_value());
}

BOOST_AUTO_TEST_CASE(the_socket_is_for_its_group_and_goes_with_its_owner_alone) {
  struct stat status {};
  BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777) == 0660U);
  auto later = CommandSocket::listen(path);  // a restart while the old one still ends
  BOOST_REQUIRE(later.has_value());
  socket.reset();
  BOOST_TEST(std::filesystem::exists(path));
  { const auto taken = std::move(*later); }
  BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_is_an_error_that_says_so) {
  const auto too_long = CommandSocket::listen("/run/" + std::string(120, 'x'));
  BOOST_REQUIRE(!too_long.has_value());
  BOOST_TEST(too_long.error().find("too long") != std::string::npos);
  const auto nowhere = CommandSocket::listen("/proc/none/sock");
  BOOST_REQUIRE(!nowhere.has_value());
  BOOST_TEST(nowhere.error().find("events.command_socket") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
