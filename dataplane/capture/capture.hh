// A capture file, packet by packet: pcap or pcapng, plain or gzip, whole or cut.
//
// Not libpcap: it refuses a pcapng file whose interfaces have different link types, and does not say which interface
// a packet came from.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "dataplane/capture/capture_input.hh"
#include "dataplane/capture/capture_packet.hh"
#include "dataplane/capture/pcap.hh"
#include "dataplane/capture/pcapng.hh"

namespace sluice {

class CaptureReader {
 public:
  using Next = CaptureNext;

  // "-" is standard input. An error where not one packet can be had: no such file, not a capture, an empty file, a cut
  // header. A file with a good header and no packets is fine.
  [[nodiscard]] static tl::expected<CaptureReader, CaptureError> open(const std::string& path);
  // `name` stands in messages.
  [[nodiscard]] static tl::expected<CaptureReader, CaptureError> read(Descriptor file, const std::string& name);

  // The packet's data stays valid until the next call. After `end` or `cut` every call gives the same.
  [[nodiscard]] Next next(CapturedPacket& packet);
  // What is wrong and at which byte; empty unless next() gave `cut`.
  [[nodiscard]] const std::string& cut_reason() const noexcept { return cut_reason_; }

  [[nodiscard]] const CaptureFormat& container() const noexcept;
  // Those known so far: pcapng files declare them as they go. The reference is good until the next call of next().
  [[nodiscard]] const std::vector<CaptureInterface>& interfaces() const noexcept;

  // For a progress bar, in bytes of the file as it lies on disk; size 0 where it is a pipe.
  [[nodiscard]] std::uint64_t position() const noexcept { return input_.position(); }
  [[nodiscard]] std::uint64_t size() const noexcept { return input_.size(); }

 private:
  using Container = std::variant<PcapReader, PcapngReader>;

  CaptureReader(CaptureInput input, Container container) noexcept
      : input_(std::move(input)), container_(std::move(container)) {}
  // The error is a text without a path.
  [[nodiscard]] static tl::expected<CaptureReader, std::string> recognise(CaptureInput input);

  CaptureInput input_;
  Container container_;
  std::string cut_reason_;
};

}  // namespace sluice
