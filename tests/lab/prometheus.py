"""A real Prometheus in the tap's namespace: it scrapes the control plane, keeps what it got, and judges by rules."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

import tap

LISTEN = "127.0.0.1:9478"
STOP_LIMIT_S = 5.0
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# `for: 5m`, `interval: 5m`, and the [5m] of a range. Times that are computed with (14 * 86400) are none of these.
DURATION = re.compile(r"(?<=\bfor: )(\d+)([smhd])|(?<=\binterval: )(\d+)([smhd])|(?<=\[)(\d+)([smhd])(?=\])")

CONFIGURATION = """
global: {{scrape_interval: {every}ms, scrape_timeout: {every}ms, evaluation_interval: {every}ms}}
rule_files: {rules}
scrape_configs:
- {{job_name: sluice, static_configs: [{{targets: ['{target}']}}]}}
"""


def hurried(rules, times):
    """The text of a file of rules in which all durations are so many times shorter: nobody waits for minutes here."""
    def shorter(match):
        number, unit = (group for group in match.groups() if group)
        return f"{int(number) * SECONDS[unit] * 1000 // times}ms"
    return DURATION.sub(shorter, rules)


class Prometheus:
    """A context: within it Prometheus runs, with nothing of before. rules: texts of files of rules."""

    def __init__(self, lab, every_ms, rules=()):
        self._lab, self._every_ms, self._rules = lab, every_ms, rules

    def __enter__(self):
        directory = Path(tempfile.mkdtemp(prefix="prometheus-", dir=self._lab.directory))
        paths = [directory / f"rules-{number}.yaml" for number in range(len(self._rules))]
        for path, text in zip(paths, self._rules):
            path.write_text(text, encoding="utf-8")
        config = directory / "prometheus.yml"
        config.write_text(CONFIGURATION.format(every=self._every_ms, target=tap.METRICS,
                                               rules=json.dumps([str(path) for path in paths])), encoding="utf-8")
        self._lab.check("tap", ["promtool", "check", "config", config])
        with open(directory / "log", "wb") as log:
            self._process = self._lab.start("tap", ["prometheus", f"--config.file={config}",
                                                    f"--storage.tsdb.path={directory}/data",
                                                    f"--web.listen-address={LISTEN}"], stdout=log)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answer(self, query):
        """The whole answer; nothing while it starts."""
        done = self._lab.run("tap", ["curl", "--silent", "--get", "--max-time", "5", "--data-urlencode",
                                     f"query={query}", f"http://{LISTEN}/api/v1/query"])
        try:
            return json.loads(done.stdout)
        except ValueError:
            return {"status": "starting", "error": done.stdout + done.stderr}

    def ask(self, query):
        """What it answers, a list of results; nothing where it refuses."""
        answer = self._answer(query)
        return answer["data"]["result"] if answer["status"] == "success" else []

    def refusal(self, query):
        """Why it does not answer; empty where it does."""
        answer = self._answer(query)
        return "" if answer["status"] == "success" else f"{query}: {answer.get('error')}"

    def firing(self):
        """Names of the alerts that fire."""
        return {result["metric"]["alertname"] for result in self.ask('ALERTS{alertstate="firing"}')}
