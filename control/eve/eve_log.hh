// The file of EVE lines that the control plane keeps: rotated by size, opened anew on request, and never in the way. A
// disk that is full costs lines, which are counted, and nothing else.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/base/descriptor.hh"

namespace sluice {

struct EveLogOptions {
  std::string path;  // empty: nothing is written
  std::uint64_t rotate_bytes = 0;
  std::uint32_t keep_files = 0;  // FILE.1 (the newest) to FILE.N; 0: at its size the file starts over
};

class EveLog {
 public:
  using Clock = std::chrono::steady_clock;
  // Lines wait in memory up to this size (or rotate_bytes, where that is less), then they are written; flush() writes
  // them earlier.
  static constexpr std::size_t buffer_limit = std::size_t{256} * 1024;  // bytes
  // After a failure the file is tried again at this interval.
  static constexpr auto retry_interval = std::chrono::seconds{1};

  explicit EveLog(EveLogOptions options) : options_(std::move(options)) {}
  ~EveLog() { flush(Clock::now()); }
  EveLog(const EveLog&) = delete;
  EveLog& operator=(const EveLog&) = delete;

  // One line, without its line end.
  void write(std::string_view line, Clock::time_point now);
  // What waits goes to the file. The first failure of a row, and its end, are told on standard error.
  void flush(Clock::time_point now);
  // The file has been moved away by somebody else: go on in a new one.
  void reopen(Clock::time_point now);

  [[nodiscard]] const std::string& path() const noexcept { return options_.path; }
  [[nodiscard]] std::uint64_t written() const noexcept { return written_; }      // lines
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }            // lines
  [[nodiscard]] std::uint64_t rotations() const noexcept { return rotations_; }  // files
  [[nodiscard]] bool is_failing() const noexcept { return failing_; }

 private:
  [[nodiscard]] bool open();
  [[nodiscard]] bool rotate();
  [[nodiscard]] bool append();
  void fail(Clock::time_point now);

  EveLogOptions options_;
  Descriptor file_;
  std::uint64_t size_ = 0;  // bytes in the file
  std::string buffer_;
  std::uint64_t buffered_ = 0;  // lines
  std::uint64_t written_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t rotations_ = 0;
  bool failing_ = false;
  Clock::time_point retry_at_{};
};

}  // namespace sluice
