"""What has to hold while the tap only watches: everything crosses, byte for byte, and nothing else does."""

import contextlib
import hashlib
import json
import os
import random
import time
from collections import Counter

import frames
from bench import LISTED_NAMES, NEIGHBOURS, Skipped, require
from capture import SETTLE_S, Capture
from lab import OUTSIDE4, OUTSIDE6
from phone import dhcp_command
from servers import LEASES, WEB4, WEB6

SHORT_MB, FULL_MB = 20, 200
TRANSFER_LIMIT_S = 180
IDLE_S = 5.0
SILENCE_LIMIT_S = 10.0
QUIET_TRIES = 6
SHOWN_BYTES = 64
LARGE_PING = 4000  # bytes: three fragments at an MTU of 1500
ENDS = (("inside", "inside0"), ("outside", "outside0"))


def refuse_defragmenting(bench):
    if bench.driver == "af_packet":
        raise Skipped("net_af_packet puts IPv4 fragments together: known, use af_xdp")


# --- silence


def wait_for_silence(lab):
    """The hosts have a few things to say after they came up and after each connection; not for longer than this."""
    lab.forget_neighbours()
    deadline = time.monotonic() + SILENCE_LIMIT_S
    before = None
    while (now := [lab.counters(role, interface) for role, interface in ENDS]) != before:
        if time.monotonic() > deadline:
            return
        before = now
        time.sleep(1.0)


def an_idle_tap_emits_nothing(bench):
    """Hosts may still say something (a probe of a neighbour, the end of a connection): then nothing is added to it."""
    for _ in range(QUIET_TRIES):
        wait_for_silence(bench.lab)
        with contextlib.ExitStack() as stack:
            captures = [stack.enter_context(Capture(bench.lab, role, interface)) for role, interface in ENDS]
            before = [bench.lab.counters(role, interface) for role, interface in ENDS]
            time.sleep(IDLE_S)
            after = [bench.lab.counters(role, interface) for role, interface in ENDS]
        (got_inside, sent_inside), (got_outside, sent_outside) = (
            [now - then for now, then in zip(*pair)] for pair in zip(after, before))
        moved = f"inside got {got_inside}, sent {sent_inside}; outside got {got_outside}, sent {sent_outside}"
        require(got_inside <= sent_outside and got_outside <= sent_inside, f"more frames than were sent: {moved}")
        if sent_inside or sent_outside:
            continue
        seen = {capture.path.name: len(capture.frames()) for capture in captures}
        require(not any(seen.values()), f"tcpdump saw frames: {seen}")
        return
    require(False, f"the hosts were never silent for {IDLE_S} s: {moved}")


# --- what hosts say to each other


def arp_and_neighbour_discovery_find_the_far_host_itself(bench):
    bench.lab.forget_neighbours()
    far = json.loads(bench.lab.ip("outside", "-j link show dev outside0"))[0]["address"]
    for target in (OUTSIDE4, OUTSIDE6):
        bench.ping(target, count=1)
        neighbours = json.loads(bench.lab.ip("inside", f"-j neigh show {target} dev inside0"))
        require([n.get("lladdr") for n in neighbours] == [far], f"{target} is not at {far}: {neighbours}")


def large_pings_cross_in_ipv4_fragments(bench):
    refuse_defragmenting(bench)
    bench.ping(OUTSIDE4, size=LARGE_PING)


def large_pings_cross_in_ipv6_fragments(bench):
    bench.ping(OUTSIDE6, size=LARGE_PING)


def a_dhcp_client_gets_a_lease(bench):
    lab = bench.lab
    lab.add_device("leaser", "02:6d:69:00:00:77", "fd77::77")
    done = lab.run("leaser", dhcp_command(lab))
    require(done.returncode == 0, done.stdout + done.stderr)
    shown = json.loads(lab.ip("leaser", "-j -4 address show dev wlan0"))[0]["addr_info"]
    number = int(shown[0]["local"].split(".")[-1]) if shown else 0
    first, last = (int(address.split(".")[-1]) for address in LEASES)
    require(first <= number <= last, f"no address between {LEASES}: {shown}")


def every_protocol_of_a_client_works(bench):
    failed = bench.everything(NEIGHBOURS)
    require(not failed, f"did not get through: {failed}")


def a_listed_domain_works_as_any_other(bench):
    failed = bench.everything(LISTED_NAMES)
    require(not failed, f"did not get through: {failed}")


# --- bulk


def transfer(bench, address, upload):
    """Sends a file of random bytes by curl and compares SHA-256 of what was sent and what came."""
    files = bench.lab.servers.files
    here = bench.lab.directory / "transfer"
    sent, came = (here, files / "up") if upload else (files / "down", here)
    wanted = hashlib.sha256()
    with open(sent, "wb") as file:
        for _ in range(FULL_MB if bench.full else SHORT_MB):
            block = os.urandom(1 << 20)
            wanted.update(block)
            file.write(block)
    host = f"[{address}]" if ":" in address else address
    url = f"http://{host}/files/{came.name if upload else sent.name}"
    try:
        done = bench.inside(["curl", "--silent", "--show-error", "--fail", "--max-time", TRANSFER_LIMIT_S,
                             *(["--upload-file", sent] if upload else ["--output", came]), url],
                            timeout=TRANSFER_LIMIT_S + 5)
        require(done.returncode == 0, f"curl ended with {done.returncode}: {done.stderr}")
        with open(came, "rb") as file:
            got = hashlib.file_digest(file, "sha256")
        require(got.digest() == wanted.digest(), f"{url}: {came.stat().st_size} bytes came, SHA-256 {got.hexdigest()}, "
                                                 f"sent {sent.stat().st_size}, {wanted.hexdigest()}")
    finally:
        sent.unlink()
        came.unlink(missing_ok=True)


def a_download_over_ipv4_arrives_intact(bench):
    transfer(bench, WEB4, upload=False)


def a_download_over_ipv6_arrives_intact(bench):
    transfer(bench, WEB6, upload=False)


def an_upload_over_ipv4_arrives_intact(bench):
    transfer(bench, WEB4, upload=True)


def an_upload_over_ipv6_arrives_intact(bench):
    transfer(bench, WEB6, upload=True)


# --- raw frames


def both_ways(bench):
    for (role, interface), (far_role, far_interface) in (ENDS, ENDS[::-1]):
        with (frames.Wire(bench.lab, role, interface) as here,
              frames.Wire(bench.lab, far_role, far_interface) as there):
            yield role, here, there


def require_same(sent, came, what):
    require(came is not None, f"{what}: nothing came of {shown(sent)}")
    at = next((n for n, (a, b) in enumerate(zip(sent, came)) if a != b), min(len(sent), len(came)))
    require(came == sent, f"{what}: differs from byte {at} on\nsent {shown(sent)}\ncame {shown(came)}")


def shown(frame):
    return f"{len(frame)} bytes {frame[:SHOWN_BYTES].hex()}{'...' if len(frame) > SHOWN_BYTES else ''}"


def crosses_unchanged(make):
    def test(bench):
        for role, here, there in both_ways(bench):
            mark = os.urandom(frames.MARK_BYTES)
            frame = make(mark)
            here.send(frame)
            require_same(frame, there.receive_marked(mark), f"from {role}")
    return test


def ipv4_fragments_cross_one_by_one_in_their_order(bench):
    refuse_defragmenting(bench)
    for role, here, there in both_ways(bench):
        mark = os.urandom(frames.MARK_BYTES)
        sent = [frames.ethernet(0x0800, fragment) for fragment in frames.fragments4(mark)]
        for frame in sent:
            here.send(frame)
        for frame in sent:
            require_same(frame, there.receive_marked(mark), f"from {role}")


def a_service_tagged_frame_crosses_as_documented(bench):
    """Unchanged; net_af_packet turns the outer type into 0x8100, and nothing else."""
    for role, here, there in both_ways(bench):
        mark = os.urandom(frames.MARK_BYTES)
        frame = frames.service_tagged(mark)
        here.send(frame)
        if bench.driver == "af_packet":
            frame = frame[:12] + b"\x81\x00" + frame[14:]
        require_same(frame, there.receive_marked(mark), f"from {role}")


def frames_of_every_length_cross_unchanged(bench):
    lengths = random.Random(4).sample(range(60, bench.lab.mtu + 14 + 1), 200) + [60, bench.lab.mtu + 14]
    for role, here, there in both_ways(bench):
        for length in lengths:
            mark = os.urandom(frames.MARK_BYTES)
            frame = frames.ethernet(0x88B5, os.urandom(length - 14 - frames.MARK_BYTES) + mark)
            here.send(frame)
            require_same(frame, there.receive_marked(mark), f"from {role}, {length} bytes")


def frames_of_any_type_cross_unchanged(bench):
    """A foreign heartbeat may have any type: from the first that is none of a length, and some that mean something."""
    drawn = random.Random(5).sample(range(0x0600, 0x10000), 100)
    for role, here, there in both_ways(bench):
        for kind in [0x0600, 0xFFFF, *drawn]:
            if kind in (0x8100, 0x88A8, 0x9100):
                continue  # tags, of which the kernel makes its own
            mark = os.urandom(frames.MARK_BYTES)
            frame = frames.ethernet(kind, os.urandom(46 - frames.MARK_BYTES) + mark)
            here.send(frame)
            require_same(frame, there.receive_marked(mark), f"from {role}, type {kind:04x}")


# --- all of it at once


def between(seen, first, last):
    """The frames between two marks: traffic of before, still under way when a capture began, is not judged."""
    at = [next((n for n, frame in enumerate(seen) if frame.endswith(mark)), None) for mark in (first, last)]
    require(None not in at, "a frame that marks the beginning or the end did not arrive")
    return seen[at[0] + 1:at[1]]


def mark_both_ways(bench):
    mark = os.urandom(frames.MARK_BYTES)
    for role, interface in ENDS:
        with frames.Wire(bench.lab, role, interface) as wire:
            wire.send(frames.ethernet(0x88B5, bytes(40) + mark))
    return mark


def watching_alters_no_byte_and_loses_no_frame(bench):
    """Listed names, others, and pings: what one host sends is what the other receives, as multisets of frames."""
    with contextlib.ExitStack() as stack:
        seen = {(role, way): stack.enter_context(Capture(bench.lab, role, interface, way))
                for role, interface in ENDS for way in ("out", "in")}
        first = mark_both_ways(bench)
        failed = bench.everything(LISTED_NAMES[:1] + NEIGHBOURS[:1])
        bench.ping(OUTSIDE6, count=5, size=LARGE_PING)
        if bench.driver != "af_packet":
            bench.ping(OUTSIDE4, count=5, size=LARGE_PING)
        time.sleep(SETTLE_S)
        last = mark_both_ways(bench)
    require(not failed, f"did not get through: {failed}")
    lost = {key: capture.lost() for key, capture in seen.items()}
    require(not any(lost.values()), f"tcpdump lost frames: {lost}")
    for sender, receiver in (("inside", "outside"), ("outside", "inside")):
        sent = Counter(between(seen[sender, "out"].frames(), first, last))
        came = Counter(between(seen[receiver, "in"].frames(), first, last))
        require(sum(sent.values()) > 50, f"{sender} sent {sum(sent.values())} frames: too few to prove anything")
        missing, added = sent - came, came - sent
        examples = [frame[:80].hex() for frame in [*missing, *added][:4]]
        require(not missing and not added,
                f"from {sender}: {sum(missing.values())} frames of {sum(sent.values())} did not arrive as sent, "
                f"{sum(added.values())} came that nobody sent: {examples}")


SINGLE_FRAMES = [(f"{what} crosses both ways unchanged", crosses_unchanged(make))
                 for what, make in frames.SINGLE.items()]
TESTS = [
    an_idle_tap_emits_nothing,
    arp_and_neighbour_discovery_find_the_far_host_itself,
    large_pings_cross_in_ipv4_fragments,
    large_pings_cross_in_ipv6_fragments,
    *SINGLE_FRAMES,
    ipv4_fragments_cross_one_by_one_in_their_order,
    ("an 802.1ad frame crosses as documented", a_service_tagged_frame_crosses_as_documented),
    frames_of_every_length_cross_unchanged,
    frames_of_any_type_cross_unchanged,
    a_dhcp_client_gets_a_lease,
    every_protocol_of_a_client_works,
    a_listed_domain_works_as_any_other,
    watching_alters_no_byte_and_loses_no_frame,
    a_download_over_ipv4_arrives_intact,
    an_upload_over_ipv4_arrives_intact,
    a_download_over_ipv6_arrives_intact,
    an_upload_over_ipv6_arrives_intact,
]
