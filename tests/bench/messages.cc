#include "tests/bench/messages.hh"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "dataplane/quic/quic_version.hh"
#include "tests/bench/initial.hh"
#include "tests/bench/names.hh"
#include "tests/unit/frames.hh"

namespace sluice::bench {
namespace {

using test::put;
using test::put16;
using test::put32;

constexpr std::size_t datagram_size = 1200;  // of a client's first ones (RFC 9000 section 14.1)

void put_random(Message& message, std::size_t count, Random& random) {
  for (std::size_t i = 0; i < count; ++i) message.push_back(static_cast<std::uint8_t>(random.next()));
}

// One TLS extension (RFC 8446 section 4.2).
void put_extension(Message& message, unsigned type, const Message& data) {
  put16(message, type);
  put16(message, static_cast<unsigned>(data.size()));
  put(message, data);
}

// A list with a length of two bytes before it, as most extensions hold.
Message list16(std::initializer_list<unsigned> values) {
  Message list;
  put16(list, static_cast<unsigned>(2 * values.size()));
  for (const auto value : values) put16(list, value);
  return list;
}

Message key_shares(Random& random) {
  Message shares;
  put16(shares, 0x11ec);  // X25519MLKEM768
  put16(shares, 1216);
  put_random(shares, 1216, random);
  put16(shares, 0x001d);  // x25519
  put16(shares, 32);
  put_random(shares, 32, random);
  Message list;
  put16(list, static_cast<unsigned>(shares.size()));
  put(list, shares);
  return list;
}

Message extensions(const std::string& name, Random& random) {
  Message server_name;  // RFC 6066 section 3
  put16(server_name, static_cast<unsigned>(name.size() + 3));
  server_name.push_back(0);
  put16(server_name, static_cast<unsigned>(name.size()));
  put(server_name, as_bytes(name));

  Message all;
  put_extension(all, 0x0a0a, {});  // a value without meaning (RFC 8701)
  put_extension(all, 0x0000, server_name);
  put_extension(all, 0x0017, {});
  put_extension(all, 0x000a, list16({0x11ec, 0x001d, 0x0017, 0x0018}));
  put_extension(all, 0x0010, test::bytes_of(std::string_view{"\0\x0c\x02h2\x08http/1.1", 14}));
  put_extension(all, 0x000d, list16({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}));
  put_extension(all, 0x002b, {4, 3, 4, 3, 3});
  put_extension(all, 0x0033, key_shares(random));
  Message sealed_hello;  // GREASE for Encrypted Client Hello fills a few hundred bytes in browsers
  put_random(sealed_hello, 186, random);
  put_extension(all, 0xfe0d, sealed_hello);
  return all;
}

Message dns_message(const std::string& name, unsigned flags, unsigned answers) {
  Message message;
  put16(message, static_cast<unsigned>(name.size() * 257));
  put16(message, flags);
  put16(message, 1);
  put16(message, answers);
  put32(message, 0);
  for (std::string_view rest = name; !rest.empty();) {
    const auto label = rest.substr(0, rest.find('.'));
    message.push_back(static_cast<std::uint8_t>(label.size()));
    put(message, as_bytes(label));
    rest.remove_prefix(std::min(rest.size(), label.size() + 1));
  }
  message.push_back(0);
  put32(message, 0x00010001);
  return message;
}

}  // namespace

Message client_hello(const std::string& name, Random& random) {
  Message body;  // RFC 8446 section 4.1.2
  put16(body, 0x0303);
  put_random(body, 32, random);
  body.push_back(32);
  put_random(body, 32, random);
  put(body, list16({0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
                    0x009c, 0x009d, 0x002f, 0x0035}));
  put16(body, 0x0100);
  const auto all = extensions(name, random);
  put16(body, static_cast<unsigned>(all.size()));
  put(body, all);
  Message hello;
  put32(hello, 0x01000000U + static_cast<std::uint32_t>(body.size()));
  put(hello, body);
  return hello;
}

Message tls_hello(const Message& hello) {
  Message record{0x16, 3, 1};
  put16(record, static_cast<unsigned>(hello.size()));
  put(record, hello);
  return record;
}

std::array<Message, 2> quic_initials(const Message& hello, Random& random) {
  Message dcid;
  put_random(dcid, 8, random);

  constexpr std::size_t in_the_first = 1100;
  std::array<Message, 2> datagrams;
  for (unsigned number = 0; number < datagrams.size(); ++number) {
    const auto begin = number == 0 ? 0 : in_the_first;
    const auto end = number == 0 ? in_the_first : hello.size();
    const auto middle = (begin + end) / 2;
    Message payload;
    put_crypto(payload, hello, middle, end);
    payload.push_back(0x01);  // PING
    put_crypto(payload, hello, begin, middle);

    datagrams[number] = sealed_initial(quic_version_1, dcid, number, std::move(payload), datagram_size);
  }
  return datagrams;
}

Message dns_query(const std::string& name) { return dns_message(name, 0x0100, 0); }

Message dns_answer(const std::string& name) {
  constexpr unsigned addresses = 2;
  auto message = dns_message(name, 0x8180, addresses);
  for (unsigned number = 0; number < addresses; ++number) {
    put16(message, 0xc00c);  // the name of the question (RFC 1035 section 4.1.4)
    put32(message, 0x00010001);
    put32(message, 300);
    put16(message, 4);
    put32(message, 0xc6120000U + number);
  }
  return message;
}

Message http_request(const std::string& name, const std::string& target) {
  return test::bytes_of(fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: keep-alive\r\nUser-Agent: Dalvik/2.1.0 (Linux; U; Android 14; Phone "
      "Build/UP1A.231005.007)\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nAccept-Language: en-GB,en;q=0.9\r\n"
      "Cookie: session=4f2f1e6b2d0c4d66a7b8; region=eu\r\n\r\n",
      target, name));
}

Messages::Messages(const std::vector<std::string>& names, std::uint64_t seed)
    : tls_server{0x16, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3},
      tls_record{0x17, 3, 3, 5, 0x70},
      quic_server{0xc1, 0, 0, 0, 1, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0x44, 0x98},
      quic_short{0x41},
      http_response(
          test::bytes_of("HTTP/1.1 200 OK\r\nContent-Type: image/webp\r\nContent-Length: 100000000\r\n\r\n")) {
  Random random{seed};
  for (const auto& name : names) {
    const auto hello = client_hello(name, random);
    const std::string target = name == shipped_name ? shipped_target : "/image/1024/picture.webp?size=large";
    by_name.push_back({tls_hello(hello), quic_initials(hello, random), dns_query(name), dns_answer(name),
                       http_request(name, target)});
  }
}

}  // namespace sluice::bench
