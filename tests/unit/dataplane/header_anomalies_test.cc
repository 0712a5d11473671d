#include "dataplane/packet/header_anomalies.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/hex.hh"

namespace sluice {
namespace {

using Names = std::vector<std::string>;

template <class Note>
Names names(Note note, std::string_view hex) {
  Anomalies anomalies;
  const auto bytes = test::unhex(hex);
  note(Bytes{bytes}, anomalies);
  Names found;
  for (const auto anomaly : anomalies) found.emplace_back(kind_of(anomaly).name);
  return found;
}

Names of_ipv6(OptionsHeader header, std::string_view hex) {
  return names([&](Bytes bytes, Anomalies& anomalies) { note_ipv6_options(header, bytes, anomalies); }, hex);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(header_anomalies)

BOOST_AUTO_TEST_CASE(tcp_options_of_every_day_are_right) {
  // What Linux 6 sends in a SYN: MSS, SACK permitted, timestamps, no-op, window scale.
  BOOST_TEST(names(note_tcp_options, "020405b40402080a00112233000000000103030a").empty());
  BOOST_TEST(names(note_tcp_options, "").empty());
  // A Fast Open request and a cookie (RFC 7413 section 4.1.1).
  BOOST_TEST(names(note_tcp_options, "22020101").empty());
  BOOST_TEST(names(note_tcp_options, "220a0011223344556677").empty());
}

BOOST_AUTO_TEST_CASE(tcp_options_that_are_cut_too_long_or_twice) {
  BOOST_TEST((names(note_tcp_options, "0204") == Names{"tcp.opt_invalid_len"}));
  BOOST_TEST((names(note_tcp_options, "0201") == Names{"tcp.opt_invalid_len"}));
  BOOST_TEST((names(note_tcp_options, "030405b4") == Names{"tcp.opt_invalid_len"}));
  BOOST_TEST((names(note_tcp_options, "03030a03030a0000") == Names{"tcp.opt_duplicate"}));
  // Behind the end of the list nothing is read.
  BOOST_TEST(names(note_tcp_options, "00020100").empty());
}

BOOST_AUTO_TEST_CASE(ipv4_options) {
  BOOST_TEST(names(note_ipv4_options, "94040000").empty());  // router alert, RFC 2113
  BOOST_TEST((names(note_ipv4_options, "9404000094040000") == Names{"ipv4.opt_duplicate"}));
  BOOST_TEST((names(note_ipv4_options, "5f040000") == Names{"ipv4.opt_unknown"}));
  BOOST_TEST((names(note_ipv4_options, "94050000") == Names{"ipv4.opt_invalid_len"}));
}

BOOST_AUTO_TEST_CASE(ipv6_options) {
  // MLDv2's: router alert and PadN of no bytes (RFC 3810 section 5), which Suricata has an event for.
  BOOST_TEST((of_ipv6(OptionsHeader::hop_by_hop, "050200000100") == Names{"ipv6.zero_len_padn"}));
  BOOST_TEST((of_ipv6(OptionsHeader::hop_by_hop, "010400000000") == Names{"ipv6.hopopts_only_padding"}));
  BOOST_TEST((of_ipv6(OptionsHeader::destination, "010400000000") == Names{"ipv6.dstopts_only_padding"}));
  BOOST_TEST((of_ipv6(OptionsHeader::destination, "1e0400000000") == Names{"ipv6.dstopts_unknown_opt"}));
  BOOST_TEST((of_ipv6(OptionsHeader::hop_by_hop, "0501000000") == Names{"ipv6.exthdr_invalid_optlen"}));
  BOOST_TEST((of_ipv6(OptionsHeader::hop_by_hop, "05ff0000") == Names{"ipv6.exthdr_invalid_optlen"}));
}

BOOST_AUTO_TEST_CASE(icmp_types_and_codes) {
  BOOST_TEST(names(note_icmp, "0800f7ff00000000").empty());
  BOOST_TEST((names(note_icmp, "080000") == Names{"icmpv4.pkt_too_small"}));
  BOOST_TEST((names(note_icmp, "0801f7fe00000000") == Names{"icmpv4.unknown_code"}));
  BOOST_TEST((names(note_icmp, "2c00000000000000") == Names{"icmpv4.unknown_type"}));
  // Port unreachable that quotes ten bytes of the packet, then one that quotes IPv6.
  BOOST_TEST((names(note_icmp, "030300000000000045000000000000000000") == Names{"icmpv4.ipv4_trunc_pkt"}));
  BOOST_TEST((names(note_icmp,
                    "0303000000000000"
                    "6000000000000000000000000000000000000000") == Names{"icmpv4.ipv4_unknown_ver"}));
}

BOOST_AUTO_TEST_CASE(icmpv6_types_and_codes) {
  BOOST_TEST(names(note_icmpv6, "8000000000000000").empty());
  BOOST_TEST((names(note_icmpv6, "8001000000000000") == Names{"icmpv6.unknown_code"}));
  BOOST_TEST((names(note_icmpv6, "0500000000000000") == Names{"icmpv6.unassigned_type"}));
  BOOST_TEST((names(note_icmpv6, "6400000000000000") == Names{"icmpv6.experimentation_type"}));
  BOOST_TEST((names(note_icmpv6,
                    "0100000000000000"
                    "60") == Names{"icmpv6.ipv6_trunc_pkt"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sluice
