#include "dataplane/guard/orders.hh"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

void send(const std::string& socket, const std::string& text) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket.copy(address.sun_path, sizeof address.sun_path - 1);
  const Descriptor sender{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const auto sent = ::sendto(sender.number(), text.data(), text.size(), MSG_DONTWAIT,
                             reinterpret_cast<const sockaddr*>(&address), sizeof address);
  BOOST_REQUIRE(sent == static_cast<ssize_t>(text.size()));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(guard_orders, TemporaryFolder)

BOOST_AUTO_TEST_CASE(an_order_comes_with_who_sent_it_and_the_last_one_counts) {
  const auto socket = path + "/run/orders";
  auto orders = Orders::open(socket);
  BOOST_REQUIRE_MESSAGE(orders.has_value(), (orders ? "" : orders.error()));
  struct stat about {};
  BOOST_REQUIRE(::stat(socket.c_str(), &about) == 0);
  BOOST_TEST((about.st_mode & 0777U) == 0660U);
  BOOST_TEST(!orders->take().has_value());
  send(socket, "on");
  const auto first = orders->take();
  BOOST_REQUIRE(first.has_value());
  BOOST_TEST((first->order == BypassOrder::on));
  BOOST_TEST(first->user == ::getuid());
  BOOST_TEST(first->process == ::getpid());
  send(socket, "on");
  send(socket, "off");
  send(socket, "nonsense that is longer than any order");
  const auto last = orders->take();
  BOOST_REQUIRE(last.has_value());
  BOOST_TEST((last->order == BypassOrder::off));
  BOOST_TEST(!orders->take().has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_order_changes_nothing) {
  const auto socket = path + "/orders";
  auto orders = Orders::open(socket);
  BOOST_REQUIRE(orders.has_value());
  for (const std::string text : {"", "ON", "auto\n", "autoauto", "\xff\xff"}) {
    send(socket, text);
    BOOST_TEST(!orders->take().has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(the_socket_of_one_that_was_killed_is_replaced_and_nothing_else) {
  const auto socket = path + "/orders";
  {
    auto killed = Orders::open(socket);
    BOOST_REQUIRE(killed.has_value());
    auto next = Orders::open(socket);
    BOOST_REQUIRE(next.has_value());
    send(socket, "on");
    BOOST_TEST(!killed->take().has_value());
    BOOST_TEST(next->take().has_value());
  }
  BOOST_TEST(!std::ifstream{socket}.is_open());
  std::ofstream{socket} << "a file of somebody";
  const auto refused = Orders::open(socket);
  BOOST_TEST((!refused && refused.error().find("guard.socket") != std::string::npos));
  BOOST_TEST(!Orders::open("/" + std::string(200, 'x')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
