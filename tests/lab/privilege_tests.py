"""What the data plane may do to the machine while it runs, and that this is enough to leave the interfaces as they
were."""

import contextlib
import json
import os
import re
import shutil
from pathlib import Path

import tap
from bench import NEIGHBOURS, Skipped, require
from lab import CAPABILITIES
from load import Downloads, Queries
from publisher import signature
from trap import WORKER, status_of

NET_ADMIN = 1 << CAPABILITIES["CAP_NET_ADMIN"]
FILTERED = "2"  # proc(5): Seccomp
PUSHED, PATH = "privileges.pushed.example", "/privileges-path-of-the-lab"
# What a user who is not root needs to open a port with a driver, as SECURITY.md has it.
NEEDED = {"af_packet": "net_admin net_raw", "af_xdp": "net_admin net_raw sys_admin ipc_lock"}
NOBODY = 65534
INTERFACES = ("tap-in", "tap-out")
FEATURES = ("gro", "gso", "tso", "rx", "tx")


def fields(status):
    return dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)


def threads_with_too_much(process, root=True):
    """What any thread has beyond what dataplane/wire/README.md says, a line each."""
    wrong, workers, others = [], 0, 0
    for thread in os.listdir(f"/proc/{process}/task"):
        has = fields(status_of(thread))
        worker, main = has["Name"].startswith(WORKER), int(thread) == process
        workers, others = workers + worker, others + (not worker and not main)
        kept = f"{NET_ADMIN if main else 0:016x}"
        wanted = {"CapInh": f"{0:016x}", "CapPrm": kept, "CapEff": kept, "CapAmb": f"{0:016x}", "NoNewPrivs": "1",
                  "Seccomp": FILTERED, "Seccomp_filters": "2" if worker else "1"}
        if root:  # who has no CAP_SETPCAP cannot make it smaller
            wanted["CapBnd"] = f"{0:016x}"
        wrong += [f"{has['Name']}: {name} {has[name]}, not {value}" for name, value in wanted.items()
                  if has[name] != value]
    # DPDK's interrupts, and the loader of rules.
    require(workers == 1 and others >= 2, f"{workers} workers, {others} others: is this the whole data plane?")
    return wrong


def push_while_traffic_flows(bench, sequence):
    """With signatures, so that sluice-compile is started. Fails where the pack does not work, or traffic stops."""
    pack = bench.publisher.compile("privileges", sequence, bench.publisher.rules(
        "privileges", [PUSHED], [signature(9_000_004, f"{PATH}-{sequence}")]))
    with Downloads(bench.lab) as downloads, Queries(bench.lab) as queries:
        bench.wire.push(pack)
        require(not bench.address_of(PUSHED), "what was pushed is not blocked")
        require(bench.address_of(NEIGHBOURS[0]), "its neighbour is out of reach")
    require(not downloads.failed and queries.sent > queries.missing(), f"traffic stopped: {downloads.failed}")


def refused_calls(bench):
    (refused,) = (value for (name, _), value in bench.wire.samples().items()
                  if name == "sluice_refused_system_calls_total")
    return refused


def every_thread_has_what_is_documented_and_no_call_is_refused(bench):
    process = bench.wire.dataplane.pid
    for when in ("before", "after"):
        wrong = threads_with_too_much(process)
        require(not wrong, f"{when} the push: {wrong}")
        push_while_traffic_flows(bench, 1 if when == "before" else 2)
    require(refused_calls(bench) == 0.0, f"{refused_calls(bench)} system calls were refused")


# --- the interfaces


def settings(lab):
    """All that iproute2 (with XDP programs) and ethtool know of the tap's interfaces, and who listens on them."""
    found = {}
    for interface in INTERFACES:
        found[interface, "link"] = json.loads(lab.ip("tap", f"-j -d link show dev {interface}"))[0]
        found[interface, "features"] = lab.check("tap", ["ethtool", "-k", interface])
        found[interface, "ipv6 off"] = lab.check("tap", ["cat", f"/proc/sys/net/ipv6/conf/{interface}/disable_ipv6"])
    found["packet sockets"] = len(lab.check("tap", ["cat", "/proc/net/packet"]).splitlines()) - 1
    return found


def changed(before, after):
    return {key: (before[key], after[key]) for key in before if before[key] != after[key]}


def answer_ipv6(lab):
    for interface in INTERFACES:
        lab.check("tap", ["sh", "-c", f"echo 0 > /proc/sys/net/ipv6/conf/{interface}/disable_ipv6"])


def switch_features(lab, value):
    for interface in INTERFACES:
        lab.check("tap", ["ethtool", "-K", interface, *(word for name in FEATURES for word in (name, value))])


def the_interfaces_get_their_settings_back_at_the_end(bench):
    lab, wire = bench.lab, bench.wire
    tap.stop(wire.dataplane)
    switch_features(lab, "on")  # else the tap finds nothing to change
    answer_ipv6(lab)  # which a tap that was killed has left off
    try:
        before = settings(lab)
        wire.start_dataplane()
        while_it_runs = changed(before, settings(lab))
        wanted = {(interface, what) for interface in INTERFACES for what in ("link", "features", "ipv6 off")}
        require(set(while_it_runs) >= wanted, f"the tap changed nothing of {wanted - set(while_it_runs)}")
        if bench.driver == "af_xdp":
            require(all("xdp" in while_it_runs[interface, "link"][1] for interface in INTERFACES), "no XDP program")
        else:
            require("packet sockets" in while_it_runs, "no packet socket")
        push_while_traffic_flows(bench, 3)
        tap.stop(wire.dataplane)
        require(wire.dataplane.returncode == 0, f"it ended with status {wire.dataplane.returncode}")
        left = changed(before, settings(lab))
        require(not left, f"not as before: {left}")
    finally:
        tap.stop(wire.dataplane)
        switch_features(lab, "off")
        wire.start_dataplane()


# --- without root


@contextlib.contextmanager
def owned_by(user, tree):
    def give_to(owner):
        for path in (tree, *tree.rglob("*")):
            os.chown(path, owner, owner, follow_symlinks=False)

    give_to(user)
    try:
        yield
    finally:
        give_to(0)


def it_runs_without_root_for_who_has_the_capabilities(bench):
    lab, wire = bench.lab, bench.wire
    if lab.run("tap", ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "true"]).returncode:
        raise Skipped("another user than root can run nothing on this machine")
    # Where the tree lies, others need not get.
    programs = lab.directory / "programs"
    programs.mkdir(exist_ok=True)
    for path in (tap.program("sluice-dataplane"), tap.BUILD / "rules" / "sluice-compile"):
        shutil.copy(path, programs)
    words = ",".join(f"+{name}" for name in NEEDED[bench.driver].split())
    # The shell gets the program that it is to run as $0, and runs the copy.
    under = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", f"--inh-caps=-all,{words}",
             f"--ambient-caps={words}", "sh", "-c", f'exec {programs}/sluice-dataplane "$@"']
    directory = Path(wire.config).parent
    tap.stop(wire.dataplane)
    mode = lab.directory.stat().st_mode & 0o777
    lab.directory.chmod(0o711)
    try:
        with owned_by(NOBODY, directory):
            wire.start_dataplane(under)
            process = wire.dataplane.pid
            require(re.match(rf"{NOBODY}\s", fields(status_of(process))["Uid"]), "it runs as root")
            wrong = threads_with_too_much(process, root=False)
            require(not wrong, f"{wrong}")
            push_while_traffic_flows(bench, 4)
            require(refused_calls(bench) == 0.0, f"{refused_calls(bench)} system calls were refused")
            tap.stop(wire.dataplane)
            require(wire.dataplane.returncode == 0, f"it ended with status {wire.dataplane.returncode}")
        left = settings(lab)
        require(not left["packet sockets"] and not any("xdp" in left[interface, "link"] for interface in INTERFACES),
                f"left behind: {left}")
    finally:
        tap.stop(wire.dataplane)
        lab.directory.chmod(mode)
        wire.start_dataplane()


TESTS = [every_thread_has_what_is_documented_and_no_call_is_refused,
         the_interfaces_get_their_settings_back_at_the_end,
         it_runs_without_root_for_who_has_the_capabilities]
