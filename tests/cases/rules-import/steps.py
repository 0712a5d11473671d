"""Imports lists, judges what came out with `rules lint`, and replays a request that the list blocks and allows."""
import json
import os
import subprocess
import sys

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
sys.path.insert(0, CASES)
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]


def write(path, text):
    with open(path, 'w', encoding='utf8') as file:
        file.write(text)


def read(path):
    with open(path, encoding='utf8') as file:
        return file.read()


def run_import(form, *options, **expected):
    return step(SLUICE, 'rules', 'import', '--format', form, '--date', '2026-09-01', '--licence', 'CC0', *options,
                **expected)


write('filters.txt', '! Title: Filters\n||telemetry.example^\n@@||a.telemetry.example^\n||x.example^$third-party\n')
run_import('adblock', '--class', 'advertising', '--output', 'ads.csv', 'filters.txt',
           says=['3 entries: 1 rows (1 domain), 0 merged into them, 1 exceptions', '1 left out: narrowed',
                 'filters.txt:4: ||x.example^$third-party', 'ads.exceptions.csv: 1 exceptions'])
step(SLUICE, 'rules', 'lint', 'ads.csv', 'ads.exceptions.csv', says=['1 indicators, 0 signatures, 1 exceptions: good'])
check(',telemetry.example,domain,advertising,' in read('ads.csv'), 'the row is in the list')
check('Filters (2026-09-01),CC0,' in read('ads.csv'), 'the row names source, day and licence')
first = read('ads.csv')
run_import('adblock', '--class', 'advertising', '--output', 'ads.csv', 'filters.txt')
check(read('ads.csv') == first, 'the same files and options give the same bytes')

subprocess.run([sys.executable, 'make.py', os.path.abspath('two.pcap')], cwd=os.path.join(CASES, 'exception-permit'),
               check=True)
for options, action in (([], 'blocked'), (['--exceptions', 'ads.exceptions.csv'], 'allowed')):
    step(SLUICE, 'replay', '--indicators', 'ads.csv', '--mode', 'enforce', '--eve', 'eve.json', *options, 'two.pcap')
    alerts = [event for event in map(json.loads, read('eve.json').splitlines()) if event['event_type'] == 'alert']
    check(len(alerts) == 2 and all(alert['alert']['action'] == action for alert in alerts), f'both are {action}')

report = json.loads(run_import('domains', '--json', '--output', 'more.csv', 'filters.txt', status=2))
check(report['left_out'][0]['reason'] == 'pattern', 'filters are no list of domains')
run_import('stix2', '--output', 'more.csv', 'filters.txt', status=2, says=['filters.txt: refused: no JSON: line 1'])
run_import('hosts', '--output', 'more.csv', 'missing', status=2, says=['missing: refused: cannot be opened'])
write('hosts', '0.0.0.0 one.example.com\n')
run_import('hosts', '--output', 'more.csv', 'missing', 'hosts', status=1, says=['more.csv: 1 indicators'])
run_import('hosts', '--expires', 'tomorrow', '--output', 'more.csv', 'hosts', status=2, says=['--expires "tomorrow"'])
run_import('hosts', '--output', 'two words.csv', 'hosts', status=2, says=['rules are named by their list'])
write('more.exceptions.csv', 'action,destination,author,reason,expires\nboth,a.example,me,why,never\n')
step(SLUICE, 'rules', 'lint', 'more.exceptions.csv', status=2, says=['more.exceptions.csv:2:1: action "both"'])
step(SLUICE, 'replay', '--indicators', 'more.csv', '--exceptions', 'more.exceptions.csv', 'two.pcap', status=2)
step(SLUICE, 'rules', 'compile', '--name', 'x', '--sequence', '1', '--output', 'x.slpk', 'ads.exceptions.csv', status=2,
     says=["exceptions are the site's own"])
print('all steps done')
