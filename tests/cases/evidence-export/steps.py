"""A stranger with sha256sum, minisign and tshark follows README.txt; then the capture is replayed."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import evidence  # noqa: E402
from steps import check, step  # noqa: E402

for tool, package in (('minisign', 'minisign'), ('tshark', 'tshark')):
    if not shutil.which(tool):
        sys.exit(f'{tool} is not installed (Debian package {package})')
step('minisign', '-G', '-W', '-p', 'publisher.pub', '-s', 'publisher.key')
evidence.make_keys()
evidence.make_pack('--secret-key', 'publisher.key')
evidence.make_capture('capture.pcap')
evidence.replay('--evidence', 'evidence', '--authority-key', 'authority.pub', '--eve', 'eve.json')


def commands(folder):
    """Those of the page: its lines that begin with four blanks"""
    page = (folder / 'README.txt').read_text(encoding='utf8')
    found = [line[4:] for line in page.splitlines() if line.startswith('    ')]
    check([c.split()[0] for c in found[:2]] == ['sha256sum', 'minisign'], found)
    check(len(found) > 2 and all(c.startswith('tshark ') for c in found[2:]), found)
    return found


def run(command, folder):
    done = subprocess.run(['bash', '-c', command], cwd=folder, capture_output=True, text=True, timeout=50)
    return done.returncode, done.stdout


def dumped(text):
    """The bytes of tshark's -x: OFFSET  HEX...  TEXT; the first data source of each packet is the frame"""
    data = bytearray()
    for line in text.splitlines():
        if len(line) > 54 and line[4:6] == '  ':
            data += bytes.fromhex(line[6:54].strip())
    return bytes(data)


records = evidence.listed()
check(len(records) >= 4, records)
for record in records:
    decision = record['decision']
    folder = pathlib.Path(f'out-{record["record"]}')
    step(evidence.SLUICE, 'evidence', 'export', 'evidence', record['record'], '--secret-key', 'authority.key', '--to',
         folder, '--pack', 'pack.slpk', says=['README.txt'])
    shutil.copy('publisher.pub', folder / 'PUBLISHER.pub')  # what the stranger has from the publisher
    rule = decision['rule']['rule_id']
    shown = b''
    for command in commands(folder):
        status, out = run(command, folder)
        check(status == 0, f'{command}: {out}')
        if command.startswith('tshark'):
            check(out.strip(), f'nothing shown by: {command}')
            shown += dumped(out)
    check(any(bytes.fromhex(matched) in shown for matched in evidence.MATCHED[rule]), (rule, shown))
    check(json.loads((folder / 'decision.json').read_text(encoding='utf8')) == decision, 'the decision as it was sealed')
    check((folder / 'chain-line.json').read_bytes() in pathlib.Path('evidence/chain.jsonl').read_bytes(), 'its line')

    # The packets alone give the same finding, by the pack alone; but a connection takes more than one
    check(decision['capture']['whole'] == (decision['stage'] != 'connected'), decision)
    if not decision['capture']['whole']:
        check('Not all' in (folder / 'README.txt').read_text(encoding='utf8'), 'the page says so')
        continue
    eve = folder / 'eve.json'
    evidence.replay('--trusted-key', 'publisher.pub', '--inside', '10.0.0.0/8', '--eve', eve,
                    capture=folder / 'capture.pcapng')
    with open(eve, encoding='utf8') as file:
        again = [event for event in map(json.loads, file) if event['event_type'] == 'alert']
    check(any(e['sluice']['stage'] == decision['stage'] and e['sluice']['matched']['field'] == decision['matched']['field']
              and e['sluice']['matched']['value'] == decision['matched']['value']
              and e['sluice']['sentence'] == decision['sentence'] and e['device'] == decision['device']['address']
              and [e['sluice'][key] for key in ('action', 'would')] == [decision['verdict'][key] for key in ('action', 'would')]
              for e in again), (decision, again))

# Each command can fail
folder = pathlib.Path(f'out-{records[0]["record"]}')
checks = commands(folder)
packets = (folder / 'capture.pcapng').read_bytes()
(folder / 'capture.pcapng').write_bytes(packets.replace(b'telemetry', b'tElemetrX'))
check(run(checks[0], folder)[0] != 0, 'sha256sum sees an altered capture')
check(all(run(command, folder)[1].strip() == '' for command in checks[2:]), 'tshark shows no altered match')
pack = (folder / 'pack.slpk').read_bytes()
(folder / 'pack.slpk').write_bytes(pack[:-9] + bytes([pack[-9] ^ 1]) + pack[-8:])
check(run(checks[1], folder)[0] != 0, 'minisign sees an altered pack')

# Refused: a folder that is there, a record that is not, a pack without the rule. Without a pack the page says so.
export = [evidence.SLUICE, 'evidence', 'export', 'evidence']
options = ['--secret-key', 'authority.key', '--to']
step(*export, records[0]['record'], *options, folder, status=1, says=[str(folder)])
step(*export, 99999, *options, 'none', status=1, says=['no record 99999'])
pathlib.Path('other.csv').write_text('id,indicator,kind,class,recipient\nz,other.example,domain,telemetry,Example\n',
                                     encoding='utf8')
step(evidence.SLUICE, 'rules', 'compile', '--name', 'pack', '--sequence', '6', '--created', '2026-11-01', '--output',
     'other.slpk', 'other.csv')
step(*export, records[0]['record'], *options, 'none', '--pack', 'other.slpk', status=1, says=['pack that was live then'])
check(not os.path.exists('none'), 'nothing is left of what was refused')
step(*export, records[0]['record'], *options, 'bare')
page = pathlib.Path('bare/README.txt').read_text(encoding='utf8')
check('minisign' not in page and 'The ruleset is not in this folder' in page, page)
print('all steps done')
