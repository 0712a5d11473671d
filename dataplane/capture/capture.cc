#include "dataplane/capture/capture.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace sluice {
namespace {

constexpr std::string_view standard_input = "-";
constexpr std::string_view formats_read = "pcap and pcapng files are read, plain or gzip";

// What people mistake for a capture that is read, by its first bytes.
struct OtherFormat {
  std::string_view id;
  std::string_view name;
};
constexpr std::array<OtherFormat, 7> other_formats{{
    {"\x28\xb5\x2f\xfd", "zstd data: unpack it first"},
    {"\xfd\x37zXZ", "xz data: unpack it first"},
    {"BZh", "bzip2 data: unpack it first"},
    {"\x04\x22\x4d\x18", "lz4 data: unpack it first"},
    {"PK\x03\x04", "a zip archive: unpack it first"},
    {"snoop", "a snoop file: convert it with editcap"},
    {"GMBU", "a Network Monitor file: convert it with editcap"},
}};

std::string unrecognised(Bytes start) {
  for (const auto& format : other_formats) {
    if (as_text(start).substr(0, format.id.size()) == format.id) return std::string{format.name};
  }
  std::string shown;
  for (const auto byte : start) shown += fmt::format(" {:02x}", byte);
  return fmt::format("not a capture file: it begins with{}", shown);
}

}  // namespace

tl::expected<CaptureReader, CaptureError> CaptureReader::open(const std::string& path) {
  // A duplicate, so that closing the reader leaves standard input open.
  Descriptor file{path == standard_input ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                         : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file.is_open()) {
    return tl::unexpected(
        CaptureError{fmt::format("{}: cannot be opened: {}", path, std::generic_category().message(errno))});
  }
  return read(std::move(file), path == standard_input ? "standard input" : path);
}

tl::expected<CaptureReader, CaptureError> CaptureReader::read(Descriptor file, const std::string& name) {
  return CaptureInput::open(std::move(file)).and_then(recognise).map_error([&](const std::string& text) {
    return CaptureError{fmt::format("{}: {}", name, text)};
  });
}

tl::expected<CaptureReader, std::string> CaptureReader::recognise(CaptureInput input) {
  constexpr std::size_t shown_bytes = 8;
  const Bytes start = input.peek(shown_bytes);
  if (start.empty()) {
    return tl::unexpected(
        fmt::format("{}; {}", input.failure().empty() ? "an empty file" : input.failure(), formats_read));
  }
  const Bytes id = start.first(std::min<std::size_t>(start.size(), 4));
  if (PcapReader::recognises(id)) {
    auto pcap = PcapReader::open(input);
    if (!pcap) return tl::unexpected(std::move(pcap.error()));
    return CaptureReader{std::move(input), std::move(*pcap)};
  }
  if (PcapngReader::recognises(id)) {
    auto pcapng = PcapngReader::open(input);
    if (!pcapng) return tl::unexpected(std::move(pcapng.error()));
    return CaptureReader{std::move(input), std::move(*pcapng)};
  }
  return tl::unexpected(fmt::format("{}; {}", unrecognised(start), formats_read));
}

CaptureReader::Next CaptureReader::next(CapturedPacket& packet) {
  if (!cut_reason_.empty()) return Next::cut;
  const Next next =
      std::visit([&](auto& container) { return container.next(input_, packet, cut_reason_); }, container_);
  if (next == Next::cut && !input_.failure().empty()) cut_reason_ += fmt::format(" ({})", input_.failure());
  return next;
}

const CaptureFormat& CaptureReader::container() const noexcept {
  return std::visit([](const auto& container) -> const CaptureFormat& { return container.format(); }, container_);
}

const std::vector<CaptureInterface>& CaptureReader::interfaces() const noexcept {
  return std::visit(
      [](const auto& container) -> const std::vector<CaptureInterface>& { return container.interfaces(); }, container_);
}

}  // namespace sluice
