"""Some dozens of the names of tests/soak/browse.py, visited once: what takes an hour there, in half a minute."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "soak"))

import browse
import sites
from bench import require

LEAST_NAMES = 500
EVERY, ALIKE = 20, 1  # of the names, of the rows of each list
SITES = sites.sites(EVERY, ALIKE)
ADDRESSES = sites.addresses(SITES)


def harmless_names_are_visited_and_no_finding_is_unjudged(bench):
    bench.note(browse.browse(bench, SITES, 0, browse.SHORT_EVERY_S))


def the_names_and_judgements_to_browse_are_in_order(_):
    names = sites.harmless_names()
    require(len(set(names)) == len(names) >= LEAST_NAMES, f"{len(names)} names, {len(set(names))} different ones")
    listed = sites.Listed()
    rules = {row.rule: row.indicator for rows in sites.listed_rows().values() for row in rows}
    require(all(map(listed.cover, rules.values())), "what is listed does not count as listed")
    covered = [name for name in names if listed.cover(name)]
    require(not covered, f"not harmless, as a list that ships has them: {covered}")
    document = browse.judged_findings()
    wrong = list(browse.faults(document, rules))
    require(not wrong, f"browse_findings.json: {wrong}")
    rows = [{"rule": "c2/one", "name": "one.example", "judgement": "", "why": "made up"}]
    for name, kind, judged in (("one.example", "telemetry", True), ("two.example", "telemetry", False),
                               ("one.example", browse.GRAVE[0], False)):
        left = browse.unjudged({("c2/one", name): kind}, {"findings": rows})
        require(judged == (not left), f"{name} of class {kind}: {left or 'judged'} by {rows}")


TESTS = [harmless_names_are_visited_and_no_finding_is_unjudged]
WITHOUT_TAP = [the_names_and_judgements_to_browse_are_in_order]
