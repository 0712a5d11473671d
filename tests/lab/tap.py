"""The tap under test: `sluice-dataplane` between the two tap-side interfaces, and `sluice-control` beside it.

All that the lab knows of the programs' options stands in this file.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
# Where the programs are: SLUICE_BUILD, else the build folder of the tree.
BUILD = Path(os.environ.get("SLUICE_BUILD", TREE / "build"))
DRIVERS = ("af_xdp", "af_packet")
READY = "ready"  # the line by which either plane says that it does its work
METRICS = "127.0.0.1:9477"  # in the tap's namespace
READY_LIMIT_S = 30.0
STOP_LIMIT_S = 5.0
SHOWN_LOG_LINES = 12


def program(name):
    path = BUILD / {"sluice-dataplane": "dataplane", "sluice-guard": "dataplane", "sluice-control": "control",
                    "sluice": "control"}[name] / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: build the tree first")
    return path


def shipped_rules():
    """Lists and signatures, told apart by their suffix."""
    packs = TREE / "rules" / "packs"
    return sorted([*packs.glob("*.csv"), *packs.glob("*.rules")])


def of_kind(rules, suffix):
    return [str(path) for path in rules if path.suffix == suffix]


def configuration(driver, mode, rules, trusted_keys, directory):
    """What both planes read: config/sluice.fbs."""
    return {
        "mode": mode,
        "port_pairs": [{"name": "lab", "inside": {"device": "tap-in", "driver": driver},
                        "outside": {"device": "tap-out", "driver": driver}}],
        "rules": {"indicators": of_kind(rules, ".csv"), "signatures": of_kind(rules, ".rules"),
                  "trusted_keys": [str(path) for path in trusted_keys],
                  "state_directory": f"{directory}/dataplane-state"},
        "events": {"shared_memory": f"{directory}/dataplane", "command_socket": f"{directory}/dataplane.sock"},
        "control": {"socket": f"{directory}/control.sock", "metrics_listen": METRICS,
                    "eve_file": f"{directory}/eve.json", "state_directory": f"{directory}/control-state"},
        "guard": {"file": f"{directory}/guard", "socket": f"{directory}/guard.sock"},
        # Other tests do to the tap what would have their pushes undone, and block more than a new rule may.
        "push": {"watch_ms": 0},
        "fuse": {"flows": 0, "devices": 0},
        "site": {"name": "lab"},
    }


def watch_command(config, eve):
    """Follows a running tap: a line a finding; at SIGINT the summary, then the end."""
    return [program("sluice"), "watch", "--config", config, *(["--eve", eve] if eve else [])]


def replay_command(capture, rules, eve, inside):
    """The same report from a capture, which does not tell where the tap's inside port was: the devices' addresses."""
    return [program("sluice"), "replay", *(argument for address in inside for argument in ("--inside", address)),
            *(argument for path in of_kind(rules, ".csv") for argument in ("--indicators", path)),
            *(argument for path in of_kind(rules, ".rules") for argument in ("--signatures", path)),
            *(["--eve", eve] if eve else []), capture]


def stop(process):
    """Asks a program to end; kills one that does not."""
    process.terminate()
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Tap:
    """A context: within it the tap is on the wire, and its control plane reads what it says."""

    def __init__(self, lab, driver, mode, rules, trusted_keys=()):
        self.lab = lab
        self.driver = driver
        directory = lab.directory / "tap"
        shutil.rmtree(directory, ignore_errors=True)  # a new tap has no past: no packs, no key, no events
        directory.mkdir()
        self.config = directory / "config.json"
        self.config.write_text(json.dumps(configuration(driver, mode, rules, trusted_keys, directory), indent=2))
        self.eve = directory / "eve.json"
        self._logs = {"sluice-dataplane": directory / "log", "sluice-control": directory / "control.log",
                      "sluice-guard": directory / "guard.log"}
        self.dataplane = self.control = self.guard = None

    def __enter__(self):
        self.lab.ip("tap", "link set lo up")  # for who scrapes the metrics
        self.start_dataplane()
        try:
            self.start_control()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in (self.control, self.dataplane, self.guard):
            if process is not None:
                stop(process)

    def start_dataplane(self, under=(), path=None):
        """under: the words of a command that runs the program that comes after them; path: of another program."""
        # A fresh /sys, for drivers that look their interface up there; the mount lives in the tap's own mount
        # namespace. (`ip netns exec` would do it, but not in a chroot.)
        sysfs = 'mount --make-private /sys && mount -t sysfs sysfs /sys; exec "$@"'
        wrapping = ["unshare", "--mount", "--propagation", "unchanged", "sh", "-c", sysfs, "sh", *under]
        self.dataplane = self._start("sluice-dataplane", wrapping, path)

    def start_guard(self):
        self.guard = self._start("sluice-guard", [])

    def guard_log(self):
        """All that the guard said since it was started."""
        return self._logs["sluice-guard"].read_text(errors="replace")

    def start_control(self, under=()):
        self.control = self._start("sluice-control", [*under])

    def _start(self, name, wrapping, path=None):
        """Starts a plane; returns its process once it is ready."""
        log = self._logs[name]
        with open(log, "wb") as file:
            process = self.lab.start("tap", [*wrapping, path or program(name), "--config", self.config], stdout=file)
        deadline = time.monotonic() + READY_LIMIT_S
        while READY not in log.read_text(errors="replace").splitlines():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended with status {process.returncode}:\n{self.log()}")
            if time.monotonic() > deadline:
                stop(process)
                raise RuntimeError(f"{name} was not ready within {READY_LIMIT_S} s:\n{self.log()}")
            time.sleep(0.02)
        return process

    def log(self):
        """The last lines that both planes said."""
        said = []
        for name, path in self._logs.items():
            with contextlib.suppress(FileNotFoundError):
                said += [f"{name}: {line}" for line in path.read_text(errors="replace").splitlines()[-SHOWN_LOG_LINES:]]
        return "\n".join(said)

    def must_live(self):
        for name, process in (("sluice-dataplane", self.dataplane), ("sluice-control", self.control)):
            if process.poll() is not None:
                raise RuntimeError(f"{name} died with status {process.returncode}:\n{self.log()}")

    def watch(self, eve=None, log=None):
        """Starts `sluice watch` beside the tap; it prints to a log, else where this process prints."""
        return self.lab.start("tap", watch_command(self.config, eve), stdout=log,
                              stderr=subprocess.STDOUT if log else None)

    @staticmethod
    def end_watch(process):
        """Asks for the summary and waits for it; returns the exit status."""
        process.send_signal(signal.SIGINT)
        return process.wait(STOP_LIMIT_S)
