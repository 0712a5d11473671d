"""Numbered datagrams there and back, 5,000 a second, and what came of each: two programs for the ends of a wire.

    echo.py answer ADDRESS PORT     sends every datagram back
    echo.py ask ADDRESS PORT        asks until SIGTERM, then prints a Report as JSON

Both ask for real-time priority: beside a busy tap they would measure themselves.
"""

import contextlib
import json
import os
import signal
import socket
import struct
import sys
import time
from dataclasses import asdict, dataclass, field

RATE = 5000  # a second
CATCH_UP = 50  # datagrams at once at most, after the sender was kept waiting
ANSWER_LIMIT_S = 1.0
BUFFER = 8 << 20
SIZE = 64
SO_RCVBUFFORCE = 33  # socket(7)


@dataclass
class Report:
    sent: int = 0
    twice: int = 0
    reordered: int = 0  # came behind one that was sent later
    # Of each run of datagrams without an answer: when the last one before it and the first one behind it were sent
    # (CLOCK_MONOTONIC), and how many it has.
    gaps: list = field(default_factory=list)

    def lost(self):
        return sum(count for _, _, count in self.gaps)

    def longest(self, begin, end):
        """The longest gap that began in that time, in ms."""
        return max((1000 * (after - before) for before, after, _ in self.gaps if begin - 0.02 <= before < end),
                   default=0.0)


def hurry():
    # On one CPU: a virtual pair has a queue for each, and would itself let one datagram overtake another.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))


def answer(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        here.bind((address, port))
        print("ready", flush=True)
        while True:
            data, whence = here.recvfrom(2048)
            with contextlib.suppress(OSError):
                here.sendto(data, whence)


def ask(address, port):
    over = []
    signal.signal(signal.SIGTERM, lambda *_: over.append(True))
    report, sent_at, came = Report(), [], bytearray()
    last = -1

    def collect(here):
        nonlocal last
        with contextlib.suppress(BlockingIOError):
            while True:
                number, = struct.unpack_from("!Q", here.recv(2048))
                report.twice += came[number]
                report.reordered += number < last
                came[number] = True
                last = max(last, number)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        here.connect((address, port))
        here.setblocking(False)
        print("ready", flush=True)
        begun = time.monotonic()
        while not over:
            now = time.monotonic()
            for _ in range(min(int((now - begun) * RATE) - len(sent_at), CATCH_UP)):
                sent_at.append(time.monotonic())
                came.append(False)
                with contextlib.suppress(OSError):
                    here.send(struct.pack("!Q", len(sent_at) - 1).ljust(SIZE, b"."))
            collect(here)
            time.sleep(1 / RATE)
        deadline = time.monotonic() + ANSWER_LIMIT_S
        while not all(came) and time.monotonic() < deadline:
            time.sleep(0.01)
            collect(here)

    report.sent = len(sent_at)
    number = 0
    while number < len(came):
        if came[number]:
            number += 1
            continue
        first = number
        while number < len(came) and not came[number]:
            number += 1
        report.gaps.append((sent_at[max(first - 1, 0)], sent_at[min(number, len(came) - 1)], number - first))
    print(json.dumps(asdict(report)), flush=True)


if __name__ == "__main__":
    hurry()
    {"answer": answer, "ask": ask}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
