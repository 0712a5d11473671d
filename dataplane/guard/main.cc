// sluice-guard: holds the wire when the data plane is dead, hung or restarting. All memory is taken at the start.
#include <linux/capability.h>
#include <sched.h>
#include <sys/mman.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>

#include "config/program_start.hh"
#include "dataplane/guard/guard.hh"
#include "dataplane/guard/say.hh"
#include "dataplane/wire/privileges.hh"
#include "dataplane/wire/system_call_filter.hh"

namespace {

using namespace sluice;

constexpr int exit_failed = 1;
constexpr int priority = 50;  // above all that is not real-time; below what an operator sets higher on purpose

volatile std::sig_atomic_t stop_wanted = 0;
void want_stop(int) { stop_wanted = 1; }

constexpr const char* help = R"(sluice-guard --config FILE

Holds the wire when the data plane is dead, hung or restarting: its frames then go from port to port past it, and are
not inspected. Takes the same configuration as sluice-dataplane, and runs beside it for as long as there is a wire;
start it first and end it last. Needs CAP_NET_ADMIN, with af_xdp also CAP_SYS_ADMIN; takes real-time priority and keeps
its memory resident where it may (CAP_SYS_NICE, CAP_IPC_LOCK), then gives up all other privileges. SIGINT or SIGTERM ends it and undoes what it made; after
`kill -9` all of that stands, and the next one takes it over.

  --config FILE   the configuration; its options: config/README.md, `sluice config show`
  --help          this text
  --version       the version

Of a pair of kernel interfaces the kernel forwards. With af_xdp it is told to all the time: while the data plane lives
its XDP program takes every frame before that. With af_packet the guard switches that on and off. Pairs with other ports
have guard.relay_command. What it does it says on standard error; whose the wire is, and why, stands in guard.file.
It takes orders (`sluice bypass on|off|auto`) on guard.socket.

Exit status: 0 ended as asked, 1 it could not start, 2 errors in the command line or the configuration.
)";

int failed(const std::string& why) {
  say("%s", why.c_str());
  return exit_failed;
}

void become_quick() {
  sched_param parameters{};
  parameters.sched_priority = priority;
  // What it starts (the relay command) has no such priority.
  if (::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) != 0)
    say("runs without real-time priority, so later on a busy machine: %s", std::strerror(errno));
  if (::mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
    say("its memory may be swapped out, so that it comes late: %s", std::strerror(errno));
}

// What it needs once all is prepared. The last two: to read the memory of a data plane that another user runs, and to
// have more of its own memory resident than others may.
constexpr Capabilities needed =
    capability(CAP_NET_ADMIN) | capability(CAP_SYS_ADMIN) | capability(CAP_DAC_READ_SEARCH) | capability(CAP_IPC_LOCK);

// A relay's program gets what its parent has, and may have to reach into the machine: it is the operator's.
void give_up_what_is_not_needed(bool has_relay) {
  if (has_relay) return say("keeps its privileges, for guard.relay_command");
  keep_capabilities(needed);
  if (const auto entered = enter_process_filter(FilteredProgram::guard); !entered)
    say("runs without a filter of system calls: %s", entered.error().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  auto started = config::program_start(argc, argv, {"sluice-guard", SLUICE_VERSION, help}, config::Use::wire);
  if (!started) return started.error();
  const auto& settings = started->configuration;

  sigset_t stopping;
  sigset_t before;
  ::sigemptyset(&stopping);
  ::sigaddset(&stopping, SIGINT);
  ::sigaddset(&stopping, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &stopping, &before);
  std::signal(SIGINT, want_stop);
  std::signal(SIGTERM, want_stop);
  std::signal(SIGPIPE, SIG_IGN);

  auto page = GuardFile::make(settings.guard->file);
  if (!page) return failed(page.error());
  auto orders = Orders::open(settings.guard->socket);
  if (!orders) return failed(orders.error());
  auto changes = Netlink::open(RTMGRP_LINK);
  if (!changes) return failed(changes.error());
  auto wires = Wires::prepare(settings, page->page());
  if (!wires) return failed(wires.error());
  if (!wires->relayed().empty() && settings.guard->relay_command.empty())
    say("nothing can hold %s: its ports are no kernel interfaces, and guard.relay_command is not set",
        wires->relayed().front().c_str());
  Guard guard{settings, std::move(*page), std::move(*wires), std::move(*changes), std::move(*orders)};
  become_quick();
  give_up_what_is_not_needed(!settings.guard->relay_command.empty());
  std::puts("ready");
  std::fflush(stdout);
  guard.run(stop_wanted, before);
  guard.leave();
  return 0;
}
