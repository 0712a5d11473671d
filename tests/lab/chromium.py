"""A browser as people use it, as a client in the lab: Chromium, headless, one page a run or one that stays open."""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import time

CLOSE_LIMIT_S = 5.0
ALL_HERE = "all here"  # title of a page that has come with all that it embeds
VISIT_LIMIT_S = 40.0  # it starts a dozen processes on a machine that may be busy
# It asks nobody of its own accord; what still does finds no address, see --host-resolver-rules below.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync",
         "--disable-domain-reliability", "--disable-client-side-phishing-detection", "--disable-breakpad",
         "--disable-extensions", "--no-first-run", "--no-default-browser-check", "--no-pings",
         "--metrics-recording-only")


def base(lab, profile):
    """What every run of it has: a new profile."""
    directory = lab.directory / f"chromium-{profile}"
    shutil.rmtree(directory, ignore_errors=True)
    return ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            f"--user-data-dir={directory}",
            # The lab's authority is in no store that Chromium reads, so it is told the servers' key.
            f"--ignore-certificate-errors-spki-list={lab.servers.key_digest}"]


def command(lab, role, url, address, quic=False):
    """Prints the page's document; `address` is what the URL's name is taken to be, `quic` allows nothing but HTTP/3."""
    name = url.split("/")[2]
    shown = f"[{address}]" if ":" in address else address
    return [*base(lab, role), *QUIET, f"--host-resolver-rules=MAP {name} {shown}, MAP * ~NOTFOUND, EXCLUDE {shown}",
            *(["--enable-quic", f"--origin-to-force-quic-on={name}:443"] if quic else ["--disable-quic"]),
            "--dump-dom", url]


def visit(lab, role, url, address, quic=False):
    """What Chromium shows of a page; None where it got none."""
    done = lab.run(role, command(lab, role, url, address, quic), timeout=VISIT_LIMIT_S)
    return done.stdout if "the lab answers" in done.stdout else None


class Browser:
    """One that stays open, with all that it does of its own accord; a context. It opens page after page in tabs."""

    def __init__(self, lab, role, homes, elsewhere, over_quic):
        """homes: {name: address}; every other name is taken to be at `elsewhere`; names `over_quic` by HTTP/3 alone."""
        self._lab, self._role = lab, role
        self._pipes = [lab.directory / f"chromium-{role}-{way}" for way in ("to", "from")]
        shown = {name: f"[{address}]" if ":" in address else address for name, address in homes.items()}
        rules = [*(f"MAP {name} {address}" for name, address in shown.items()), f"MAP * {elsewhere}"]
        # Names stay with the scheme that they are visited by, and may lie at addresses that a browser thinks private.
        self._command = [*base(lab, f"{role}-open"), "--remote-debugging-pipe",
                         "--host-resolver-rules=" + ", ".join(rules),
                         "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LocalNetworkAccessChecks",
                         "--enable-quic", "--origin-to-force-quic-on=" + ",".join(f"{name}:443" for name in over_quic),
                         "about:blank"]
        self._number = 0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        for pipe in self._pipes:
            pipe.unlink(missing_ok=True)
            os.mkfifo(pipe)
        # Both ways, so that neither end waits for the other to open its own.
        self._to, self._from = (os.open(pipe, os.O_RDWR) for pipe in self._pipes)
        with open(self._lab.directory / f"chromium-{self._role}.log", "wb") as log:
            piped = 'to=$1 from=$2; shift 2; exec "$@" 3<"$to" 4>"$from"'
            self._process = self._lab.start(self._role, ["sh", "-c", piped, "sh", *self._pipes, *self._command],
                                            stdout=log)
        self._tab = None

    def close(self):
        with contextlib.suppress(RuntimeError):
            self._ask("Browser.close")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(CLOSE_LIMIT_S)
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._to)
        os.close(self._from)

    def open(self, url):
        """Whether a page and what it embeds has come: the page says so by its title. The one before is closed."""
        if self._tab:
            self._ask("Target.closeTarget", targetId=self._tab)
        self._tab = self._ask("Target.createTarget", url=url)["targetId"]
        deadline = time.monotonic() + VISIT_LIMIT_S
        while time.monotonic() < deadline:
            if self._ask("Target.getTargetInfo", targetId=self._tab)["targetInfo"]["title"] == ALL_HERE:
                return True
            time.sleep(0.05)
        return False

    def _ask(self, method, **parameters):
        """One command of the DevTools protocol, as JSON that ends with a zero byte; returns its result."""
        self._number += 1
        os.write(self._to, json.dumps({"id": self._number, "method": method, "params": parameters}).encode() + b"\0")
        answer, deadline = b"", time.monotonic() + VISIT_LIMIT_S
        while True:
            while not answer.endswith(b"\0"):
                if not select.select([self._from], [], [], max(0.0, deadline - time.monotonic()))[0]:
                    raise RuntimeError(f"Chromium does not answer to {method}")
                answer += os.read(self._from, 1 << 16)
            for message in map(json.loads, answer[:-1].split(b"\0")):
                if message.get("id") == self._number:
                    if "error" in message:
                        raise RuntimeError(f"Chromium refuses {method}: {message['error']}")
                    return message["result"]
            answer = b""
