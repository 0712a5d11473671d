// Filters of packets, with libpcap's own interpreter as the judge.
#include "dataplane/packet/packet_filter.hh"

#include <pcap/pcap.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <random>

using namespace sluice;

namespace {

// As pcap/bpf.h has them.
constexpr std::uint16_t ret_k = 0x06, ret_a = 0x16, ld_b_abs = 0x30, ld_w_ind = 0x40, ja = 0x05, jeq_k = 0x15,
                        div_k = 0x34, lsh_k = 0x64, st = 0x02, ldx_imm = 0x01;

std::vector<FilterInstruction> compiled(const char* text, int optimise) {
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle{pcap_open_dead(DLT_EN10MB, 65'535), pcap_close};
  bpf_program program{};
  BOOST_REQUIRE_MESSAGE(pcap_compile(handle.get(), &program, text, optimise, PCAP_NETMASK_UNKNOWN) == 0,
                        pcap_geterr(handle.get()));
  std::vector<FilterInstruction> out;
  for (std::uint32_t i = 0; i < program.bf_len; ++i)
    out.push_back({program.bf_insns[i].code, program.bf_insns[i].jt, program.bf_insns[i].jf, program.bf_insns[i].k});
  pcap_freecode(&program);
  return out;
}

std::vector<bpf_insn> as_libpcap_has_it(const std::vector<FilterInstruction>& program) {
  std::vector<bpf_insn> out;
  for (const auto& one : program) out.push_back({one.code, one.jump_true, one.jump_false, one.value});
  return out;
}

FilterFault fault_of(std::vector<FilterInstruction> program) {
  const auto checked = PacketFilter::check(std::move(program));
  BOOST_REQUIRE(!checked.has_value());
  return checked.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packet_filter)

BOOST_AUTO_TEST_CASE(what_libpcap_compiles_matches_as_libpcap_says) {
  std::mt19937 random{5};
  std::size_t matched = 0;
  for (const auto* const text : {"", "udp port 53", "tcp[tcpflags] & tcp-syn != 0", "ip6 and tcp port 443",
                                 "vlan 5 and ip", "net 10.0.0.0/8 and not icmp", "greater 100 and ip[6:2] & 0x1fff = 0",
                                 "len / 2 > 30 and ether[0] * 3 % 7 < 4", "portrange 20-60 or host 1.2.3.4"})
    for (const int optimise : {0, 1}) {
      const auto program = compiled(text, optimise);
      const auto judge = as_libpcap_has_it(program);
      const auto filter = PacketFilter::read(PacketFilter::written(program));
      BOOST_REQUIRE(filter.has_value());
      for (int round = 0; round < 4000; ++round) {
        std::vector<std::uint8_t> packet(random() % 120);
        for (auto& byte : packet) byte = static_cast<std::uint8_t>(random());
        if (packet.size() > 40 && round % 2 == 0) {  // IPv4 with UDP or TCP, from time to time IPv6
          packet[12] = round % 8 == 0 ? 0x86 : 0x08;
          packet[13] = round % 8 == 0 ? 0xdd : 0x00;
          packet[14] = 0x45;
          packet[20] = round % 8 == 0 ? 6 : 0;
          packet[21] = 0;
          packet[23] = round % 3 == 0 ? 6 : 17;
          packet[37] = 53;
        }
        const auto wanted = bpf_filter(judge.data(), packet.data(), 1500, static_cast<unsigned>(packet.size()));
        BOOST_REQUIRE(filter->run(packet, 1500) == wanted);
        matched += wanted != 0;
      }
    }
  BOOST_TEST(matched > 10'000U);
}

// Programs of any instructions; memory is written first, since libpcap's begins as it is found.
BOOST_AUTO_TEST_CASE(any_program_that_is_taken_runs_as_libpcap_runs_it) {
  constexpr std::array<std::uint16_t, 49> codes{
      0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x80, 0x00, 0x60, 0x01, 0x61, 0x81, 0xb1, 0x02, 0x03, 0x84, 0x05,
      0x15, 0x25, 0x35, 0x45, 0x1d, 0x2d, 0x3d, 0x4d, 0x06, 0x16, 0x07, 0x87, 0x04, 0x0c, 0x14, 0x1c, 0x24,
      0x2c, 0x34, 0x3c, 0x44, 0x4c, 0x54, 0x5c, 0x64, 0x6c, 0x74, 0x7c, 0x94, 0x9c, 0xa4, 0xac};
  std::mt19937 random{7};
  std::size_t taken = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::vector<FilterInstruction> program;
    for (std::uint32_t cell = 0; cell < 16; ++cell) program.push_back({st, 0, 0, cell});
    for (auto count = 1 + random() % 12; count != 0; --count)
      program.push_back(
          {random() % 20 != 0 ? codes[random() % codes.size()] : static_cast<std::uint16_t>(random() % 512),
           static_cast<std::uint8_t>(random() % 4), static_cast<std::uint8_t>(random() % 4),
           static_cast<std::uint32_t>(random() % 8 != 0 ? random() % 40 : random())});
    program.push_back({random() % 2 != 0 ? ret_k : ret_a, 0, 0, 77});
    const auto filter = PacketFilter::check(program);
    if (!filter) continue;
    ++taken;
    const auto judge = as_libpcap_has_it(program);
    BOOST_REQUIRE(bpf_validate(judge.data(), static_cast<int>(judge.size())) != 0);
    std::vector<std::uint8_t> packet(random() % 60);
    for (auto& byte : packet) byte = static_cast<std::uint8_t>(random());
    const auto wire = static_cast<std::uint32_t>(random() % 2000);
    BOOST_REQUIRE(filter->run(packet, wire) ==
                  bpf_filter(judge.data(), packet.data(), wire, static_cast<unsigned>(packet.size())));
  }
  BOOST_TEST(taken > 10'000U);
}

BOOST_AUTO_TEST_CASE(what_is_no_program_is_refused_by_its_fault) {
  const FilterInstruction end{ret_k, 0, 0, 1};
  BOOST_TEST((fault_of({}) == FilterFault::empty));
  BOOST_TEST((fault_of(std::vector<FilterInstruction>(4097, end)) == FilterFault::too_long));
  BOOST_TEST(PacketFilter::check(std::vector<FilterInstruction>(4096, end)).has_value());
  BOOST_TEST((fault_of({{0x1ff, 0, 0, 0}, end}) == FilterFault::unknown));
  BOOST_TEST((fault_of({{ja, 0, 0, 1}, end}) == FilterFault::jump));
  BOOST_TEST((fault_of({{ja, 0, 0, 0xffffffff}, end}) == FilterFault::jump));  // backwards
  BOOST_TEST((fault_of({{jeq_k, 0, 1, 0}, end}) == FilterFault::jump));
  BOOST_TEST((fault_of({{st, 0, 0, 16}, end}) == FilterFault::memory));
  BOOST_TEST((fault_of({{div_k, 0, 0, 0}, end}) == FilterFault::zero));
  BOOST_TEST((fault_of({{lsh_k, 0, 0, 32}, end}) == FilterFault::zero));
  BOOST_TEST((fault_of({end, {ld_b_abs, 0, 0, 0}}) == FilterFault::without_end));
  BOOST_TEST((PacketFilter::read(std::vector<std::uint8_t>(15)).error() == FilterFault::cut));
  BOOST_TEST((PacketFilter::read(std::vector<std::uint8_t>(8 * 4097)).error() == FilterFault::too_long));
}

BOOST_AUTO_TEST_CASE(a_load_beyond_the_packet_matches_nothing) {
  const std::vector<std::uint8_t> packet{1, 2, 3, 4};
  const auto gives = [&](FilterInstruction load) {
    return PacketFilter::check({{ldx_imm, 0, 0, 0xffffffff}, load, {ret_k, 0, 0, 9}})->run(packet, 4);
  };
  BOOST_TEST(gives({ld_b_abs, 0, 0, 3}) == 9U);
  BOOST_TEST(gives({ld_b_abs, 0, 0, 4}) == 0U);
  BOOST_TEST(gives({ld_b_abs, 0, 0, 0xffffffff}) == 0U);
  BOOST_TEST(gives({ld_w_ind, 0, 0, 1}) == 0U);  // X + k would be 0 in 32 bits
}

BOOST_AUTO_TEST_SUITE_END()
