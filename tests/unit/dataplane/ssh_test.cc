#include "dataplane/parsers/ssh.hh"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(ssh)

// RFC 4253 section 4.2 has the first two.
BOOST_AUTO_TEST_CASE(version_and_software) {
  const auto read = [](std::string_view text) {
    const auto banner = parse_ssh_banner(as_bytes(text));
    return banner ? std::string{banner->protocol} + " " + std::string{banner->software} : "-";
  };
  BOOST_TEST(read("SSH-2.0-billsSSH_3.6.3q3\r\n") == "2.0 billsSSH_3.6.3q3");
  BOOST_TEST(read("SSH-1.99-OpenSSH_9.2p1 Debian-2+deb12u3\r\nrest") == "1.99 OpenSSH_9.2p1");
  BOOST_TEST(read("SSH-1.5-1.2.27\n") == "1.5 1.2.27");
  BOOST_TEST(read("SSH-2.0-dropbear-2022\r\n") == "2.0 dropbear-2022");
}

BOOST_AUTO_TEST_CASE(what_is_none) {
  const auto error = [](std::string_view text) { return parse_ssh_banner(as_bytes(text)).error(); };
  constexpr std::string_view line = "SSH-2.0-x\r\n";
  for (std::size_t size = 0; size < line.size(); ++size) {
    BOOST_TEST((error(line.substr(0, size)) == SshError::need_more));
    BOOST_TEST((probe_ssh(as_bytes(line.substr(0, size))) == (size < 4 ? Probe::maybe : Probe::yes)));
  }
  BOOST_TEST((probe_ssh(as_bytes("SSL-")) == Probe::no));
  BOOST_TEST((error("220 ssh\r\n") == SshError::not_this));
  BOOST_TEST((error("SSH-2.0\r\n") == SshError::malformed));
  BOOST_TEST((error("SSH--x\r\n") == SshError::malformed));
  BOOST_TEST((error("SSH-2.0-\r\n") == SshError::malformed));
  BOOST_TEST((error("SSH-2.0-" + std::string(246, 'x')) == SshError::need_more));
  BOOST_TEST((error("SSH-2.0-" + std::string(247, 'x')) == SshError::malformed));
  BOOST_TEST(parse_ssh_banner(as_bytes("SSH-2.0-" + std::string(245, 'x') + "\r\n")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
