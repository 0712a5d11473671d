"""A browser as people use it, as a client in the lab: Chromium, headless, one page a run."""

import shutil

VISIT_LIMIT_S = 40.0  # it starts a dozen processes on a machine that may be busy
# It asks nobody of its own accord; what still does finds no address, see --host-resolver-rules below.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync",
         "--disable-domain-reliability", "--disable-client-side-phishing-detection", "--disable-breakpad",
         "--disable-extensions", "--no-first-run", "--no-default-browser-check", "--no-pings",
         "--metrics-recording-only")


def command(lab, role, url, address, quic=False):
    """Prints the page's document; `address` is what the URL's name is taken to be, `quic` allows nothing but HTTP/3."""
    name = url.split("/")[2]
    profile = lab.directory / f"chromium-{role}"
    shutil.rmtree(profile, ignore_errors=True)
    shown = f"[{address}]" if ":" in address else address
    return ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", *QUIET,
            f"--user-data-dir={profile}", f"--host-resolver-rules=MAP {name} {shown}, MAP * ~NOTFOUND, EXCLUDE {shown}",
            # The lab's authority is in no store that Chromium reads, so it is told the servers' key.
            f"--ignore-certificate-errors-spki-list={lab.servers.key_digest}",
            *(["--enable-quic", f"--origin-to-force-quic-on={name}:443"] if quic else ["--disable-quic"]),
            "--dump-dom", url]


def visit(lab, role, url, address, quic=False):
    """What Chromium shows of a page; None where it got none."""
    done = lab.run(role, command(lab, role, url, address, quic), timeout=VISIT_LIMIT_S)
    return done.stdout if "the lab answers" in done.stdout else None
