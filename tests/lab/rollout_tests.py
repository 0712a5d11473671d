"""What follows a push: rules that block too much are held, pushes that do harm are undone, trials end by themselves."""

import contextlib
import json
import socket
import threading
import time

import tap
from bench import NEIGHBOURS, require
from cost_tests import SLOW_PORT, SLOW_RULE, SLOW_TEXT
from probe_tests import DATABASE, SPOILT, places_of
from publisher import signature
from servers import WEB4

FLOWS, WATCH_MS = 5, 20_000
DECIDED_LIMIT_S = 20.0
KEPT, NAME, THIRD = NEIGHBOURS  # of the lab's servers; listed by the packs here


def settle(bench, watch_ms=0, **fuse):
    """Starts both planes anew with these options, and without rules that cost too much being suspended."""
    settings = json.loads(bench.wire.config.read_text(encoding="utf-8"))
    settings |= {"push": {"watch_ms": watch_ms}, "fuse": fuse}
    bench.wire.config.write_text(json.dumps(settings, indent=2), encoding="utf-8")
    bench.wire.configure(suspend_above_percent=0, suspend_above_limit_hits=0)
    bench.wire.wait_for_state("INSPECTING", 10.0)


def pack(bench, sequence, names, signatures=()):
    return bench.publisher.compile("rollout", sequence, bench.publisher.rules(f"rollout-{sequence}", names, signatures))


def push(bench, *arguments):
    """(exit status, what it says as JSON)"""
    done = bench.lab.run("tap", sluice(bench, "push", "--json", *arguments), timeout=90.0)
    require(done.stdout, f"nothing was said: {done.stderr}")
    return done.returncode, json.loads(done.stdout)


def sluice(bench, *words):
    """The command line of a command, of which some have two words."""
    verbs = 2 if words[0] == "fuse" else 1
    return [tap.program("sluice"), *words[:verbs], "--config", bench.wire.config, *words[verbs:]]


def rollout(bench):
    return bench.wire.status()["rollout"]


def wait_for(bench, what, holds, limit_s=DECIDED_LIMIT_S):
    deadline = time.monotonic() + limit_s
    while not holds(now := rollout(bench)):
        require(time.monotonic() < deadline, f"{what}: not within {limit_s} s: {now}")
        time.sleep(0.1)
    return now


def happenings(events):
    return [event["push"]["what"] for event in events if event["event_type"] == "push"]


def a_push_says_what_became_of_it(bench):
    settle(bench)
    first = pack(bench, 1, [KEPT])
    code, said = push(bench, "--wait", first)
    require((code, said["state"]) == (0, "applied"), said)
    require(said["generation"] == bench.wire.status()["generation"] and len(said["digest"]) == 64, said)
    require(said["counts"] == {"packs": 1, "new_rules": 1, "held": 0}, said)
    code, again = push(bench, "--wait", first)
    require((code, again["state"], again["generation"]) == (4, "already-live", said["generation"]), again)
    code, refused = push(bench, "--wait", wrongly_signed(bench))
    require((code, refused["state"]) == (1, "refused") and refused["reason"], refused)
    require(bench.wire.status()["generation"] == said["generation"], "a refused push changed something")


def wrongly_signed(bench):
    path = pack(bench, 2, [KEPT])
    good = path.with_name(path.name + ".minisig")
    text = good.read_text(encoding="utf-8").splitlines()
    text[1] = text[1][:20] + ("A" if text[1][20] != "A" else "B") + text[1][21:]
    good.write_text("\n".join(text) + "\n", encoding="utf-8")
    return path


def a_new_rule_that_blocks_too_much_is_held(bench):
    settle(bench, flows=FLOWS, devices=0, first_ms=3_600_000)
    bench.wire.push(pack(bench, 10, [KEPT]))
    bench.wire.push(pack(bench, 11, [KEPT, NAME]))
    require(not bench.address_of(NAME), "the new name is not blocked")
    with bench.events() as events:
        for _ in range(FLOWS + 2):  # each in a flow of its own
            bench.get(f"http://{NAME}/", WEB4, 1)
        held = wait_for(bench, "the rule is held", lambda now: now["held"])["held"]
        require(bench.get(f"http://{NAME}/", WEB4) is not None, "the name is still blocked although its rule is held")
        require(bench.address_of(NAME) == [WEB4], "look-ups are still blocked although the rule is held")
        require(not bench.address_of(KEPT), "the other rule blocks no more")
    require([rule["cause"] for rule in held] == ["fuse"] and held[0]["flows"] > FLOWS, held)
    require("rule-held" in happenings(events), happenings(events))
    late = [event for event in events if event["event_type"] == "alert" and event["sluice"]["would"] == "drop" and
            event["sluice"]["action"] == "pass" and event["sluice"]["matched"]["value"] == NAME]
    require(late, "no alarm says what would have been blocked")
    rule = held[0]["rule"]
    require(rule in bench.lab.check("tap", sluice(bench, "fuse", "list")), "`sluice fuse list` does not have it")
    status = bench.wire.status()
    require(any("fuse" in notice for notice in status["notices"]), status["notices"])
    samples = bench.wire.samples()
    require(samples["sluice_rules_held", (("cause", "fuse"),)] == 1 and samples["sluice_fuse_trips_total", ()] == 1,
            samples)

    # Both planes may go: it stays held.
    bench.wire.kill_dataplane()
    bench.wire.start_dataplane()
    bench.wire.wait_for_state("INSPECTING", 10.0)
    deadline = time.monotonic() + 10.0
    while bench.get(f"http://{NAME}/", WEB4, 1) is None:
        require(time.monotonic() < deadline, "a data plane that was started anew blocks what is held")
    bench.wire.kill_control()
    bench.wire.start_control()
    require([rule["rule"] for rule in rollout(bench)["held"]] == [rule], rollout(bench))
    done = bench.lab.run("tap", sluice(bench, "fuse", "reset", rule))
    require(done.returncode == 0, done.stderr)
    require(bench.get(f"http://{NAME}/", WEB4, 1) is None, "a rule that was reset does not block")
    bench.note(f"held after {held[0]['flows']} flows")


def spoil(pid):
    """The databases that a data plane has now, for good: they end with their generation."""
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        places = places_of(memory, pid, DATABASE)
        require(places, "there is nothing to spoil: does another version of Hyperscan have another form?")
        for place in places:
            memory.seek(place)
            memory.write(SPOILT)


def a_push_after_which_the_probe_fails_is_undone(bench):
    settle(bench, watch_ms=WATCH_MS)
    rules = [signature(9_000_031, "/rollout-path-of-the-lab")]
    bench.wire.push(pack(bench, 60, [KEPT], rules))
    wait_for(bench, "the push is kept", lambda now: now["watch"]["state"] == "kept", WATCH_MS / 1000 + 5)
    path = pack(bench, 61, [KEPT, NAME], rules)
    with bench.events() as events:
        bench.wire.push(path)
        spoil(bench.wire.dataplane.pid)
        watch = wait_for(bench, "the push is undone", lambda now: now["watch"]["state"] == "reverted")["watch"]
        bench.wire.wait_for_state("INSPECTING", 15.0)
    require("probe failed" in watch["reason"], watch)
    require(happenings(events)[-2:] == ["applied", "reverted"], happenings(events))
    packs = bench.wire.status()["packs"]
    require([found["sequence"] for found in packs if found["name"] == "rollout"] == [60], packs)
    bench.note(watch["reason"])


@contextlib.contextmanager
def datagrams(bench):
    """Long ones to the port of the slow rule, from new flows, on and on."""
    stop = threading.Event()

    def send():
        while not stop.is_set():
            with bench.lab.socket("inside", socket.AF_INET, socket.SOCK_DGRAM) as sending:
                for _ in range(2):
                    sending.sendto(SLOW_TEXT, (WEB4, SLOW_PORT))
            time.sleep(0.005)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def a_push_that_slows_packets_down_is_undone(bench):
    settle(bench, watch_ms=WATCH_MS * 3)
    bench.wire.push(pack(bench, 70, [KEPT]))
    slow = pack(bench, 71, [KEPT], [SLOW_RULE.replace("drop", "alert")])
    with datagrams(bench):
        time.sleep(5.0)  # for what was before to be known
        code, said = push(bench, "--watch", slow)
    require((code, said["state"]) == (5, "reverted") and "cycles" in said["reason"], said)
    packs = bench.wire.status()["packs"]
    require([found["sequence"] for found in packs if found["name"] == "rollout"] == [70], packs)
    bench.note(said["reason"])


def a_push_that_does_no_harm_stays(bench):
    settle(bench, watch_ms=4_000)
    bench.wire.push(pack(bench, 40, [KEPT]))
    code, said = push(bench, "--watch", pack(bench, 41, [KEPT, NAME]))
    require((code, said["state"]) == (0, "applied"), said)
    require(rollout(bench)["watch"]["state"] == "kept", rollout(bench))


def trials_are_promoted_and_withdrawn(bench):
    settle(bench)
    bench.wire.push(pack(bench, 50, [KEPT]))
    with bench.events() as events:
        code, said = push(bench, "--shadow", "6s", "--promote-if", "blocks/device < 100", pack(bench, 51, [KEPT, NAME]))
        require((code, said["counts"]["held"]) == (0, 1), said)
        require(bench.get(f"http://{NAME}/", WEB4) is not None, "a rule on trial blocks")
        require(not bench.address_of(KEPT), "a rule that is not on trial does not block")
        require(rollout(bench)["trial"]["blocks"] >= 1, rollout(bench))
        wait_for(bench, "it is promoted", lambda now: now["trial"] is None)
    require(happenings(events)[-2:] == ["shadowed", "promoted"], happenings(events))
    require(bench.get(f"http://{NAME}/", WEB4, 1) is None, "a rule that was promoted does not block")

    with bench.events() as events:
        code, said = push(bench, "--shadow", "6s", "--promote-if", "flows < 1",
                          pack(bench, 52, [KEPT, NAME, THIRD]))
        require(code == 0, said)
        require(bench.get(f"http://{THIRD}/", WEB4) is not None, "a rule on trial blocks")
        wait_for(bench, "it is withdrawn", lambda now: now["trial"] is None)
    require(happenings(events)[-2:] == ["shadowed", "withdrawn"], happenings(events))
    require(bench.get(f"http://{THIRD}/", WEB4) is not None, "a rule that was withdrawn blocks")
    packs = bench.wire.status()["packs"]
    require([found["sequence"] for found in packs if found["name"] == "rollout"] == [51], packs)

    done = bench.lab.run("tap", sluice(bench, "push", "--shadow", "1h", "--promote-if", "blocks > 3", "any.pack"))
    require(done.returncode == 2 and "column 8" in done.stderr, done.stderr)


TESTS = [
    a_push_says_what_became_of_it,
    a_new_rule_that_blocks_too_much_is_held,
    a_push_that_does_no_harm_stays,
    trials_are_promoted_and_withdrawn,
    a_push_after_which_the_probe_fails_is_undone,
    a_push_that_slows_packets_down_is_undone,
]
