#include "dataplane/capture/capture_writer.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/endian/conversion.hpp>
#include <cerrno>
#include <limits>
#include <string_view>
#include <system_error>

#include "dataplane/capture/pcap.hh"
#include "dataplane/capture/pcapng.hh"

namespace sluice {
namespace {

constexpr std::size_t buffer_size = std::size_t{1} << 20U;
constexpr std::string_view pcapng_suffix = ".pcapng";
// People's traffic: readable by nobody else unless its owner says so.
constexpr mode_t file_mode = S_IRUSR | S_IWUSR;

std::size_t padded(std::size_t size) noexcept { return (size + pcapng_padding - 1) / pcapng_padding * pcapng_padding; }

CaptureError file_error(const std::string& path, std::string_view what, int error) {
  return {fmt::format("{}: {}: {}", path, what, std::generic_category().message(error))};
}

bool same_file(const std::string& one, const std::string& other) noexcept {
  struct stat first {};
  struct stat second {};
  return ::stat(one.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 && S_ISREG(first.st_mode) &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace

CaptureWriter::CaptureWriter(Descriptor file, const std::string& path, const CaptureFormat& format)
    : file_(std::move(file)), path_(path), format_(format) {
  buffer_.reserve(buffer_size);
}

tl::expected<CaptureWriter, CaptureError> CaptureWriter::open(const std::string& path, const CaptureFormat& format,
                                                              std::span<const std::string> inputs) {
  if (std::ranges::any_of(inputs, [&](const auto& input) { return same_file(path, input); })) {
    return tl::unexpected(CaptureError{fmt::format("{}: is an input, and would be overwritten: name another", path)});
  }
  Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, file_mode)};
  if (!file.is_open()) return tl::unexpected(file_error(path, "cannot be created", errno));
  CaptureWriter writer{std::move(file), path, format};
  if (path.ends_with(pcapng_suffix)) writer.format_.kind = CaptureKind::pcapng;
  writer.put_file_header();
  return writer;
}

tl::expected<void, CaptureError> CaptureWriter::write(const CapturedPacket& packet, const CaptureInterface& interface) {
  if (format_.kind == CaptureKind::pcapng) {
    put_block(packet, interface_of(packet, interface));
  } else if (packet.link_type == static_cast<std::uint16_t>(format_.link_field)) {
    put_record(packet);
  } else {
    return tl::unexpected(CaptureError{
        fmt::format("{}: a pcap file holds one link type, this one {}; a packet has {}: name a .pcapng file, which "
                    "holds several",
                    path_, format_.link_field & 0xffffU, packet.link_type)});
  }
  if (buffer_.size() >= buffer_size) flush();
  return outcome();
}

tl::expected<void, CaptureError> CaptureWriter::close() {
  flush();
  const int error = file_.close();
  if (error_ == 0) error_ = error;
  return outcome();
}

tl::expected<void, CaptureError> CaptureWriter::outcome() const {
  if (error_ == 0) return {};
  return tl::unexpected(file_error(path_, "cannot be written", error_));
}

void CaptureWriter::flush() {
  Bytes rest{buffer_};
  while (error_ == 0 && !rest.empty()) {
    const ssize_t count = ::write(file_.number(), rest.data(), rest.size());
    if (count >= 0) {
      rest = rest.subspan(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

void CaptureWriter::put(std::unsigned_integral auto value) {
  const auto ordered =
      format_.order == ByteOrder::big ? boost::endian::native_to_big(value) : boost::endian::native_to_little(value);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&ordered);
  buffer_.insert(buffer_.end(), bytes, bytes + sizeof ordered);
}

void CaptureWriter::put_padded(Bytes bytes) {
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  buffer_.resize(buffer_.size() + padded(bytes.size()) - bytes.size());
}

void CaptureWriter::put_file_header() {
  if (format_.kind == CaptureKind::pcap) {
    put(format_.resolution == nanosecond_resolution ? pcap_nanoseconds_magic : pcap_microseconds_magic);
    put(std::uint16_t{2});  // version 2.4
    put(std::uint16_t{4});
    put(std::uint64_t{0});  // time zone, accuracy
    put(format_.snap_length);
    put(format_.link_field);
    return;
  }
  constexpr std::uint32_t length = 28;
  put(pcapng_block::section_header);
  put(length);
  put(pcapng_byte_order_magic);
  put(std::uint16_t{1});  // version 1.0
  put(std::uint16_t{0});
  put(std::numeric_limits<std::uint64_t>::max());  // length of the section: not given
  put(length);
}

void CaptureWriter::put_record(const CapturedPacket& packet) {
  constexpr std::uint64_t last_second = std::numeric_limits<std::uint32_t>::max();
  const std::uint64_t units = decimal_units(format_.resolution);
  const std::uint64_t stamp = std::min(capture_stamp(packet.time, format_.resolution), last_second * units + units - 1);
  put(static_cast<std::uint32_t>(stamp / units));
  put(static_cast<std::uint32_t>(stamp % units));
  put(static_cast<std::uint32_t>(packet.data.size()));
  put(packet.wire_length);
  buffer_.insert(buffer_.end(), packet.data.begin(), packet.data.end());
}

std::uint32_t CaptureWriter::interface_of(const CapturedPacket& packet, const CaptureInterface& interface) {
  if (packet.interface >= written_as_.size()) written_as_.resize(std::size_t{packet.interface} + 1);
  auto& number = written_as_[packet.interface];
  if (!number) {
    number = static_cast<std::uint32_t>(resolutions_.size());
    resolutions_.push_back(interface.clock.written_resolution());
    put_interface(interface, resolutions_.back());
  }
  return *number;
}

void CaptureWriter::put_interface(const CaptureInterface& interface, std::uint8_t resolution) {
  constexpr std::size_t fixed = pcapng_frame_size + 8;
  constexpr std::size_t option_head = 4;
  const Bytes name = as_bytes(interface.name);
  std::size_t options = option_head + padded(sizeof resolution) + option_head;  // resolution, end
  if (!name.empty()) options += option_head + padded(name.size());
  const auto length = static_cast<std::uint32_t>(fixed + options);

  put(pcapng_block::interface_description);
  put(length);
  put(interface.link_type);
  put(std::uint16_t{0});
  put(interface.snap_length);
  if (!name.empty()) {
    put(pcapng_option::name);
    put(static_cast<std::uint16_t>(name.size()));
    put_padded(name);
  }
  put(pcapng_option::time_resolution);
  put(static_cast<std::uint16_t>(sizeof resolution));
  put_padded(Bytes{&resolution, 1});
  put(pcapng_option::end);
  put(std::uint16_t{0});
  put(length);
}

void CaptureWriter::put_block(const CapturedPacket& packet, std::uint32_t interface) {
  constexpr std::size_t fixed = pcapng_frame_size + 20;
  const auto length = static_cast<std::uint32_t>(fixed + padded(packet.data.size()));
  const std::uint64_t stamp = capture_stamp(packet.time, resolutions_[interface]);
  put(pcapng_block::enhanced_packet);
  put(length);
  put(interface);
  put(static_cast<std::uint32_t>(stamp >> 32U));
  put(static_cast<std::uint32_t>(stamp));
  put(static_cast<std::uint32_t>(packet.data.size()));
  put(packet.wire_length);
  put_padded(packet.data);
  put(length);
}

}  // namespace sluice
