"""Exceptions of the site on a running tap: what SIGHUP to the control plane changes, and what a restart does."""

import json
import signal
import time

from bench import LISTED, require

RULE = "lab/listed"
OURS, OTHERS = "own-phone", "other-phone"  # ids of exceptions
HEADER = "id,action,destination,author,reason,expires"
READ_LIMIT_S = 5.0


def row(name, action, destination=LISTED):
    return f"{name},{action},{destination},The lab,this test,never"


def write(bench, *rows):
    path = bench.lab.directory / "exceptions.csv"
    path.write_text("".join(f"{line}\n" for line in (HEADER, *rows)), encoding="utf-8")
    return path


def asks(bench):
    """Looks the listed name up; returns whether there was an answer, and what its alert says of exceptions."""
    with bench.alerts() as alerts:
        answered = bool(bench.address_of(LISTED))
    said = {(alert["sluice"].get("exception"), alert["sluice"].get("permit")) for alert in alerts
            if alert["alert"]["metadata"]["rule_id"][0] == RULE}
    require(len(said) == 1, f"alerts of one look-up say {said}")
    return answered, *said.pop()


def table(bench):
    """{id of the exception that suppresses it, or None} of the findings about the listed name; the table as text."""
    socket = bench.wire.config.with_name("control.sock")
    answers = [bench.lab.check("tap", ["curl", "--silent", "--fail", "--unix-socket", socket,
                                       f"http://sluice/v1/findings{query}"])
               for query in ("", "?format=text")]
    findings = [finding for finding in json.loads(answers[0])["findings"] if finding["rule_id"] == RULE]
    require(findings, f"the table has nothing on {RULE}: {answers[0]}")
    return {finding.get("suppressed_by") for finding in findings}, answers[1]


def read_anew(bench, until):
    """SIGHUP to the control plane, and waits for what shows that it has read the list."""
    bench.wire.control.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + READ_LIMIT_S
    while not until():
        require(time.monotonic() < deadline, f"not read within {READ_LIMIT_S} s:\n{bench.wire.log()}")
        time.sleep(0.05)


def what_is_suppressed_after_a_signal_is_so_for_what_was_found_before_too(bench):
    bench.wire.configure(exceptions=str(write(bench, row(OTHERS, "suppress", "else.example"))))
    require(asks(bench) == (False, None, None), "an exception about another name counts")
    suppressed, text = table(bench)
    require(suppressed == {None} and LISTED in text, f"suppressed by {suppressed}: {text}")
    write(bench, row(OURS, "suppress"))
    # Of what was found before.
    read_anew(bench, lambda: table(bench)[0] == {OURS})
    suppressed, text = table(bench)
    require("Suppressed by exceptions: 1." in text and LISTED not in text, text)
    require(asks(bench) == (False, OURS, None), "what is suppressed is not recorded as such, or not blocked any more")


def a_broken_list_is_refused_aloud_and_the_one_at_hand_stays(bench):
    path = write(bench, row(OTHERS, "suppress", "else.example"), row(OURS, "supress"))
    read_anew(bench, lambda: f"{path}:3:" in bench.wire.log())
    require("suppress" in bench.wire.log(), f"says no remedy: {bench.wire.log()}")
    bench.wire.must_live()
    require(asks(bench) == (False, OURS, None), "the list at hand does not hold any more")
    path.unlink()
    read_anew(bench, lambda: str(path) in bench.wire.log().rsplit(f"{path}:3:", 1)[1])
    require(asks(bench) == (False, OURS, None), "the list at hand does not hold any more without a file")
    write(bench)
    read_anew(bench, lambda: table(bench)[0] == {None})
    require(asks(bench) == (False, None, None), "what the list does not hold any more still counts")


def a_permit_counts_from_the_next_start_of_the_data_plane_on(bench):
    write(bench, row(OURS, "permit"))
    bench.wire.control.send_signal(signal.SIGHUP)
    require(asks(bench) == (False, None, None), "the data plane reads permits at its start alone")
    bench.wire.configure()
    require(asks(bench) == (True, None, OURS), "the permitted name is blocked, or its alert does not say why it is not")


# Each goes on where the one before it ended.
TESTS = [
    what_is_suppressed_after_a_signal_is_so_for_what_was_found_before_too,
    a_broken_list_is_refused_aloud_and_the_one_at_hand_stays,
    a_permit_counts_from_the_next_start_of_the_data_plane_on,
]
