#include "rules/databases/database_cache.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "rules/databases/hyperscan_platform.hh"
#include "rules/databases/memory_file.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view entry_ending = ".databases";
constexpr std::string_view unfinished = "unfinished-";
// What a process that died left behind is removed after this time; a live one writes for less than a second.
constexpr auto unfinished_lifetime = std::chrono::hours{1};

// All that an entry depends on, in one name.
std::string entry_name(std::string_view prefilter_digest, std::string_view platform) {
  Sha256 sum;
  sum.add(prefilter_digest);
  sum.add(platform);
  return sum.hex() + std::string{entry_ending};
}

// Owned by this user, and writable by no other: neither the file's content nor the directory's names are theirs.
bool is_own(const struct stat& status) {
  return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// Closes at the end of its scope.
struct OpenFile {
  explicit OpenFile(int number) : descriptor{number} {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor >= 0) ::close(descriptor);
  }
  int descriptor;
};

bool write_whole(int descriptor, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

// Empty where the directory is there and this user's own.
std::string make_directory(const std::string& directory) {
  std::error_code error;
  if (!fs::exists(directory, error)) {
    fs::create_directories(fs::path{directory}.parent_path(), error);
    if (::mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) return std::strerror(errno);
  }
  struct stat status {};
  if (::lstat(directory.c_str(), &status) != 0) return std::strerror(errno);
  if (!S_ISDIR(status.st_mode)) return "it is not a directory";
  if (!is_own(status)) return "another user owns it or may write to it; make it this user's own, mode 0700";
  return {};
}

}  // namespace

DatabaseCache::DatabaseCache(std::string directory, std::uint64_t byte_limit)
    : directory_{std::move(directory)}, byte_limit_{byte_limit} {
  while (directory_.size() > 1 && directory_.back() == '/') directory_.pop_back();
}

std::optional<Databases> DatabaseCache::find(std::string_view prefilter_digest) {
  const auto platform = hyperscan_platform();
  const auto path = directory_ + '/' + entry_name(prefilter_digest, platform);
  struct stat directory {};
  if (::lstat(directory_.c_str(), &directory) != 0 || !S_ISDIR(directory.st_mode) || !is_own(directory)) {
    ++counters_.misses;
    return std::nullopt;
  }
  const OpenFile file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (file.descriptor < 0 && errno != ELOOP) {
    ++counters_.misses;
    return std::nullopt;
  }
  struct stat status {};
  if (file.descriptor >= 0 && ::fstat(file.descriptor, &status) == 0 && is_own(status)) {
    if (const auto bytes = read_whole(file.descriptor, databases_file_limit)) {
      auto databases = read_databases(*bytes);
      if (databases && databases->prefilter_digest == prefilter_digest && databases->platform == platform) {
        ++counters_.hits;
        static_cast<void>(::futimens(file.descriptor, nullptr));  // used now; without it, it is evicted earlier
        return std::move(*databases);
      }
    }
  }
  ++counters_.damaged;
  ++counters_.misses;
  ::unlink(path.c_str());
  return std::nullopt;
}

void DatabaseCache::store(const Databases& databases) {
  const auto bytes = write_databases(databases);
  if (bytes.size() > byte_limit_)
    return not_kept(fmt::format("{} bytes, and the limit of the cache is {}", bytes.size(), byte_limit_));
  if (const auto why = make_directory(directory_); !why.empty()) return not_kept(why);
  auto temporary = directory_ + '/' + std::string{unfinished} + "XXXXXX";
  {
    const OpenFile file{::mkostemp(temporary.data(), O_CLOEXEC)};  // mode 0600
    if (file.descriptor < 0) return not_kept(std::strerror(errno));
    if (!write_whole(file.descriptor, bytes)) {
      const int error = errno;
      ::unlink(temporary.c_str());
      return not_kept(std::strerror(error));
    }
  }
  const auto path = directory_ + '/' + entry_name(databases.prefilter_digest, databases.platform);
  // No fsync: what a power cut leaves half written is found by its sum, and compiled anew.
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return not_kept(std::strerror(error));
  }
  ++counters_.stored;
  evict();
}

// The entry just written is the youngest and fits by itself: it stays.
void DatabaseCache::evict() {
  struct Entry {
    fs::path path;
    fs::file_time_type used;
    std::uint64_t size;
  };
  std::vector<Entry> entries;
  std::uint64_t sum = 0;
  std::error_code error;
  for (fs::directory_iterator each{directory_, error}, end; !error && each != end; each.increment(error)) {
    std::error_code gone;  // another process may be at the same
    const auto name = each->path().filename().string();
    const Entry entry{each->path(), each->last_write_time(gone), each->file_size(gone)};
    if (gone) continue;
    if (name.starts_with(unfinished) && entry.used + unfinished_lifetime < fs::file_time_type::clock::now())
      fs::remove(entry.path, gone);
    if (!name.ends_with(entry_ending)) continue;
    sum += entry.size;
    entries.push_back(entry);
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const auto& entry : entries) {
    if (sum <= byte_limit_) return;
    if (fs::remove(entry.path, error)) ++counters_.evicted;
    sum -= entry.size;
  }
}

void DatabaseCache::not_kept(std::string why) {
  ++counters_.unstored;
  failure_ = fmt::format("{}: compiled patterns are not kept: {}", directory_, why);
}

}  // namespace sluice
