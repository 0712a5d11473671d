"""The lab's undertaker: a process in a session of its own that outlives the lab and removes what it built.

It reads lines from standard input, each told before the thing is made:
    netns NAME | directory PATH | hugepages COUNT
End of file means that the lab has closed the pipe or is dead (kill -9 included), and everything goes, last first.
This is the only clean-up there is, so every run of the lab tests it.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

NETNS = "/run/netns"
HUGEPAGES = "/proc/sys/vm/nr_hugepages"
KILL_LIMIT_S = 2.0  # processes that ignore SIGKILL longer than that hang in the kernel


def processes_in(namespace_inode):
    """The ids of the processes whose network namespace has this inode, and no others."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):  # it ended while we looked
            if os.stat(f"/proc/{entry}/ns/net").st_ino == namespace_inode:
                found.append(int(entry))
    return found


def remove_netns(name):
    path = f"{NETNS}/{name}"
    try:
        inode = os.stat(path).st_ino
    except FileNotFoundError:
        return
    # The name goes first, so that nobody enters any more; the namespace itself lives as long as its processes.
    subprocess.run(["ip", "netns", "delete", name], check=False)
    deadline = time.monotonic() + KILL_LIMIT_S
    while (processes := processes_in(inode)) and time.monotonic() < deadline:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.01)
    if processes:
        print(f"lab: processes {processes} of {name} do not die", file=sys.stderr)


def return_hugepages(count):
    # Only ours: somebody else may have reserved some in the meantime.
    with open(HUGEPAGES, "r+", encoding="ascii") as file:
        left = max(0, int(file.read()) - count)
        file.seek(0)
        file.write(str(left))


REMOVE = {
    "netns": remove_netns,
    "directory": lambda path: shutil.rmtree(path, ignore_errors=True),
    "hugepages": lambda count: return_hugepages(int(count)),
}


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    told = [line.split(maxsplit=1) for line in sys.stdin.read().splitlines()]
    for kind, what in reversed(told):
        try:
            REMOVE[kind](what)
        except OSError as error:
            print(f"lab: {kind} {what} stays behind: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
