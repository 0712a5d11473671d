"""Clients that go on while something else happens, and afterwards say what they missed."""

import contextlib
import hashlib
import os
import select
import socket
import struct
import threading
import time

from lab import OUTSIDE4
from servers import WEB4

QUERY_EVERY_S = 0.001
PROBE_EVERY_S = 0.01
ANSWER_LIMIT_S = 1.0  # dnsmasq beside a busy tap needs milliseconds
DOWNLOAD_RATE = 16 << 20  # bytes a second: the machine has other things to do, compiling rules among them
DOWNLOAD_LIMIT_S = 20
LONG_BYTES = 16 << 20
LONG_RATE = "6M"  # bytes a second: it takes three seconds, and something happens in the first of them
BEGIN_LIMIT_S = 5.0


def query(number, name):
    """RFC 1035 section 4.1: a question for an IPv4 address."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, 1, 1)


class Crossing:
    """What the ends of the wire sent and got while a context lasted, by the kernel's own counters."""

    ENDS = (("inside", "inside0"), ("outside", "outside0"))

    def __init__(self, lab):
        self._lab = lab
        self.lost_outwards = self.lost_inwards = 0  # frames

    def _frames(self):
        return [self._lab.counters(*end) for end in self.ENDS]

    def __enter__(self):
        self._before = self._frames()
        return self

    def __exit__(self, *_):
        (inside_got, inside_sent), (outside_got, outside_sent) = [
            [after - before for after, before in zip(*pair)] for pair in zip(self._frames(), self._before)]
        self.lost_outwards, self.lost_inwards = inside_sent - outside_got, outside_sent - inside_got


class Background:
    """A thread in a namespace, for the length of a context; what it raised is raised at the end."""

    def __init__(self, lab, role="inside"):
        self.lab, self._role = lab, role
        self._over = threading.Event()
        self._error = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        if self._error:
            raise RuntimeError(f"{type(self).__name__}: {self._error}")

    def _run(self):
        try:
            self.lab.enter(self._role)
            self.work(self._over)
        except OSError as error:
            self._error = error


class Queries(Background):
    """A thousand DNS questions a second over one flow, each for a name of its own in a zone; no rule is about the one
    that they have unless told another."""

    def __init__(self, lab, zone="load.example"):
        super().__init__(lab)
        self._zone = zone
        self.sent, self._answered = 0, set()

    def work(self, over):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            asking.connect((OUTSIDE4, 53))
            asking.setblocking(False)
            begin = time.monotonic()
            while not over.is_set():
                # As many as are due: a thread that was kept waiting by a busy machine catches up in small steps.
                due = min(int((time.monotonic() - begin) / QUERY_EVERY_S) - self.sent, 20)
                for _ in range(due):
                    asking.send(query(self.sent & 0xFFFF, f"n{self.sent}.{self._zone}"))
                    self.sent += 1
                self._collect(asking)
                time.sleep(QUERY_EVERY_S)
            deadline = time.monotonic() + ANSWER_LIMIT_S
            while self.missing() and time.monotonic() < deadline:
                time.sleep(QUERY_EVERY_S)
                self._collect(asking)

    def _collect(self, asking):
        with contextlib.suppress(BlockingIOError):
            while True:
                answer = asking.recv(512)
                self._answered.add(answer[12:12 + 1 + answer[12]])  # the first label, which holds the number

    def missing(self):
        return self.sent - len(self._answered)


class Downloads(Background):
    """Files over HTTP, one after the other; each is compared. `rate`: bytes a second at most, and a second holds some
    four files."""

    def __init__(self, lab, rate=DOWNLOAD_RATE):
        super().__init__(lab)
        self.done, self.failed = 0, []
        self._rate, self._size, self._began = rate, rate // 4, time.monotonic()
        content = os.urandom(self._size)
        self._wanted = hashlib.sha256(content).hexdigest()
        (lab.servers.files / "load").write_bytes(content)

    def work(self, over):
        here = self.lab.directory / "load"
        while not over.is_set():
            done = self.lab.run("inside", [
                "curl", "--silent", "--show-error", "--fail", "--output", here, "--limit-rate", self._rate,
                "--max-time", DOWNLOAD_LIMIT_S, f"http://{WEB4}/files/load"], timeout=DOWNLOAD_LIMIT_S + 5)
            if done.returncode != 0 or hashlib.sha256(here.read_bytes()).hexdigest() != self._wanted:
                self.failed.append(f"curl ended with {done.returncode}: {done.stderr}")
            self.done += 1

    def megabits(self):
        """A second, over all of the time until now; what was sent again does not count."""
        return self.done * self._size * 8 / 1e6 / (time.monotonic() - self._began)


def download_while(lab, act):
    """Runs act() when a download has begun; fails unless it was still going on then, and arrives as it was sent."""
    content = os.urandom(LONG_BYTES)
    (lab.servers.files / "long").write_bytes(content)
    here, log = lab.directory / "long", lab.directory / "long.log"
    here.unlink(missing_ok=True)
    with open(log, "wb") as file:
        curl = lab.start("inside", [
            "curl", "--silent", "--show-error", "--fail", "--output", here, "--limit-rate", LONG_RATE, "--max-time",
            DOWNLOAD_LIMIT_S, f"http://{WEB4}/files/long"], stdout=file)
    try:
        deadline = time.monotonic() + BEGIN_LIMIT_S
        while not (here.exists() and here.stat().st_size):
            if time.monotonic() > deadline:
                raise RuntimeError("the download does not begin")
            time.sleep(0.01)
        act()
        if curl.poll() is not None:
            raise RuntimeError("the download was over before anything happened: this proves nothing")
        status = curl.wait(DOWNLOAD_LIMIT_S + 5)
    finally:
        if curl.poll() is None:
            curl.kill()
            curl.wait()
    came, sent = (hashlib.sha256(data).hexdigest() for data in (here.read_bytes(), content))
    if status != 0 or came != sent:
        raise RuntimeError(f"curl ended with {status} ({log.read_text()}); SHA-256 {came} came, {sent} was sent")
    return came


class Probes(Background):
    """Asks for some names again and again, each question from a port of its own, and remembers which got an answer."""

    def __init__(self, lab, names):
        super().__init__(lab)
        self._names = names
        self._asked = {name: [] for name in names}  # [when, whether answered]

    def work(self, over):
        waiting = {}
        poll = select.poll()
        number = 0
        while not over.is_set():
            for name in self._names:
                asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                asking.connect((OUTSIDE4, 53))
                entry = [time.monotonic(), False]
                self._asked[name].append(entry)
                asking.send(query(number & 0xFFFF, name))
                number += 1
                poll.register(asking, select.POLLIN)
                waiting[asking.fileno()] = (asking, entry)
            self._collect(poll, waiting, PROBE_EVERY_S)
        deadline = time.monotonic() + ANSWER_LIMIT_S
        while waiting and time.monotonic() < deadline:
            self._collect(poll, waiting, PROBE_EVERY_S)
        for asking, _ in waiting.values():
            asking.close()

    def _collect(self, poll, waiting, limit_s):
        deadline = time.monotonic() + limit_s
        while (left := deadline - time.monotonic()) > 0:
            for file, _ in poll.poll(left * 1000):
                asking, entry = waiting.pop(file)
                entry[1] = True
                poll.unregister(file)
                asking.close()
        late = time.monotonic() - ANSWER_LIMIT_S
        for file in [file for file, (_, entry) in waiting.items() if entry[0] < late]:
            poll.unregister(file)
            waiting.pop(file)[0].close()

    def between(self, name, begin, end):
        """[(seconds since begin, whether answered)] of the questions that were asked in that time."""
        return [(when - begin, answered) for when, answered in self._asked[name] if begin <= when < end]

    def unanswered(self):
        return sum(not answered for asked in self._asked.values() for _, answered in asked)
