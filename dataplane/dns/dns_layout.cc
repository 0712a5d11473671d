#include "dataplane/dns/dns_layout.hh"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

using Kind = DnsPartKind;
using Part = DnsPart;

// RFC 1035 sections 3.3.13, 3.3.2, 3.3.14
constexpr auto soa = std::to_array<Part>({{Kind::name, "mname"},
                                          {Kind::name, "rname"},
                                          {Kind::u32, "serial"},
                                          {Kind::u32, "refresh"},
                                          {Kind::u32, "retry"},
                                          {Kind::u32, "expire"},
                                          {Kind::u32, "minimum"}});
constexpr auto null_data = std::to_array<Part>({{Kind::text, "rdata"}});  // section 3.3.10
constexpr auto hinfo = std::to_array<Part>({{Kind::string, "cpu"}, {Kind::string, "os"}});
constexpr auto txt = std::to_array<Part>({{Kind::strings, "rdata"}});
// RFC 2782
constexpr auto srv =
    std::to_array<Part>({{Kind::u16, "priority"}, {Kind::u16, "weight"}, {Kind::u16, "port"}, {Kind::name, "name"}});
// RFC 3403 section 4.1
constexpr auto naptr = std::to_array<Part>({{Kind::u16, "order"},
                                            {Kind::u16, "preference"},
                                            {Kind::string, "flags"},
                                            {Kind::string, "service"},
                                            {Kind::string, "regexp"},
                                            {Kind::name, "replacement"}});
// RFC 4034 sections 5.1, 3.1, 4.1, 2.1; the signature itself and the bit map of types say nothing of the traffic
constexpr auto ds = std::to_array<Part>(
    {{Kind::u16, "key_tag"}, {Kind::u8, "algorithm"}, {Kind::u8, "digest_type"}, {Kind::hex, "digest"}});
constexpr auto rrsig = std::to_array<Part>({{Kind::u16, "type_covered"},
                                            {Kind::u8, "algorithm"},
                                            {Kind::u8, "labels"},
                                            {Kind::u32, "original_ttl"},
                                            {Kind::u32, "expiration"},
                                            {Kind::u32, "inception"},
                                            {Kind::u16, "key_tag"},
                                            {Kind::name, "signer"}});
constexpr auto nsec = std::to_array<Part>({{Kind::name, "next"}});
constexpr auto dnskey =
    std::to_array<Part>({{Kind::u16, "flags"}, {Kind::u8, "protocol"}, {Kind::u8, "algorithm"}, {Kind::hex, "key"}});
// RFC 4255 section 3.1
constexpr auto sshfp = std::to_array<Part>({{Kind::u8, "algo"}, {Kind::u8, "type"}, {Kind::hex_colons, "fingerprint"}});
// RFC 6698 section 2.1
constexpr auto tlsa = std::to_array<Part>(
    {{Kind::u8, "usage"}, {Kind::u8, "selector"}, {Kind::u8, "matching_type"}, {Kind::hex, "data"}});
// RFC 9460 section 2.2
constexpr auto svcb =
    std::to_array<Part>({{Kind::u16, "priority"}, {Kind::name, "target"}, {Kind::parameters, "parameters"}});
// RFC 7553 section 4.5
constexpr auto uri = std::to_array<Part>({{Kind::u16, "priority"}, {Kind::u16, "weight"}, {Kind::text, "target"}});
// RFC 8659 section 4.1
constexpr auto caa = std::to_array<Part>({{Kind::u8, "flags"}, {Kind::string, "tag"}, {Kind::text, "value"}});

constexpr auto layouts = std::to_array<DnsLayout>({
    {6, "soa", soa},        {10, "", null_data}, {13, "hinfo", hinfo}, {16, "", txt},        {33, "srv", srv},
    {35, "naptr", naptr},   {43, "ds", ds},      {44, "sshfp", sshfp}, {46, "rrsig", rrsig}, {47, "nsec", nsec},
    {48, "dnskey", dnskey}, {52, "tlsa", tlsa},  {59, "ds", ds},  // CDS, RFC 7344
    {60, "dnskey", dnskey},                                       // CDNSKEY
    {64, "svcb", svcb},     {65, "https", svcb}, {99, "", txt},   // SPF, RFC 4408
    {256, "uri", uri},      {257, "caa", caa},
});
constexpr bool before(const DnsLayout& a, const DnsLayout& b) noexcept { return a.type < b.type; }
static_assert(std::is_sorted(layouts.begin(), layouts.end(), before));

}  // namespace

const DnsLayout* dns_layout(std::uint16_t type) noexcept {
  const auto found = std::lower_bound(layouts.begin(), layouts.end(), DnsLayout{type, {}, {}}, before);
  return found != layouts.end() && found->type == type ? &*found : nullptr;
}

}  // namespace sluice
