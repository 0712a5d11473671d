#!/usr/bin/env python3
"""eve_schema.py FILE...   -> exit 0 when every line of every file is an event that control/eve.schema.json allows.

"-" reads standard input. Each failing line gives one message a fault: FILE:LINE: PLACE: what is wrong.
Exit 1: a line failed, or a file holds no event. Exit 77: python3-jsonschema is not installed (nothing was checked).
"""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = pathlib.Path(__file__).resolve().parent.parent / "control" / "eve.schema.json"
MESSAGE_LIMIT = 300  # characters


def validator():
    """The check of an event, for faults(); None where python3-jsonschema is not installed."""
    if jsonschema is None:
        return None
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def fault(error, event):
    """One validation error as text: PLACE: what is wrong"""
    if error.schema is False:  # jsonschema does not say which key it is that this event type must not have
        keys = [key for key, value in event.items() if value is error.instance]
        return f"{' or '.join(keys)}: does not belong into an event of type {event.get('event_type')}"
    place = "/".join(str(step) for step in error.absolute_path) or "(whole line)"
    return f"{place}: {error.message[:MESSAGE_LIMIT]}"


def faults(validator, line):
    """What is wrong with one line, as texts."""
    try:
        event = json.loads(line)
    except ValueError as error:
        return [f"no JSON: {error}"]
    return [fault(error, event) for error in validator.iter_errors(event)]


def check(validator, name):
    """True when the file is all valid events, and at least one."""
    with sys.stdin.buffer if name == "-" else open(name, "rb") as file:
        events = failed = 0
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            events += 1
            found = faults(validator, line)
            failed += bool(found)
            for text in found:
                print(f"{name}:{number}: {text}")
    print(f"{name}: {events} events, {failed} not as the schema says" + ("" if events else ": an empty file proves nothing"))
    return events > 0 and failed == 0


def main(names):
    if not names:
        sys.exit(__doc__)
    schema = validator()
    if schema is None:
        print("SKIPPED: python3-jsonschema is not installed; no event was checked", file=sys.stderr)
        return 77
    return 0 if all([check(schema, name) for name in names]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
