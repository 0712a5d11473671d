"""Everything that ships over all real captures: each finding must stand in shipped_findings.json, judged.

The list counts findings by rule and by family of captures, each with one of its judgements. A finding that is not
listed, one that is gone, another count, and any finding of the classes spyware, stalkerware and command and control
that is not explained by a judgement of its own fail.
"""
import collections
import glob
import json
import os
import subprocess
import tempfile

from tally import Stopwatch

ITEM = 'shipped-findings'
HERE = os.path.dirname(os.path.abspath(__file__))
PACKS = os.path.join(HERE, '../rules/packs')
LISTED = os.path.join(HERE, 'shipped_findings.json')
GRAVE = ('spyware-indicator', 'stalkerware-indicator', 'known-c2-indicator')


def found(program, corpus):
    """-> {(rule, family): count}, {rule: class}"""
    captures = sorted(glob.glob(os.path.join(corpus, 'captures/pcap/*/*')))
    rules = [word for path in sorted(glob.glob(os.path.join(PACKS, '*.csv'))) for word in ('--indicators', path)]
    rules += [word for path in sorted(glob.glob(os.path.join(PACKS, '*.rules'))) for word in ('--signatures', path)]
    counts, classes = collections.Counter(), {}
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'eve.json')
        done = subprocess.run([program, 'replay', *rules, '--eve', out, *captures], capture_output=True, text=True,
                              errors='replace')
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        with open(out, encoding='utf8') as events:
            for line in events:
                event = json.loads(line) if '"alert"' in line else {}
                if event.get('event_type') == 'alert':
                    rule = (event['sluice'].get('rule') or event['alert']['metadata'])['rule_id'][0]
                    family = os.path.basename(os.path.dirname(event['pcap_filename']))
                    counts[rule, family] += 1
                    classes[rule] = event['sluice']['class']
    return counts, classes, len(captures)


def faults(counts, classes, document):
    listed = {(row['rule'], row['family']): row for row in document['findings']}
    for key in sorted(set(counts) | set(listed)):
        name = ' in '.join(key)
        times = listed[key]['times'] if key in listed else 0
        if counts[key] != times:
            yield f'{name}: {counts[key]} findings, {times} are listed' + ('' if key in listed else ': judge them')
    judged = [row['judgement'] for row in document['findings']]
    yield from (f'{word}: not in the list of judgements' for word in sorted(set(judged) - set(document['judgements'])))
    yield from (f'{word}: a judgement that no row has' for word in sorted(set(document['judgements']) - set(judged)))
    for rule, family in counts:
        if classes[rule] in GRAVE and not listed.get((rule, family), {}).get('explained'):
            yield f'{rule} in {family}: class {classes[rule]}, and nothing says why'


def check(tally, program, corpus):
    if not tally.wants(ITEM):
        return
    if not os.path.exists(os.path.join(corpus, 'captures')):
        print(f'!! {corpus} is absent: what ships is NOT tried on real captures')
        tally.skip(ITEM, 'no captures')
        return
    watch = Stopwatch()
    try:
        counts, classes, captures = found(program, corpus)
    except RuntimeError as error:
        tally.fail(ITEM, error, watch)
        return
    with open(LISTED, encoding='utf8') as file:
        document = json.load(file)
    wrong = list(faults(counts, classes, document))
    note = f'{sum(counts.values())} findings of {len(counts)} kinds in {captures:,} captures, {watch}'
    if wrong:
        tally.fail(ITEM, '\n'.join(wrong[:40]), f'{len(wrong)} faults; {note}')
    else:
        tally.ok(ITEM, note)
