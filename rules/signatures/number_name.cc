#include "rules/signatures/number_name.hh"

#include <array>

namespace sluice {
namespace {

constexpr auto tls_versions =
    std::to_array<NamedNumber>({{"1.0", 0x0301}, {"1.1", 0x0302}, {"1.2", 0x0303}, {"1.3", 0x0304}});
constexpr auto ssl_versions = std::to_array<NamedNumber>({{"sslv2", 0x0002},
                                                          {"sslv3", 0x0300},
                                                          {"tls1.0", 0x0301},
                                                          {"tls1.1", 0x0302},
                                                          {"tls1.2", 0x0303},
                                                          {"tls1.3", 0x0304}});
constexpr auto ssl_states =
    std::to_array<NamedNumber>({{"client_hello", static_cast<std::uint64_t>(SslState::client_hello)},
                                {"server_hello", static_cast<std::uint64_t>(SslState::server_hello)}});
// IANA, DNS Parameters, Resource Record (RR) TYPEs: those that Suricata knows by name.
constexpr auto rrtypes = std::to_array<NamedNumber>(
    {{"a", 1},      {"ns", 2},     {"md", 3},      {"mf", 4},       {"cname", 5},    {"soa", 6},
     {"mb", 7},     {"mg", 8},     {"mr", 9},      {"null", 10},    {"wks", 11},     {"ptr", 12},
     {"hinfo", 13}, {"minfo", 14}, {"mx", 15},     {"txt", 16},     {"rp", 17},      {"afsdb", 18},
     {"x25", 19},   {"isdn", 20},  {"rt", 21},     {"nsap", 22},    {"nsapptr", 23}, {"sig", 24},
     {"key", 25},   {"px", 26},    {"gpos", 27},   {"aaaa", 28},    {"loc", 29},     {"nxt", 30},
     {"srv", 33},   {"atma", 34},  {"naptr", 35},  {"kx", 36},      {"cert", 37},    {"a6", 38},
     {"dname", 39}, {"opt", 41},   {"apl", 42},    {"ds", 43},      {"sshfp", 44},   {"ipseckey", 45},
     {"rrsig", 46}, {"nsec", 47},  {"dnskey", 48}, {"dhcid", 49},   {"nsec3", 50},   {"nsec3param", 51},
     {"tlsa", 52},  {"hip", 55},   {"cds", 59},    {"cdnskey", 60}, {"svcb", 64},    {"https", 65},
     {"spf", 99},   {"tkey", 249}, {"tsig", 250},  {"maila", 254},  {"any", 255},    {"uri", 256},
     {"caa", 257}});

constexpr auto rcodes = std::to_array<NamedNumber>({{"noerror", 0},
                                                    {"formerr", 1},
                                                    {"servfail", 2},
                                                    {"nxdomain", 3},
                                                    {"notimp", 4},
                                                    {"refused", 5},
                                                    {"yxdomain", 6},
                                                    {"yxrrset", 7},
                                                    {"nxrrset", 8},
                                                    {"notauth", 9},
                                                    {"notzone", 10},
                                                    {"badvers", 16},
                                                    {"badsig", 16},
                                                    {"badkey", 17},
                                                    {"badtime", 18},
                                                    {"badmode", 19},
                                                    {"badname", 20},
                                                    {"badalg", 21},
                                                    {"badtrunc", 22}});

// RFC 9113 sections 6, 7 and 6.5.2.
constexpr auto frametypes = std::to_array<NamedNumber>({{"data", 0},
                                                        {"headers", 1},
                                                        {"priority", 2},
                                                        {"rststream", 3},
                                                        {"settings", 4},
                                                        {"pushpromise", 5},
                                                        {"ping", 6},
                                                        {"goaway", 7},
                                                        {"windowupdate", 8},
                                                        {"continuation", 9}});
constexpr auto errorcodes = std::to_array<NamedNumber>({{"no_error", 0},
                                                        {"protocol_error", 1},
                                                        {"internal_error", 2},
                                                        {"flow_control_error", 3},
                                                        {"settings_timeout", 4},
                                                        {"stream_closed", 5},
                                                        {"frame_size_error", 6},
                                                        {"refused_stream", 7},
                                                        {"cancel", 8},
                                                        {"compression_error", 9},
                                                        {"connect_error", 10},
                                                        {"enhance_your_calm", 11},
                                                        {"inadequate_security", 12},
                                                        {"http_1_1_required", 13}});
constexpr auto settings = std::to_array<NamedNumber>({{"settings_header_table_size", 1},
                                                      {"settings_enable_push", 2},
                                                      {"settings_max_concurrent_streams", 3},
                                                      {"settings_initial_window_size", 4},
                                                      {"settings_max_frame_size", 5},
                                                      {"settings_max_header_list_size", 6}});

}  // namespace

std::span<const NamedNumber> names_of(MessageNumber number) noexcept {
  switch (number) {
    case MessageNumber::tls_version: return tls_versions;
    case MessageNumber::ssl_version: return ssl_versions;
    case MessageNumber::ssl_state: return ssl_states;
    case MessageNumber::dns_rcode: return rcodes;
    case MessageNumber::dns_rrtype: return rrtypes;
    case MessageNumber::http2_frametype: return frametypes;
    case MessageNumber::http2_errorcode: return errorcodes;
    case MessageNumber::http2_settings: return settings;
    default: return {};
  }
}

}  // namespace sluice
