"""What a worker does while traffic flows: it allocates nothing, takes no lock, and makes only the system calls of its
ports' drivers."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import phone
import vendors
import xiaomi_push
from bench import BLOCKED_LIMIT_S, LISTED, NEIGHBOURS, require
from load import Downloads, Queries
from publisher import signature
from servers import QUIC4, WEB4
from trap import Trap, status_of, traced, worker_threads

# As dataplane/wire/README.md has it.
SYSTEM_CALLS = {"af_xdp": {"recvfrom", "sendto", "poll"}, "af_packet": {"sendto", "poll"}}
TRACED_S = 2.0
PUSHED, PATH = "trap.pushed.example", "/trap-path-of-the-lab"


def say(bench, exchange):
    """What an app says in clear text; some of it is blocked."""
    host = phone.host_of(exchange.url)
    address = host if host[0].isdigit() else WEB4
    bench.inside(phone.curl_command(bench.lab, exchange.url, address, exchange.agent, exchange.headers, exchange.body))


def filters(thread):
    """How many seccomp filters a thread is under: proc(5), Linux 5.9."""
    return int(re.search(r"^Seccomp_filters:\t(\d+)", status_of(thread), re.M)[1])


def traffic_of_every_kind(bench):
    """All that Sluice reads, what it finds by name and by content, and what it blocks; and rules that are pushed."""
    with ThreadPoolExecutor(len(vendors.EXCHANGES)) as pool:
        said = [pool.submit(say, bench, exchange) for exchange in vendors.EXCHANGES.values()]
        failed = bench.everything(NEIGHBOURS[:1])
        require(not failed, f"did not get through: {failed}")
        for one in said:
            one.result()
    with bench.lab.socket("inside") as connection:
        connection.connect((WEB4, xiaomi_push.PORT))
        xiaomi_push.converse(connection, phone.PUSH)
    rules = bench.publisher.rules("trap", [PUSHED], [signature(9_000_003, PATH)])
    bench.wire.push(bench.publisher.compile("trap", 1, rules))
    bench.get(f"http://neighbour.example{PATH}", WEB4)
    with ThreadPoolExecutor() as pool:  # each waits for its whole limit
        asked = [*(pool.submit(bench.address_of, name) for name in (LISTED, PUSHED)),
                 *(pool.submit(bench.get, f"{scheme}://{LISTED}/", WEB4, BLOCKED_LIMIT_S)
                   for scheme in ("http", "https")),
                 pool.submit(bench.get_over_quic, LISTED, QUIC4, BLOCKED_LIMIT_S)]
    through = [one.result() for one in asked]
    require(not any(through), f"what is listed got through: {through}")


def a_worker_neither_allocates_nor_locks_while_traffic_flows_and_rules_are_pushed(bench):
    with Trap(bench.wire) as trap:
        with bench.alerts() as alerts, Downloads(bench.lab) as downloads, Queries(bench.lab) as queries:
            traffic_of_every_kind(bench)
    require(not downloads.failed and queries.sent, f"the traffic failed: {downloads.failed}, {queries.sent} questions")
    stages = {alert["sluice"]["stage"] for alert in alerts}
    wanted = {"name-looked-up", "name-in-handshake", "data-sent", "content-matched", "content-decoded"}
    require(wanted <= stages, f"the traffic did not have all that may be found: no {wanted - stages}")
    # That the trap sees anything at all: a worker allocates when it enters its filter, the others when rules come.
    seen = {name: counts for name, counts in trap.calls.items() if counts.others}
    require(trap.workers == 1 and trap.calls["malloc"].before and {"malloc", "free", "pthread_mutex_lock"} <= set(seen),
            f"the trap sees {trap.workers} workers and too little of {sorted(trap.calls)}")
    require(not trap.after(), f"calls by a worker: {trap.after()}\n{trap.first}")
    bench.note(f"{queries.sent} questions, {downloads.done} downloads; none of {len(trap.calls)} calls of others")


def a_worker_makes_the_system_calls_of_its_drivers_alone(bench):
    threads = worker_threads(bench.wire.dataplane.pid)
    require(len(threads) == 1, f"{len(threads)} workers")
    with Downloads(bench.lab), Queries(bench.lab) as queries:
        with traced(threads, bench.lab.directory) as calls:
            time.sleep(TRACED_S)
    require(queries.sent, "no traffic")
    others = {name: count for name, count in calls.items() if name not in SYSTEM_CALLS[bench.driver]}
    require(not others, f"calls that no driver needs: {others}")
    worker, main = (filters(thread) for thread in (threads[0], bench.wire.dataplane.pid))
    require(worker > main, f"the worker has {worker} filters of system calls, the main core {main}: where is its own?")
    refused = [value for (name, _), value in bench.wire.samples().items() if name == "sluice_refused_system_calls_total"]
    require(refused == [0.0], f"system calls were refused: {refused}")
    bench.note(", ".join(f"{name} {count}" for name, count in sorted(calls.items())))


TESTS = [a_worker_makes_the_system_calls_of_its_drivers_alone,
         a_worker_neither_allocates_nor_locks_while_traffic_flows_and_rules_are_pushed]
