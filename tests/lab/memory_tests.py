"""Memory of a tap: taken at the start, and enough of it in a small machine. With the configuration as it is by default,
one pair of ports and one worker."""

import re
import socket
import struct
import time
from pathlib import Path

import tap
from bench import require
from frames import ETH_P_ALL, ethernet, ipv4, udp

MACHINE_KIB = 512 << 10  # for both planes
GROWTH_LIMIT_KIB = 2 << 10  # stacks, and pages of libraries that run for the first time
TABLE = 65_536  # flow.table_entries
BUFFERS = 4_096  # stream.buffers
OUTSIDE = "198.18.0.9"
BURST, PAUSE_S = 32, 0.001  # frames: a port's ring has a thousand places
ROUNDS = 4  # what is lost on the way is sent again
SYN, ACK = 0x02, 0x10


def memory(process):
    """{kind: KiB} of a process: proc(5). Huge pages do not count as resident."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return {kind: int(re.search(rf"^{kind}:\s+(\d+) kB", status, re.M)[1])
            for kind in ("VmHWM", "VmRSS", "RssAnon", "RssFile", "RssShmem", "HugetlbPages")}


def tcp(source_port, sequence, flags, payload=b""):
    """RFC 9293 section 3.1; the checksum is left out, which is not looked at by default."""
    return struct.pack("!HHIIBBHHH", source_port, 443, sequence, 1, 5 << 4, flags, 65535, 0, 0) + payload


def streams(count):
    """Connections of which a segment is missing, so that each needs a buffer: RFC 9293 section 3.4."""
    for port in range(1024, 1024 + count):
        for segment in (tcp(port, 1000, SYN), tcp(port, 2000, ACK, bytes(64))):
            yield ethernet(0x0800, ipv4(segment, 6, target=OUTSIDE))


def datagrams(count):
    """As many flows."""
    frame = ethernet(0x0800, ipv4(udp(1, 1, bytes(16), target=OUTSIDE), target=OUTSIDE))
    head, tail = frame[:34], frame[38:]
    for number in range(count):
        yield head + struct.pack("!HH", 1024 + number % 60_000, 9000 + number // 60_000) + tail


def send(bench, frames):
    with bench.lab.socket("inside", socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as wire:
        wire.bind(("inside0", ETH_P_ALL))
        for number, frame in enumerate(frames):
            wire.send(frame)
            if number % BURST == 0:
                time.sleep(PAUSE_S)


def uninspected(bench):
    return {dict(labels)["reason"]: value for (name, labels), value in bench.wire.samples().items()
            if name == "sluice_packets_uninspected_total"}


def fill(bench, reason, frames):
    """Sends frames until the data plane says that something was full."""
    for _ in range(ROUNDS):
        send(bench, frames())
        time.sleep(0.1)
        if uninspected(bench)[reason]:
            return
    require(False, f"never {reason}: {uninspected(bench)}")


def packet_memory_kib(bench):
    """What the data plane takes of huge pages at its start, where there are any: eal.memory_mib."""
    done = bench.lab.check("tap", [tap.program("sluice"), "config", "show", bench.wire.config])
    return int(re.search(r'"memory_mib": (\d+)', done)[1]) << 10


def memory_is_taken_at_the_start_and_fits_half_a_gibibyte(bench):
    wire = bench.wire
    tap.stop(wire.dataplane)
    wire.start_dataplane()
    wire.wait_for_state("INSPECTING", 5.0)
    begin = memory(wire.dataplane)
    fill(bench, "buffer_full", lambda: streams(BUFFERS + 500))
    fill(bench, "flow_table_full", lambda: datagrams(TABLE + 500))
    flows = sum(value for (name, _), value in wire.samples().items() if name == "sluice_flows")
    require(flows == TABLE, f"{flows} flows in a table of {TABLE}")
    full = memory(wire.dataplane)
    # What is taken for a moment while it starts, and given back, counts below; here only what came after.
    grown = max(full[key] - begin[key] for key in ("VmHWM", "VmRSS"))
    require(grown <= GROWTH_LIMIT_KIB, f"{grown} KiB more than at the start: {begin} became {full}")
    control = memory(wire.control)["VmHWM"]
    whole = full["VmHWM"] + full["HugetlbPages"] + control
    require(whole <= MACHINE_KIB, f"{whole} KiB: {full}, and {control} of the control plane")
    # With huge pages, DPDK takes all that it may take, in place of what it uses.
    huge = full["RssAnon"] + full["RssFile"] + packet_memory_kib(bench) + control
    require(huge <= MACHINE_KIB, f"{huge} KiB with huge pages: {full}, and {control} of the control plane")
    bench.note(f"{full['VmHWM'] >> 10} MiB and {control >> 10} MiB, {grown:+} KiB since the start; with huge pages "
               f"{huge >> 10} MiB in all")


TESTS = [memory_is_taken_at_the_start_and_fits_half_a_gibibyte]
