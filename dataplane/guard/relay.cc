#include "dataplane/guard/relay.hh"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "dataplane/guard/say.hh"

namespace sluice {
namespace {

char bypass_word[] = "bypass";
char return_word[] = "return";
constexpr std::size_t what_place = 1;  // of the word among the arguments

}  // namespace

Relay::Relay(std::string program, const std::vector<std::string>& wires, std::chrono::milliseconds limit)
    : program_(std::move(program)), words_(wires), limit_(limit) {
  if (words_.empty()) program_.clear();
  arguments_ = {program_.data(), nullptr};
  for (auto& word : words_) arguments_.push_back(word.data());
  arguments_.push_back(nullptr);
}

Relay::~Relay() {
  // The last word that was asked for is told.
  while (asked_ || running_.is_open()) {
    pollfd ended{running_.number(), POLLIN, 0};
    (void)::poll(&ended, 1, 1);
    look(std::chrono::steady_clock::now());
  }
}

void Relay::want(bool bypass, Moment now) noexcept {
  if (program_.empty()) return;
  wanted_ = bypass;
  asked_ = true;
  look(now);
}

void Relay::look(Moment now) noexcept {
  if (running_.is_open()) {
    pollfd ended{running_.number(), POLLIN, 0};
    if (::poll(&ended, 1, 0) == 0) {
      if (now - begun_ <= limit_) return;
      say("%s %s: killed after %lld ms (guard.relay_timeout_ms)", program_.c_str(), arguments_[what_place],
          static_cast<long long>(limit_.count()));
      (void)::kill(-process_, SIGKILL);
    }
    collect();
  }
  if (asked_) start(now);
}

void Relay::start(Moment now) noexcept {
  asked_ = false;
  arguments_[what_place] = wanted_ ? bypass_word : return_word;
  posix_spawnattr_t attributes;
  (void)::posix_spawnattr_init(&attributes);
  // A group of its own, so that what it starts can be killed with it; and none of our blocked signals.
  sigset_t none;
  ::sigemptyset(&none);
  (void)::posix_spawnattr_setsigmask(&attributes, &none);
  (void)::posix_spawnattr_setpgroup(&attributes, 0);
  (void)::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  pid_t process = 0;
  const int error = ::posix_spawn(&process, program_.c_str(), nullptr, &attributes, arguments_.data(), environ);
  (void)::posix_spawnattr_destroy(&attributes);
  if (error != 0) return say("%s does not start: %s", program_.c_str(), std::strerror(error));
  process_ = process;
  begun_ = now;
  running_ = Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, process, 0))};
  if (!running_.is_open()) collect();  // without one its end cannot be waited for elsewhere
}

void Relay::collect() noexcept {
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  running_ = Descriptor{};
  if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
    say("%s %s ended with status %d", program_.c_str(), arguments_[what_place], WEXITSTATUS(status));
}

}  // namespace sluice
