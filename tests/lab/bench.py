"""What a lab test is given: the lab, the tap on its wire, and how much to send through it."""

import contextlib
import csv
import ipaddress
import time
from dataclasses import dataclass

from lab import Lab
from planes import Planes
from publisher import Publisher
from servers import QUIC4, QUIC6, WEB4, WEB6

# One domain is listed by the lab's own rules, these names stand in it, and these stand beside it.
LISTED = "listed.example"
LISTED_NAMES = (LISTED, "deep.www.listed.example")
NEIGHBOURS = ("neighbour.example", "notlisted.example", "listed.example.net")
BLOCKED_LIMIT_S = 2  # a client that is blocked has not got through after that long; its neighbours need milliseconds
SETTLED_S = 0.5  # without a further event


class Skipped(Exception):
    """The test does not apply; the message says why."""


class Failed(Exception):
    """What was expected and what came instead."""


def require(fact, message):
    if not fact:
        raise Failed(message)


@dataclass
class Bench:
    lab: Lab
    wire: Planes
    driver: str
    full: bool  # as long as it takes, instead of as long as people wait
    publisher: Publisher | None = None
    notes: str = ""  # figures of a test that passed

    def inside(self, command, **options):
        return self.lab.run("inside", command, **options)

    def note(self, text):
        self.notes = text

    @contextlib.contextmanager
    def events(self):
        """A list that holds, after the context, the EVE events of what went on within it."""
        self.end_leftovers()
        before = len(self.wire.events())
        events = []
        yield events
        # They come when the control plane has read them: it has, once nothing came for a while.
        seen, since = before, time.monotonic()
        while time.monotonic() - since < SETTLED_S:
            time.sleep(0.05)
            if (now := len(self.wire.events())) != seen:
                seen, since = now, time.monotonic()
        events += self.wire.events()[before:]

    def wait_for(self, limit_s, what, holds):
        """Waits until it holds; fails after a time."""
        deadline = time.monotonic() + limit_s
        while not holds():
            require(time.monotonic() < deadline, f"not {what} after {limit_s} s:\n{self.wire.log()}")
            time.sleep(0.05)

    def end_leftovers(self):
        """Ends connections that no program has any more. What was blocked of them the kernel sends again, for half a
        minute and longer, and a tap that was started anew meanwhile finds it anew."""
        left = self.inside(["ss", "--no-header", "--kill", "--tcp", "state", "fin-wait-1", "state", "last-ack", "state",
                            "closing"])
        if left.stdout.strip():
            time.sleep(SETTLED_S)

    @contextlib.contextmanager
    def alerts(self):
        """As events(), alerts alone."""
        alerts = []
        with self.events() as events:
            yield alerts
        alerts += [event for event in events if event["event_type"] == "alert"]

    def ping(self, target, count=10, size=56):
        """Fails unless every echo comes back."""
        done = self.inside(["ping", "-n", "-c", count, "-i", "0.05", "-W", "2", "-s", size, target])
        require(done.returncode == 0 and " 0% packet loss" in done.stdout, done.stdout + done.stderr)

    def address_of(self, name, kind="A"):
        """The addresses that a DNS client gets for a name."""
        done = self.inside(["kdig", "@192.168.77.1", name, kind, "+short", "+retry=0", f"+time={BLOCKED_LIMIT_S}"])
        return [line for line in done.stdout.split() if is_address(line)]

    def get(self, url, address, limit_s=5):
        """What curl gets from `address` for a URL; None where it gets nothing."""
        host = url.split("/")[2]
        shown = f"[{address}]" if ":" in address else address
        done = self.inside(["curl", "--silent", "--show-error", "--max-time", limit_s, "--cacert",
                            self.lab.servers.authority, "--connect-to", f"{host}::{shown}:", url])
        return done.stdout if done.returncode == 0 else None

    def get_over_quic(self, name, address, limit_s=5):
        """What an HTTP/3 client gets from `address` for https://NAME/lab; None where it gets nothing."""
        directory = self.lab.directory / f"quic-{name}"
        page = directory / "lab"
        page.unlink(missing_ok=True)
        self.inside(quic_command(name, address, directory, limit_s), timeout=limit_s * 3)
        return page.read_text() if page.exists() and page.stat().st_size else None

    def everything(self, names):
        """Asks for each name over DNS, HTTP, TLS and QUIC, over IPv4 and IPv6; returns what failed."""
        failed = []
        for name in names:
            failed += [f"DNS {kind} {name}" for kind, address in (("A", WEB4), ("AAAA", WEB6))
                       if self.address_of(name, kind) != [address]]
            for web, quic in ((WEB4, QUIC4), (WEB6, QUIC6)):
                failed += [f"{url} at {web}" for url in (f"http://{name}/", f"https://{name}/")
                           if self.get(url, web) is None]
                if self.get_over_quic(name, quic) is None:
                    failed.append(f"QUIC {name} at {quic}")
        return failed


def quic_command(name, address, directory, timeout_s=3):
    """An HTTP/3 GET of https://NAME/lab into directory/lab. gtlsclient's exit status says nothing: look at the file."""
    # Its server name is the host that it is given, so the name has to resolve, and a namespace has no resolver:
    # nss_wrapper lets one program have a hosts file of its own.
    directory.mkdir(exist_ok=True)
    hosts = directory / "hosts"
    hosts.write_text(f"{address} {name}\n")
    return ["env", "LD_PRELOAD=libnss_wrapper.so", f"NSS_WRAPPER_HOSTS={hosts}", "gtlsclient", "-q",
            "--exit-on-all-streams-close", f"--timeout={timeout_s}s", f"--handshake-timeout={timeout_s}s",
            f"--download={directory}", name, "443", f"https://{name}/lab"]


def is_address(text):
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def write_rules(directory):
    """An indicator list (rules/README.md) with the one domain; `defined`, so that `enforce` blocks it."""
    path = directory / "lab.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "indicator", "kind", "recipient", "confidence", "source"])
        rows.writerow(["listed", LISTED, "domain", "the lab", "defined", "this test"])
    return path
