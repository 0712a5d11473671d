// What people write to choose packets, in tcpdump's language (pcap-filter(7)), as a program (packet_filter.hh).
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/packet/packet_filter.hh"

namespace sluice {

constexpr std::size_t filter_text_limit = 2'000;  // bytes

// For Ethernet frames. Empty: every packet. The error is libpcap's, or says what is too long.
[[nodiscard]] tl::expected<std::vector<FilterInstruction>, std::string> compile_filter(const std::string& text);

}  // namespace sluice
