"""The alerts that ship, in a real Prometheus beside a real tap: they fire for what it goes through, and are over.

All durations of the rules are divided by HURRY, `for` and ranges alike; how long they are in the field, `promtool test
rules` judges (tests/monitoring.py)."""

import contextlib
import datetime
import json

import yaml

import link_tests
import promql
import tap
from bench import Failed, require
from evidence_tests import sluice
from guard_tests import guarded, order
from probe_tests import without_rules
from prometheus import Prometheus, hurried
from trap import standing_still, worker_threads

FOLDER = tap.TREE / "control" / "monitoring"
HURRY = 30  # an alert that waits for a minute waits for two seconds
EVERY_MS = 250
STARTS_LIMIT_S = 30.0  # Prometheus takes a while on a busy machine
FIRES_LIMIT_S = 20.0
QUIET_S = 3.0
FAR = "2100-01-01"  # a day on which rules may expire
DASHBOARD = {"$__rate_interval": "30s", "$__range": "1m", "$instance": ".*"}


@contextlib.contextmanager
def watched(bench, *files):
    """A Prometheus with these files of rules, which has scraped for a while and found nothing wrong."""
    rules = [hurried((FOLDER / name).read_text(encoding="utf-8"), HURRY) for name in files]
    with Prometheus(bench.lab, EVERY_MS, rules) as prometheus:
        bench.wait_for(STARTS_LIMIT_S, "scraped", lambda: prometheus.ask(
            f"count_over_time(up[1m]) > {QUIET_S * 1000 / EVERY_MS}"))
        yield prometheus


def follow(bench, prometheus, cause, *names):
    """Within the context `cause` these alerts are to fire, before it and behind it none."""
    before = prometheus.firing()
    require(not before, f"fire although nothing is wrong: {before}")
    with cause:
        wait_until_fire(bench, prometheus, *names)
    wait_until_quiet(bench, prometheus)


def wait_until_fire(bench, prometheus, *names):
    bench.wait_for(FIRES_LIMIT_S, f"firing: {names}", lambda: prometheus.firing() >= set(names))


def wait_until_quiet(bench, prometheus):
    bench.wait_for(FIRES_LIMIT_S, "over", lambda: not prometheus.firing())


def a_tap_without_rules_and_one_whose_worker_stands_still_raise_alarm(bench):
    with watched(bench, "alerts.yaml") as prometheus:
        follow(bench, prometheus, without_rules(bench), "SluiceUninspected")
        stuck = standing_still(worker_threads(bench.wire.dataplane.pid)[0])
        follow(bench, prometheus, stuck, "SluiceUninspected", "SluiceWorkerStuck")


@contextlib.contextmanager
def bypass(wire):
    order(wire, "on")
    try:
        yield
    finally:
        order(wire, "auto")


def a_bypass_raises_alarm_until_it_is_over(bench):
    with guarded(bench.wire):
        bench.wire.wait_for_state("INSPECTING", 10)
        with watched(bench, "alerts.yaml") as prometheus:
            follow(bench, prometheus, bypass(bench.wire), "SluiceBypass")


def packs_that_expire_raise_alarm_before_and_after_until_newer_ones_are_pushed(bench):
    publisher = bench.publisher
    rules = publisher.rules("ageing", ["ageing.pushed.example"])
    soon = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)).date().isoformat()
    bench.wire.configure(packs=[str(publisher.compile("ageing", 1, rules, expired=True))])
    with watched(bench, "alerts.yaml") as prometheus:
        wait_until_fire(bench, prometheus, "SluiceRulesExpired", "SluiceDegraded")
        bench.wire.push(publisher.compile("ageing", 2, rules, last_day=soon))
        bench.wait_for(FIRES_LIMIT_S, "soon and no more now",
                       lambda: prometheus.firing() == {"SluiceRulesExpireSoon"})
        bench.wire.push(publisher.compile("ageing", 3, rules, last_day=FAR))
        wait_until_quiet(bench, prometheus)


def with_everything(bench):
    """A tap that has all that metrics are about: evidence, links that are watched, rules that expire."""
    secret, public = (bench.lab.directory / f"monitoring.{kind}" for kind in ("key", "pub"))
    sluice(bench, "keygen", "--secret-key", secret, "--public-key", public)
    link_tests.forward_losses(bench)
    bench.wire.configure(evidence={"authority_key": str(public)})
    rules = bench.publisher.rules("everything", ["everything.pushed.example"])
    bench.wire.push(bench.publisher.compile("everything", 1, rules, last_day=FAR))


def queries():
    """Of the rules and of the dashboard."""
    for name in ("alerts.yaml", "recording.yaml"):
        for group in yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))["groups"]:
            yield from (rule["expr"] for rule in group["rules"])
    dashboard = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        yield from (promql.filled(target["expr"], DASHBOARD) for target in panel.get("targets", []))


def each_query_is_answered_and_what_it_selects_is_there(bench):
    with_everything(bench)
    asked = list(queries())
    # Nothing is wrong: no alert is there to be shown.
    selected = {text for query in asked for text in promql.written(query) if not text.startswith("ALERTS")}
    waiting = set(selected)

    def all_found(prometheus):
        waiting.difference_update([text for text in waiting if prometheus.ask(text)])
        return not waiting

    with watched(bench, "alerts.yaml", "recording.yaml") as prometheus:
        with contextlib.suppress(Failed):
            bench.wait_for(FIRES_LIMIT_S, "found", lambda: all_found(prometheus))
        require(not waiting, f"nothing is selected by {sorted(waiting)}")
        refused = [why for query in asked if (why := prometheus.refusal(query))]
        require(not refused, f"refused: {refused}")
    bench.note(f"{len(asked)} queries, {len(selected)} selectors")


TESTS = [
    a_tap_without_rules_and_one_whose_worker_stands_still_raise_alarm,
    a_bypass_raises_alarm_until_it_is_over,
    packs_that_expire_raise_alarm_before_and_after_until_newer_ones_are_pushed,
    each_query_is_answered_and_what_it_selects_is_there,
]
