"""`sluice capture`: packets of real clients in a file that tshark reads, bounds that are kept, and who may not."""

import json
import signal
import subprocess
import time

import tap
from bench import LISTED, NEIGHBOURS, require
from servers import WEB4

DEVICE = "192.168.77.0/24"


def allow(bench, allowed=True, policy=None):
    wire = bench.wire
    settings = json.loads(wire.config.read_text(encoding="utf-8"))
    settings["events"]["captures"] = allowed
    wire.config.write_text(json.dumps(settings, indent=2), encoding="utf-8")
    wire.configure(policy=policy or {})


class Capture:
    """Runs beside what the block does; the file is whole behind it."""

    def __init__(self, bench, *words):
        self.bench, self.words = bench, words
        self.file = bench.lab.directory / "packets.pcapng"

    def __enter__(self):
        before = self.bench.wire.samples()["sluice_captures_total", ()]
        self.process = self.bench.lab.start("tap", [tap.program("sluice"), "capture", "--config", self.bench.wire.config,
                                                    *self.words, "-w", self.file], stdout=subprocess.PIPE)
        deadline = time.monotonic() + 5
        while self.bench.wire.samples()["sluice_captures_total", ()] == before:
            require(time.monotonic() < deadline and self.process.poll() is None, "it does not begin")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.said = self.process.communicate(timeout=20)[0]
        self.said = self.said.decode() if isinstance(self.said, bytes) else self.said

    def rows(self, *fields):
        """What an independent reader finds in the file."""
        done = subprocess.run(["tshark", "-n", "-r", self.file, "-T", "fields",
                               *(word for field in fields for word in ("-e", field))],
                              capture_output=True, text=True, check=True)
        return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


def capture_is_refused_while_it_is_off(bench):
    done = bench.wire.sluice("capture", "udp port 53", "-w", bench.lab.directory / "none.pcapng")
    require(done.returncode == 1 and "events.captures" in done.stderr, f"{done.returncode}: {done.stdout}{done.stderr}")


def capture_copies_what_its_filter_says(bench):
    allow(bench)
    with bench.events() as events:
        with Capture(bench, "udp port 53", "--packets", "5", "--seconds", "20") as capture:
            for _ in range(4):
                bench.get("http://www.example.org/", WEB4)
                bench.address_of(NEIGHBOURS[0])
        require(capture.process.returncode == 0 and capture.said.startswith("5 packets"), capture.said)
    rows = capture.rows("udp.port", "dns.qry.name", "frame.interface_name", "ip.src")
    require(len(rows) == 5 and all(row[0].startswith(("53,", )) or row[0].endswith(",53") for row in rows), f"{rows}")
    require({row[1] for row in rows} == {NEIGHBOURS[0]} and {row[2] for row in rows} == {"tap-in", "tap-out"}, f"{rows}")
    said = [event["capture"] for event in events if event["event_type"] == "capture"]
    require([each["state"] for each in said] == ["begun", "ended"], f"events: {said}")
    require(all(each["user"] == "uid:0" and each["from"] == f"process {capture.process.pid}" and each["filter"] == "udp port 53"
                for each in said) and said[1]["end"] == "packets" and said[1]["packets"] == 5, f"events: {said}")


def capture_that_a_signal_ends_leaves_a_whole_file(bench):
    allow(bench)
    for number in (signal.SIGINT, signal.SIGTERM):
        with bench.events() as events:
            with Capture(bench, "icmp", "--seconds", "60") as capture:
                bench.ping("192.168.77.1", count=3)
                time.sleep(1)  # the last of them are on their way
                capture.process.send_signal(number)
            require(capture.process.returncode == 0 and "a signal ended it" in capture.said, capture.said)
        require(len(capture.rows("icmp.type")) == int(capture.said.split()[0]) == 6, capture.said)
        said = [event["capture"]["state"] for event in events if event["event_type"] == "capture"]
        require(said == ["begun", "ended"], f"events: {said}")


def capture_keeps_its_bounds(bench):
    with Capture(bench, "icmp", "--seconds", "2", "--snaplen", "60", "--interface", "tap-in") as capture:
        bench.ping("192.168.77.1", count=5, size=200)
        done = bench.wire.sluice("capture", "-w", bench.lab.directory / "second.pcapng")
        require(done.returncode == 1 and "one at a time" in done.stderr, f"a second one: {done.stdout}{done.stderr}")
    require(capture.process.returncode == 0 and "time is over" in capture.said, capture.said)
    rows = capture.rows("frame.cap_len", "frame.len", "frame.interface_name", "icmp.type")
    require(rows == [("60", "242", "tap-in", "8")] * 5, f"{rows}")
    for wrong, why in ((["udp prt 53"], "syntax error"), (["--interface", "eth9"], "none of this tap's"),
                       (["ip6 protochain 6"], "a jump leaves it")):
        done = bench.wire.sluice("capture", *wrong, "-w", bench.lab.directory / "none.pcapng")
        require(done.returncode == 1 and why in done.stderr, f"{wrong}: {done.stdout}{done.stderr}")


def capture_ends_with_who_asked(bench):
    with bench.events() as events:
        with Capture(bench, "--packets", "100000", "--seconds", "600") as capture:
            bench.ping("192.168.77.1", count=3)
            capture.process.kill()
        deadline = time.monotonic() + 5
        while bench.wire.samples()["sluice_capture_running", ()] != 0:
            require(time.monotonic() < deadline, "it goes on without who asked")
            time.sleep(0.05)
    ends = [event["capture"]["end"] for event in events
            if event["event_type"] == "capture" and event["capture"]["state"] == "ended"]
    require(ends == ["left"], f"events: {ends}")
    bench.ping("192.168.77.1")


def capture_has_nothing_of_an_exempt_device(bench):
    allow(bench, policy={"traffic": [{"name": "exempt", "devices": [DEVICE], "action": "exempt"}]})
    with Capture(bench, "ip or ip6", "--seconds", "2") as capture:
        bench.ping("192.168.77.1", count=3)
        bench.ping("fd77::1", count=3)
        require(bench.get(f"http://{LISTED}/", WEB4) is not None, "it is blocked")
    rows = capture.rows("ip.src", "ipv6.src")
    require(rows and all(row[0] == "" for row in rows), f"{rows}")
    allow(bench, False)


# Each goes on where the one before it ended.
TESTS = [
    capture_is_refused_while_it_is_off,
    capture_copies_what_its_filter_says,
    capture_that_a_signal_ends_leaves_a_whole_file,
    capture_keeps_its_bounds,
    capture_ends_with_who_asked,
    capture_has_nothing_of_an_exempt_device,
]
