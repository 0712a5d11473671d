"""Rules that cost too much: suspended, said, and taken back, while traffic flows and other rules work."""

import json
import socket
import time

import tap
from bench import require
from load import Crossing, Downloads, Queries
from servers import WEB4

SLOW_PORT, LIMITS_PORT = 9901, 9902
SLOW, LIMITS, HEALTHY = 9_000_021, 9_000_022, 9_000_023
# Each place of 1,400 is tried, and each try reads all that is left; no limit of PCRE2 counts that.
SLOW_RULE = (f'drop udp any any -> any {SLOW_PORT} (msg:"slow on purpose"; content:"aaaa"; pcre:"/[a-z]+[0-9]x/"; '
             f'sid:{SLOW};)')
# Two to the power of 30 ways to read thirty letters, each in vain: PCRE2's limits end it.
LIMITS_RULE = (f'alert udp any any -> any {LIMITS_PORT} (msg:"hits limits on purpose"; content:"aaaa"; '
               f'pcre:"/(a+)+$/"; sid:{LIMITS};)')
HEALTHY_RULE = f'alert udp any any -> any {SLOW_PORT} (msg:"healthy"; content:"healthy"; sid:{HEALTHY};)'
SLOW_TEXT, LIMITS_TEXT, HEALTHY_TEXT = b"a" * 1400, b"a" * 30 + b"!", b"healthy"
SUSPENDED_LIMIT_S = 20.0  # beside clients and servers on the same cores
EVERY_S = 0.001
DATAGRAMS_A_FLOW = 3  # of an unknown protocol, the first ones alone are looked at


def say(bench, port, text, until, limit_s):
    """Sends datagrams, each from a port of its own, until something holds; whether it did in that time."""
    deadline, number = time.monotonic() + limit_s, 0
    while time.monotonic() < deadline:
        with bench.lab.socket("inside", socket.AF_INET, socket.SOCK_DGRAM) as sending:
            for _ in range(DATAGRAMS_A_FLOW):
                sending.sendto(text, (WEB4, port))
        time.sleep(EVERY_S)
        number += 1
        if number % 200 == 0 and until():
            return True
    return False


def costs(bench):
    """{sid: what `sluice rules cost` says of it}"""
    done = bench.wire.sluice_rules("cost", "--json", "--top", "0")
    return {rule["signature_id"]: rule for rule in json.loads(done)["rules"]}


def suspension(bench, sid):
    return costs(bench).get(sid, {}).get("suspended")


def rules_that_cost_too_much_are_suspended_and_all_else_goes_on(bench):
    sources = bench.publisher.rules("dear", ["dear.pushed.example"], [SLOW_RULE, LIMITS_RULE, HEALTHY_RULE])
    bench.wire.push(bench.publisher.compile("dear", 1, sources))
    bench.wire.wait_for_state("INSPECTING", 5.0)
    begin = time.monotonic()
    require(say(bench, SLOW_PORT, SLOW_TEXT, lambda: suspension(bench, SLOW), SUSPENDED_LIMIT_S),
            f"never suspended: {costs(bench)}")
    took = time.monotonic() - begin
    slow = costs(bench)[SLOW]
    require(slow["suspended"]["cause"] == "cycles" and slow["file"] == "dear.rules" and slow["line"] == 1, slow)
    status = bench.wire.wait_for_state("DEGRADED", 5.0)
    require(status["rules_suspended"] == 1 and f"dear/{SLOW}" in status["reason"] and "pass" in status["reason"], status)
    require(f"dear/{SLOW} is suspended" in bench.wire.log(), bench.wire.log())
    require(say(bench, LIMITS_PORT, LIMITS_TEXT, lambda: suspension(bench, LIMITS), SUSPENDED_LIMIT_S),
            f"never suspended: {costs(bench)}")
    require(suspension(bench, LIMITS)["cause"] == "limits", costs(bench)[LIMITS])

    # Both are sent on and on: nobody else notices.
    checked = {sid: costs(bench)[sid]["checked"] for sid in (SLOW, LIMITS)}
    with Crossing(bench.lab) as crossing, Queries(bench.lab) as queries, Downloads(bench.lab) as downloads, \
            bench.alerts() as alerts:
        say(bench, SLOW_PORT, SLOW_TEXT, lambda: False, 1.0)
        say(bench, LIMITS_PORT, LIMITS_TEXT, lambda: False, 1.0)
        say(bench, SLOW_PORT, HEALTHY_TEXT, lambda: False, 0.3)
    require(not downloads.failed and not queries.missing() and crossing.lost_outwards == crossing.lost_inwards == 0,
            f"{downloads.failed}, {queries.missing()} answers, {crossing.lost_outwards} and {crossing.lost_inwards}")
    found = {alert["alert"]["signature_id"] for alert in alerts}
    require(HEALTHY in found and not found & {SLOW, LIMITS}, found)
    after = costs(bench)
    require(all(after[sid]["checked"] == count and after[sid]["skipped"] > 0 for sid, count in checked.items()), after)
    samples = {name: value for (name, labels), value in bench.wire.samples().items()
               if not labels or ("cause", "cycles") in labels}
    require(samples["sluice_rules_suspended"] == 2 and samples["sluice_rule_suspensions_total"] == 1, samples)

    # Taken back by the operator, and by other rules.
    require("1 rules" in bench.wire.sluice_rules("resume", f"dear/{LIMITS}"), "resume does not say so")
    require(suspension(bench, LIMITS) is None and suspension(bench, SLOW), costs(bench))
    refused = bench.lab.run("tap", [tap.program("sluice"), "rules", "resume", "--config", bench.wire.config, "dear/7"])
    require(refused.returncode == 1 and "dear/7" in refused.stderr, refused)
    bench.wire.push(bench.publisher.compile("dear", 2, sources))
    bench.wire.wait_for_state("INSPECTING", 5.0)
    bench.note(f"suspended after {took:.1f} s, at {slow['cycles_per_check']} cycles a try")


TESTS = [rules_that_cost_too_much_are_suspended_and_all_else_goes_on]
