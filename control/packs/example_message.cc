#include "control/packs/example_message.hh"

#include <algorithm>

namespace sluice {
namespace {

std::string u8(std::size_t value) { return {static_cast<char>(value)}; }
std::string u16(std::size_t value) { return u8(value >> 8) + u8(value); }
std::string u24(std::size_t value) { return u8(value >> 16) + u16(value); }

}  // namespace

std::string dns_query_for(std::string_view name) {
  using namespace std::string_literals;
  auto message = "\x12\x34\x01\0\0\x01\0\0\0\0\0\0"s;  // id, recursion desired, one question
  while (!name.empty()) {
    const auto label = name.substr(0, name.find('.'));
    message.append(u8(label.size())).append(label);
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  return message + "\0\0\x01\0\x01"s;  // the root, A, IN
}

std::string client_hello_for(std::string_view name) {
  using namespace std::string_literals;
  const auto entry = u8(0) + u16(name.size()) + std::string{name};
  const auto server_name = u16(0) + u16(entry.size() + 2) + u16(entry.size()) + entry;
  const auto versions = "\0\x2b\0\x03\x02\x03\x04"s;
  const auto extensions = server_name + versions;
  constexpr std::size_t random_size = 32;
  const auto body = "\x03\x03"s + std::string(random_size, '\x5a') + u8(0) + "\0\x02\x13\x01"s + "\x01\0"s +
                    u16(extensions.size()) + extensions;
  const auto handshake = u8(1) + u24(body.size()) + body;
  return "\x16\x03\x01"s + u16(handshake.size()) + handshake;
}

}  // namespace sluice
