"""A link that is lost on one side of the tap is lost on the other, and comes back with it."""

import json
import time

import tap
from bench import require
from lab import INSIDE6, OUTSIDE4, OUTSIDE6

HOLD_MS = 200
# Beyond what is held: a look each 20 ms, and a machine that has other things to do.
SLACK_S = 1.0
ENDS = {"inside": "inside0", "outside": "outside0"}
PORTS = {"inside": "tap-in", "outside": "tap-out"}
OTHER = {"inside": "outside", "outside": "inside"}


def forward_losses(bench, on=True):
    wire = bench.wire
    settings = json.loads(wire.config.read_text(encoding="utf-8"))
    settings["port_pairs"][0] |= {"link_loss_forwarding": on, "link_hold_ms": HOLD_MS}
    wire.config.write_text(json.dumps(settings, indent=2), encoding="utf-8")
    wire.configure()


def has_carrier(bench, role, interface):
    (shown,) = json.loads(bench.lab.check(role, ["ip", "-json", "link", "show", interface]))
    return "LOWER_UP" in shown["flags"]


def wait_for(what, holds, limit_s=5.0):
    """Seconds that it took."""
    begin = time.monotonic()
    while not holds():
        require(time.monotonic() - begin < limit_s, f"not within {limit_s} s: {what}")
        time.sleep(0.01)
    return time.monotonic() - begin


def wait_for_states(bench, **states):
    """By side: up, lost, taken-down."""
    wanted = {PORTS[side]: state for side, state in states.items()}

    def holds():
        return {link["port"]: link["state"] for link in bench.wire.status()["links"]} == wanted
    wait_for(f"links {wanted}", holds)


def set_end(bench, role, up):
    bench.lab.ip(role, f"link set {ENDS[role]} {'up' if up else 'down'}")


def wait_for_traffic(bench):
    wait_for("an echo", lambda: bench.inside(["ping", "-n", "-c1", "-W1", OUTSIDE4]).returncode == 0, 10)
    bench.ping(OUTSIDE4)


def mend(bench):
    """Both ends up, whatever a test left behind. A link that went took the host's own routes and addresses with it."""
    for role in ENDS:
        set_end(bench, role, True)
    bench.lab.ip("inside", f"route replace default via {OUTSIDE4}")
    for role, address in (("inside", INSIDE6), ("outside", OUTSIDE6)):
        bench.lab.ip(role, f"-6 address replace {address}/64 dev {ENDS[role]} nodad")
    bench.lab.ip("inside", f"-6 route replace default via {OUTSIDE6}")


def a_lost_link_is_passed_on_and_comes_back(bench):
    forward_losses(bench)
    wait_for_states(bench, inside="up", outside="up")
    took = []
    for side in ("outside", "inside"):
        other = OTHER[side]
        with bench.events() as events:
            set_end(bench, side, False)
            down = wait_for("the other end loses its carrier", lambda: not has_carrier(bench, other, ENDS[other]))
            require(HOLD_MS / 1000 <= down + 0.05 and down < HOLD_MS / 1000 + SLACK_S, f"{side}: after {down:.2f} s")
            wait_for_states(bench, **{side: "lost", other: "taken-down"})
            shown = bench.wire.sluice("status").stdout
            require(f"{PORTS[side]} is lost" in shown and f"{PORTS[other]} is taken down" in shown, shown)
            samples = bench.wire.samples()
            require(samples["sluice_link_up", (("port", PORTS[side]),)] == 0 and
                    samples["sluice_link_taken_down", (("port", PORTS[other]),)] == 1 and
                    samples["sluice_link_losses_total", (("port", PORTS[side]),)] == 1, "the metrics are wrong")
            time.sleep(1)  # it stays so
            require(not has_carrier(bench, other, ENDS[other]), "it swings")
            set_end(bench, side, True)
            back = wait_for("the other end has its carrier again", lambda: has_carrier(bench, other, ENDS[other]))
            require(back < HOLD_MS / 1000 + SLACK_S, f"{side}: back after {back:.2f} s")
            wait_for_states(bench, inside="up", outside="up")
            mend(bench)
            wait_for_traffic(bench)
        said = [(event["link"]["port"], event["link"]["state"]) for event in events
                if event["event_type"] == "link" and "before" in event["link"]]
        require(sorted(said) == sorted([(PORTS[side], "lost"), (PORTS[other], "taken-down"), (PORTS[side], "up"),
                                        (PORTS[other], "up")]), f"events: {said}")
        took.append(f"{side} {down * 1000:.0f} ms, back {back * 1000:.0f} ms")
    bench.note("; ".join(took))


def a_data_plane_that_ends_leaves_no_port_down(bench):
    wire = bench.wire
    for how in ("killed", "stopped"):
        set_end(bench, "outside", False)
        wait_for("the inside loses its carrier", lambda: not has_carrier(bench, "inside", ENDS["inside"]))
        if how == "killed":
            wire.kill_dataplane()
            wire.start_dataplane()
        else:
            tap.stop(wire.dataplane)
        wait_for(f"after it was {how}, the inside has its carrier", lambda: has_carrier(bench, "inside", ENDS["inside"]))
        # The second time it ends in order: that it was killed once must not come back then.
        mend(bench)
        if how == "killed":
            wait_for_states(bench, inside="up", outside="up")
    wire.start_dataplane()
    wait_for_traffic(bench)


def without_the_option_links_are_left_alone(bench):
    forward_losses(bench, on=False)
    set_end(bench, "outside", False)
    time.sleep(HOLD_MS / 1000 + 0.5)
    require(has_carrier(bench, "inside", ENDS["inside"]), "it is passed on")
    require(bench.wire.status()["links"] == [], "links are shown")
    mend(bench)
    wait_for_traffic(bench)


# Each goes on where the one before it ended.
TESTS = [
    a_lost_link_is_passed_on_and_comes_back,
    a_data_plane_that_ends_leaves_no_port_down,
    without_the_option_links_are_left_alone,
]
