"""A release of several packs with its manifest, between two running planes: all of it works at once, or none."""

import json

from bench import require
from publisher import Publisher
from pushes_tests import refused

BACK_LIMIT_S = 15.0
NAME = "phones"
OLD, NEW = 11, 12  # releases
FIRST, SECOND = "first", "second"  # packs


def listed(pack, release):
    """The one name that a pack of a release lists."""
    return f"{pack}-{release}.pushed.example"


def packs_of(publisher, release):
    return [publisher.compile(pack, release, publisher.rules(f"{pack}-{release}", [listed(pack, release)]))
            for pack in (FIRST, SECOND)]


def push(bench, manifest, packs, *options):
    done = bench.wire.sluice("push", "--manifest", manifest, *options, *packs)
    require(done.returncode == 0, f"sluice push ended with {done.returncode}: {done.stdout}{done.stderr}")


def works(bench, release):
    """That the names of this release are blocked, by one generation, and those of the other are not."""
    with bench.alerts() as alerts:
        through = [name for pack in (FIRST, SECOND) if bench.address_of(name := listed(pack, release))]
    require(not through, f"release {release} is live, and {through} got through")
    generations = {alert["generation"] for alert in alerts}
    names = {alert["sluice"]["matched"]["value"] for alert in alerts}
    require(generations == {bench.wire.status()["generation"]}, f"found by generations {generations}")
    require(names >= {listed(pack, release) for pack in (FIRST, SECOND)}, f"found {names}")
    other = OLD + NEW - release
    failing = [name for pack in (FIRST, SECOND) if not bench.address_of(name := listed(pack, other))]
    require(not failing, f"release {release} is live, and {failing} of the other one are blocked")


def release_of(document):
    """(name, sequence) by the manifest of a status or a push; nothing without one."""
    manifest = document["manifest"]
    return (manifest["name"], manifest["sequence"]) if manifest else ()


def latest_push(bench):
    done = bench.wire.sluice("packs", "--json")
    require(done.returncode == 0, done.stdout + done.stderr)
    return json.loads(done.stdout)["pushes"][-1]


def what_is_pushed_with_a_manifest_works_at_once(bench):
    packs = packs_of(bench.publisher, NEW)
    before = bench.wire.status()["generation"]
    push(bench, bench.publisher.manifest(NAME, NEW, packs), packs)
    said = bench.wire.status()
    require(said["generation"] == before + 1, f"generation {before} became {said['generation']} by one push")
    require(release_of(said) == (NAME, NEW), f"status says {said['manifest']}")
    live = {pack["name"] for pack in said["packs"]}
    require(live >= {FIRST, SECOND}, f"live are {live}")
    works(bench, NEW)
    pushed = latest_push(bench)
    require((pushed["cause"], pushed["allow_rollback"], *release_of(pushed)) == ("push", False, NAME, NEW), pushed)


def what_is_not_one_release_is_refused_and_what_is_live_stays(bench):
    publisher, stranger = bench.publisher, Publisher(bench.lab, "ruleset-stranger")
    old, new, next_ = (packs_of(publisher, release) for release in (OLD, NEW, NEW + 1))

    def wrong(reason, manifest, packs):
        refused(bench, packs[0], reason, "--manifest", manifest, *packs[1:])

    following = publisher.manifest(NAME, NEW + 1, next_)
    wrong(f"sequence {OLD} is older than {NEW}", publisher.manifest(NAME, OLD, old), old)
    wrong(f"pack {SECOND} is not the one of the manifest of {NAME}", following, [next_[0], new[1]])
    wrong(f"pack {SECOND} of the manifest", following, next_[:1])
    wrong("expired", publisher.manifest(NAME, NEW + 2, next_, expired=True), next_)
    gone = [next_[0], publisher.compile(SECOND, NEW + 3, publisher.rules("gone", ["gone.example"]), expired=True)]
    wrong("expired", publisher.manifest(NAME, NEW + 3, gone), gone)
    wrong("update sluice", publisher.manifest(NAME, NEW + 4, next_, program="9999.0.0"), next_)
    wrong("key", stranger.manifest(NAME, NEW + 5, next_), next_)
    altered = publisher.manifest(NAME, NEW + 6, next_)
    altered.write_text(altered.read_text(encoding="ascii").replace(f"sequence {NEW + 6}", f"sequence {NEW + 7}", 1),
                       encoding="ascii")
    wrong("signature", altered, next_)
    refused(bench, next_[0], f"the ruleset {NAME} was live before")
    works(bench, NEW)


def an_older_release_needs_an_operator_who_is_remembered(bench):
    packs = packs_of(bench.publisher, OLD)
    push(bench, bench.publisher.manifest(NAME, OLD, packs), packs, "--allow-rollback")
    works(bench, OLD)
    pushed = latest_push(bench)
    require((pushed["cause"], pushed["allow_rollback"], *release_of(pushed)) == ("push", True, NAME, OLD), pushed)
    done = bench.wire.sluice("rollback")
    require(done.returncode == 0, f"sluice rollback ended with {done.returncode}: {done.stdout}{done.stderr}")
    works(bench, NEW)
    pushed = latest_push(bench)
    require((pushed["cause"], *release_of(pushed)) == ("rollback", NAME, NEW), pushed)


def a_release_outlives_both_planes(bench):
    before = bench.wire.status()
    bench.wire.configure()
    said = bench.wire.wait_for_state("INSPECTING", BACK_LIMIT_S)
    same = ("manifest", "ruleset_digest")
    require([before[key] for key in same] == [said[key] for key in same], f"{before} became {said}")
    works(bench, NEW)


def what_a_revoked_key_alone_has_signed_is_left_out_and_refused(bench):
    publisher, successor = bench.publisher, Publisher(bench.lab, "successor")
    packs = packs_of(publisher, NEW)
    manifest = publisher.manifest(NAME, NEW, packs)
    bench.wire.configure(trusted_keys=[str(publisher.public_key), str(successor.public_key)],
                         revoked_keys=[publisher.key_id()])
    said = bench.wire.wait_for_state("DEGRADED", BACK_LIMIT_S)
    require("revoked" in said["reason"], f"says {said['reason']}")
    failing = [name for pack in (FIRST, SECOND) if not bench.address_of(name := listed(pack, NEW))]
    require(not failing, f"the key was revoked, and {failing} are still blocked")
    refused(bench, packs[0], "is revoked here", "--manifest", manifest, packs[1])
    for path in (manifest, *packs):
        successor.sign(path)
    push(bench, manifest, packs)
    bench.wire.wait_for_state("INSPECTING", BACK_LIMIT_S)
    works(bench, NEW)


# Each goes on where the one before it ended; the last one leaves a key revoked.
TESTS = [
    what_is_pushed_with_a_manifest_works_at_once,
    what_is_not_one_release_is_refused_and_what_is_live_stays,
    an_older_release_needs_an_operator_who_is_remembered,
    a_release_outlives_both_planes,
    what_a_revoked_key_alone_has_signed_is_left_out_and_refused,
]
