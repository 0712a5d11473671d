"""Rules that are pushed while traffic flows: what they cost, when they work, and what is refused."""

import shutil
import time
from collections import Counter

from bench import require
from load import Crossing, Downloads, Probes, Queries
from publisher import Publisher, signature

SHORT_PUSHES, FULL_PUSHES = 20, 100
WARM_PUSHES = 4  # after these two generations have lived, and memory has found its size
EFFECTIVE_LIMIT_S = 1.0
BETWEEN_S = 0.15  # for the probes to see that a rule holds
QUIET_S = 5.0  # the run without pushes
FILLER_ROWS = 5_000  # a generation is then large enough for one that stays behind to be seen
GROWTH_LIMIT_KIB = 6 * 1024  # one generation of FILLER_ROWS takes a good MiB: far less than a leak of all of them
NAMES = ("even.pushed.example", "odd.pushed.example")
PATHS = ("/even-path-of-the-lab", "/odd-path-of-the-lab")
NOT_FOR_INSPECTION = "not_ip"  # ARP comes when it likes


def packs(publisher, count):
    """Packs of one name with rising sequences; every second one lists the one name and path, the others the other."""
    filler = [f"filler-{n}.example" for n in range(FILLER_ROWS)]
    sources = [publisher.rules(stem, [NAMES[n], *filler], [signature(9_000_001 + n, PATHS[n])])
               for n, stem in enumerate(("even", "odd"))]
    return [publisher.compile("pushed", sequence, sources[sequence % 2]) for sequence in range(2, count + 2)]


class Traffic:
    """Everything that goes on in one run, and what it met."""

    def __init__(self, bench):
        self._bench = bench
        self.queries, self.downloads, self.probes = Queries(bench.lab), Downloads(bench.lab), Probes(bench.lab, NAMES)
        self.crossing = Crossing(bench.lab)
        self._parts = (self.crossing, self.queries, self.downloads, self.probes)

    def __enter__(self):
        self._samples = self._bench.wire.samples()
        for part in self._parts:
            part.__enter__()
        return self

    def __exit__(self, *failure):
        for part in reversed(self._parts):
            part.__exit__(*failure)
        self.samples = {key: value - self._samples.get(key, 0) for key, value in self._bench.wire.samples().items()}

    def lost(self):
        """What did not arrive and was not blocked: by the endpoints' and the interfaces' own counters."""
        return {"questions without an answer": self.queries.missing(), "downloads": self.downloads.failed,
                "frames to the outside": self.crossing.lost_outwards - self.probes.unanswered(),
                "frames to the inside": self.crossing.lost_inwards}

    def uninspected(self):
        """Reasons for which packets were not inspected."""
        return {dict(labels)["reason"] for (name, labels), value in self.samples.items()
                if name == "sluice_packets_uninspected_total" and value} - {NOT_FOR_INSPECTION}


def blocked_after(asked):
    """Seconds to the first question from which on none was answered; None where the last one was."""
    blocked = [when for when, answered in asked if not answered]
    answered = [when for when, answered in asked if answered]
    after = [when for when in blocked if not answered or when > answered[-1]]
    return after[0] if after else None


def pushes_lose_no_packet_and_take_effect_within_a_second(bench):
    count = FULL_PUSHES if bench.full else SHORT_PUSHES
    waiting = packs(bench.publisher, WARM_PUSHES + count)
    with Traffic(bench) as quiet:
        time.sleep(QUIET_S)
    require(not any(quiet.lost().values()), f"lost without any push: {quiet.lost()}")
    for path in waiting[:WARM_PUSHES]:
        bench.wire.push(path)
    memory = bench.wire.resident_kib()
    begun, pushed, said, generations = [], [], [], []
    with bench.alerts() as alerts, Traffic(bench) as busy:
        for path in waiting[WARM_PUSHES:]:
            begun.append(time.monotonic())
            said.append(bench.wire.push(path))
            pushed.append(time.monotonic())
            generations.append(bench.wire.status()["generation"])
            for uri in PATHS:
                bench.get(f"http://neighbour.example{uri}", "198.18.0.1")
            time.sleep(BETWEEN_S)
        begun.append(time.monotonic())
    require(not any(busy.lost().values()), f"lost in {count} pushes, and nothing without: {busy.lost()}")
    new = busy.uninspected() - quiet.uninspected()
    require(not new, f"uninspected because of {new}, which nothing was without pushes")
    require(len(set(generations)) == count, f"{count} pushes made {len(set(generations))} generations")
    took = []
    for n, (begin, end) in enumerate(zip(begun, begun[1:])):
        live = (n + WARM_PUSHES) % 2  # sequences begin at 2, with the even one
        asked, others = (busy.probes.between(NAMES[name], begin, end) for name in (live, 1 - live))
        after = blocked_after(asked)
        require(after is not None and after <= EFFECTIVE_LIMIT_S,
                f"push {n + 1} of {count}: {NAMES[live]} was blocked after {after} s; {said[n].strip()}")
        after_it = [answered for when, answered in others if when > pushed[n] - begin]
        require(after_it and all(after_it), f"push {n + 1}: {NAMES[1 - live]} is still blocked: {others}")
        took.append(after)
    by_content = Counter((alert["generation"], alert["alert"]["signature_id"]) for alert in alerts
                         if alert["alert"]["signature_id"] in (9_000_001, 9_000_002))
    wanted = {(generation, 9_000_001 + (n + WARM_PUSHES) % 2) for n, generation in enumerate(generations)}
    require(set(by_content) == wanted, f"by content found {sorted(by_content)}, wanted {sorted(wanted)}")
    grown = bench.wire.resident_kib() - memory
    require(grown <= GROWTH_LIMIT_KIB, f"the data plane has {grown} KiB more than {count} pushes ago")
    bench.note(f"{count} pushes, effective after {sorted(took)[len(took) // 2]:.2f} s, at most {max(took):.2f} s, "
               f"{grown:+} KiB")


# --- what is refused


def refused(bench, path, reason, *options):
    """That a push is refused for a reason that is said, and changes nothing."""
    before = bench.wire.status()
    done = bench.wire.sluice("push", path, *options)
    said = done.stdout + done.stderr
    require(done.returncode == 1, f"{path.name}: exit status {done.returncode}, not refused: {said}")
    require(reason in said.lower(), f"{path.name}: does not say '{reason}': {said}")
    after = bench.wire.status()
    same = ("state", "generation", "ruleset_digest")
    require([before[key] for key in same] == [after[key] for key in same], f"{path.name}: {before} became {after}")


def what_is_wrong_is_refused_and_what_is_live_stays(bench):
    publisher, stranger = bench.publisher, Publisher(bench.lab, "stranger")
    sources = publisher.rules("careful", ["careful.pushed.example"])
    live = publisher.compile("careful", 5, sources)
    bench.wire.push(live)
    refused(bench, publisher.compile("careful", 6, sources, signed=False), "minisig")
    refused(bench, stranger.compile("careful", 6, stranger.rules("careful", ["careful.pushed.example"])), "key")
    refused(bench, publisher.compile("careful", 7, sources, expired=True), "expired")
    refused(bench, publisher.compile("careful", 4, sources), "sequence")
    # A whole pack with the signature of another one, and one whose bytes were changed on the way.
    newer = publisher.compile("careful", 8, sources)
    shutil.copyfile(f"{live}.minisig", f"{newer}.minisig")
    refused(bench, newer, "signature")
    altered = live.with_name("altered.pack")
    content = bytearray(live.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    shutil.copyfile(f"{live}.minisig", f"{altered}.minisig")
    refused(bench, altered, "altered.pack")
    require(not bench.address_of("careful.pushed.example"), "what the live pack lists is not blocked any more")
    require(bench.address_of("careless.pushed.example"), "what no pack lists is blocked")


TESTS = [pushes_lose_no_packet_and_take_effect_within_a_second, what_is_wrong_is_refused_and_what_is_live_stays]
