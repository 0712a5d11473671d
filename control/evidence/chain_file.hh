// The file of the chain: read line by line, written at its end, one process at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/descriptor.hh"

namespace sluice {

class ChainFile {
 public:
  enum class Use : std::uint8_t { read, write };

  // Made where it is missing and is to be written.
  [[nodiscard]] static tl::expected<ChainFile, std::string> open(const std::string& path, Use use);

  // The next line without its end; nothing behind the last whole one. One that is longer than any may be comes cut.
  [[nodiscard]] tl::expected<std::optional<std::string>, std::string> next();
  // Where that line ended.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  // Bytes behind the last whole line, when next() has given nothing: of a line that was never finished.
  [[nodiscard]] std::uint64_t torn_bytes() const noexcept { return buffer_.size() - used_; }

  // Others wait meanwhile. What they wrote is to be read with next() first.
  [[nodiscard]] tl::expected<void, std::string> lock();
  void unlock() noexcept;
  // Takes away what stands behind position().
  [[nodiscard]] tl::expected<void, std::string> cut_here();
  // Whole lines, at the end, to the disk. After an error nothing of them stands there, as far as the disk lets.
  [[nodiscard]] tl::expected<void, std::string> append(std::string_view lines);

 private:
  ChainFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  [[nodiscard]] tl::unexpected<std::string> failure(const char* what) const;

  Descriptor file_;
  std::string path_;
  std::string buffer_;  // read from position_ - used_ on
  std::size_t used_ = 0;
  std::uint64_t position_ = 0;
};

}  // namespace sluice
