"""Who makes packs of rules for the taps of the lab: keys by minisign, packs by `sluice rules compile`."""

import csv
import re
import tempfile
from pathlib import Path

import tap

CREATED = "2026-01-01"
PAST = ("2024-01-01", "2025-01-01")  # when an expired pack was made, and when it ended


class Publisher:
    def __init__(self, lab, name="publisher"):
        self._lab, self._directory = lab, Path(tempfile.mkdtemp(prefix=f"{name}-", dir=lab.directory))
        self._directory.chmod(0o755)  # taps need not run as root
        self.public_key, self.secret_key = self._directory / "key.pub", self._directory / "key.sec"
        # -W: a key without a password, for machines.
        lab.check("tap", ["minisign", "-G", "-W", "-p", self.public_key, "-s", self.secret_key])

    def rules(self, stem, domains=(), signatures=()):
        """Source files of a pack: `defined` domains (blocked where the mode is `enforce`), and signatures as text."""
        listed, written = self._directory / f"{stem}.csv", self._directory / f"{stem}.rules"
        with open(listed, "w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "indicator", "kind", "recipient", "confidence", "source"])
            rows.writerows([f"row-{n}", domain, "domain", "the lab", "defined", "this test"]
                           for n, domain in enumerate(domains))
        written.write_text("".join(f"{line}\n" for line in signatures), encoding="utf-8")
        return [path for path, wanted in ((listed, domains), (written, signatures)) if wanted]

    def compile(self, name, sequence, sources, expired=False, signed=True, last_day=None):
        """A pack, its signature beside it; returns its path. last_day: on which it may be pushed, YYYY-MM-DD."""
        path = self._directory / f"{name}-{sequence}{'' if signed else '-unsigned'}{'-expired' if expired else ''}.pack"
        created, end = (PAST[0], ["--expires", PAST[1]]) if expired else (CREATED, [])
        end += ["--expires", last_day] if last_day else []
        key = ["--secret-key", self.secret_key] if signed else []
        self._lab.check("tap", [tap.program("sluice"), "rules", "compile", "--name", name, "--sequence", sequence,
                                "--created", created, *end, *key, "--output", path, *sources])
        return path

    def manifest(self, name, sequence, packs, expired=False, program=None):
        """The manifest of a ruleset of these packs, its signature beside it; returns its path."""
        path = self._directory / f"{name}-{sequence}{'-expired' if expired else ''}{program or ''}.ruleset"
        created, end = (PAST[0], ["--expires", PAST[1]]) if expired else (CREATED, [])
        self._lab.check("tap", [tap.program("sluice"), "rules", "manifest", "--name", name, "--sequence", sequence,
                                "--created", created, *end, *(["--program", program] if program else []),
                                "--secret-key", self.secret_key, "--output", path, *packs])
        return path

    def sign(self, path):
        """Adds this one's signature to what somebody else has signed."""
        self._lab.check("tap", [tap.program("sluice"), "rules", "sign", path, "--secret-key", self.secret_key])

    def key_id(self):
        """As minisign shows it, in 16 digits."""
        return re.search(r"public key ([0-9A-F]+)", self.public_key.read_text(encoding="utf-8"))[1].zfill(16)


def signature(sid, text, message="a path that the lab made up"):
    """One rule in Suricata's language about a request target."""
    return (f'alert http any any -> any any (msg:"{message}"; http.uri; content:"{text}"; '
            f'metadata:class telemetry, recipient the lab; sid:{sid}; rev:1;)')
