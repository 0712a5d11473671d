"""Whether the tap stands where it sees what it is to see: real clients through a tap that is wired well, and wrongly."""

import contextlib
import dataclasses
import json
import time

import phone
import tap
from bench import require
from lab import INSIDE4

NAMED_LIMIT_S = 60.0  # from the first traffic on
WRONG = ("ports-swapped", "one-direction-only")
# Hosts of several networks, all of them the lab's outside.
FAR = ("198.18.0.1", "203.0.113.9", "192.0.2.7", "93.184.215.14", "142.250.74.3")
# Phones under names, hardware and addresses of their own.
PHONES = [dataclasses.replace(device, name=f"seen-{device.name}", host=f"2{device.host}",
                              mac=device.mac.replace("02:6d:69:00:00", "02:6d:69:00:03"))
          for device in phone.DEVICES[:3]]
JOINED = set()  # labs


def join(lab):
    """The names of those that speak, on the wire."""
    if lab.id not in JOINED:
        for device in PHONES:
            phone.join(lab, device)
        JOINED.add(lab.id)
    return [device.name for device in PHONES]


def browse(lab, roles):
    """One round: each of them asks for a page of every host, all at once. Whether they get it is not asked."""
    script = "; ".join(f"curl --silent --output /dev/null --max-time 2 http://{address}/ &" for address in FAR)
    script = script.replace("&;", "&")
    running = [lab.start(role, ["sh", "-c", f"{script} wait"]) for role in roles]
    for process in running:
        process.wait(10)


def sluice(bench, *arguments):
    return bench.wire.sluice("vantage", *arguments)


def states(bench):
    """{condition: (state, check)} of `sluice vantage`."""
    document = json.loads(sluice(bench, "--json").stdout)
    return {check["condition"]: check for check in document["checks"]}


def browse_until(bench, roles, what, holds):
    """Seconds of traffic that it took."""
    begin = time.monotonic()
    while not holds(states(bench)):
        took = time.monotonic() - begin
        require(took < NAMED_LIMIT_S, f"not {what} after {took:.0f} s: {json.dumps(states(bench), indent=1)}\n"
                                      f"{signs(bench)}")
        browse(bench.lab, roles)
        time.sleep(0.5)
    return time.monotonic() - begin


def is_as(condition, state):
    return lambda checks: checks.get(condition, {}).get("state") == state


def is_well(checks):
    return all(is_as(condition, "not-found")(checks) for condition in WRONG)


def signs(bench):
    return {dict(labels)["sign"]: int(count) for (name, labels), count in bench.wire.samples().items()
            if name == "sluice_wiring_signs_total" and count}


def metric(bench, condition):
    return bench.wire.samples()["sluice_vantage_condition", (("condition", condition), ("pair", "lab"))]


def restart(bench, swapped=False):
    """Another data plane, with its ports as told; the control plane stays."""
    wire = bench.wire
    settings = json.loads(wire.config.read_text(encoding="utf-8"))
    pair = settings["port_pairs"][0]
    sides = ("outside", "inside") if swapped else ("inside", "outside")
    for side, device in zip(sides, ("tap-in", "tap-out")):
        pair[side]["device"] = device
    wire.config.write_text(json.dumps(settings, indent=2), encoding="utf-8")
    tap.stop(wire.dataplane)
    wire.start_dataplane()
    wire.wait_for_state("INSPECTING", 10.0)
    bench.wait_for(15, "judged anew", lambda: not any(is_as(condition, "found")(states(bench)) for condition in WRONG))


def said(bench, condition):
    """What events said of it, in their order."""
    return [event["vantage"]["state"] for event in bench.wire.events()
            if event["event_type"] == "vantage" and event["vantage"]["condition"] == condition]


def require_named(bench, condition):
    """In each place that shows it."""
    shown = sluice(bench)
    check = states(bench)[condition]
    require(shown.returncode == 1 and check["says"] in shown.stdout and check["remedy"] in shown.stdout,
            f"sluice vantage ended with {shown.returncode}: {shown.stdout}{shown.stderr}")
    status = bench.wire.sluice("status").stdout
    require(f"{condition} (lab)" in status, status)
    require(metric(bench, condition) == 1.0, f"{condition} is no metric")
    bench.wait_for(2, "an event", lambda: said(bench, condition)[-1:] == ["begun"])
    return check


def wait_for_end(bench, condition):
    bench.wait_for(2, f"said that {condition} is over", lambda: said(bench, condition)[-1:] == ["over"])


def require_nothing_found(bench):
    shown = sluice(bench)
    require(shown.returncode == 0, f"sluice vantage ended with {shown.returncode}: {shown.stdout}{shown.stderr}")
    found = [name for name, check in states(bench).items() if check["state"] == "found"]
    require(not found, f"found: {found}: {shown.stdout}")


def ordinary_traffic_of_phones_has_no_condition(bench):
    roles = join(bench.lab)
    took = browse_until(bench, roles, "known to be well", is_well)
    require_nothing_found(bench)
    require("Vantage" not in bench.wire.sluice("status").stdout, "the status says something")
    require(not any(metric(bench, condition) for condition in WRONG), "a metric says something")
    bench.note(f"known to be well after {took:.0f} s of traffic")


def swapped_ports_are_named_within_a_minute_and_over_once_they_are_right(bench):
    roles = join(bench.lab)
    restart(bench, swapped=True)
    try:
        took = browse_until(bench, roles, "ports-swapped", is_as("ports-swapped", "found"))
        check = require_named(bench, "ports-swapped")
        require(check["figures"]["begun_outside"] >= 10 and check["figures"]["begun_inside"] == 0, check)
    finally:
        restart(bench)
    wait_for_end(bench, "ports-swapped")
    right = browse_until(bench, roles, "known to be well", is_well)
    require_nothing_found(bench)
    bench.note(f"named after {took:.0f} s, well {right:.0f} s after it was put right")


@contextlib.contextmanager
def nothing_from_outside(lab):
    """All frames of the outside go into a wire that ends nowhere."""
    lab.ip("outside", "link add nowhere type veth peer name void")
    lab.ip("outside", "link set nowhere up")
    lab.check("outside", ["tc", "qdisc", "add", "dev", "outside0", "clsact"])
    try:
        lab.check("outside", ["tc", "filter", "add", "dev", "outside0", "egress", "protocol", "all", "u32", "match",
                              "u32", "0", "0", "action", "mirred", "egress", "redirect", "dev", "nowhere"])
        yield
    finally:
        lab.check("outside", ["tc", "qdisc", "del", "dev", "outside0", "clsact"])
        lab.ip("outside", "link del nowhere")


def a_side_from_which_nothing_comes_is_named_within_a_minute(bench):
    roles = join(bench.lab)
    browse(bench.lab, roles)
    with nothing_from_outside(bench.lab):
        took = browse_until(bench, roles, "one-direction-only", is_as("one-direction-only", "found"))
        check = require_named(bench, "one-direction-only")
        require("outside port" in check["says"], check)
    well = browse_until(bench, roles, "known to be well", is_well)
    wait_for_end(bench, "one-direction-only")
    bench.note(f"named after {took:.0f} s, well {well:.0f} s after it was mended")


@contextlib.contextmanager
def answers_past_the_tap(lab):
    """A second link between the two sides, by which alone the outside answers the inside's first host."""
    lab.ip("outside", f"link add past-out type veth peer name past-in netns {lab.netns('inside')}")
    try:
        lab.ip("inside", "link set past-in up")
        lab.ip("outside", "link set past-out up")
        lab.check("inside", ["sh", "-ec", "for file in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $file; done"])
        lab.ip("outside", f"route add {INSIDE4}/32 dev past-out src 192.168.77.1")
        yield
    finally:
        lab.ip("outside", "link del past-out")


def answers_that_go_past_the_tap_are_named_within_a_minute(bench):
    restart(bench)
    with answers_past_the_tap(bench.lab):
        got = bench.inside(["curl", "--silent", "--show-error", "--max-time", "5", f"http://{FAR[0]}/lab"])
        require(got.returncode == 0, f"the way past the tap does not work: {got.stderr}")
        took = browse_until(bench, ["inside"], "one-direction-only", is_as("one-direction-only", "found"))
        check = require_named(bench, "one-direction-only")
        require(check["figures"]["one_end_heard"] >= 10 and "outside port" in check["says"], check)
    bench.note(f"named after {took:.0f} s")
    restart(bench)
    wait_for_end(bench, "one-direction-only")


TESTS = [
    ordinary_traffic_of_phones_has_no_condition,
    swapped_ports_are_named_within_a_minute_and_over_once_they_are_right,
    a_side_from_which_nothing_comes_is_named_within_a_minute,
    answers_that_go_past_the_tap_are_named_within_a_minute,
]
