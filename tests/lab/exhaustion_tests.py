"""Whatever has a bound is filled on a running tap: it forwards, or drops where the site says so, counts it under its own
name, is DEGRADED with the reason, and is over it by itself. (The flow table: overload_tests.py.)"""

import contextlib
import itertools
import os
import signal
import struct
import time
from dataclasses import dataclass, field
from typing import Callable

from bench import require
from frames import HERE4, Wire, ethernet, ipv4, udp
from load import Crossing, Queries, query
from memory_tests import ACK, OUTSIDE, SYN, send, streams, tcp
from overload_tests import BACK_LIMIT_S, SAID_LIMIT_S, configured, metric, talk, to_port
from publisher import signature
from reload_tests import reload, settings, write

SMALL = {
    "stream": {"buffers": 4, "payload_windows": 60},
    "inspection": {"followed_bodies": 1, "resolved_names": 16},
    "events": {"ring_bytes": 262144},
    # Of more devices than are counted each sends one datagram, which is as much as it may in eight seconds.
    "policy": {"traffic": [{"name": "all", "action": "limit", "limit_kbit_per_s": 1, "devices": ["10.0.0.0/8"]}]},
}
BITS = 17  # of a flow 16 are kept
BITS_PATH = "/more-bits-than-a-flow-has"
ALARMING = "alarming.example"
RULES = [f'alert dns any any -> any any (msg:"a question"; dns.query; content:"{ALARMING}"; endswith; sid:9000053;)',
         signature(9_000_050, "/a-path-of-no-meaning"),
         'alert http any any -> any any (msg:"a body"; http.request_body; content:"that nobody sends"; sid:9000052;)',
         f'alert tcp any any -> any 9903 (msg:"bits"; content:"{BITS_PATH}"; '
         + "".join(f"flowbits:set,b{number}; " for number in range(BITS)) + "sid:9000051;)"]
CONNECTIONS, DATAGRAMS, PIECES, DEVICES, ADDRESSES = 50, 3000, 200, 9000, 100
POST = b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9000\r\n\r\n"
STOPPED_S = 2.0


def frame(segment):
    return ethernet(0x0800, ipv4(segment, 6, target=OUTSIDE))


def holes(bench):
    """What finds no buffer takes that of another, of which it shows as soon as more of it comes."""
    for _ in range(3):
        send(bench, streams(CONNECTIONS))


def clear_text(bench):
    send(bench, itertools.islice(talk(), 4 * CONNECTIONS))


def pieces_of_datagrams(bench):
    """RFC 791 section 3.2: first fragments, whose rest never comes, and of one datagram every other one."""
    def piece(number, offset):
        return ethernet(0x0800, ipv4(bytes(8), target=OUTSIDE, identification=number, flags_offset=0x2000 | offset))
    send(bench, [piece(number, 0) for number in range(DATAGRAMS)] + [piece(DATAGRAMS, 2 * number) for number in range(PIECES)])


def bodies(bench):
    """Begun all at once, and no end of them."""
    def segments(port):
        yield tcp_to(80, port, 999, SYN)
        yield tcp_to(80, port, 1000, ACK, POST)
        for number in range(5):
            yield tcp_to(80, port, 1000 + len(POST) + number * 1000, ACK, b"x" * 1000)
    connections = [segments(port) for port in range(30_000, 30_003)]
    send(bench, [frame(segment) for step in zip(*connections) for segment in step])


def tcp_to(port, *words):
    segment = tcp(*words)
    return segment[:2] + port.to_bytes(2, "big") + segment[4:]


def events_that_nobody_reads(bench):
    os.kill(bench.wire.control.pid, signal.SIGSTOP)
    try:
        with Queries(bench.lab, ALARMING):
            time.sleep(STOPPED_S)
    finally:
        os.kill(bench.wire.control.pid, signal.SIGCONT)


def bits(bench):
    send(bench, [frame(to_port(31_000, 999, SYN)), frame(to_port(31_000, 1000, ACK, BITS_PATH.encode()))])


def answers(bench):
    """To one question, each with another address (RFC 1035 section 4.1)."""
    question = query(7, "many.example")
    send(bench, [ethernet(0x0800, ipv4(udp(5000, 53, question, target=OUTSIDE), target=OUTSIDE))])
    with Wire(bench.lab, "outside", "outside0") as wire:
        for last in range(1, ADDRESSES):
            record = struct.pack("!HHHIH4B", 0xC00C, 1, 1, 3600, 4, 203, 0, 113, last)
            answer = question[:2] + struct.pack("!5H", 0x8180, 1, 1, 0, 0) + question[12:] + record
            wire.send(ethernet(0x0800, ipv4(udp(53, 5000, answer, source=OUTSIDE, target=HERE4), source=OUTSIDE,
                                            target=HERE4)))


def devices(bench):
    send(bench, [ethernet(0x0800, ipv4(udp(1, 1, bytes(1000), target=OUTSIDE), target=OUTSIDE,
                                       source=f"10.0.{number // 250}.{1 + number % 250}")) for number in range(DEVICES)])


@dataclass
class Bound:
    name: str  # of the lapse: dataplane/pipeline/README.md
    fill: Callable
    says: str
    metric: str
    labels: dict = field(default_factory=dict)
    may_be_dropped: bool = False


UNINSPECTED = "sluice_packets_uninspected_total"
BOUNDS = [  # Clear text behind what takes windows too, and keeps them for a while.
    Bound("bodies_full", bodies, "more bodies than can be followed", "sluice_content_errors_total",
          {"reason": "not_followed"}),
    Bound("signature_state_full", bits, "what signatures remember", "sluice_signature_state_full_total"),
    Bound("payload_windows_full", clear_text, "no window is free", "sluice_payload_windows_full_total", {}, True),
    Bound("buffer_full", holes, "no buffer is free", UNINSPECTED, {"reason": "buffer_full"}, True),
    Bound("fragment_table_full", pieces_of_datagrams, "the table of IP fragments is full", UNINSPECTED,
          {"reason": "fragment_table_full"}, True),
    Bound("event_ring_full", events_that_nobody_reads, "events are lost", "sluice_events_lost_total"),
    Bound("dns_memory_full", answers, "DNS answers are forgotten", "sluice_dns_memory_evicted_total"),
    Bound("rate_limits_full", devices, "more devices under limits", "sluice_rate_limits_evicted_total"),
]


def dropped(bench):
    """By the tap, of all reasons: what a busy machine loses before the tap sees it is another matter."""
    return metric(bench, "sluice_packets_dropped_total")


def fill(bench, bound):
    """Returns (how often it was counted, packets dropped, frames that did not arrive, seconds until it was over); the tap
    has said so."""
    bench.wire.wait_for_state("INSPECTING", BACK_LIMIT_S)
    before, dropped_before = metric(bench, bound.metric, **bound.labels), dropped(bench)
    with Crossing(bench.lab) as crossing:
        bound.fill(bench)
        time.sleep(0.2)
    counted = metric(bench, bound.metric, **bound.labels) - before
    require(counted > 0, f"{bound.name}: not counted")
    why = bench.wire.wait_for_state("DEGRADED", SAID_LIMIT_S)["reason"]
    require(bound.says in why, f"{bound.name}: the state's reason is {why!r}")
    begin = time.monotonic()
    bench.wire.wait_for_state("INSPECTING", BACK_LIMIT_S)
    return counted, dropped(bench) - dropped_before, crossing.lost_outwards, time.monotonic() - begin


@contextlib.contextmanager
def small(bench):
    rules = bench.publisher.rules("exhaustion", signatures=RULES)
    with configured(bench, **{name: settings(bench).get(name, {}) | table for name, table in SMALL.items()}):
        bench.wire.push(bench.publisher.compile("exhaustion", 1, rules))
        yield


def what_has_a_bound_is_filled_and_all_passes(bench):
    figures = []
    with small(bench):
        for bound in BOUNDS:
            counted, drops, _, back = fill(bench, bound)
            require(drops == 0, f"{bound.name}: {drops:.0f} packets dropped")
            figures.append(f"{bound.name} {counted:.0f}, back after {back:.1f} s")
    bench.note("; ".join(figures))


def what_has_a_bound_is_filled_and_the_site_has_it_dropped(bench):
    figures = []
    with small(bench):
        for bound in (bound for bound in BOUNDS if bound.may_be_dropped):
            changed = settings(bench)
            changed["policy"]["uninspected"] = {bound.name: "drop"}
            write(bench, changed)
            reload(bench)
            before = metric(bench, "sluice_packets_dropped_total", reason="uninspected")
            _, drops, lost, _ = fill(bench, bound)
            by_reason = metric(bench, "sluice_packets_dropped_total", reason="uninspected") - before
            require(lost >= drops == by_reason > 0,
                    f"{bound.name}: {lost} frames did not arrive, {drops:.0f} dropped, {by_reason:.0f} for the reason")
            figures.append(f"{bound.name} {drops:.0f}")
    bench.note("; ".join(figures))


TESTS = [what_has_a_bound_is_filled_and_all_passes, what_has_a_bound_is_filled_and_the_site_has_it_dropped]
