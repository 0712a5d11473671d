#include "dataplane/capture/pcap.hh"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "dataplane/capture/capture_fields.hh"

namespace sluice {
namespace {

// Interface index, protocol, packet type and padding follow the usual fields.
constexpr std::size_t modified_record_header_size = pcap_record_header_size + 8;

struct Magic {
  ByteOrder order{};
  std::uint32_t number = 0;
};

std::optional<Magic> magic_of(Bytes id) noexcept {
  for (const auto order : {ByteOrder::little, ByteOrder::big}) {
    const std::uint32_t number = CaptureFields{id, order}.u32();
    if (number == pcap_microseconds_magic || number == pcap_nanoseconds_magic || number == pcap_modified_magic) {
      return Magic{order, number};
    }
  }
  return std::nullopt;
}

}  // namespace

bool PcapReader::recognises(Bytes id) noexcept { return magic_of(id).has_value(); }

PcapReader::Lengths PcapReader::lengths_of(std::uint16_t major, std::uint16_t minor) noexcept {
  // The lengths changed places in version 2.3, and some writers of 2.3 did not know; DG/UX wrote 543.0 in the old way
  // (both as told in libpcap's reader). Every other version is read as 2.4: nothing else in the format ever changed.
  constexpr std::uint16_t dg_ux_major = 543;
  if (major == dg_ux_major || (major == 2 && minor < 3)) return Lengths::wire_first;
  if (major == 2 && minor == 3) return Lengths::smaller_is_captured;
  return Lengths::captured_first;
}

tl::expected<PcapReader, std::string> PcapReader::open(CaptureInput& input) {
  const Bytes header = input.peek(pcap_header_size);
  const auto magic = magic_of(header);
  if (!magic) return tl::unexpected(std::string{"not a pcap file"});
  if (header.size() < pcap_header_size) {
    return tl::unexpected(fmt::format("the pcap header is cut: {} of {} bytes", header.size(), pcap_header_size));
  }
  CaptureFields fields{header, magic->order};
  fields.skip(4);
  const std::uint16_t major = fields.u16();
  const std::uint16_t minor = fields.u16();
  fields.skip(8);  // time zone and accuracy: nobody ever wrote anything but 0

  PcapReader reader;
  reader.lengths_ = lengths_of(major, minor);
  reader.format_.kind = CaptureKind::pcap;
  reader.format_.order = magic->order;
  reader.format_.snap_length = fields.u32();
  reader.format_.link_field = fields.u32();
  reader.format_.resolution = magic->number == pcap_nanoseconds_magic ? nanosecond_resolution : microsecond_resolution;
  if (magic->number == pcap_modified_magic) reader.record_header_size_ = modified_record_header_size;
  CaptureInterface interface;
  interface.link_type = static_cast<std::uint16_t>(reader.format_.link_field);
  interface.snap_length = reader.format_.snap_length;
  interface.clock.resolution = reader.format_.resolution;
  reader.interfaces_.push_back(std::move(interface));
  input.consume(pcap_header_size);
  return reader;
}

CaptureNext PcapReader::next(CaptureInput& input, CapturedPacket& packet, std::string& why) {
  const std::uint64_t at = input.offset();
  const Bytes header = input.peek(record_header_size_);
  if (header.size() < record_header_size_) {
    if (header.empty() && input.failure().empty()) return CaptureNext::end;
    why = fmt::format("ends in the header of the packet at {}: {} of {} bytes", input.place(at), header.size(),
                      record_header_size_);
    return CaptureNext::cut;
  }
  CaptureFields fields{header, format_.order};
  const std::uint64_t seconds = fields.u32();
  const std::uint64_t fraction = fields.u32();
  std::uint32_t captured = fields.u32();
  std::uint32_t wire = fields.u32();
  if (lengths_ == Lengths::wire_first || (lengths_ == Lengths::smaller_is_captured && captured > wire)) {
    std::swap(captured, wire);
  }
  if (captured > captured_bytes_limit) {
    why = fmt::format("damaged at {}: a packet of {} bytes", input.place(at), captured);
    return CaptureNext::cut;
  }
  const Bytes record = input.peek(record_header_size_ + captured);
  if (record.size() < record_header_size_ + captured) {
    why = fmt::format("ends in the packet at {}: {} of {} bytes", input.place(at), record.size(),
                      record_header_size_ + captured);
    return CaptureNext::cut;
  }
  const CaptureInterface& interface = interfaces_.front();
  packet.data = record.subspan(record_header_size_);
  packet.wire_length = wire;
  // A fraction of more than a second (there are such files) carries over.
  packet.time = interface.clock.tick(seconds * decimal_units(format_.resolution) + fraction);
  packet.link_type = interface.link_type;
  packet.interface = 0;
  input.consume(record.size());
  return CaptureNext::packet;
}

}  // namespace sluice
