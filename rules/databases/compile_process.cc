#include "rules/databases/compile_process.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "rules/databases/hyperscan_platform.hh"

namespace sluice {
namespace {

// Where the child finds its files.
constexpr int output_number = 3;
constexpr int first_pack_number = 4;

class SpawnSettings {
 public:
  SpawnSettings() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    // This process may have blocked or ignored what ends the child at its bounds.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  // `from` of this process becomes `to` of the child.
  void pass(int from, int to) { posix_spawn_file_actions_adddup2(&actions_, from, to); }
  // Some of this process's descriptors (DPDK's) are not closed at exec by themselves.
  void close_from(int first) { posix_spawn_file_actions_addclosefrom_np(&actions_, first); }
  void open_nothing(int as) { posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", O_RDWR, 0); }

  // 0 or an errno.
  [[nodiscard]] int spawn(pid_t& child, const std::string& program, std::vector<std::string>& words) {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    char* environment[] = {nullptr};
    return ::posix_spawn(&child, program.c_str(), &actions_, &attributes_, arguments.data(), environment);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// Closed at the end of the scope, in the child at exec. Fewer than wanted where the process may have no more.
class Copies {
 public:
  Copies(std::span<const int> files, int least) {
    for (const int file : files) {
      const int copy = ::fcntl(file, F_DUPFD_CLOEXEC, least);
      if (copy < 0) return;
      numbers_.push_back(copy);
    }
  }
  Copies(const Copies&) = delete;
  Copies& operator=(const Copies&) = delete;
  ~Copies() {
    for (const int number : numbers_) ::close(number);
  }
  [[nodiscard]] const std::vector<int>& numbers() const noexcept { return numbers_; }

 private:
  std::vector<int> numbers_;
};

std::string death_text(int signal) {
  switch (signal) {
    case SIGSYS: return "it made a system call that its sandbox forbids (SIGSYS)";
    case SIGXCPU: return "it took more CPU time than its bound (SIGXCPU); use fewer or simpler signatures";
    case SIGXFSZ: return "its output is larger than its bound (SIGXFSZ); use fewer or simpler signatures";
    default: return fmt::format("it was ended by signal {} ({})", signal, strsignal(signal));
  }
}

}  // namespace

CompileProcess::CompileProcess(std::string program, std::chrono::milliseconds time_limit)
    : program_{std::move(program)}, time_limit_{time_limit} {}

CompileProcess::~CompileProcess() { end(); }

void CompileProcess::end() noexcept {
  if (child_ <= 0) return;
  ::kill(child_, SIGKILL);
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
  child_ = 0;
}

tl::expected<void, std::string> CompileProcess::start(std::span<const int> packs, std::string_view prefilter_digest) {
  if (running()) return tl::unexpected(std::string{"a compilation is running; let it end first"});
  auto output = MemoryFile::create("sluice-databases");
  if (!output) return tl::unexpected(output.error());
  auto errors = MemoryFile::create("sluice-compile-errors");
  if (!errors) return tl::unexpected(errors.error());

  // All are first copied to numbers above those that the child will know them by: none is overwritten before its turn.
  std::vector<int> files{output->descriptor()};
  files.insert(files.end(), packs.begin(), packs.end());
  files.push_back(errors->descriptor());
  const Copies copies{files, first_pack_number + static_cast<int>(packs.size())};
  if (copies.numbers().size() < files.size())
    return tl::unexpected(fmt::format("no descriptors for {} packs: {}", packs.size(), std::strerror(errno)));

  std::vector<std::string> words{program_, "--packs", "", "--output", fmt::format("{}", output_number)};
  SpawnSettings settings;
  settings.open_nothing(STDIN_FILENO);
  settings.open_nothing(STDOUT_FILENO);
  settings.pass(copies.numbers().back(), STDERR_FILENO);
  settings.pass(copies.numbers().front(), output_number);
  int number = first_pack_number;
  for (std::size_t i = 0; i < packs.size(); ++i, ++number) {
    settings.pass(copies.numbers()[i + 1], number);
    words[2] += fmt::format("{}{}", i == 0 ? "" : ",", number);
  }
  settings.close_from(number);
  pid_t child = 0;
  if (const int error = settings.spawn(child, program_, words); error != 0)
    return tl::unexpected(fmt::format("{} could not be started: {}", program_, std::strerror(error)));
  child_ = child;
  started_ = std::chrono::steady_clock::now();
  prefilter_digest_ = prefilter_digest;
  output_ = std::move(*output);
  errors_ = std::move(*errors);
  return {};
}

tl::expected<void, std::string> CompileProcess::start(std::span<const std::span<const std::uint8_t>> packs,
                                                      std::string_view prefilter_digest) {
  std::vector<MemoryFile> files;
  std::vector<int> numbers;
  for (const auto& pack : packs) {
    auto file = MemoryFile::sealed("sluice-pack", pack);
    if (!file) return tl::unexpected(file.error());
    numbers.push_back(file->descriptor());
    files.push_back(std::move(*file));
  }
  return start(numbers, prefilter_digest);
}

tl::expected<std::optional<Databases>, std::string> CompileProcess::poll() {
  if (!running()) return tl::unexpected(std::string{"no compilation was started"});
  int status = 0;
  const auto ended = ::waitpid(child_, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) {
    if (std::chrono::steady_clock::now() - started_ <= time_limit_) return std::optional<Databases>{};
    end();
    return tl::unexpected(fmt::format("{}: ended after {} ms without a result; use fewer or simpler signatures",
                                      program_, time_limit_.count()));
  }
  child_ = 0;
  if (ended < 0) return tl::unexpected(fmt::format("{}: waitpid: {}", program_, std::strerror(errno)));
  return result(status);
}

tl::expected<std::optional<Databases>, std::string> CompileProcess::result(int status) {
  if (WIFSIGNALED(status)) return tl::unexpected(fmt::format("{}: {}", program_, death_text(WTERMSIG(status))));
  if (WEXITSTATUS(status) != 0) {
    const auto said = errors_->bytes(compile_errors_limit);
    std::string text = said ? std::string{said->begin(), said->end()} : said.error();
    while (!text.empty() && text.back() == '\n') text.pop_back();
    if (text.empty()) text = fmt::format("{}: ended with status {} and said nothing", program_, WEXITSTATUS(status));
    return tl::unexpected(std::move(text));
  }
  // The child is gone, but what it was must not matter: from here on the bytes cannot change.
  if (auto sealed = output_->seal(); !sealed) return tl::unexpected(sealed.error());
  const auto bytes = output_->bytes(databases_file_limit);
  if (!bytes) return tl::unexpected(fmt::format("{}: its output: {}", program_, bytes.error()));
  auto databases = read_databases(*bytes);
  if (!databases) return tl::unexpected(fmt::format("{}: {}", program_, databases.error()));
  if (databases->prefilter_digest != prefilter_digest_ || databases->platform != hyperscan_platform())
    return tl::unexpected(fmt::format("{}: its output is for other signatures or another Hyperscan ({}; here {})",
                                      program_, databases->platform, hyperscan_platform()));
  return std::optional{std::move(*databases)};
}

}  // namespace sluice
