#include "control/capture/filter_compiler.hh"

#include <pcap/pcap.h>

#include <memory>

#include "dataplane/event/packet_copy.hh"

namespace sluice {

tl::expected<std::vector<FilterInstruction>, std::string> compile_filter(const std::string& text) {
  if (text.size() > filter_text_limit)
    return tl::unexpected("the filter has more than " + std::to_string(filter_text_limit) + " bytes");
  if (text.find('\0') != std::string::npos) return tl::unexpected(std::string{"the filter holds a zero byte"});
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle{
      pcap_open_dead(DLT_EN10MB, static_cast<int>(copied_bytes_limit)), pcap_close};
  if (handle == nullptr) return tl::unexpected(std::string{"no memory for the filter"});
  bpf_program program{};
  constexpr int optimise = 1;
  if (pcap_compile(handle.get(), &program, text.c_str(), optimise, PCAP_NETMASK_UNKNOWN) != 0)
    return tl::unexpected(std::string{pcap_geterr(handle.get())});
  std::vector<FilterInstruction> instructions;
  for (std::uint32_t i = 0; i < program.bf_len; ++i) {
    const auto& one = program.bf_insns[i];
    instructions.push_back({one.code, one.jt, one.jf, one.k});
  }
  pcap_freecode(&program);
  return instructions;
}

}  // namespace sluice
