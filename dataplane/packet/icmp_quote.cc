#include "dataplane/packet/icmp_quote.hh"

namespace sluice {
namespace {

// IANA protocol numbers.
constexpr std::uint8_t hop_by_hop = 0, tcp = 6, udp = 17, routing = 43, fragment = 44, authentication = 51;
constexpr std::uint8_t destination_options = 60;

using Result = tl::expected<IcmpQuote, IcmpQuoteError>;

// TCP and UDP begin with their ports; eight bytes of them are quoted at least (RFC 792).
Result with_ports(IcmpQuote quote, Reader reader) noexcept {
  if (quote.protocol != tcp && quote.protocol != udp) return quote;
  quote.source_port = reader.be16();
  quote.destination_port = reader.be16();
  if (!reader.ok()) return tl::unexpected{IcmpQuoteError::truncated};
  return quote;
}

Result quoted_v4(Reader reader) noexcept {  // RFC 791 section 3.1
  IcmpQuote quote;
  const auto first = reader.u8();
  reader.skip(5);
  const auto flags_and_offset = reader.be16();
  reader.skip(1);
  quote.protocol = reader.u8();
  reader.skip(2);
  const auto source = reader.take(4);
  const auto destination = reader.take(4);
  const std::size_t header = std::size_t{4} * (first & 0x0f);
  if (!reader.ok()) return tl::unexpected{IcmpQuoteError::truncated};
  if (first >> 4 != 4 || header < 20) return tl::unexpected{IcmpQuoteError::header};
  constexpr std::uint16_t offset = 0x1fff;
  if ((flags_and_offset & offset) != 0) return tl::unexpected{IcmpQuoteError::fragment};
  reader.skip(header - 20);
  quote.source = Address::v4(source.first<4>());
  quote.destination = Address::v4(destination.first<4>());
  return with_ports(quote, reader);
}

Result quoted_v6(Reader reader) noexcept {  // RFC 8200 sections 3 and 4
  IcmpQuote quote;
  const auto first = reader.u8();
  reader.skip(5);
  quote.protocol = reader.u8();
  reader.skip(1);
  const auto source = reader.take(16);
  const auto destination = reader.take(16);
  if (!reader.ok()) return tl::unexpected{IcmpQuoteError::truncated};
  if (first >> 4 != 6) return tl::unexpected{IcmpQuoteError::header};
  quote.source = Address::v6(source.first<16>());
  quote.destination = Address::v6(destination.first<16>());
  for (int headers = 0;; ++headers) {
    const auto kind = quote.protocol;
    if (kind != hop_by_hop && kind != routing && kind != fragment && kind != authentication &&
        kind != destination_options)
      return with_ports(quote, reader);
    if (headers == icmp_quote_headers_limit) return tl::unexpected{IcmpQuoteError::header};
    quote.protocol = reader.u8();
    const std::size_t length = reader.u8();
    const auto offset = reader.be16() >> 3;
    reader.skip(kind == fragment ? 4 : kind == authentication ? 4 * length + 4 : 8 * length + 4);
    if (!reader.ok()) return tl::unexpected{IcmpQuoteError::truncated};
    if (kind == fragment && offset != 0) return tl::unexpected{IcmpQuoteError::fragment};
  }
}

}  // namespace

bool is_icmp_error(Bytes message, bool is_v6) noexcept {
  if (message.empty()) return false;
  const auto type = message[0];
  if (is_v6) return type >= 1 && type <= 4;
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

Result parse_icmp_quote(Bytes message, bool is_v6) noexcept {
  Reader reader{message};
  reader.skip(8);
  return is_v6 ? quoted_v6(reader) : quoted_v4(reader);
}

}  // namespace sluice
