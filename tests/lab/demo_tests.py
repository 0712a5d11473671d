"""The demo, as `./dev demo` runs it: whatever it claims at its end has to hold."""

import subprocess
import sys
from pathlib import Path

from bench import Failed

DEMO = Path(__file__).with_name("demo.py")
LIMIT_S = 240
LAST_LINES = 40


def the_demo_holds_what_it_claims(_):
    done = subprocess.run([sys.executable, DEMO], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", timeout=LIMIT_S, check=False)
    if done.returncode:
        lines = done.stdout.splitlines()
        broken = [line for at, line in enumerate(lines) if "NOT SO" in "".join(lines[max(at - 1, 0):at + 1])]
        raise Failed("\n".join([f"exit status {done.returncode}", *(broken or lines[-LAST_LINES:])]))


TESTS = [the_demo_holds_what_it_claims]
