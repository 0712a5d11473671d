#include "dataplane/dns/dns_name.hh"

#include "dataplane/dns/dns_text.hh"

namespace sluice {
namespace {

// RFC 1035 section 4.1.4: the two high bits of a length octet; 01 and 10 are reserved.
constexpr std::uint8_t label_type = 0xc0;
constexpr std::uint8_t pointer = 0xc0;

}  // namespace

tl::expected<std::size_t, DnsError> DnsName::read(Bytes message, std::size_t offset) noexcept {
  size_ = 0;
  DnsText text{text_};
  Reader reader{message};
  reader.skip(offset);
  std::size_t end = 0;  // of the name in place; known from its first pointer on
  std::size_t pointers = 0;
  std::size_t wire_size = 0;
  for (;;) {
    const auto length = reader.u8();
    if (!reader.ok()) return tl::unexpected{DnsError::need_more};
    if ((length & label_type) == pointer) {
      const std::size_t target = static_cast<std::size_t>(length & ~label_type) << 8 | reader.u8();
      if (!reader.ok()) return tl::unexpected{DnsError::need_more};
      if (end == 0) end = message.size() - reader.left();
      // Forwards too: RFC 1035 says "prior", servers follow any; the two limits end a loop.
      if (++pointers > dns_pointer_limit) return tl::unexpected{DnsError::bad_pointer};
      reader = Reader{message};
      reader.skip(target);
      continue;
    }
    if ((length & label_type) != 0) return tl::unexpected{DnsError::bad_label};
    wire_size += 1U + length;
    if (wire_size > dns_name_wire_limit) return tl::unexpected{DnsError::name_too_long};
    if (length == 0) break;
    const auto label = reader.take(length);
    if (!reader.ok()) return tl::unexpected{DnsError::need_more};
    if (!text.view().empty()) text.put('.');
    text.label(label);
  }
  size_ = static_cast<std::uint16_t>(text.view().size());
  return end != 0 ? end : message.size() - reader.left();
}

}  // namespace sluice
