#include "dataplane/exchange/guard_page.hh"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace sluice {
namespace {

std::string failure(const std::string& what, const std::string& path) {
  return what + " " + path + ": " + std::strerror(errno);
}

GuardPage* map(const Descriptor& file, int protection) noexcept {
  void* mapped = ::mmap(nullptr, shared_page, protection, MAP_SHARED | MAP_POPULATE, file.number(), 0);
  return mapped == MAP_FAILED ? nullptr : static_cast<GuardPage*>(mapped);
}

bool is_whole(const GuardPage& page) noexcept { return page.magic == guard_magic && page.version == guard_version; }

constexpr std::array<std::string_view, 3> order_texts{"auto", "on", "off"};

}  // namespace

std::string_view text_of(BypassOrder order) noexcept {
  const auto number = static_cast<std::size_t>(order);
  return number < order_texts.size() ? order_texts[number] : "unknown";
}

std::optional<BypassOrder> bypass_order(std::string_view text) noexcept {
  for (std::size_t i = 0; i < order_texts.size(); ++i)
    if (text == order_texts[i]) return static_cast<BypassOrder>(i);
  return std::nullopt;
}

std::optional<GuardReading> read_guard_page(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  alignas(GuardPage) std::array<std::uint8_t, sizeof(GuardPage)> bytes{};
  if (!file.is_open() || ::pread(file.number(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return std::nullopt;
  const auto& page = *reinterpret_cast<const GuardPage*>(bytes.data());
  GuardReading reading{page.holder, page.reason, page.since_ns,  page.takeovers,
                       page.looks,  page.order,  page.order_user};
  const bool makes_sense = is_whole(page) && reading.holder <= WireHolder::nobody &&
                           reading.reason <= TakeoverReason::ordered && reading.order <= BypassOrder::off;
  return makes_sense ? std::optional{reading} : std::nullopt;
}

tl::expected<GuardFile, std::string> GuardFile::make(const std::string& path) {
  std::error_code ignored;  // open() below says what is wrong with the folder
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), ignored);
  Descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644)};
  if (!file.is_open()) return tl::unexpected(failure("cannot make the guard's page", path));
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0)
    return tl::unexpected("another sluice-guard runs: it has " + path + " locked");
  if (const int error = ::posix_fallocate(file.number(), 0, shared_page); error != 0) {
    errno = error;
    return tl::unexpected(failure("cannot reserve a page in", path));
  }
  auto* page = map(file, PROT_READ | PROT_WRITE);
  if (page == nullptr) return tl::unexpected(failure("cannot map", path));
  if (!is_whole(*page)) {
    new (page) GuardPage;
    page->version = guard_version;
    std::atomic_thread_fence(std::memory_order_release);
    page->magic = guard_magic;
  }
  return GuardFile{std::move(file), page};
}

std::optional<GuardFile> GuardFile::find(const std::string& path) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  struct stat about {};
  if (!file.is_open() || ::fstat(file.number(), &about) != 0 || about.st_size < static_cast<off_t>(shared_page))
    return std::nullopt;
  auto* page = map(file, PROT_READ);
  if (page == nullptr) return std::nullopt;
  GuardFile found{std::move(file), page};
  if (!is_whole(*page)) return std::nullopt;
  return found;
}

GuardFile::GuardFile(GuardFile&& other) noexcept
    : file_(std::move(other.file_)), page_(std::exchange(other.page_, nullptr)) {}

GuardFile::~GuardFile() {
  if (page_ != nullptr) ::munmap(page_, shared_page);
}

}  // namespace sluice
