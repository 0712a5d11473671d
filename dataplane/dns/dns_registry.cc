#include "dataplane/dns/dns_registry.hh"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace sluice {
namespace {

struct Entry {
  std::uint16_t number;
  std::string_view name;
};

constexpr auto types = std::to_array<Entry>({
    {1, "A"},      {2, "NS"},      {3, "MD"},          {4, "MF"},     {5, "CNAME"},     {6, "SOA"},
    {7, "MB"},     {8, "MG"},      {9, "MR"},          {10, "NULL"},  {11, "WKS"},      {12, "PTR"},
    {13, "HINFO"}, {14, "MINFO"},  {15, "MX"},         {16, "TXT"},   {17, "RP"},       {18, "AFSDB"},
    {19, "X25"},   {20, "ISDN"},   {21, "RT"},         {22, "NSAP"},  {23, "NSAP-PTR"}, {24, "SIG"},
    {25, "KEY"},   {26, "PX"},     {27, "GPOS"},       {28, "AAAA"},  {29, "LOC"},      {30, "NXT"},
    {31, "EID"},   {32, "NIMLOC"}, {33, "SRV"},        {34, "ATMA"},  {35, "NAPTR"},    {36, "KX"},
    {37, "CERT"},  {38, "A6"},     {39, "DNAME"},      {40, "SINK"},  {41, "OPT"},      {42, "APL"},
    {43, "DS"},    {44, "SSHFP"},  {45, "IPSECKEY"},   {46, "RRSIG"}, {47, "NSEC"},     {48, "DNSKEY"},
    {49, "DHCID"}, {50, "NSEC3"},  {51, "NSEC3PARAM"}, {52, "TLSA"},  {53, "SMIMEA"},   {55, "HIP"},
    {56, "NINFO"}, {57, "RKEY"},   {58, "TALINK"},     {59, "CDS"},   {60, "CDNSKEY"},  {61, "OPENPGPKEY"},
    {62, "CSYNC"}, {63, "ZONEMD"}, {64, "SVCB"},       {65, "HTTPS"}, {99, "SPF"},      {100, "UINFO"},
    {101, "UID"},  {102, "GID"},   {103, "UNSPEC"},    {104, "NID"},  {105, "L32"},     {106, "L64"},
    {107, "LP"},   {108, "EUI48"}, {109, "EUI64"},     {249, "TKEY"}, {250, "TSIG"},    {251, "IXFR"},
    {252, "AXFR"}, {253, "MAILB"}, {254, "MAILA"},     {255, "ANY"},  {256, "URI"},     {257, "CAA"},
    {258, "AVC"},  {259, "DOA"},   {260, "AMTRELAY"},  {32768, "TA"}, {32769, "DLV"},
});
static_assert(std::is_sorted(types.begin(), types.end(),
                             [](const Entry& a, const Entry& b) { return a.number < b.number; }));

// RFC 1035 section 4.1.1, RFC 2136 section 2.2, RFC 8490 section 10.2, RFC 6891 section 9, RFC 8945 section 3,
// RFC 2930 section 2.6, RFC 7873 section 8; 12 to 15 are unassigned.
constexpr std::array<std::string_view, 24> rcodes{
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",  "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
    "NXRRSET", "NOTAUTH", "NOTZONE",  "DSOTYPENI", "",        "",        "",         "",
    "BADVERS", "BADKEY",  "BADTIME",  "BADMODE",   "BADNAME", "BADALG",  "BADTRUNC", "BADCOOKIE",
};

std::string_view numbered(std::string_view word, std::uint16_t number, DnsNumberText& buffer) noexcept {
  const auto digits = std::copy(word.begin(), word.end(), buffer.data());
  const auto result = std::to_chars(digits, buffer.data() + buffer.size(), number);
  return {buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data())};
}

}  // namespace

std::string_view dns_type_name(std::uint16_t type, DnsNumberText& buffer) noexcept {
  const auto found = std::lower_bound(types.begin(), types.end(), type,
                                      [](const Entry& entry, std::uint16_t number) { return entry.number < number; });
  return found != types.end() && found->number == type ? found->name : numbered("TYPE", type, buffer);
}

std::string_view dns_rcode_name(std::uint16_t rcode, DnsNumberText& buffer) noexcept {
  if (rcode < rcodes.size() && !rcodes[rcode].empty()) return rcodes[rcode];
  return numbered("RCODE", rcode, buffer);
}

}  // namespace sluice
