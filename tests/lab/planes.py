"""The two planes of a tap, either of which can be killed and started again, and what an operator asks of them."""

import contextlib
import json
import re
import time

import tap

COMMAND_LIMIT_S = 30.0


class Planes(tap.Tap):
    """A tap with what a test does to it, and what an operator asks of it."""

    def kill_dataplane(self):
        """As kill -9 does; returns when it is gone."""
        self.dataplane.kill()
        self.dataplane.wait()

    def kill_control(self):
        self.control.kill()
        self.control.wait()

    def configure(self, policy=None, evidence=None, inspection=None, **options):
        """Starts both planes anew with other options of `rules`, and another policy, evidence, inspection, where given."""
        settings = json.loads(self.config.read_text(encoding="utf-8"))
        settings["rules"] |= options
        if policy is not None:
            settings["policy"] = policy
        if evidence is not None:
            settings["evidence"] = evidence
        if inspection is not None:
            settings["inspection"] = inspection
        self.config.write_text(json.dumps(settings, indent=2), encoding="utf-8")
        for process in (self.control, self.dataplane):
            tap.stop(process)
        self.start_dataplane()
        self.start_control()

    def resident_kib(self):
        """Memory of the data plane's own that is in use: proc(5). (The rings that it shares fill as they may.)"""
        with open(f"/proc/{self.dataplane.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))

    def wait_for_guard(self, words, limit_s=10.0):
        deadline = time.monotonic() + limit_s
        while words not in self.guard_log():
            if time.monotonic() > deadline:
                raise RuntimeError(f"the guard does not say {words!r}: {self.guard_log()}")
            time.sleep(0.02)

    # --- what an operator asks

    def sluice(self, command, *arguments):
        """A command of `sluice`; returns CompletedProcess."""
        return self.lab.run("tap", [tap.program("sluice"), command, "--config", self.config, *arguments],
                            timeout=COMMAND_LIMIT_S)

    def sluice_rules(self, command, *arguments):
        """`sluice rules COMMAND`; fails where it does. Returns what was said."""
        return self.lab.check("tap", [tap.program("sluice"), "rules", command, "--config", self.config, *arguments])

    def status(self):
        done = self.sluice("status", "--json")
        with contextlib.suppress(ValueError):
            return json.loads(done.stdout)
        raise RuntimeError(f"sluice status --json ended with {done.returncode}: {done.stdout}{done.stderr}")

    def wait_for_state(self, state, limit_s):
        """The status once the tap is in that state; fails after a time."""
        deadline = time.monotonic() + limit_s
        while (said := self.status())["state"] != state:
            if time.monotonic() > deadline:
                raise RuntimeError(f"not {state} after {limit_s} s: {said}")
            time.sleep(0.02)
        return said

    def push(self, *packs):
        """Pushes packs; fails where they are refused. Returns what was said."""
        done = self.sluice("push", *packs)
        if done.returncode != 0:
            raise RuntimeError(f"sluice push ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    # --- what it writes

    def scrape(self):
        """/metrics as Prometheus gets it."""
        return self.lab.check("tap", ["curl", "--silent", "--show-error", "--fail", "--max-time", "5",
                                      f"http://{tap.METRICS}/metrics"])

    def samples(self):
        """{(name, ((label, value), ...)): number} of one scrape."""
        found = {}
        for line in self.scrape().splitlines():
            if match := re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line):
                labels = tuple(sorted(re.findall(r'(\w+)="([^"]*)"', match[2] or "")))
                found[match[1], labels] = float(match[3])
        return found

    def events(self):
        """All that stands in the EVE file; a line that is being written is left for the next time."""
        with contextlib.suppress(FileNotFoundError):
            lines = self.eve.read_text().split("\n")
            return [json.loads(line) for line in lines[:-1]]
        return []
