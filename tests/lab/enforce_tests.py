"""What has to hold while the tap blocks: a listed domain does not get through, its neighbours do, before and after."""

from concurrent.futures import ThreadPoolExecutor

from bench import BLOCKED_LIMIT_S, LISTED_NAMES, NEIGHBOURS, require
from lab import OUTSIDE4
from servers import QUIC4, QUIC6, WEB4, WEB6


def blocked_between_neighbours(asks, what):
    """asks(name) -> whether the name got through. Neighbours are asked before and after, so that a client that fails
    for another reason is not taken for a blocked one, and a block not for a lasting one."""
    require(asks(NEIGHBOURS[0]), f"{what} to {NEIGHBOURS[0]} fails before anything is blocked")
    with ThreadPoolExecutor() as pool:  # each waits for its whole limit
        through = [name for name, got in zip(LISTED_NAMES, pool.map(asks, LISTED_NAMES)) if got]
    require(not through, f"{what} gets through to {through}")
    failing = [name for name in NEIGHBOURS if not asks(name)]
    require(not failing, f"{what} to {failing}, which nothing lists, fails after the block")


def a_listed_domain_is_blocked_over_dns_and_its_neighbours_are_not(bench):
    queries = bench.lab.servers.queries
    before = {name: queries(name) for name in LISTED_NAMES}
    for kind, address in (("A", WEB4), ("AAAA", WEB6)):
        blocked_between_neighbours(lambda name: address in bench.address_of(name, kind), f"DNS {kind}")
    heard = [name for name in LISTED_NAMES if queries(name) != before[name]]
    require(not heard, f"the queries for {heard} reached the server")


def a_listed_domain_is_blocked_over_tls_and_its_neighbours_are_not(bench):
    for address in (WEB4, WEB6):
        blocked_between_neighbours(
            lambda name: bench.get(f"https://{name}/", address, BLOCKED_LIMIT_S) is not None, f"TLS at {address}")


def a_listed_domain_is_blocked_over_quic_and_its_neighbours_are_not(bench):
    for address in (QUIC4, QUIC6):
        blocked_between_neighbours(
            lambda name: bench.get_over_quic(name, address, BLOCKED_LIMIT_S) is not None, f"QUIC at {address}")


def a_listed_domain_is_blocked_over_http_and_its_neighbours_are_not(bench):
    before = len(bench.lab.servers.requests())
    for address in (WEB4, WEB6):
        blocked_between_neighbours(
            lambda name: bench.get(f"http://{name}/", address, BLOCKED_LIMIT_S) is not None, f"HTTP at {address}")
    seen = [line for line in bench.lab.servers.requests()[before:] if any(f" {name} " in line for name in LISTED_NAMES)]
    require(not seen, f"requests reached the server: {seen}")


def what_is_not_inspected_crosses_all_the_same(bench):
    bench.ping(OUTSIDE4)


TESTS = [
    a_listed_domain_is_blocked_over_dns_and_its_neighbours_are_not,
    a_listed_domain_is_blocked_over_tls_and_its_neighbours_are_not,
    a_listed_domain_is_blocked_over_quic_and_its_neighbours_are_not,
    a_listed_domain_is_blocked_over_http_and_its_neighbours_are_not,
    what_is_not_inspected_crosses_all_the_same,
]
