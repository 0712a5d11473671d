"""One pipeline, three sources: what is found inline, at a mirror port, and in the capture of it, is the same."""

import contextlib
import json

import tap
from bench import LISTED_NAMES, NEIGHBOURS, require
from capture import Capture
from frames import Wire

DEVICE = ("192.168.77.10/32", "fd77::10/128")
ETHER_TYPE, IPV4, IPV6 = slice(12, 14), b"\x08\x00", b"\x86\xdd"
NEXT_HEADER, ICMPV6 = 20, 58  # place in the frame
EACH_NAME = 8  # findings: over DNS, HTTP, TLS and QUIC, each for IPv4 and IPv6
OTHER_MAC = "02:00:00:00:00:0c"
# What must differ: clocks, which tap says it from where, and numbers that are drawn at each start.
OF_THE_RUN = {"timestamp", "start", "end", "flow_id", "tap_id", "site", "in_iface", "port_pair", "pcap_filename", "pcap_cnt",
              "ruleset", "generation", "clock_state", "finding_id"}


def told(events):
    """Findings as lines in order, without what is of the run."""

    def bare(value):
        if isinstance(value, dict):
            return {key: bare(inner) for key, inner in value.items() if key not in OF_THE_RUN}
        return [bare(inner) for inner in value] if isinstance(value, list) else value

    return sorted(json.dumps(bare(event), sort_keys=True) for event in events if event["event_type"] == "alert")


def require_same(one, other, what):
    missing, more = set(one) - set(other), set(other) - set(one)
    require(not missing and not more and len(one) == len(other),
            f"{what}: {len(one)} findings and {len(other)}; missing:\n" + "\n".join(sorted(missing)[:3]) + "\nmore:\n" +
            "\n".join(sorted(more)[:3]))


@contextlib.contextmanager
def deaf(lab):
    """The outside hears nothing that is sent to it, and so answers nothing: it goes by another MAC address."""
    address = json.loads(lab.check("outside", ["ip", "-json", "link", "show", "outside0"]))[0]["address"]
    lab.check("outside", ["ip", "link", "set", "outside0", "address", OTHER_MAC])
    try:
        yield
    finally:
        lab.check("outside", ["ip", "link", "set", "outside0", "address", address])
        for role in ("inside", "outside"):
            lab.check(role, ["ip", "neigh", "flush", "all"])


@contextlib.contextmanager
def mute(lab):
    """Nothing leaves the inside but raw frames: connections that a test before left open would go on sending."""
    rules = [["ip", family, "rule", change, "pref", "1", "blackhole"] for change in ("add", "del") for family in ("-4", "-6")]
    for rule in rules[:2]:
        lab.check("inside", rule)
    try:
        yield
    finally:
        for rule in rules[2:]:
            lab.check("inside", rule)


def is_of_a_flow(frame):
    """Not ARP or neighbour discovery, which hosts would answer."""
    return frame[ETHER_TYPE] == IPV4 or (frame[ETHER_TYPE] == IPV6 and frame[NEXT_HEADER] != ICMPV6)


def replayed(bench, rules, path):
    eve = bench.lab.directory / "replayed.json"
    eve.unlink(missing_ok=True)
    lists = [word for kind in ("indicators", "signatures") for name in rules.get(kind, []) for word in (f"--{kind}", name)]
    bench.lab.check("tap", [tap.program("sluice"), "replay", *lists, *(word for net in DEVICE for word in ("--inside", net)),
                            "--eve", eve, path])
    return told(map(json.loads, eve.read_text(encoding="utf-8").splitlines()))


def inline_at_a_mirror_and_replayed_the_same_is_found(bench):
    bench.wire.configure(inspection={"inside_networks": list(DEVICE)})
    with Capture(bench.lab, "inside", "inside0") as capture:
        with bench.alerts() as alerts:
            failed = bench.everything([*LISTED_NAMES, NEIGHBOURS[0]])
    require(not failed, f"not reached: {failed}")
    require(capture.lost() == 0, "tcpdump could not keep all frames")
    inline = told(alerts)
    require(len(inline) >= EACH_NAME * len(LISTED_NAMES), f"only {len(inline)} findings")

    # Both ways come by one port, as from a mirror; a data plane that has not seen the flows yet.
    bench.wire.configure()
    frames = [frame for frame in capture.frames() if is_of_a_flow(frame)]
    # Alerts innermost: what the kernel could not send while it was mute it tries again at once afterwards.
    with deaf(bench.lab), mute(bench.lab), bench.alerts() as alerts:
        with Wire(bench.lab, "inside", "inside0") as wire:
            for frame in frames:
                wire.send(frame)
    mirrored = told(alerts)
    require_same(inline, mirrored, "inline and at a mirror port")
    rules = json.loads(bench.wire.config.read_text(encoding="utf-8"))["rules"]
    require_same(inline, replayed(bench, rules, capture.path), "inline and replayed")
    bench.note(f"{len(inline)} findings, {len(frames)} frames")


TESTS = [inline_at_a_mirror_and_replayed_the_same_is_found]
