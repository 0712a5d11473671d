"""The rows of a case's "expect": each kind of row is one function here, and ROWS is the whole list of kinds."""
import json


def within(expected, actual):
    """Whether ACTUAL holds all that EXPECTED says: of an object the named keys, of a list an element for each, else
    the same value. "*" stands for any value that is there, null for a key that is not."""
    if expected == '*':
        return actual is not None
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(within(value, actual.get(key)) for key, value in expected.items())
    if isinstance(expected, list):
        return isinstance(actual, list) and all(any(within(e, a) for a in actual) for e in expected)
    return type(expected) is type(actual) and expected == actual


def short(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 1000 else text[:1000] + '…'


def event(row, run):
    """{"event": {…}} = at least one such event; with "times": N exactly N"""
    found = sum(within(row['event'], e) for e in run.events)
    if found == row['times'] if 'times' in row else found:
        return
    yield f'{found} such events'
    kind = row['event'].get('event_type')
    same = [e for e in run.events if e.get('event_type') == kind]
    yield f'events of that type: {len(same)} of {len(run.events)}'
    yield from (short(e) for e in same[:5])


def no_event(row, run):
    """{"no_event": {…}} = not one such event"""
    yield from ('there is ' + short(e) for e in run.events if within(row['no_event'], e))


def stats(row, run):
    """{"stats": {…}} = the statistics hold all of this"""
    if not within(row['stats'], run.stats):
        yield 'the statistics are ' + short(run.stats)


def written(row, run):
    """{"written": "unchanged"} = the packets that left are those that came, byte for byte, in order"""
    if row['written'] != 'unchanged':
        yield 'the one word after "written" is "unchanged"'
    yield from differences(run.packets, run.written)


def written_without(row, run):
    """{"written_without": [N, …]} = all packets left but these, numbered from 1"""
    dropped = set(row['written_without'])
    if not dropped <= set(range(1, len(run.packets) + 1)):
        yield f'the capture has packets 1 to {len(run.packets)}'
    yield from differences([p for n, p in enumerate(run.packets, 1) if n not in dropped], run.written)


def differences(expected, actual):
    if expected == actual:
        return
    yield f'{len(actual)} packets were written, {len(expected)} are expected'
    first = next((n for n, (a, b) in enumerate(zip(expected, actual)) if a != b), min(len(expected), len(actual)))
    yield f'the first difference is in packet {first + 1} of those written'


def exit_status(row, run):
    """{"exit": N} = the exit status; without such a row it must be 0"""
    if run.status != row['exit']:
        yield f'the exit status is {run.status}'


def stderr(row, run):
    """{"stderr": "text"} = standard error holds this text"""
    if row['stderr'] not in run.stderr:
        yield 'standard error is ' + short(run.stderr)


def stdout(row, run):
    """{"stdout": "text"} = standard output holds this text"""
    if row['stdout'] not in run.stdout:
        yield 'standard output is ' + short(run.stdout)


# What two runs with other threads may differ in: the order of events of different devices.
def same_events_with(row, run):
    """{"same_events_with": ["--option", …]} = a second run with these arguments as well says the same, in any order"""
    other = run.again(row['same_events_with'])
    first, second = (sorted(json.dumps(e, sort_keys=True) for e in r.events) for r in (run, other))
    if run.status != other.status or not first:
        yield f'the exit statuses are {run.status} and {other.status}, the first run has {len(first)} events'
    for title, mine, theirs in (('first', first, second), ('second', second, first)):
        only = [e for e in mine if e not in theirs]
        yield from (f'only the {title} run says {e[:300]}' for e in only[:3])
    if len(first) != len(second):
        yield f'{len(first)} events in the first run, {len(second)} in the second'
    yield from differences(run.written, other.written)


ROWS = {'event': event, 'no_event': no_event, 'stats': stats, 'written': written, 'written_without': written_without,
        'same_events_with': same_events_with, 'exit': exit_status, 'stderr': stderr, 'stdout': stdout}
OPTIONAL = {'event': {'times'}}


def judge(row, run):
    """-> what is wrong, line by line; nothing where the row holds"""
    kind = next((kind for kind in ROWS if isinstance(row, dict) and kind in row), None)
    if kind is None or set(row) - {kind} - OPTIONAL.get(kind, set()):
        return [f'no such row; the kinds are {", ".join(ROWS)}']
    return list(ROWS[kind](row, run))
