"""What has to hold for the lab itself, with no tap."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keeper
from bench import require

START_LIMIT_S = 30.0
GONE_LIMIT_S = 3.0
HELD = """
from lab import Lab
with Lab() as lab:
    lab.start_servers()
    print(lab.id, lab.directory, flush=True)
    input()
"""


def living(process):
    """Whether it runs; one that is dead and not yet collected by its parent does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def a_killed_lab_leaves_nothing_behind(_):
    lab = subprocess.Popen([sys.executable, "-c", HELD], cwd=Path(__file__).parent, stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        identity, directory = lab.stdout.readline().split()
        names = [path for path in Path(keeper.NETNS).iterdir() if path.name.startswith(f"slu-{identity}-")]
        processes = [process for path in names for process in keeper.processes_in(os.stat(path).st_ino)]
        require(len(names) == 3 and len(processes) >= 3, f"the lab did not stand: {names}, {processes}")
    finally:
        os.killpg(lab.pid, signal.SIGKILL)
        lab.wait()
    deadline = time.monotonic() + GONE_LIMIT_S
    while True:
        left = [str(path) for path in (*names, Path(directory)) if path.exists()]
        left += [f"process {process}" for process in processes if living(process)]
        if not left:
            return
        require(time.monotonic() < deadline, f"{GONE_LIMIT_S} s after the kill there still are {left}")
        time.sleep(0.05)


TESTS = [a_killed_lab_leaves_nothing_behind]
