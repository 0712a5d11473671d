#include "control/eve/eve_log.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace sluice {

void EveLog::write(std::string_view line, Clock::time_point now) {
  if (options_.path.empty()) return;
  const auto fits = [&] {
    return buffer_.size() + line.size() < std::min<std::uint64_t>(buffer_limit, options_.rotate_bytes);
  };
  if (!fits()) flush(now);
  if (!buffer_.empty() && !fits()) {
    ++lost_;
    return;
  }
  buffer_.append(line);
  buffer_.push_back('\n');
  ++buffered_;
}

void EveLog::flush(Clock::time_point now) {
  if (buffer_.empty() || (failing_ && now < retry_at_)) return;
  if (size_ > 0 && size_ + buffer_.size() > options_.rotate_bytes && file_.is_open() && !rotate()) return fail(now);
  if (!file_.is_open() && !open()) return fail(now);
  if (!append()) return fail(now);
  if (failing_) fmt::print(stderr, "sluice-control: {}: written again; {} lines were lost\n", options_.path, lost_);
  failing_ = false;
  written_ += buffered_;
  buffered_ = 0;
  buffer_.clear();
}

void EveLog::reopen(Clock::time_point now) {
  flush(now);
  file_ = Descriptor{};
  retry_at_ = {};
  if (!options_.path.empty() && !open()) fail(now);
}

bool EveLog::open() {
  std::error_code ignored;  // open() says what is wrong with the folder
  std::filesystem::create_directories(std::filesystem::path{options_.path}.parent_path(), ignored);
  Descriptor file{::open(options_.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640)};
  struct stat status {};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0) return false;
  file_ = std::move(file);
  size_ = static_cast<std::uint64_t>(status.st_size);
  return true;
}

// FILE.N-1 to FILE.N and so on, FILE to FILE.1: each a rename, so that no reader sees half a file.
bool EveLog::rotate() {
  const auto numbered = [&](std::uint32_t number) { return fmt::format("{}.{}", options_.path, number); };
  if (options_.keep_files == 0) {
    if (::ftruncate(file_.number(), 0) != 0) return false;
    size_ = 0;
    ++rotations_;
    return true;
  }
  for (auto number = options_.keep_files; number > 1; --number)
    if (::rename(numbered(number - 1).c_str(), numbered(number).c_str()) != 0 && errno != ENOENT) return false;
  if (::rename(options_.path.c_str(), numbered(1).c_str()) != 0 && errno != ENOENT) return false;
  file_ = Descriptor{};
  ++rotations_;
  return open();
}

// All of it or nothing: half a line would spoil the file for who reads it by lines.
bool EveLog::append() {
  std::size_t done = 0;
  while (done < buffer_.size()) {
    const auto written = ::write(file_.number(), buffer_.data() + done, buffer_.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const auto error = errno;
      if (done > 0 && ::ftruncate(file_.number(), static_cast<off_t>(size_)) != 0) file_ = Descriptor{};
      errno = error;
      return false;
    }
    done += static_cast<std::size_t>(written);
  }
  size_ += buffer_.size();
  return true;
}

void EveLog::fail(Clock::time_point now) {
  if (!failing_)
    fmt::print(stderr, "sluice-control: {}: {}; events go on, lines that find no room are counted as lost\n",
               options_.path, std::strerror(errno));
  failing_ = true;
  retry_at_ = now + retry_interval;
}

}  // namespace sluice
