"""Two planes: either may die, and traffic flows; what the one counted, the other tells exactly."""

import time
from collections import defaultdict

from bench import require
from load import Downloads, download_while
from prometheus import Prometheus
from servers import WEB4

DEATH_LIMIT_S = 1.0
BACK_LIMIT_S = 15.0
SCRAPE_EVERY_MS = 200
SCRAPES = 20
SCRAPES_LIMIT_S = 45.0  # Prometheus takes a while to start on a busy machine
DEAD = "sluice_dataplane_up"
ERROR = "sluice_conservation_error_packets"


# --- the control plane dies


def the_control_plane_dies_in_a_download_and_the_file_arrives_intact(bench):
    wire = bench.wire
    before = wire.samples()
    download_while(bench.lab, wire.kill_control)
    bench.get("http://neighbour.example/while-control-is-dead", WEB4)
    wire.start_control()
    after = wire.samples()
    received = [key for key in after if key[0] == "sluice_packets_received_total"]
    require(received and all(after[key] > before[key] for key in received),
            f"the counters do not go on: {[(key, before[key], after[key]) for key in received]}")
    with bench.alerts() as alerts:
        bench.address_of("listed.example")
    names = {alert["sluice"]["matched"]["value"] for alert in alerts}
    require("listed.example" in names, f"no finding after the restart: {names}")


# --- the data plane dies


def a_dead_data_plane_is_reported_within_a_second(bench):
    wire = bench.wire
    wire.kill_dataplane()
    died = time.monotonic()
    while (said := wire.sluice("status")).returncode == 0 and "INSPECTING" in said.stdout:
        require(time.monotonic() - died < DEATH_LIMIT_S, f"after {DEATH_LIMIT_S} s: {said.stdout}")
        time.sleep(0.02)
    took = time.monotonic() - died
    require(took <= DEATH_LIMIT_S, f"reported after {took:.2f} s")
    up = [value for (name, _), value in wire.samples().items() if name == DEAD]
    require(up == [0.0], f"{DEAD} says {up}")
    wire.start_dataplane()
    wire.wait_for_state("INSPECTING", BACK_LIMIT_S)


def a_data_plane_starts_alone_with_the_last_good_pack(bench):
    wire = bench.wire
    wire.push(bench.publisher.compile("last", 1, bench.publisher.rules("last", ["last.pushed.example"])))
    pushed = wire.status()
    wire.kill_control()
    wire.kill_dataplane()
    wire.start_dataplane()
    # The wire says it, with nobody there to push anything again.
    require(not bench.address_of("last.pushed.example"), "the pushed name is not blocked after the restart")
    require(bench.address_of("neighbour.example"), "no name gets through after the restart")
    wire.start_control()
    said = wire.wait_for_state("INSPECTING", BACK_LIMIT_S)
    require(said["ruleset_digest"] == pushed["ruleset_digest"], f"{pushed} became {said}")


def finding_ids(bench):
    """{rule: id} of what a look-up of the listed name gives."""
    with bench.alerts() as alerts:
        bench.address_of("listed.example")
    # Of other names there may be late ones, of the test before.
    return {alert["alert"]["metadata"]["rule_id"][0]: alert["sluice"]["finding_id"] for alert in alerts
            if alert["sluice"]["matched"]["value"] == "listed.example"}


def a_finding_keeps_its_id_when_both_planes_start_anew_and_packs_come_in_another_order(bench):
    wire, publisher = bench.wire, bench.publisher
    packs = [publisher.compile(name, 1, publisher.rules(name, ["listed.example", f"{name}.example"]))
             for name in ("first", "second")]
    wire.push(*packs)
    before = finding_ids(bench)
    require({"first", "second"} <= {rule.split("/")[0] for rule in before}, f"rules that spoke: {before}")
    digest = wire.status()["ruleset_digest"]
    wire.kill_control()
    wire.kill_dataplane()
    wire.start_dataplane()
    wire.start_control()
    require((after := finding_ids(bench)) == before, f"{before} became {after} by a restart")
    wire.push(*reversed(packs))
    require((after := finding_ids(bench)) == before, f"{before} became {after} by another order")
    require((said := wire.status()["ruleset_digest"]) == digest, f"digest {digest} became {said}")


# --- a real Prometheus


def scraped_by_prometheus(bench):
    """{(name, labels): {time of the scrape: value}} as Prometheus kept it, while traffic went on."""
    with Prometheus(bench.lab, SCRAPE_EVERY_MS) as prometheus, Downloads(bench.lab):
        return wait_for_scrapes(prometheus)


def wait_for_scrapes(prometheus):
    """What Prometheus kept, once it has scraped often enough."""
    deadline = time.monotonic() + SCRAPES_LIMIT_S
    while True:
        time.sleep(0.5)
        series = kept(prometheus)
        scrapes = max(map(len, series.values()), default=0)
        if scrapes >= SCRAPES:
            return series
        require(time.monotonic() < deadline, f"{scrapes} scrapes in {SCRAPES_LIMIT_S} s")


def kept(prometheus):
    series = {}
    for result in prometheus.ask('{job="sluice"}[1m]'):
        labels = {key: value for key, value in result["metric"].items() if key not in ("job", "instance")}
        key = (labels.pop("__name__"), tuple(sorted(labels.items())))
        series[key] = {when: float(value) for when, value in result["values"]}
    return series


def conservation(series):
    """{(time, port): (received, forwarded + dropped + consumed + held)}"""
    sides = {"sluice_packets_received_total": 0, "sluice_packets_forwarded_total": 1, "sluice_packets_dropped_total": 1,
             "sluice_packets_consumed_total": 1, "sluice_packets_held": 1}
    sums = defaultdict(lambda: [0.0, 0.0])
    for (name, labels), values in series.items():
        if name in sides:
            for when, value in values.items():
                sums[when, dict(labels)["port"]][sides[name]] += value
    return sums


def a_prometheus_scrapes_and_every_packet_is_accounted_for_at_every_scrape(bench):
    text = bench.wire.scrape()
    checked = bench.lab.run("tap", ["promtool", "check", "metrics"], input=text)
    require(checked.returncode == 0 and not checked.stderr.strip(), f"promtool: {checked.stdout}{checked.stderr}")
    series = scraped_by_prometheus(bench)
    sums = conservation(series)
    scrapes = {when for when, _ in sums}
    ports = {port for _, port in sums}
    require(len(ports) == 2, f"ports {ports}")
    received = [[sums[when, port][0] for when in scrapes] for port in ports]
    moved = [max(counts) - min(counts) for counts in received]
    require(all(packets > 1000 for packets in moved), f"too little traffic to prove anything: {moved} packets")
    wrong = {key: pair for key, pair in sums.items() if pair[0] != pair[1]}
    require(not wrong, f"received, and accounted for: {dict(list(wrong.items())[:5])}, {len(wrong)} of {len(sums)}")
    errors = {labels: set(values.values()) for (name, labels), values in series.items() if name == ERROR}
    sides = {(dict(labels)["port"], dict(labels)["side"]) for labels in errors}
    require(sides == {(port, side) for port in ports for side in ("received", "transmitted")}, f"{ERROR} of {sides}")
    require(set().union(*errors.values()) == {0.0}, f"not accounted for: {errors}")
    states = {dict(labels)["state"].upper() for (name, labels), values in series.items()
              if name == "sluice_tap_state" and any(values.values())}
    require(states == {"INSPECTING"}, f"states at the scrapes: {states}")


TESTS = [
    a_prometheus_scrapes_and_every_packet_is_accounted_for_at_every_scrape,
    the_control_plane_dies_in_a_download_and_the_file_arrives_intact,
    a_dead_data_plane_is_reported_within_a_second,
    a_data_plane_starts_alone_with_the_last_good_pack,
    a_finding_keeps_its_id_when_both_planes_start_anew_and_packs_come_in_another_order,
]
