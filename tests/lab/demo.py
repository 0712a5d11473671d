"""Sluice at work in half a minute: eight devices behave behind a tap that watches, and what it saw is printed.

usage: demo.py [--eve FILE] [--driver af_xdp|af_packet] [--record FILE]

Where namespaces cannot be made, it says so and replays a capture of the same half minute. Needs no terminal.
"""

import argparse
import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

import phone
import tap
from capture import Capture
from lab import Lab, Missing, NoRights


def say(line=""):
    print(line, flush=True)


def replay(reason, eve):
    say(f"demo: no live wire here: {reason}")
    say(f"demo: replaying {phone.CAPTURE.name}, recorded in the lab while the same devices behaved the same way")
    say()
    return subprocess.run(tap.replay_command(phone.CAPTURE, tap.shipped_rules(), eve), check=False).returncode


def live(options):
    eve = Path(options.eve).absolute() if options.eve not in (None, "-") else options.eve  # watch runs elsewhere
    with Lab() as lab:
        lab.start_servers(phone.NAMES, phone.addresses(), phone.leases())
        with lab.tap(options.driver, "monitor", tap.shipped_rules()) as wire:
            say(f"demo: {len(phone.DEVICES)} devices, a tap ({options.driver}, mode monitor: it alters nothing) and an "
                "internet, in network namespaces")
            say("demo: half a minute; findings as they come:")
            say()
            watch = wire.watch(eve)
            # The inside wire, as the tap gets it and gives it.
            recording = Capture(lab, "inside", "inside0") if options.record else contextlib.nullcontext()
            with recording:
                phone.behave(lab)
            if options.record:
                shutil.copyfile(recording.path, options.record)
            wire.must_live()
            return tap.Tap.end_watch(watch)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--eve", metavar="FILE", help="also write every event as EVE JSON")
    parser.add_argument("--driver", choices=tap.DRIVERS, default=tap.DRIVERS[0])
    parser.add_argument("--record", metavar="FILE", type=Path, help="keep the inside wire as a capture")
    options = parser.parse_args()
    try:
        try:
            return live(options)
        except (NoRights, Missing) as reason:
            return replay(reason, options.eve)
    except KeyboardInterrupt:
        return 130
    except (RuntimeError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
