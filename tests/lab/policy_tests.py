"""The site's policy on a running tap: who is let through, who is blocked, and who is told."""

import json
import os
import struct
import time
from ipaddress import ip_address

import chromium
import frames
from bench import BLOCKED_LIMIT_S, LISTED, NEIGHBOURS, require
from capture import Capture
from servers import BOTH4, KEYS_NAME, QUIC4, STANDING_NAME, WEB4, WEB6

INSIDE = "192.168.77.0/24"  # where the lab's device is
RESET = 56  # curl: failure in receiving network data
BROWSER_GIVES_UP_S = 20  # it takes seconds to start; of what is dropped it waits longer for an answer
PAGES = 5
UDP = 17  # IANA protocol number
AT_ONCE_S = 0.5  # a client that is told needs milliseconds; one that is not waits for its time-out


def line(name, action, **conditions):
    return {"name": name, "action": action, **conditions}


def visit(bench):
    """Fetches a page of the listed name; returns curl's exit status, the seconds it took, and the lines and verdicts of
    its alerts."""
    with bench.alerts() as alerts:
        begin = time.monotonic()
        done = bench.inside(["curl", "--silent", "--max-time", BLOCKED_LIMIT_S, "--connect-to", f"{LISTED}::{WEB4}:",
                             f"http://{LISTED}/"])
        took = time.monotonic() - begin
    return done.returncode, took, {(alert["sluice"].get("policy"), alert["alert"]["action"]) for alert in alerts}


def a_device_that_is_observed_is_let_through_and_said_to_be(bench):
    bench.wire.configure(exceptions="", policy={"groups": [{"name": "watched", "devices": [INSIDE]}],
                                                "lines": [line("let-be", "observe", devices=["watched"])]})
    status, _, said = visit(bench)
    require(status == 0 and said == {("let-be", "allowed")}, f"curl ended with {status}; alerts: {said}")
    require(bench.address_of(LISTED), "a look-up is not answered")


def a_line_about_others_changes_nothing(bench):
    bench.wire.configure(policy={"lines": [line("others", "observe", devices=["192.0.2.0/24"]),
                                           line("elsewhere", "observe", destinations=["else.example"])]})
    status, took, said = visit(bench)
    require(status != 0 and took >= BLOCKED_LIMIT_S and said == {(None, "blocked")},
            f"curl ended with {status} after {took:.1f} s; alerts: {said}")


def who_is_rejected_learns_it_at_once(bench):
    bench.wire.configure(policy={"lines": [line("say-no", "reject", recipients=["the lab"], destinations=[LISTED])]})
    status, took, said = visit(bench)
    require(status == RESET and took < AT_ONCE_S and said == {("say-no", "blocked")},
            f"curl ended with {status} after {took:.1f} s; alerts: {said}")
    bench.wire.configure(policy={})


def a_browser_learns_at_once_that_a_page_is_rejected(bench):
    bench.wire.configure(policy={"lines": [line("say-no", "reject", destinations=[LISTED])]})
    begin = time.monotonic()
    page = chromium.visit(bench.lab, "inside", f"https://{LISTED}/page", WEB4)
    took = time.monotonic() - begin
    require(page is None and took < BROWSER_GIVES_UP_S, f"after {took:.1f} s the browser has {page}")
    bench.note(f"{took:.1f} s with its start")
    bench.wire.configure(policy={})


def a_browser_that_may_not_use_quic_gets_its_pages_over_tcp(bench):
    """It has heard of HTTP/3 with the first page, and goes on over TCP where that does not answer."""
    rules = bench.lab.directory / "no-quic.rules"
    rules.write_text('drop quic any any -> any 443 (msg:"the site wants no QUIC"; sid:1;)\n', encoding="utf-8")
    took = {}
    for signatures in ([], [str(rules)]):
        bench.wire.configure(signatures=signatures)
        with bench.events() as events, Capture(bench.lab, "inside", "inside0") as capture, \
                chromium.Browser(bench.lab, "inside", {STANDING_NAME: BOTH4}, BOTH4, ()) as browser:
            pages, begin = [], time.monotonic()
            for number in range(PAGES):
                pages.append(browser.open(f"https://{STANDING_NAME}/{number}"))
                require(pages[-1], f"page {number} did not arrive with {signatures}")
            took[bool(signatures)] = time.monotonic() - begin
        answered = any(frame[12:14] == b"\x08\x00" and frame[23] == UDP and frame[26:30] == ip_address(BOTH4).packed
                       for frame in capture.frames())
        blocked = any(event["event_type"] == "alert" and event["alert"]["action"] == "blocked" for event in events)
        require((answered, blocked) == ((False, True) if signatures else (True, False)),
                f"with {signatures}: answers over QUIC {answered}, blocked {blocked}")
    bench.note(f"{PAGES} pages in {took[False]:.1f} s with QUIC, {took[True]:.1f} s without")
    bench.wire.configure(signatures=[])


def answer(bench, name, kind="A", *options):
    """What kdig shows of the answer, and the seconds that it took."""
    begin = time.monotonic()
    done = bench.inside(["kdig", "@192.168.77.1", name, kind, "+retry=0", f"+time={BLOCKED_LIMIT_S}", *options])
    return done.stdout, time.monotonic() - begin


def a_look_up_is_told_that_there_is_no_such_name(bench):
    bench.wire.configure(policy={"lines": [line("unknown", "nxdomain", destinations=[LISTED])]})
    with bench.alerts() as alerts:
        for kind in ("A", "AAAA", "HTTPS"):
            said, took = answer(bench, LISTED, kind, "+edns")
            require("status: NXDOMAIN" in said and "Blocked" in said and took < AT_ONCE_S, f"{kind}: {took:.1f} s: {said}")
    said = {(alert["sluice"].get("policy"), alert["sluice"].get("dns_answer"), alert["alert"]["action"])
            for alert in alerts}
    require(said == {("unknown", "nxdomain", "blocked")}, f"alerts: {said}")
    said, took = answer(bench, LISTED, "A", "+tcp")
    require("status:" not in said and took < AT_ONCE_S, f"over TCP after {took:.1f} s: {said}")
    status, took, _ = visit(bench)
    require(status == RESET and took < AT_ONCE_S, f"curl ended with {status} after {took:.1f} s")
    for name in NEIGHBOURS:
        require(bench.address_of(name), f"{name} is not answered")


def a_look_up_is_led_to_an_address_of_the_site(bench):
    bench.wire.configure(policy={"lines": [line("led-away", "sinkhole", destinations=[LISTED])],
                                 "sinkhole": ["192.0.2.99", "2001:db8::99"]})
    for kind, address in (("A", "192.0.2.99"), ("AAAA", "2001:db8::99")):
        require(bench.address_of(LISTED, kind) == [address], f"{kind}: {bench.address_of(LISTED, kind)}")
    said, _ = answer(bench, LISTED, "HTTPS")
    require("status: NOERROR" in said and "ANSWER: 0" in said, said)
    for name in NEIGHBOURS:
        require(bench.address_of(name) == [WEB4], f"{name}: {bench.address_of(name)}")
    bench.wire.configure(policy={})


def a_device_in_quarantine_has_its_look_ups_and_the_portal(bench):
    bench.wire.configure(policy={"portal": [QUIC4], "traffic": [line("held", "quarantine", devices=[INSIDE])]})
    begin = time.monotonic()
    require(bench.get("http://www.example.org/", WEB4) is None, "it reaches a server")
    took = time.monotonic() - begin
    require(took < AT_ONCE_S, f"it learns of it after {took:.1f} s")
    require(bench.address_of(NEIGHBOURS[0]) == [WEB4], "look-ups are not answered")
    require(bench.get_over_quic("www.example.org", QUIC4) is not None, "it does not reach the portal")
    require(bench.get("http://www.example.org/", WEB6) is not None, "its other address is held, too")
    bench.wire.configure(policy={})
    require(bench.get("http://www.example.org/", WEB4) is not None, "it is still held")


def answers_to_a_device_lose_their_keys_of_ech(bench):
    keys, private = " ech=", " key65280="
    for transport in ("+notcp", "+tcp"):
        bench.wire.configure(policy={})
        said, _ = answer(bench, KEYS_NAME, "HTTPS", transport)
        require((keys in said or " key5=" in said) and private not in said, f"{transport}, as it is sent: {said}")
        bench.wire.configure(policy={"traffic": [line("no-ech", "strip_ech", devices=[INSIDE])]})
        said, _ = answer(bench, KEYS_NAME, "HTTPS", transport)
        require("status: NOERROR" in said and "alpn=h2" in said and "ipv6hint=2001:db8::1" in said,
                f"{transport}: the rest does not arrive: {said}")
        require(keys not in said and " key5=" not in said and private in said, f"{transport}: keys arrive: {said}")
    require(bench.address_of(NEIGHBOURS[0]) == [WEB4], "other look-ups are not answered")
    bench.wire.configure(policy={})


def of_a_device_that_is_exempt_nothing_is_recorded(bench):
    bench.wire.configure(policy={"traffic": [line("exempt", "exempt", devices=[INSIDE])]})
    with bench.events() as events:
        require(bench.get(f"http://{LISTED}/", WEB4) is not None, "it is blocked")
        require(bench.address_of(LISTED) == [WEB4], "its look-up is not answered")
        require(bench.get(f"http://{LISTED}/", WEB6, limit_s=1) is None, "its other address is exempt, too")
    about = [event for event in events if event.get("src_ip", "").startswith("192.168.77.")]
    require(not about, f"events: {about}")
    require(any(event["event_type"] == "alert" for event in events), "its other address is not watched")
    bench.wire.configure(policy={})


def a_bypass_is_by_vlan_and_network(bench):
    """Queries made by hand, since the lab's hosts have no VLAN: byte for byte at the other end, and recorded or not."""
    bench.wire.configure(policy={"traffic": [line("bypass", "exempt", vlans=[100], prefixes=["198.18.0.0/15"])]})
    query = bytes.fromhex("000101000001000000000000" "06" "6c6973746564" "07" "6578616d706c65" "00" "00010001")
    with bench.events() as events, frames.Wire(bench.lab, "inside", "inside0") as here, \
            frames.Wire(bench.lab, "outside", "outside0") as there:
        for vlan, target, crosses in ((100, "198.18.0.99", True), (100, "198.51.100.99", False),
                                      (101, "198.18.0.99", False), (None, "198.18.0.99", False)):
            datagram = frames.ipv4(frames.udp(4000, 53, query, target=target), target=target)
            mark = os.urandom(frames.MARK_BYTES)  # behind the datagram, as padding
            frame = (frames.ethernet(0x0800, datagram + mark) if vlan is None else
                     frames.ethernet(0x8100, struct.pack("!HH", vlan, 0x0800) + datagram + mark))
            here.send(frame)
            came = there.receive_marked(mark)
            require(came == (frame if crosses else None), f"VLAN {vlan} to {target}: {came}")
    # A browser of a test before may still try.
    said = {(tuple(event.get("vlan", ())), event["dest_ip"]) for event in events
            if event["event_type"] == "alert" and event["src_ip"] == frames.HERE4}
    require(said == {((100,), "198.51.100.99"), ((101,), "198.18.0.99"), ((), "198.18.0.99")}, f"alerts: {said}")
    about = [event for event in events if event.get("vlan") == [100] and event.get("dest_ip") == "198.18.0.99"]
    require(not about, f"events: {about}")
    bench.wire.configure(policy={})


def received_by_who_is_sent_at_twice_the_rate(bench, kbit, seconds):
    """Bytes of frames that come out of the tap towards the server, within `seconds`, of a device that sends UDP at twice the
    rate; by the counter of the server's own interface."""
    def counted():
        shown = bench.lab.check("outside", ["ip", "-json", "-statistics", "link", "show", "outside0"])
        return json.loads(shown)[0]["stats64"]["rx"]["bytes"]

    send = ("import socket, sys, time\n"
            "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
            "rate, length = float(sys.argv[2]), float(sys.argv[3])\n"
            "begin, sent = time.monotonic(), 0\n"
            "while (now := time.monotonic() - begin) < length:\n"
            "    while sent * 1042 * 8 < now * rate: s.sendto(bytes(1000), (sys.argv[1], 9)); sent += 1\n"
            "    time.sleep(0.001)\n")
    before = counted()
    done = bench.inside(["python3", "-c", send, WEB4, 2000 * kbit, seconds], timeout=seconds * 3 + 10)
    require(done.returncode == 0, done.stderr)
    return counted() - before


def a_device_gets_the_rate_that_it_is_held_to(bench):
    kbit, seconds = 20_000, 10 if bench.full else 4
    wanted = kbit * 125 * seconds
    bench.wire.configure(policy={"traffic": [line("slow", "limit", devices=[INSIDE], limit_kbit_per_s=kbit)]})
    got = received_by_who_is_sent_at_twice_the_rate(bench, kbit, seconds)
    require(0.95 * wanted <= got <= 1.05 * wanted, f"{got / wanted:.1%} of {kbit} kbit/s")
    bench.wire.configure(policy={})
    free = received_by_who_is_sent_at_twice_the_rate(bench, kbit, 2)
    require(free >= 1.8 * kbit * 125 * 2, f"without a limit only {free / (kbit * 125 * 2):.1%} of its rate comes")
    bench.note(f"{got / wanted:.1%} of {kbit} kbit/s")


# Each goes on where the one before it ended.
TESTS = [
    a_device_that_is_observed_is_let_through_and_said_to_be,
    a_line_about_others_changes_nothing,
    who_is_rejected_learns_it_at_once,
    a_browser_learns_at_once_that_a_page_is_rejected,
    a_browser_that_may_not_use_quic_gets_its_pages_over_tcp,
    a_look_up_is_told_that_there_is_no_such_name,
    a_look_up_is_led_to_an_address_of_the_site,
    a_device_in_quarantine_has_its_look_ups_and_the_portal,
    answers_to_a_device_lose_their_keys_of_ech,
    of_a_device_that_is_exempt_nothing_is_recorded,
    a_bypass_is_by_vlan_and_network,
    a_device_gets_the_rate_that_it_is_held_to,
]
