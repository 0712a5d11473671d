// sluice-compile as a child process: started with packs, asked now and then, never waited for.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "rules/databases/databases.hh"
#include "rules/databases/memory_file.hh"

namespace sluice {

// From start to end, on the wall clock; the child's own bound counts CPU time (compile_sandbox.hh).
constexpr std::chrono::milliseconds compile_time_limit{180'000};
// Of what the child says on standard error, bytes; it says at most a hundred lines.
constexpr std::size_t compile_errors_limit = std::size_t{64} << 10;

// One compilation at a time. Not for threads: one thread calls, and nobody else in the process waits for all children.
class CompileProcess {
 public:
  // `program` is the path of sluice-compile.
  explicit CompileProcess(std::string program, std::chrono::milliseconds time_limit = compile_time_limit);
  CompileProcess(const CompileProcess&) = delete;
  CompileProcess& operator=(const CompileProcess&) = delete;
  ~CompileProcess();  // ends a child that still runs

  // The packs, verified by the caller, whose signatures are taken in this order: sealed memory files of the caller,
  // which may close them afterwards. `prefilter_digest` is that of those signatures. The error says why there is no
  // child.
  [[nodiscard]] tl::expected<void, std::string> start(std::span<const int> packs, std::string_view prefilter_digest);
  // The same from bytes, which are copied and sealed.
  [[nodiscard]] tl::expected<void, std::string> start(std::span<const std::span<const std::uint8_t>> packs,
                                                      std::string_view prefilter_digest);

  // Does not block. Nothing while the child runs; then, once, its databases or why there are none (one reason a line).
  [[nodiscard]] tl::expected<std::optional<Databases>, std::string> poll();
  [[nodiscard]] bool running() const noexcept { return child_ > 0; }

 private:
  void end() noexcept;
  [[nodiscard]] tl::expected<std::optional<Databases>, std::string> result(int status);

  std::string program_;
  std::chrono::milliseconds time_limit_;
  std::chrono::steady_clock::time_point started_;
  pid_t child_ = 0;
  std::string prefilter_digest_;
  std::optional<MemoryFile> output_;
  std::optional<MemoryFile> errors_;
};

}  // namespace sluice
