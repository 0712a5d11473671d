// The host names of the bench: what the phones ask for, and the rows of the long list that row `match` looks them up
// in. Made by number, so that they are the same in every run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::bench {

constexpr std::uint32_t name_count = 4096;  // that the phones ask for
// Of those, the first so many are listed: one in fifty, as one flow of a phone in fifty may be telemetry.
constexpr std::uint32_t listed_name_count = 82;
// The first name of all is one that the shipped rules know, by list and by signature.
constexpr const char* shipped_name = "resolver.msg.xiaomi.net";
constexpr const char* shipped_target = "/gslb/?ver=3.0&type=wap&uuid=0&list=app.chat.xiaomi.net";

// Row `number` of the long list.
[[nodiscard]] std::string listed_domain(std::uint32_t number);
// `domains`: the length of that list; listed names lie below its rows, spread over it.
[[nodiscard]] std::vector<std::string> phone_names(std::uint32_t domains);

}  // namespace sluice::bench
