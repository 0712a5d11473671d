"""What a tap does when something is full, or when more comes than it can search: it forwards, counts what it did not look
into, says so, and comes back by itself."""

import contextlib
import socket
import time

from bench import require
from frames import ETH_P_ALL, ethernet, ipv4
from load import Crossing
from memory_tests import ACK, OUTSIDE, SYN, datagrams, send, tcp, uninspected
from publisher import signature
from reload_tests import reload, settings, write
from servers import WEB4

SAID_LIMIT_S = 5.0
PAUSE_S = 0.0005
BACK_LIMIT_S = 5.0  # promised of an overload; what is full is over 3 s after the last packet that found it so
TABLE = 64
FLOWS = 500
PATH = "/overload-path-of-the-lab"
# What comes behind its content is looked for in many ways, and never there: PCRE2's limits end it, of each.
DEAR_PORT, DEAR = 9903, 9_000_040
DEAR_RULES = [f'alert tcp any any -> any {DEAR_PORT} (msg:"dear on purpose"; content:"aaaa"; '
              f'pcre:"/(a|aa)+[b-{letter}]/"; sid:{DEAR + number};)' for number, letter in enumerate("cd")]
CONNECTIONS, SEGMENT_BYTES = 64, 1400
OFFERED_S = 4.0
TIMES_TOO_MUCH = 3
# Each time that the tap tries to search all again a few packets are lost before it knows better; of what a tap loses that
# leaves nothing out, no more than this.
LOST_SHARE = 0.1


@contextlib.contextmanager
def configured(bench, **tables):
    """The tap runs anew with other tables of options, and afterwards as before."""
    before = settings(bench)
    write(bench, before | tables)
    bench.wire.configure()
    try:
        yield
    finally:
        write(bench, before)
        bench.wire.configure()


def metric(bench, name, **labels):
    return sum(value for (found, has), value in bench.wire.samples().items()
               if found == name and labels.items() <= dict(has).items())


def a_full_flow_table_is_said_and_over_when_it_is(bench):
    with configured(bench, flow={"table_entries": TABLE, "udp_idle_timeout_ms": 1000}):
        bench.wire.wait_for_state("INSPECTING", SAID_LIMIT_S)
        with bench.events():
            pass  # what was said before stands in the file by now
        with bench.events() as events:
            with Crossing(bench.lab) as crossing:
                send(bench, datagrams(FLOWS))
                time.sleep(0.2)
            why = bench.wire.wait_for_state("DEGRADED", SAID_LIMIT_S)["reason"]
            left_out = uninspected(bench)["flow_table_full"]
            begin = time.monotonic()
            bench.wire.wait_for_state("INSPECTING", BACK_LIMIT_S)
            back = time.monotonic() - begin
        require(why == "worker 0: the flow table is full (flow.table_entries)", why)
        require(left_out > 0 and crossing.lost_outwards == 0, f"{left_out} counted, {crossing.lost_outwards} lost")
        states = [(event["state"].get("before"), event["state"]["name"]) for event in events
                  if event["event_type"] == "state"]
        require(states == [("INSPECTING", "DEGRADED"), ("DEGRADED", "INSPECTING")], states)

        # The same where the site wants nothing to pass that has no flow.
        write(bench, settings(bench) | {"policy": {"uninspected": {"flow_table_full": "drop"}}})
        require('policy.uninspected.flow_table_full: "pass" -> "drop"' in reload(bench), "the plan does not name it")
        time.sleep(2.0)  # flows end
        with Crossing(bench.lab) as crossing:
            send(bench, datagrams(FLOWS))
            time.sleep(0.2)
        dropped = metric(bench, "sluice_packets_dropped_total", reason="uninspected")
        held = metric(bench, "sluice_packets_restrained_total", kind="uninspected")
        require(dropped == held == crossing.lost_outwards > 0,
                f"{dropped} dropped, {held} restrained, {crossing.lost_outwards} lost")
        bench.wire.wait_for_state("INSPECTING", BACK_LIMIT_S)
        bench.ping(WEB4)
        bench.note(f"{left_out:.0f} passed and {dropped:.0f} were dropped; back after {back:.1f} s")


def talk():
    """Connections that take turns, each in clear text that goes on and on."""
    text = b"a" * SEGMENT_BYTES
    for port in range(20_000, 20_000 + CONNECTIONS):
        yield ethernet(0x0800, ipv4(to_port(port, 999, SYN), 6, target=OUTSIDE))
    number = 0
    while True:
        sequence = 1000 + number // CONNECTIONS * SEGMENT_BYTES
        yield ethernet(0x0800, ipv4(to_port(20_000 + number % CONNECTIONS, sequence, ACK, text), 6, target=OUTSIDE))
        number += 1


def to_port(source_port, sequence, flags, payload=b""):
    segment = tcp(source_port, sequence, flags, payload)
    return segment[:2] + DEAR_PORT.to_bytes(2, "big") + segment[4:]


def offer(bench, per_second=0):
    """At that rate (0: as fast as it can be), for a time; (frames sent, frames lost, when it ended)."""
    frames = talk()
    with Crossing(bench.lab) as crossing:
        with bench.lab.socket("inside", socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as wire:
            wire.bind(("inside0", ETH_P_ALL))
            begin, sent = time.monotonic(), 0
            while (elapsed := time.monotonic() - begin) < OFFERED_S:
                if per_second and sent >= elapsed * per_second:
                    time.sleep(PAUSE_S)
                    continue
                wire.send(next(frames))
                sent += 1
        over = time.monotonic()
        time.sleep(1.0)  # what waits in the tap's queue
    return sent, crossing.lost_outwards, over


def an_overload_costs_few_packets_is_said_and_is_over_at_once(bench):
    rules = bench.publisher.rules("overload", ["overload.pushed.example"], [*DEAR_RULES, signature(9_000_032, PATH)])
    depth = {"depth": {"unknown_bytes": 0}}
    whole = settings(bench)["rules"] | {"suspend_above_percent": 0, "suspend_above_limit_hits": 0}
    with configured(bench, rules=whole, inspection=depth):
        bench.wire.push(bench.publisher.compile("overload", 1, rules))
        sent, lost, _ = offer(bench)
        searched = (sent - lost) / OFFERED_S
        rate = TIMES_TOO_MUCH * searched
        require(sent > rate * OFFERED_S, f"{sent} packets in {OFFERED_S} s are not {TIMES_TOO_MUCH} times {searched:.0f}")
        _, without, _ = offer(bench, rate)
    with configured(bench, rules=whole, inspection=depth, overload={"full_bursts": 8}):
        bench.wire.wait_for_state("INSPECTING", SAID_LIMIT_S)
        sent, lost, over = offer(bench, rate)
        status = bench.wire.status()
        require(status["state"] == "DEGRADED" and "overload: clear text" in status["reason"], status)
        bench.wire.wait_for_state("INSPECTING", BACK_LIMIT_S)
        back = time.monotonic() - over
        left_out = uninspected(bench)["overload_payload"]
        require(metric(bench, "sluice_overload_level") == 0, "something is left out still")
        require(0 < left_out < sent, f"{left_out} of {sent} not searched")
        require(lost <= without * LOST_SHARE, f"{lost} of {sent} lost; {without} where nothing is left out")
        with bench.alerts() as alerts:
            bench.get(f"http://neighbour.example{PATH}", WEB4)
        require(9_000_032 in {alert["alert"]["signature_id"] for alert in alerts}, "the path is not found")
    bench.note(f"{searched:.0f} packets/s can be searched; of {sent} in {OFFERED_S:.0f} s {lost} lost, {left_out:.0f} not "
               f"searched, back after {back:.1f} s; {without} lost where nothing is left out")


TESTS = [a_full_flow_table_is_said_and_over_when_it_is, an_overload_costs_few_packets_is_said_and_is_over_at_once]
