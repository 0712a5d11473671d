"""The API over HTTPS: curl and openssl against it, accounts and their tokens, the audit read by a program of its own."""

import contextlib
import hashlib
import json
import random
import re
import ssl
import subprocess
import time

import tap
from bench import LISTED, require
from lab import OUTSIDE4

PORT = 9478
URL = f"https://127.0.0.1:{PORT}"
SLOW_CLIENTS = 40  # more than there are threads for them
FUZZED, FULL_FUZZED = 5, 100  # requests of each operation
TOKEN = re.compile(r"sluice_[A-Za-z0-9_-]{43}")
ALL_ROLES = ("metrics", "operator", "analyst", "privacy", "auditor", "admin")


def serve(bench, **control):
    """Starts the control plane with HTTPS, and other options of `control`; returns what it said."""
    settings = json.loads(bench.wire.config.read_text(encoding="utf-8"))
    settings["control"] |= {"api_listen": f"127.0.0.1:{PORT}"} | control
    bench.wire.config.write_text(json.dumps(settings, indent=2), encoding="utf-8")
    tap.stop(bench.wire.control)
    bench.wire.start_control()
    return (bench.wire.config.parent / "control.log").read_text()


def state(bench):
    return bench.wire.config.parent / "control-state"


def sluice(bench, *arguments):
    return bench.lab.run("tap", [tap.program("sluice"), *arguments, "--config", bench.wire.config])


def curl(bench, path, token=None, *arguments):
    """(status, body) of a request; status 0 where there is no answer."""
    given = ["--header", f"Authorization: Bearer {token}"] if token else []
    done = bench.lab.run("tap", ["curl", "--silent", "--show-error", "--max-time", "10", "--cacert",
                                 state(bench) / "https/certificate.pem", "--write-out", "\n%{http_code}", *given,
                                 *arguments, URL + path])
    body, _, status = done.stdout.rpartition("\n")
    return int(status or 0), body


def account(bench, name, *roles):
    """A token of an account with these roles, made as an operator makes one."""
    options = [part for role in roles for part in ("--role", role)]
    made = sluice(bench, "accounts", "add", name, *options)
    require(made.returncode == 0 or "there is an account" in made.stderr, made.stdout + made.stderr)
    token = sluice(bench, "accounts", "token", name)
    require(TOKEN.fullmatch(token.stdout.strip()), token.stdout + token.stderr)
    return token.stdout.strip()


def the_first_start_makes_a_certificate_and_an_account_that_are_shown_once(bench):
    said = serve(bench)
    token = TOKEN.search(said)
    require(token, f"no token in: {said}")
    shown = bench.lab.check("tap", ["sh", "-c", f"openssl s_client -connect 127.0.0.1:{PORT} </dev/null 2>/dev/null | "
                                    "openssl x509 -noout -fingerprint -sha256"])
    fingerprint = shown.strip().partition("=")[2]
    require(fingerprint and fingerprint in said, f"{fingerprint} is not in: {said}")
    # A box without a clock may have made it: no time of today stands in it.
    dates = bench.lab.check("tap", ["openssl", "x509", "-noout", "-dates", "-in", state(bench) / "https/certificate.pem"])
    require("1970" in dates and "9999" in dates, dates)
    status, body = curl(bench, "/v1/me", token[0])
    require(status == 200 and json.loads(body)["roles"] == ["admin"], body)
    require((state(bench) / "accounts.json").stat().st_mode & 0o777 == 0o600, "others may read the accounts")
    require((state(bench) / "https/key.pem").stat().st_mode & 0o777 == 0o600, "others may read the key")
    require(token[0] not in (state(bench) / "accounts.json").read_text(), "the token is kept")
    again = serve(bench)
    require(not TOKEN.search(again) and fingerprint in again, f"at the second start: {again}")
    require(curl(bench, "/v1/me", token[0])[0] == 200, "the account is gone")


def nothing_but_tls_1_3_and_an_account_gets_an_answer(bench):
    serve(bench)
    token = account(bench, "anna", "analyst")
    require(curl(bench, "/v1/findings", token)[0] == 200, "a good token")
    require(curl(bench, "/v1/findings", token, "--tls-max", "1.2")[0] == 0, "TLS 1.2 is spoken")
    plain = bench.lab.run("tap", ["curl", "--silent", "--max-time", "3", f"http://127.0.0.1:{PORT}/v1/me"])
    require(plain.returncode != 0 and not plain.stdout, "HTTP in clear text is answered")
    for wrong in (None, token[:-1] + ("A" if token[-1] != "A" else "B")):
        status, body = curl(bench, "/v1/findings", wrong)
        require(status == 401 and "remedy" in json.loads(body), f"{status}: {body}")
    require(curl(bench, "/v1/accounts", token)[0] == 403, "an analyst sees accounts")
    require(curl(bench, "/v1/../../etc/passwd", token, "--path-as-is")[0] == 404, "a path that climbs")
    revoked = sluice(bench, "accounts", "remove", "anna")
    require(revoked.returncode == 0, revoked.stderr)
    require(curl(bench, "/v1/findings", token)[0] == 401, "the token of an account that is gone")


def a_clients_certificate_stands_for_its_account(bench):
    made = bench.lab.directory / "client"
    made.mkdir()
    script = """
        for of in ours others; do
          openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $of.key -out $of.pem -days 2 \\
            -subj "/CN=$of"
          openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $of-bert.key -out $of-bert.csr \\
            -subj "/CN=bert"
          openssl x509 -req -in $of-bert.csr -CA $of.pem -CAkey $of.key -CAcreateserial -days 2 -out $of-bert.pem
        done"""
    bench.lab.check("tap", ["sh", "-ec", f"cd {made}; exec 2>/dev/null; {script}"])
    serve(bench, api_client_authority=str(made / "ours.pem"))
    account(bench, "bert", "auditor")

    def by(whose):
        return curl(bench, "/v1/me", None, "--cert", made / f"{whose}-bert.pem", "--key", made / f"{whose}-bert.key")

    status, body = by("ours")
    require(status == 200, f"{status}: {body}")
    require((json.loads(body)["name"], json.loads(body)["proof"]) == ("bert", "certificate"), body)
    require(by("others")[0] == 0, "a certificate of another authority is taken")
    require(curl(bench, "/v1/me")[0] == 401, "without a certificate")
    serve(bench, api_client_authority="")
    require(by("ours")[0] == 401, "a certificate counts though no authority is named")


def what_was_changed_stands_in_a_chain_that_another_program_follows(bench):
    serve(bench)
    operator, auditor = account(bench, "olga", "operator"), account(bench, "aude", "auditor")
    require(curl(bench, "/v1/rules/resume?rule=none/1", operator, "--request", "POST")[0] in (200, 422), "a change")
    require(curl(bench, "/v1/audit", operator)[0] == 403, "an operator reads the audit")
    lines = json.loads(curl(bench, "/v1/audit?limit=1000", auditor)[1])["lines"]
    asked = [line for line in lines if line.get("actor") == "olga" and line["kind"] == "asked"]
    require([line["action"] for line in asked] == ["POST /v1/rules/resume"], asked)
    require(any(line["kind"] == "done" and line["of"] == asked[0]["number"] for line in lines), "what became of it")
    require(any(line["kind"] == "refused" and line.get("actor") == "olga" and line["status"] == 403 for line in lines),
            "the refusal")
    require(any(line.get("actor") == "uid:0" and line["action"] == "POST /v1/accounts" for line in lines), "by root")
    # By hand: each line has the digest of the one before.
    previous = "0" * 64
    for file in sorted((state(bench) / "audit").glob("audit-*.jsonl")):
        for line in file.read_bytes().splitlines():
            require(json.loads(line)["previous"] == previous, line)
            previous = hashlib.sha256(line).hexdigest()
    verified = sluice(bench, "audit", "verify")
    require(verified.returncode == 0 and previous in verified.stdout, verified.stdout + verified.stderr)
    copy = bench.lab.directory / "audit-copy"
    bench.lab.check("tap", ["cp", "-r", state(bench) / "audit", copy])
    file = sorted(copy.glob("*.jsonl"))[0]
    file.write_text(file.read_text().replace('"olga"', '"anna"', 1))
    broken = bench.lab.run("tap", [tap.program("sluice"), "audit", "verify", copy])
    require(broken.returncode == 1 and "NOT hold" in broken.stdout, broken.stdout + broken.stderr)


def hostile(rng):
    """A value that nobody means well with."""
    return rng.choice(["", "0", "-1", "99999999999999999999", "%00", "%0d%0aX-Evil:%201", "..%2f..%2fetc%2fpasswd",
                       "' OR 1=1 --", "%ff%fe", "a" * 3000, "{}", "[]", "null", "true", "2026-11-21", "*", "%",
                       "00000000-0000-4000-8000-000000000000", "🦥", "<script>"]).replace(" ", "%20")


def what_its_description_offers_withstands_whoever_asks(bench):
    serve(bench)
    token = account(bench, "all", *ALL_ROLES)
    document = json.loads(curl(bench, "/v1/openapi.json", token)[1])
    rng = random.Random(8)
    context = ssl.create_default_context(cafile=state(bench) / "https/certificate.pem")
    statuses = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for _ in range(FULL_FUZZED if bench.full else FUZZED):
                names = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"] + ["other"]
                chosen = rng.sample(names, rng.randrange(len(names) + 1))
                target = path.replace("{id}", hostile(rng).replace("/", "") or "x")
                if path in ("/v1/events", "/v1/capture", "/v1/reload", "/v1/bypass"):
                    chosen.append("other")  # not begun in earnest: each takes a while
                query = "&".join(f"{name}={hostile(rng)}" for name in chosen)
                body = rng.choice(["", "{", "[]", '{"a": 1}', '{"roles": 7}', '{"name": null}', "\0" * 100,
                                   json.dumps({"groups": ["x" * 5000]}), "[" * 5000, "é" * 40000])
                status = request(bench, context, method.upper(), f"{target}?{query}", token,
                                 body if method in ("post", "patch") else "")
                statuses[status] = statuses.get(status, 0) + 1
                require(status < 500 or status == 503, f"{method} {target}?{query} {body[:80]!r}: {status}")
                time.sleep(0.02)  # within its rate
    bench.wire.must_live()
    require(statuses.get(200) and statuses.get(400) and statuses.get(404), statuses)
    bench.note(", ".join(f"{number} of {status}" for status, number in sorted(statuses.items())))


def request(bench, context, method, target, token, body):
    """The status of one request in HTTP's own words; 0 where the server hangs up on it."""
    content = body.encode()
    head = (f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nConnection: close\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {len(content)}\r\n\r\n")
    with bench.lab.socket("tap") as raw:
        raw.settimeout(10)
        raw.connect(("127.0.0.1", PORT))
        with context.wrap_socket(raw, server_hostname="127.0.0.1") as connection:
            with contextlib.suppress(OSError):
                connection.sendall(head.encode() + content)
            with contextlib.suppress(OSError):
                answer = connection.recv(64)
                return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.1 ") else 0
    return 0


def who_is_slow_or_guesses_keeps_nobody_at_the_machine_out(bench):
    serve(bench)
    token = account(bench, "anna", "analyst")
    with contextlib.ExitStack() as stack:
        for _ in range(SLOW_CLIENTS):
            connection = stack.enter_context(bench.lab.socket("tap"))
            connection.connect(("127.0.0.1", PORT))
        begin = time.monotonic()
        require(sluice(bench, "status").returncode == 0, "sluice status")
        require(time.monotonic() - begin < 2, "the socket answers slowly")
        # They are hung up on, and then others get their turn.
        deadline = time.monotonic() + 20
        while curl(bench, "/v1/me", token)[0] != 200:
            require(time.monotonic() < deadline, "slow clients keep everybody out")
        waited = time.monotonic() - begin
    for _ in range(12):
        last = curl(bench, "/v1/me", "sluice_" + "A" * 43)[0]
    require(last == 429, f"the twelfth guess: {last}")
    require(curl(bench, "/v1/me", token)[0] == 429, "a guesser's address is looked at")
    require(sluice(bench, "status").returncode == 0, "sluice status")
    bench.note(f"{SLOW_CLIENTS} silent clients, an answer after {waited:.1f} s")
    serve(bench)  # forgets the guesses


def events_and_metrics_come_to_those_who_may_have_them(bench):
    serve(bench)
    analyst, scraper = account(bench, "anna", "analyst"), account(bench, "prometheus", "metrics")
    status, text = curl(bench, "/metrics", scraper)
    require(status == 200 and "sluice_tap_info" in text, f"{status}: {text[:200]}")
    require(curl(bench, "/v1/findings", scraper)[0] == 403, "who scrapes sees findings")
    command = bench.lab.command("tap", ["curl", "--silent", "--no-buffer", "--max-time", "8", "--cacert",
                                        state(bench) / "https/certificate.pem", "--header",
                                        f"Authorization: Bearer {analyst}", f"{URL}/v1/events?format=sse"])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        time.sleep(1)
        bench.inside(["kdig", f"@{OUTSIDE4}", LISTED, "A", "+retry=0", "+time=2"])
        found = None
        for line in follower.stdout:
            if line.startswith("data: ") and json.loads(line[6:])["event_type"] == "alert":
                found = json.loads(line[6:])
                break
        follower.kill()
    require(found, "no alert came")


TESTS = [
    the_first_start_makes_a_certificate_and_an_account_that_are_shown_once,
    nothing_but_tls_1_3_and_an_account_gets_an_answer,
    a_clients_certificate_stands_for_its_account,
    what_was_changed_stands_in_a_chain_that_another_program_follows,
    what_its_description_offers_withstands_whoever_asks,
    who_is_slow_or_guesses_keeps_nobody_at_the_machine_out,
    events_and_metrics_come_to_those_who_may_have_them,
]
