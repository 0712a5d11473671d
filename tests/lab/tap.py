"""The tap under test: `sluice-dataplane` between the two tap-side interfaces, and the programs beside it.

All that the lab knows of the programs' options stands in this file.
"""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
# Where the programs are: SLUICE_BUILD, else the build folder of the tree.
BUILD = Path(os.environ.get("SLUICE_BUILD", TREE / "build"))
DRIVERS = ("af_xdp", "af_packet")
READY = "ready"  # the line by which the data plane says that it forwards and inspects
READY_LIMIT_S = 30.0
STOP_LIMIT_S = 5.0
SHOWN_LOG_LINES = 12


def program(name):
    path = BUILD / {"sluice-dataplane": "dataplane", "sluice": "control"}[name] / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: build the tree first")
    return path


def shipped_rules():
    return sorted((TREE / "rules" / "packs").glob("*.csv"))


def configuration(driver, mode, rules, directory):
    """What `sluice-dataplane --config` reads: config/sluice.fbs."""
    return {
        "mode": mode,
        "port_pairs": [{"name": "lab", "inside": {"device": "tap-in", "driver": driver},
                        "outside": {"device": "tap-out", "driver": driver}}],
        "rules": {"indicators": [str(path) for path in rules]},
        "events": {"shared_memory": f"{directory}/dataplane"},
        "site": {"name": "lab"},
    }


def watch_command(config, eve):
    """Follows a running tap: a line a finding; at SIGINT the summary, then the end."""
    return [program("sluice"), "watch", "--config", config, *(["--eve", eve] if eve else [])]


def replay_command(capture, rules, eve):
    """The same report from a capture."""
    return [program("sluice"), "replay", *(argument for path in rules for argument in ("--indicators", path)),
            *(["--eve", eve] if eve else []), capture]


class Tap:
    """A context: within it the tap is on the wire."""

    def __init__(self, lab, driver, mode, rules):
        self.lab = lab
        self.driver = driver
        directory = lab.directory / "tap"
        directory.mkdir(exist_ok=True)
        self.config = directory / "config.json"
        self.config.write_text(json.dumps(configuration(driver, mode, rules, directory), indent=2))
        self._log = directory / "log"

    def __enter__(self):
        # A fresh /sys, for drivers that look their interface up there; the mount lives in the tap's own mount
        # namespace. (`ip netns exec` would do it, but not in a chroot.)
        sysfs = 'mount --make-private /sys && mount -t sysfs sysfs /sys; exec "$@"'
        with open(self._log, "wb") as log:
            self._process = self.lab.start(
                "tap", ["unshare", "--mount", "--propagation", "unchanged", "sh", "-c", sysfs, "sh",
                        program("sluice-dataplane"), "--config", self.config], stdout=log)
        deadline = time.monotonic() + READY_LIMIT_S
        while READY not in self._log.read_text(errors="replace").splitlines():
            if self._process.poll() is not None:
                raise RuntimeError(f"the tap ended with status {self._process.returncode}:\n{self.log()}")
            if time.monotonic() > deadline:
                self._stop()
                raise RuntimeError(f"the tap was not ready within {READY_LIMIT_S} s:\n{self.log()}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self._stop()

    def _stop(self):
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log(self):
        """The last lines that the tap said."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-SHOWN_LOG_LINES:])

    def must_live(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"the tap died with status {self._process.returncode}:\n{self.log()}")

    def watch(self, eve=None, log=None):
        """Starts `sluice watch` beside the tap; it prints to a log, else where this process prints."""
        return self.lab.start("tap", watch_command(self.config, eve), stdout=log,
                              stderr=subprocess.STDOUT if log else None)

    @staticmethod
    def end_watch(process):
        """Asks for the summary and waits for it; returns the exit status."""
        process.send_signal(signal.SIGINT)
        return process.wait(STOP_LIMIT_S)
