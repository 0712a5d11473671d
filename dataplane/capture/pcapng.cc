#include "dataplane/capture/pcapng.hh"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t block_head_size = 8;      // type and length
constexpr std::size_t block_tail_size = 4;      // the length again
constexpr std::size_t section_head_size = 12;   // to the byte-order magic
constexpr std::size_t section_block_size = 28;  // the least: with version and section length
constexpr std::string_view cut_fault = "the file ends in it";

bool holds_packet(std::uint32_t type) noexcept {
  return type == pcapng_block::packet || type == pcapng_block::simple_packet || type == pcapng_block::enhanced_packet;
}

std::string length_fault(std::uint32_t length) { return fmt::format("a block of {} bytes", length); }

}  // namespace

bool PcapngReader::recognises(Bytes id) noexcept { return Reader{id}.be32() == pcapng_block::section_header; }

tl::expected<PcapngReader, std::string> PcapngReader::open(CaptureInput& input) {
  PcapngReader reader;
  if (const Fault fault = reader.start_section(input); !fault.empty()) {
    return tl::unexpected(fmt::format("the pcapng section header is unusable: {}", fault));
  }
  reader.format_.kind = CaptureKind::pcapng;
  reader.format_.order = reader.order_;
  return reader;
}

CaptureNext PcapngReader::next(CaptureInput& input, CapturedPacket& packet, std::string& why) {
  bool found = false;
  while (!found) {
    const std::uint64_t at = input.offset();
    if (input.peek(1).empty() && input.failure().empty()) return CaptureNext::end;
    if (const Fault fault = block(input, packet, found); !fault.empty()) {
      why = fmt::format("stops at the block at {}: {}", input.place(at), fault);
      return CaptureNext::cut;
    }
  }
  return CaptureNext::packet;
}

// Section 3.1: type, total length, body, total length.
PcapngReader::Fault PcapngReader::block(CaptureInput& input, CapturedPacket& packet, bool& found) {
  CaptureFields head{input.peek(block_head_size), order_};
  const std::uint32_t type = head.u32();
  const std::uint32_t length = head.u32();
  if (!head.ok()) return Fault{cut_fault};
  if (type == pcapng_block::section_header) return start_section(input);
  if (length < pcapng_frame_size) return length_fault(length);
  if (!holds_packet(type) && type != pcapng_block::interface_description) return skip_block(input, length);
  if (length > pcapng_block_limit) return length_fault(length);

  const Bytes whole = input.peek(length);
  if (whole.size() < length) return Fault{cut_fault};
  if (CaptureFields{whole.last(block_tail_size), order_}.u32() != length) return "its two lengths differ";
  const Bytes body = whole.subspan(block_head_size, length - pcapng_frame_size);
  Fault fault;
  if (type == pcapng_block::interface_description) {
    fault = interface_block(body);
  } else {
    fault = type == pcapng_block::simple_packet ? simple_packet_block(body, packet) : packet_block(type, body, packet);
    found = fault.empty();
  }
  if (fault.empty()) input.consume(length);
  return fault;
}

// What is not looked into may be of any length; it is never held.
PcapngReader::Fault PcapngReader::skip_block(CaptureInput& input, std::uint64_t length) const {
  if (!input.skip(length - block_tail_size)) return Fault{cut_fault};
  CaptureFields tail{input.peek(block_tail_size), order_};
  const std::uint32_t again = tail.u32();
  if (!tail.ok()) return Fault{cut_fault};
  if (again != length) return "its two lengths differ";
  input.consume(block_tail_size);
  return {};
}

// Section 4.1. The section's length is not needed, since blocks are walked; its version is not asked, since every
// version so far frames blocks in the same way.
PcapngReader::Fault PcapngReader::start_section(CaptureInput& input) {
  const Bytes head = input.peek(section_head_size);
  if (head.size() < section_head_size) return Fault{cut_fault};
  const Bytes magic = head.last(4);
  if (CaptureFields{magic, ByteOrder::little}.u32() == pcapng_byte_order_magic) {
    order_ = ByteOrder::little;
  } else if (CaptureFields{magic, ByteOrder::big}.u32() == pcapng_byte_order_magic) {
    order_ = ByteOrder::big;
  } else {
    return "no byte order";
  }
  const std::uint32_t length = CaptureFields{head.subspan(4, 4), order_}.u32();
  if (length < section_block_size) return length_fault(length);
  section_first_ = interfaces_.size();
  return skip_block(input, length);
}

// Section 4.2.
PcapngReader::Fault PcapngReader::interface_block(Bytes body) {
  if (interfaces_.size() == pcapng_interface_limit) {
    return fmt::format("more than {} interfaces", pcapng_interface_limit);
  }
  CaptureFields fields{body, order_};
  CaptureInterface interface;
  interface.link_type = fields.u16();
  fields.skip(2);  // reserved
  interface.snap_length = fields.u32();
  if (!fields.ok()) return "an interface block that is too short";
  interface_options(fields, interface);
  interfaces_.push_back(std::move(interface));
  return {};
}

// Section 3.5: code, length, value padded to 32 bits. Options that leave the block end the list, and no more: packets
// can be read without them.
void PcapngReader::interface_options(CaptureFields& fields, CaptureInterface& interface) const {
  while (fields.left() > 0) {
    const std::uint16_t code = fields.u16();
    const std::size_t length = fields.u16();
    const Bytes value = fields.take(length);
    if (!fields.ok() || code == pcapng_option::end) return;
    if (code == pcapng_option::name) {
      interface.name = as_text(value.first(std::min(length, pcapng_interface_name_limit)));
    } else if (code == pcapng_option::time_resolution && length == 1) {
      interface.clock.resolution = value.front();
    } else if (code == pcapng_option::time_offset && length == 8) {
      interface.clock.offset_seconds = static_cast<std::int64_t>(CaptureFields{value, order_}.u64());
    }
    fields.skip((pcapng_padding - length % pcapng_padding) % pcapng_padding);
  }
}

PcapngReader::Fault PcapngReader::attribute(std::uint32_t interface, CapturedPacket& packet) const {
  if (interface >= interfaces_.size() - section_first_) return fmt::format("no interface {}", interface);
  packet.interface = static_cast<std::uint32_t>(section_first_ + interface);
  packet.link_type = interfaces_[packet.interface].link_type;
  return {};
}

// Section 4.3, and appendix A for the obsolete block, which has a drop count in half of the interface field.
PcapngReader::Fault PcapngReader::packet_block(std::uint32_t type, Bytes body, CapturedPacket& packet) {
  CaptureFields fields{body, order_};
  std::uint32_t interface = 0;
  if (type == pcapng_block::packet) {
    interface = fields.u16();
    fields.skip(2);
  } else {
    interface = fields.u32();
  }
  const std::uint64_t high = fields.u32();
  const std::uint64_t stamp = high << 32U | fields.u32();
  const std::uint32_t captured = fields.u32();
  packet.wire_length = fields.u32();
  packet.data = fields.take(captured);
  if (!fields.ok() || captured > captured_bytes_limit) return fmt::format("a packet of {} bytes", captured);
  if (Fault fault = attribute(interface, packet); !fault.empty()) return fault;
  packet.time = last_time_ = interfaces_[packet.interface].clock.tick(stamp);
  return {};
}

// Section 4.4: always of interface 0, cut at its snap length, and without a time: it gets that of the packet before it,
// so that the capture's clock stands still instead of falling back to 1970.
PcapngReader::Fault PcapngReader::simple_packet_block(Bytes body, CapturedPacket& packet) {
  if (Fault fault = attribute(0, packet); !fault.empty()) return fault;
  CaptureFields fields{body, order_};
  packet.wire_length = fields.u32();
  const std::uint32_t snap_length = interfaces_[packet.interface].snap_length;
  const std::uint32_t captured = snap_length == 0 ? packet.wire_length : std::min(snap_length, packet.wire_length);
  packet.data = fields.take(captured);
  if (!fields.ok() || captured > captured_bytes_limit) return fmt::format("a packet of {} bytes", captured);
  packet.time = last_time_;
  return {};
}

}  // namespace sluice
