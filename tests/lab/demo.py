"""Sluice at work in a minute: devices behave behind a tap that watches, and what it saw is printed and judged.

usage: demo.py [--eve FILE] [--driver af_xdp|af_packet] [--record FILE]

Exit status 0 only when everything that is claimed at the end was seen to hold. Where namespaces cannot be made, it
says so and replays a capture of the same half minute. Needs no terminal.
"""

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import phone
import sceptics
import tap
from capture import Capture
from lab import Lab, Missing, NoRights
from load import download_while
from publisher import Publisher, signature
from sceptics import Judged

PUSHED_URL = "http://news.example.com/pushed-while-it-runs"
PUSHED_SID = 9_000_001
EFFECTIVE_LIMIT_S = 1.0
CONTROL_BACK_LIMIT_S = 10.0
SHOWN_METRICS = ("sluice_packets_received_total", "sluice_packets_forwarded_total", "sluice_packets_held",
                 "sluice_ruleset_generation", "sluice_tap_state{", "sluice_build_info")
NOT_SEEN = "What could not be seen"


def say(line=""):
    print(line, flush=True)


def heading(text):
    say()
    say(f"== {text}")


def verdict(judged):
    """Prints what was judged; whether all of it holds."""
    for each in judged:
        say(f"{'ok' if each.holds else 'NOT SO':8}{each.claim}")
        say(f"        {each.evidence}")
    return all(each.holds for each in judged)


class Echo:
    """Prints what a program prints, as it comes, and keeps it."""

    def __init__(self, process):
        self.text = ""
        self._process = process
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self):
        for line in self._process.stdout:
            self.text += (text := line.decode(errors="replace"))
            print(text, end="", flush=True)

    def end(self):
        status = tap.Tap.end_watch(self._process)
        self._thread.join()
        return status


# --- with a wire


def visit_pushed(lab, wire, device):
    """Makes a device ask for PUSHED_URL; seconds until the pushed rule reported it, None where it did not."""
    before = len(wire.events())
    phone.curl(lab, device, PUSHED_URL)
    begin = time.monotonic()
    while (took := time.monotonic() - begin) < EFFECTIVE_LIMIT_S:
        for event in wire.events()[before:]:
            if event["event_type"] == "alert" and event["alert"]["signature_id"] == PUSHED_SID:
                return took
        time.sleep(0.02)
    return None


def push_a_rule(lab, wire, publisher):
    device = next(device for device in phone.DEVICES if device.name == "desktop")
    rule = signature(PUSHED_SID, "/pushed-while-it-runs")
    say(f"  {rule}")
    pack = publisher.compile("demo", 1, publisher.rules("demo", signatures=[rule]))
    before = visit_pushed(lab, wire, device)
    say(f"  before: {PUSHED_URL} is {'reported' if before else 'not reported'}")
    begin = time.monotonic()
    for line in wire.push(pack).splitlines():
        say(f"  sluice push: {line}")
    took = time.monotonic() - begin
    after = visit_pushed(lab, wire, device)
    say(f"  after:  {PUSHED_URL} is {'reported' if after else 'not reported'}")
    return Judged("a rule pushed while traffic flowed takes effect: not reported before, reported after",
                  before is None and after is not None and took < EFFECTIVE_LIMIT_S,
                  f"{took:.2f} s for the push, by wall clock")


def show_outputs(wire):
    say(f"  metrics: http://{tap.METRICS}/metrics on the tap; some of them:")
    lines = [line for line in wire.scrape().splitlines() if line.startswith(SHOWN_METRICS)]
    for line in lines:
        say(f"    {line}")
    say(f"  EVE JSON: {wire.eve} on the tap, {len(wire.events())} lines (--eve FILE keeps them)")
    there = len(lines) >= len(SHOWN_METRICS) and bool(wire.events())
    return Judged("metrics and events are where they should be", there, f"{len(lines)} of the metrics above")


def kill_control(lab, wire):
    claim = "sluice-control was killed (kill -9) in the middle of a download, and the file arrives as it was sent"
    try:
        digest = download_while(lab, wire.kill_control)
    except RuntimeError as error:
        return Judged(claim, False, str(error))
    wire.start_control()
    wire.wait_for_state("INSPECTING", CONTROL_BACK_LIMIT_S)
    return Judged(claim, True, f"SHA-256 of both is {digest}; sluice-control is back and says INSPECTING")


def live(options):
    with Lab() as lab:
        lab.start_servers(phone.NAMES, phone.addresses(), phone.leases())
        publisher = Publisher(lab)
        with lab.tap(options.driver, "monitor", tap.shipped_rules(), [publisher.public_key]) as wire:
            say(f"demo: {len(phone.DEVICES)} devices, a tap ({options.driver}, mode monitor: it alters nothing) and an "
                "internet, in network namespaces")
            say("demo: half a minute; findings as they come:")
            say()
            echo = Echo(wire.watch(log=subprocess.PIPE))
            # The inside wire, as the tap gets it and gives it.
            recording = Capture(lab, "inside", "inside0") if options.record else contextlib.nullcontext()
            with recording:
                phone.behave(lab)
            if options.record:
                shutil.copyfile(recording.path, options.record)
            heading("A rule is pushed while traffic flows")
            judged = [push_a_rule(lab, wire, publisher)]
            heading("What sluice watch sums up")
            status = echo.end()
            judged.append(Judged("what could not be seen is said", status == 0 and NOT_SEEN in echo.text,
                                  f"the table above, under \"{NOT_SEEN}\""))
            heading("Where it can be read")
            judged.append(show_outputs(wire))
            judged.append(kill_control(lab, wire))
            heading("What a sceptic wants to be shown, by the events")
            judged += sceptics.judge(wire.events())
            holds = verdict(judged)
            if options.eve:
                shutil.copyfile(wire.eve, options.eve)
            wire.must_live()
            return 0 if holds else 1


# --- without


def replay(reason, eve):
    say(f"demo: no live wire here: {reason}")
    say(f"demo: replaying {phone.CAPTURE.name}, recorded in the lab while the same devices behaved the same way")
    say()
    with tempfile.TemporaryDirectory() as directory:
        events = Path(eve or f"{directory}/eve.json")
        command = tap.replay_command(phone.CAPTURE, tap.shipped_rules(), events, phone.inside())
        status = subprocess.run(command, check=False).returncode
        if status != 0:
            return status
        heading("What a sceptic wants to be shown, by the events (a push, a kill and metrics need a wire)")
        return 0 if verdict(sceptics.judge(json.loads(line) for line in events.read_text().splitlines())) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--eve", metavar="FILE", help="keep every event as EVE JSON")
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
