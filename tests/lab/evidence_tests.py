"""Evidence of a running tap: sealed, chained, told of, and no part of what keeps traffic and events going."""

import json
import os
import pathlib

import tap
from bench import LISTED, require
from overload_tests import configured
from servers import WEB4

WRITTEN_LIMIT_S = 5.0
RETRY_LIMIT_S = 15.0
FILE_BYTES = 100_000


def sluice(bench, *arguments):
    return bench.lab.check("tap", [tap.program("sluice"), "evidence", *arguments])


def folder(bench):
    return bench.wire.config.with_name("control-state") / "evidence"


def keys(bench):
    return bench.lab.directory / "evidence.key", bench.lab.directory / "evidence.pub"


def sample(bench, name, **labels):
    return bench.wire.samples().get((name, tuple(sorted(labels.items()))), 0)


def asks(bench):
    """Looks the listed name up. Returns its alerts."""
    with bench.alerts() as alerts:
        bench.address_of(LISTED)
    require(alerts, "a look-up of the listed name is no finding")
    return alerts


def records(bench):
    return sample(bench, "sluice_evidence_records_total")


def told(bench):
    """What events told of the chain, as --head takes it."""
    heads = [event["evidence"] for event in bench.wire.events() if event["event_type"] == "evidence"]
    return [f"{head['number']}:{head['digest']}" for head in heads]


def a_finding_has_a_record_that_the_authority_opens(bench):
    secret, public = keys(bench)
    sluice(bench, "keygen", "--secret-key", secret, "--public-key", public)
    bench.wire.configure(evidence={"authority_key": str(public)})
    alerts = asks(bench)
    require(all("packet" not in alert for alert in alerts), "an event shows the packet that is there for evidence")
    bench.wait_for(WRITTEN_LIMIT_S, "recorded", lambda: records(bench) >= len(alerts))
    found = json.loads(sluice(bench, "list", folder(bench), "--secret-key", secret, "--json"))
    decisions = [record["decision"] for record in found]
    ids = {decision["finding_id"] for decision in decisions}
    require({alert["sluice"]["finding_id"] for alert in alerts} <= ids, f"findings without a record: {ids}")
    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    for decision in decisions:
        require(decision["boot_id"] == boot and decision["tap_id"] == alerts[0]["tap_id"], f"not of here: {decision}")
        require(decision["capture"]["whole"] and decision["matched"]["places"], f"the name stands nowhere: {decision}")
        require(decision["verdict"]["action"] == alerts[0]["sluice"]["action"], f"another verdict: {decision}")
    sluice(bench, "verify", folder(bench), "--secret-key", secret, *(f"--head={head}" for head in told(bench)))


def a_connection_that_the_policy_keeps_is_evidence(bench):
    """As tshark reads it out of what the authority opens: the file, byte by byte."""
    secret = keys(bench)[0]
    content = os.urandom(FILE_BYTES)
    (bench.lab.servers.files / "kept").write_bytes(content)

    def parts():
        found = json.loads(sluice(bench, "list", folder(bench), "--secret-key", secret, "--json"))
        return [(record["record"], record["decision"]["part"]) for record in found if "part" in record["decision"]
                and record["decision"]["flow"]["destination_port"] == 80]

    with configured(bench, flow={"tcp_closed_timeout_ms": 1000},
                    policy={"lines": [{"name": "keep", "destinations": [LISTED], "keep_flow": True}]}):
        bench.lab.check("inside", ["curl", "--silent", "--show-error", "--fail", "--output", "/dev/null", "--limit-rate",
                                   "4M", "--connect-to", f"{LISTED}::{WEB4}:", f"http://{LISTED}/files/kept"])
        bench.wait_for(RETRY_LIMIT_S, "kept", lambda: any(part.get("end") == "flow" for _, part in parts()))
    captures = []
    for number, _ in parts():
        exported = bench.lab.directory / f"part-{number}"
        sluice(bench, "export", folder(bench), number, "--secret-key", secret, "--to", exported)
        captures.append(exported / "capture.pcapng")
    whole, objects = bench.lab.directory / "kept.pcapng", bench.lab.directory / "kept-objects"
    bench.lab.check("tap", ["mergecap", "-a", "-w", whole, *captures])
    bench.lab.check("tap", ["tshark", "-r", whole, "-q", "--export-objects", f"http,{objects}"])
    require((objects / "kept").read_bytes() == content, "tshark reads another file out of the evidence")
    bench.note(f"{len(captures)} records")


def a_killed_control_plane_goes_on_with_its_chain(bench):
    before = told(bench)
    require(before, "no event tells the end of the chain")
    bench.wire.kill_control()
    bench.wire.start_control()
    alerts = asks(bench)
    bench.wait_for(WRITTEN_LIMIT_S, "recorded", lambda: records(bench) >= len(alerts))
    sluice(bench, "verify", folder(bench), "--secret-key", keys(bench)[0], *(f"--head={head}" for head in told(bench)))
    require(len(told(bench)) > len(before), "the new start told no end of the chain")


def evidence_that_cannot_be_kept_is_said_once_and_all_else_goes_on(bench):
    chain = folder(bench) / "chain.jsonl"
    good = chain.read_bytes()
    with chain.open("ab") as file:
        file.write(b"{}\n")
    written = records(bench)
    for _ in range(3):
        asks(bench)
    bench.wait_for(WRITTEN_LIMIT_S, "failing", lambda: sample(bench, "sluice_evidence_failing") == 1
                   and sample(bench, "sluice_evidence_refused_total", reason="unwritable") >= 1)
    require(records(bench) == written, "a broken chain got a record")
    require(bench.wire.log().count("evidence cannot be kept") == 1, f"not said once:\n{bench.wire.log()}")
    chain.write_bytes(good)
    bench.wait_for(RETRY_LIMIT_S, "well again", lambda: sample(bench, "sluice_evidence_failing") == 0)
    asks(bench)
    bench.wait_for(WRITTEN_LIMIT_S, "recorded", lambda: records(bench) > written)
    sluice(bench, "verify", folder(bench), "--secret-key", keys(bench)[0])


TESTS = [a_finding_has_a_record_that_the_authority_opens, a_connection_that_the_policy_keeps_is_evidence,
         a_killed_control_plane_goes_on_with_its_chain, evidence_that_cannot_be_kept_is_said_once_and_all_else_goes_on]
