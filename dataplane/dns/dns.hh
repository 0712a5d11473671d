// DNS messages (RFC 1035, 3596, 6891, 9460) in one UDP datagram, or in a TCP stream behind a length of two bytes.
// mDNS, LLMNR and NetBIOS name service share the form; the port tells them apart. Views point into the message.
//
// A message that ends early (TC bit, cut capture) yields what stands before the cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"
#include "dataplane/dns/dns_error.hh"
#include "dataplane/dns/dns_name.hh"
#include "dataplane/dns/dns_registry.hh"

namespace sluice {

constexpr std::uint16_t dns_port = 53;  // UDP and TCP, RFC 1035 section 4.2

constexpr std::size_t dns_header_size = 12;
// Questions and records read of one message; a message of 64 KiB could hold thousands.
constexpr std::size_t dns_record_limit = 512;

// Types whose data is one value, or named in code (RFC 1035 section 3.2.2, RFC 3596, 9460); others: dns_layout.hh.
enum class DnsType : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  ptr = 12,
  mx = 15,
  aaaa = 28,
  dname = 39,
  svcb = 64,
  https = 65,
};

// RFC 1035 section 4.1.1
struct DnsHeader {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  std::uint16_t questions = 0;
  std::uint16_t answers = 0;
  std::uint16_t authorities = 0;
  std::uint16_t additionals = 0;

  [[nodiscard]] bool response() const noexcept { return (flags & 0x8000) != 0; }
  [[nodiscard]] unsigned opcode() const noexcept { return flags >> 11 & 0xf; }
  [[nodiscard]] bool truncated() const noexcept { return (flags & 0x0200) != 0; }
  // Without the eight bits that an OPT record adds (RFC 6891 section 6.1.3).
  [[nodiscard]] std::uint16_t rcode() const noexcept { return flags & 0xf; }
};

struct DnsQuestion {
  DnsName name;
  std::uint16_t type = 0;
  std::uint16_t cls = 0;  // the class; mDNS puts a flag into its highest bit (RFC 6762 section 5.4)
};

enum class DnsSection : std::uint8_t { answer, authority, additional };

struct DnsRecord {
  DnsSection section{};
  DnsName name;
  std::uint16_t type = 0;
  std::uint16_t cls = 0;
  std::uint32_t ttl = 0;  // seconds
  Bytes rdata;
  std::size_t rdata_offset = 0;  // in the message, for names in it
};

// need_more where the message is shorter than a header.
[[nodiscard]] tl::expected<DnsHeader, DnsError> parse_dns_header(Bytes message) noexcept;

// Walks a message once, front to back.
class DnsMessage {
 public:
  DnsMessage(const DnsHeader& header, Bytes message) noexcept;

  [[nodiscard]] const DnsHeader& header() const noexcept { return header_; }
  [[nodiscard]] Bytes bytes() const noexcept { return message_; }

  // False after the last question, or where the message is damaged or ends: error() tells which.
  [[nodiscard]] bool next_question(DnsQuestion& question) noexcept;
  // The same for records; questions that were not read yet are passed over.
  [[nodiscard]] bool next_record(DnsRecord& record) noexcept;
  // Why reading stopped before the counts of the header were reached; nothing while all is well.
  [[nodiscard]] std::optional<DnsError> error() const noexcept { return error_; }

 private:
  bool stop(DnsError error) noexcept;
  bool enter_section() noexcept;

  DnsHeader header_;
  Bytes message_;
  std::size_t at_ = dns_header_size;
  std::size_t read_ = 0;  // questions and records so far
  std::uint16_t questions_left_ = 0;
  std::uint16_t records_left_ = 0;  // in section_
  DnsSection section_ = DnsSection::answer;
  std::optional<DnsError> error_;
};

// Opens a message; need_more where it is shorter than its header.
[[nodiscard]] tl::expected<DnsMessage, DnsError> parse_dns(Bytes message) noexcept;

// The data of a record as EVE has it: A and AAAA as address text (RFC 5952); of CNAME, DNAME, NS, PTR and MX the
// name, "." for the root. Written to `out`, cut at its end; empty for other types and for data that does not fit its
// type. Names are escaped as in dns_text.hh.
[[nodiscard]] std::string_view format_rdata(const DnsMessage& message, const DnsRecord& record,
                                            std::span<char> out) noexcept;

// Whether a datagram is DNS: opcode 0 to 5, at most 32 questions, the first question (or record, where there is no
// question) reads well and has a known class; responses of a bare header are DNS when they refuse. Strict enough for
// any port; the Z bits may be anything. `maybe` = the datagram ends inside that first question or record.
[[nodiscard]] Probe probe_dns(Bytes datagram) noexcept;

// The same for a TCP stream (RFC 1035 section 4.2.2): the first message behind its length.
[[nodiscard]] Probe probe_dns_tcp(Bytes stream) noexcept;

// The first message of a TCP stream without its length; the next one begins 2 + size() bytes into the stream.
// need_more until it is complete: what is there of it can be read as a cut message, stream.subspan(2).
// not_this: a length that leaves no room for a header.
[[nodiscard]] tl::expected<Bytes, DnsError> dns_tcp_message(Bytes stream) noexcept;

}  // namespace sluice
