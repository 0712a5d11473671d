"""What the tap says about devices that behave as in the demo: exactly what the shipped list says of their script."""

import csv
import ipaddress
from collections import namedtuple

import phone
import tap
from bench import require
from capture import Capture

PACE = 0.25  # of the demo's half minute
RECIPIENTS = {"Xiaomi", "Huawei", "Samsung", "OPPO", "vivo", "Apple", "Google", "Microsoft", "Alibaba", "Tencent"}
CAPTURE_LIMIT = 300_000  # bytes of a file that ships

Row = namedtuple("Row", "rule kind indicator recipient")
STAGES = {"https": "name-in-handshake", "tls": "name-in-handshake", "quic": "name-in-handshake", "http": "data-sent",
          "vendor": "data-sent"}
DECODED = {"xiaomi-gslb", "ad-filter"}  # requests without a body, whose only finding comes with what they say


def shipped_rows():
    for path in (path for path in tap.shipped_rules() if path.suffix == ".csv"):
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(line for line in file if not line.startswith("#")):
                yield Row(f"{path.stem}/{row['id']}", row["kind"], row["indicator"], row["recipient"])


def matches(row, host):
    return host == row.indicator or row.kind == "domain" and host.endswith("." + row.indicator)


def expected_facts():
    """{(last part of the device's address, rule, stage)} by reading the script against the list, and the recipients."""
    numbers = {device.name: device.host for device in phone.DEVICES}
    rows = list(shipped_rows())
    facts, recipients = set(), set()
    for step in phone.SCRIPT:
        host = phone.host_of(step.target)
        for row in (row for row in rows if matches(row, host)):
            recipients.add(row.recipient)
            stages = ["name-looked-up"] if row.kind != "ip" else []
            if step.kind in STAGES:
                stages.append("content-decoded" if step.target in DECODED else STAGES[step.kind])
            facts |= {(numbers[step.device], row.rule, stage) for stage in stages}
        # A resolver of the device's own choice is an address that data are sent to.
        facts |= {(numbers[step.device], row.rule, "data-sent") for row in rows
                  if row.kind == "ip" and row.indicator == step.options.get("server")}
    return facts, recipients


def facts_of(alerts):
    """The same from the alerts, without facts of other sources than the lists that ship."""
    facts = set()
    for event in alerts:
        about = event["sluice"].get("rule") or event["alert"]["metadata"]
        device = ipaddress.ip_address(event["device"]).compressed.replace(":", ".").split(".")[-1]
        facts |= {(device, rule, stage) for rule in about["rule_id"] for stage in about["stage"]}
    ours = {row.rule for row in shipped_rows()}
    return {fact for fact in facts if fact[1] in ours}


def devices_are_reported_for_what_they_did_and_for_nothing_else(bench):
    expected, recipients = expected_facts()
    require(recipients >= RECIPIENTS, f"the script has nothing for {RECIPIENTS - recipients}")
    with bench.alerts() as alerts:
        phone.behave(bench.lab, PACE)
    seen = facts_of(alerts)
    require(expected <= seen, f"not reported: {sorted(expected - seen)}")
    innocent = {fact[:2] for fact in seen} - {fact[:2] for fact in expected}
    require(not innocent, f"reported, but nobody did that: {sorted(innocent)}")


def the_shipped_capture_holds_what_the_devices_do(_):
    """It is made by `demo.py --record`; this fails when the script goes on without it."""
    frames = Capture.read(phone.CAPTURE)
    size = phone.CAPTURE.stat().st_size
    require(size < CAPTURE_LIMIT, f"{size} bytes")
    everything = b"".join(frames)
    missing = [name for name in phone.NAMES if wire_name(name) not in everything]
    require(not missing, f"no query for {missing}: record it again")


def wire_name(name):
    """RFC 1035 section 3.1."""
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


TESTS = [devices_are_reported_for_what_they_did_and_for_nothing_else]
WITHOUT_TAP = [the_shipped_capture_holds_what_the_devices_do]
