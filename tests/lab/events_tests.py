"""What holds for every event of a tap, whatever the tests before these did to it."""

import eve_schema
from bench import Skipped, require

SHOWN = 10


def every_event_of_these_tests_is_as_the_schema_says(bench):
    schema = eve_schema.validator()
    if schema is None:
        raise Skipped("python3-jsonschema is not installed: no event is checked against the schema")
    lines = bench.wire.eve.read_text(encoding="utf-8").split("\n")[:-1]
    wrong = [f"event {number}: {fault}" for number, line in enumerate(lines, 1)
             for fault in eve_schema.faults(schema, line)]
    require(lines and not wrong, f"{len(wrong)} faults in {len(lines)} events: {wrong[:SHOWN]}")
    bench.note(f"{len(lines):,} events")


TESTS = [every_event_of_these_tests_is_as_the_schema_says]
