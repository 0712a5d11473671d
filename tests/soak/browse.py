"""Harmless names visited by a browser and other clients through a tap with all rules that ship: whatever it says of
them is wrong, or was judged by hand in browse_findings.json."""

import json
import random
import time
from collections import Counter
from pathlib import Path

import sites
from bench import BLOCKED_LIMIT_S, LISTED, require
from chromium import Browser
from lab import OUTSIDE4
from servers import WEB4

FINDINGS, PAGE = (Path(__file__).with_name(name) for name in ("browse_findings.json", "browse.html"))
EMBEDDED = 4  # other names of which a page loads something
EVERY_S, SHORT_EVERY_S = 0.9, 0.1  # a visit, where it does not take longer
SAY_EVERY = 200  # visits
FAILED_LIMIT = 0.01  # of the visits: a busy machine lets some run into their limits
GRAVE = ("spyware-indicator", "stalkerware-indicator", "known-c2-indicator")
LISTED_STAGES = {"name-looked-up", "name-in-handshake", "data-sent"}
SECURE_PAGE, CLEAR_PAGE = "pages over HTTPS and HTTP/3 in Chromium", "pages over HTTP in Chromium"
HTTPS, HTTP, HTTP3 = "HTTPS by curl", "HTTP by curl", "HTTP/3 by gtlsclient"
WAYS = (SECURE_PAGE, HTTPS, HTTP3, CLEAR_PAGE, HTTP)
ASKED = ("A", "AAAA", "HTTPS")  # the servers have no HTTPS record


class Visits:
    """One after the other, each to the next site in the next way; DNS is asked before each."""

    def __init__(self, bench, visited):
        self._bench, self._sites, self._dice = bench, visited, random.Random(sites.SEED)
        self.done, self.failed, self.names, self.number = Counter(), [], set(), 0
        folder = bench.lab.directory / "www" / "sites"
        folder.mkdir(exist_ok=True)
        (folder / "page.html").write_bytes(PAGE.read_bytes())

    def run(self, seconds, every_s, say):
        """For that time, and longer where not all sites were visited once."""
        homes = {site.name: site.quic if site.by_quic else site.address for site in self._sites}
        end = time.monotonic() + seconds
        with Browser(self._bench.lab, "inside", homes, WEB4, sites.addresses(self._sites)) as browser:
            while time.monotonic() < end or self.number < len(self._sites):
                begin = time.monotonic()
                turn, place = divmod(self.number, len(self._sites))
                if place == 0:
                    order = self._dice.sample(range(len(self._sites)), len(self._sites))
                # By its place in the list, so that each round takes a site in another way than the one before.
                self._visit(browser, self._sites[order[place]], WAYS[(order[place] + turn) % len(WAYS)])
                self.number += 1
                if self.number % SAY_EVERY == 0:
                    say(f"{self.number} visits to {len(self.names)} names, {len(self.failed)} failed")
                    self._bench.wire.must_live()
                time.sleep(max(0.0, begin + every_s - time.monotonic()))

    def _visit(self, browser, site, way):
        others = [other.name for other in self._dice.sample(self._sites, EMBEDDED)]
        name, paged = site.name, way in (SECURE_PAGE, CLEAR_PAGE)
        self.look_up([name, *others] if paged else [name])
        if paged:
            scheme = "https" if way == SECURE_PAGE else "http"
            try:
                came = browser.open(f"{scheme}://{name}/sites/page.html#{','.join(others)}")
            except RuntimeError as error:
                self.failed.append(str(error))
                browser.close()
                browser.start()
                return
            self.done["things that they embed"] += len(others) if came else 0
        elif way == HTTP3:
            came = self._bench.get_over_quic(name, site.quic)
        else:
            came = self._bench.get(f"{'https' if way == HTTPS else 'http'}://{name}/", site.address)
        if came:
            self.done[way] += 1
            self.names.add(name)
        else:
            self.failed.append(f"{way}: {name}")

    def look_up(self, names):
        done = self._bench.inside(["kdig", f"@{OUTSIDE4}", "+short", "+retry=0", f"+time={BLOCKED_LIMIT_S}",
                                   *(word for name in names for kind in ASKED for word in (name, kind))])
        answers = len(done.stdout.split())
        self.done["look-ups"] += len(names) * len(ASKED)
        if answers != 2 * len(names):
            self.failed.append(f"{answers} addresses for {names}: {done.stdout}{done.stderr}")


# --- what the tap said


def rule_of(alert):
    return (alert["sluice"].get("rule") or alert["alert"]["metadata"])["rule_id"][0]


def found(alerts):
    """{(rule, name): class}"""
    return {(rule_of(alert), alert["sluice"]["matched"]["value"]): alert["sluice"]["class"] for alert in alerts}


def unjudged(findings, document):
    """Of {(rule, name): class} those that no row is about; one of the grave classes needs a row that explains it."""
    rows = {(row["rule"], row["name"]): row for row in document["findings"]}
    return {key: kind for key, kind in findings.items()
            if key not in rows or kind in GRAVE and not rows[key].get("explained")}


def faults(document, rules):
    """What is wrong with the list of judged findings itself."""
    rows = document["findings"]
    places = Counter((row["rule"], row["name"]) for row in rows)
    yield from (f"{place}: {times} rows" for place, times in places.items() if times > 1)
    used = {row["judgement"] for row in rows}
    yield from (f"{word}: not in the list of judgements" for word in sorted(used - set(document["judgements"])))
    yield from (f"{word}: a judgement that no row has" for word in sorted(set(document["judgements"]) - used))
    yield from (f"{row['rule']}, {row['name']}: nothing says why" for row in rows if not row.get("why"))
    yield from (f"{row['rule']}: no list that ships has this rule" for row in rows if row["rule"] not in rules)


def judged_findings():
    return json.loads(FINDINGS.read_text(encoding="utf-8"))


def require_that_listed_names_are_found(bench, visits):
    """That nothing is found says little unless what is listed is: in each way, and of each list."""
    wanted = sites.one_of_each_list()
    with bench.alerts() as alerts:
        failed = bench.everything([LISTED])
        visits.look_up(list(wanted.values()))
    require(not failed, f"did not get through: {failed}")
    ways = {(alert["app_proto"], alert["sluice"]["stage"]) for alert in alerts if rule_of(alert) == "lab/listed"}
    missing = {"dns", "tls", "quic", "http"} - {way for way, _ in ways}
    require(not missing, f"a listed name is not found over {missing}: {ways}")
    missing = set(wanted.items()) - set(found(alerts))
    require(not missing, f"not found, and listed: {missing}")


def browse(bench, visited, seconds, every_s, say=lambda line: None):
    """Visits the sites for that time; returns the figures as text. Fails where visits fail, for a finding that nobody
    judged, and where what is listed is not found."""
    document = judged_findings()
    visits, before = Visits(bench, visited), len(bench.lab.servers.requests())
    with bench.alerts() as alerts:
        visits.run(seconds, every_s, say)
    findings = found(alerts)
    times = Counter((rule_of(alert), alert["sluice"]["matched"]["value"]) for alert in alerts)
    wrong = unjudged(findings, document)
    for (rule, name), count in sorted(times.items()):
        say(f"{'UNJUDGED' if (rule, name) in wrong else 'judged  '} {rule} {name}: {count} times")
    for row in document["findings"]:
        if (row["rule"], row["name"]) not in findings:
            say(f"judged, and not found this time: {row['rule']} {row['name']}")
    known = {site.name for site in visited}
    others = {line.split()[2] for line in bench.lab.servers.requests()[before:]} - known
    say(f"Chromium went of its own accord to {', '.join(sorted(others)) or 'nothing'}")
    requests = ", ".join(f"{count:,} {what}" for what, count in visits.done.items())
    figures = (f"{len(visits.names)} names and {len(others)} of Chromium's own; {requests}; "
               f"{len(visits.failed)} failed; {len(findings) - len(wrong)} findings judged, {len(wrong)} unjudged")
    require(len(visits.names) == len(visited), f"never visited: {known - visits.names}; {figures}")
    require(len(visits.failed) <= visits.number * FAILED_LIMIT, f"failed: {visits.failed[:20]}; {figures}")
    require(not wrong, f"found and judged by nobody: {sorted(wrong.items())}; {figures}")
    require_that_listed_names_are_found(bench, visits)
    return figures
