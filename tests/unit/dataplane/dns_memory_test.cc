#include "dataplane/dns/dns_memory.hh"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <string>

using namespace sluice;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const Tick start = tick_from_nanoseconds(1'700'000'000'000'000'000);
const Address phone = *Address::parse("192.168.1.10");
const Address laptop = *Address::parse("192.168.1.11");
const Address server = *Address::parse("198.51.100.7");

AliasChain chain_of(std::initializer_list<std::string_view> names) {
  AliasChain chain;
  for (const auto name : names) (void)chain.add(name);
  return chain;
}

Address numbered(unsigned number) {
  return *Address::parse("198.18." + std::to_string(number / 256) + "." + std::to_string(number % 256));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dns_memory)

BOOST_AUTO_TEST_CASE(a_chain_keeps_what_fits_and_nothing_twice) {
  AliasChain chain;
  BOOST_TEST(chain.asked() == "");
  BOOST_TEST(chain.add("www.example"));
  BOOST_TEST(chain.add("cdn.example"));
  BOOST_TEST(!chain.add("WWW.Example"));  // an answer that loops
  BOOST_TEST(!chain.add(""));
  BOOST_TEST(chain.contains("CDN.example"));
  BOOST_TEST(!chain.contains("example"));
  const std::string longest(253, 'a');
  BOOST_TEST(chain.add(longest));
  BOOST_TEST(!chain.add("b"));
  std::size_t at = 0;
  BOOST_TEST(chain.next(at) == "www.example");
  BOOST_TEST(chain.next(at) == "cdn.example");
  BOOST_TEST(chain.next(at) == longest);
  BOOST_TEST(chain.next(at) == "");
  BOOST_TEST(!AliasChain{}.add(longest + "a"));
}

BOOST_AUTO_TEST_CASE(names_belong_to_the_client_that_asked) {
  ResolvedNames names{64, 1};
  BOOST_TEST(names.remember(phone, server, chain_of({"www.example", "cdn.example"}), seconds{300}, start));
  BOOST_TEST(names.find(phone, server, start)->asked() == "www.example");
  BOOST_TEST(names.find(laptop, server, start) == nullptr);
  BOOST_TEST(names.find(phone, phone, start) == nullptr);
  BOOST_TEST(names.remember(phone, server, chain_of({"other.example"}), seconds{300}, start));  // the last one counts
  BOOST_TEST(names.find(phone, server, start)->asked() == "other.example");
}

BOOST_AUTO_TEST_CASE(a_ttl_has_a_floor_and_a_ceiling) {
  ResolvedNames names{64, 1};
  const auto lives = [&](Duration ttl, Duration later) {
    (void)names.remember(phone, server, chain_of({"a"}), ttl, start);
    return names.find(phone, server, start + later) != nullptr;
  };
  BOOST_TEST(lives(seconds{1}, minutes{10}));
  BOOST_TEST(!lives(seconds{1}, minutes{10} + seconds{1}));
  BOOST_TEST(lives(hours{1}, hours{1}));
  BOOST_TEST(!lives(hours{1}, hours{1} + seconds{1}));
  BOOST_TEST(lives(hours{1000}, hours{24}));
  BOOST_TEST(!lives(hours{1000}, hours{24} + seconds{1}));
}

BOOST_AUTO_TEST_CASE(never_resolved_only_where_all_answers_were_seen) {
  ResolvedNames names{64, 1};
  BOOST_TEST(!names.never_resolved(phone, server, start));  // nothing is known of the client
  names.answered(phone, start);
  BOOST_TEST(!names.never_resolved(phone, server, start));  // the flow was there before the first answer
  BOOST_TEST(names.never_resolved(phone, server, start + seconds{1}));
  BOOST_TEST(!names.never_resolved(laptop, server, start + seconds{1}));
  (void)names.remember(phone, server, chain_of({"a"}), seconds{1}, start);
  BOOST_TEST(!names.never_resolved(phone, server, start + seconds{1}));
  BOOST_TEST(!names.never_resolved(phone, server, start + hours{23}));  // looked up long ago, but looked up
  BOOST_TEST(!names.never_resolved(phone, laptop, start + hours{25}));  // asks nothing any more
}

BOOST_AUTO_TEST_CASE(what_ends_first_gives_way_and_is_counted) {
  ResolvedNames names{8, 1};  // one bucket
  names.answered(phone, start);
  for (unsigned i = 0; i < 8; ++i)
    BOOST_TEST(names.remember(phone, numbered(i), chain_of({"a"}), hours{1} + minutes{i}, start));
  BOOST_TEST(names.never_resolved(phone, server, start + seconds{1}));
  BOOST_TEST(!names.remember(phone, numbered(100), chain_of({"b"}), hours{2}, start));
  BOOST_TEST(names.find(phone, numbered(0), start) == nullptr);
  BOOST_TEST(names.find(phone, numbered(1), start) != nullptr);
  // Something of this client was forgotten: it can no longer be said that an address never was in an answer.
  BOOST_TEST(!names.never_resolved(phone, server, start + seconds{1}));
  // An entry whose time is over costs nothing.
  BOOST_TEST(names.remember(phone, numbered(101), chain_of({"c"}), hours{1}, start + hours{2}));
}

BOOST_AUTO_TEST_CASE(ech_configurations_are_known_to_who_was_told) {
  EchConfigs configs{64, 1};
  const auto until = start + hours{1};
  BOOST_TEST(configs.remember(phone, 7, "Public.Example", until, start));
  BOOST_TEST(configs.knows(phone, 7, "public.example", start));
  BOOST_TEST(configs.knows(phone, 7, "PUBLIC.example", until));
  BOOST_TEST(!configs.knows(phone, 7, "public.example", until + seconds{1}));
  BOOST_TEST(!configs.knows(phone, 8, "public.example", start));
  BOOST_TEST(!configs.knows(phone, 7, "public.example.com", start));
  BOOST_TEST(!configs.knows(laptop, 7, "public.example", start));
  BOOST_TEST(!configs.remember(phone, 7, std::string(EchConfigs::public_name_limit + 1, 'a'), until, start));
  BOOST_TEST(!configs.knows(phone, 7, std::string(EchConfigs::public_name_limit + 1, 'a'), start));
}

BOOST_AUTO_TEST_CASE(the_oldest_ech_configuration_gives_way) {
  EchConfigs configs{8, 1};
  for (std::uint8_t i = 0; i < 8; ++i) BOOST_TEST(configs.remember(phone, i, "a", start + minutes{10 + i}, start));
  BOOST_TEST(!configs.remember(phone, 8, "a", start + hours{1}, start));
  BOOST_TEST(!configs.knows(phone, 0, "a", start));
  BOOST_TEST(configs.knows(phone, 1, "a", start));
  BOOST_TEST(configs.remember(phone, 1, "a", start + hours{2}, start));  // told again: nothing gives way
  BOOST_TEST(configs.knows(phone, 8, "a", start));
}

BOOST_AUTO_TEST_SUITE_END()
