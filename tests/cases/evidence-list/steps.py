"""What the records hold, and what a stranger sees of them."""
import json
import os
import pathlib
import stat
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import evidence  # noqa: E402
from steps import check, step  # noqa: E402

evidence.make_evidence()
check(stat.S_IMODE(os.stat('authority.key').st_mode) == 0o600, 'the secret key is for its owner alone')
step(evidence.SLUICE, 'evidence', 'keygen', '--secret-key', 'authority.key', '--public-key', 'x', status=1,
     says=['is there already'])

# Without the key: numbers, surrogates, sizes
sealed = json.loads(step(evidence.SLUICE, 'evidence', 'list', 'evidence', '--json'))
check(sealed and all(set(r) == {'record', 'time', 'device', 'bytes', 'state'} for r in sealed), sealed)
check(len({r['device'] for r in sealed}) == 2, 'two devices have records')
for path in pathlib.Path('evidence').rglob('*'):
    if path.is_file():
        data = path.read_bytes()
        check(not any(word in data for word in (b'10.0.0.', b'telemetry', b'example', b'/v1/')), f'{path} says nothing')
        check(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, f'{path} is for its owner alone')
step(evidence.SLUICE, 'evidence', 'list', 'evidence', says=['sealed'])

# With it: every finding that the events have
records = evidence.listed()
with open('eve.json', encoding='utf8') as file:
    alerts = [event for event in map(json.loads, file) if event['event_type'] == 'alert']
found = sorted((r['decision']['finding_id'], r['decision']['stage'], r['decision']['sentence']) for r in records)
check(found == sorted((a['sluice']['finding_id'], a['sluice']['stage'], a['sluice']['sentence']) for a in alerts), found)
check({r['decision']['rule']['rule_id'] for r in records} == set(evidence.MATCHED), found)
for record in records:
    decision = record['decision']
    rule = decision['rule']['rule_id']
    check(decision['device'] == {'surrogate': record['device'], 'certainty': 'inside-address',
                                 'address': evidence.OTHER if rule == 'pack/address' else evidence.PHONE}, decision)
    check(decision['ruleset']['digest'] == alerts[0]['ruleset'], decision['ruleset'])
    check(decision['capture']['whole'] == (decision['stage'] != 'connected'), decision['capture'])
    places = decision['matched']['places']
    check(places and {place['bytes'] for place in places} <= evidence.MATCHED[rule], (rule, places))
    text = decision['rule'].get('text')
    check((text is not None and 'content:"/v1/count"' in text) == (rule == 'pack/7'), text)
check([r['decision']['rule'].get('line') for r in records if r['decision']['rule']['rule_id'] == 'pack/7'] == [1],
      'the line of the rule')
# The ClientHello came in three segments: what the last one did not hold is rebuilt.
hello = [r['decision'] for r in records if r['decision']['stage'] == 'name-in-handshake']
check(len(hello) == 1 and any(p['rebuilt'] for p in hello[0]['capture']['packets']), hello)

# Events show no more than without evidence
evidence.replay('--eve', 'without.json')


def lines(path):
    with open(path, encoding='utf8') as file:
        return [line for line in file if '"event_type":"evidence"' not in line]


check(lines('eve.json') == lines('without.json'), 'evidence alters no event')

try:
    import jsonschema
except ImportError:
    jsonschema = None
if jsonschema is not None:
    schema = json.loads((HERE.parent.parent.parent / 'control' / 'decision.schema.json').read_text(encoding='utf8'))
    jsonschema.Draft202012Validator.check_schema(schema)
    for record in records:
        for error in jsonschema.Draft202012Validator(schema).iter_errors(record['decision']):
            sys.exit(f'record {record["record"]}: {"/".join(map(str, error.absolute_path))}: {error.message}')
step(evidence.SLUICE, 'evidence', 'list', 'evidence', '--secret-key', 'authority.key',
     says=[evidence.PHONE, 'a.telemetry.example'])
print('all steps done')
