"""The packets that the parts of a kept connection hold are those of the capture, byte by byte."""
import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import evidence  # noqa: E402
from scapy.utils import RawPcapReader  # noqa: E402

from conversation import Conversation, write  # noqa: E402
from steps import check, step  # noqa: E402

RECORD_BYTES, FLOW_BYTES = 32768, 262144  # the options' defaults
ANSWER = bytes(range(256)) * 4


def policy(**more):
    pathlib.Path('policy.json').write_text(json.dumps({'policy': {'lines': [{'name': 'keep', 'classes': ['telemetry'],
                                                                                   **more}]}}), encoding='utf8')


def talk(port, answers, ends=True):
    """Its packets, from the request on"""
    conversation = Conversation(phone=evidence.PHONE, phone_port=port, server_port=80).opens()
    begin = len(conversation.packets)
    conversation.phone_says(evidence.REQUEST)
    conversation.server_says(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % (answers * len(ANSWER)))
    for _ in range(answers):
        conversation.server_says(ANSWER)
    if ends:
        conversation.closes()
    return conversation.packets, begin


def parts(record_of):
    """(end, the packets) of the connection of that port, its parts in order"""
    found = [r for r in evidence.listed() if 'part' in r['decision'] and r['decision']['flow']['source_port'] == record_of]
    check([r['decision']['part']['number'] for r in found] == list(range(1, len(found) + 1)), 'parts in their order')
    check([('end' in r['decision']['part']) for r in found] == [False] * (len(found) - 1) + [True], 'the last says so')
    packets = []
    for r in found:
        check(r['bytes'] <= RECORD_BYTES, f'a part of {r["bytes"]} bytes')
        check(r['decision']['rule']['rule_id'] == 'pack/7' and r['decision']['matched']['places'] == [], r['decision'])
        folder = pathlib.Path(f'part-{r["record"]}')
        step(evidence.SLUICE, 'evidence', 'export', 'evidence', r['record'], '--secret-key', 'authority.key', '--to', folder)
        page = (folder / 'README.txt').read_text(encoding='utf8')
        check(f'part {r["decision"]["part"]["number"]}.' in page, page)
        packets += [bytes(data) for data, _ in RawPcapReader(str(folder / 'capture.pcapng'))]
        check(r['decision']['capture']['whole'], r['decision']['capture'])
    return found[-1]['decision']['part']['end'], packets


evidence.make_keys()
evidence.make_pack()
policy(keep_flow=True)
small, small_begin = talk(40010, 100)
long, long_begin = talk(40020, 400)
lasting, lasting_begin = talk(40030, 3, ends=False)
other = Conversation(phone=evidence.OTHER, phone_port=40040, server_port=80).opens().phone_says(
    b'GET /other HTTP/1.1\r\nHost: www.example.org\r\n\r\n').server_says(ANSWER).closes()
# In turns, as on a wire.
mixed = []
for step_number in range(max(map(len, (small, long, lasting, other.packets)))):
    mixed += [packets[step_number] for packets in (small, long, lasting, other.packets) if step_number < len(packets)]
write('capture.pcap', mixed)
options = ('--evidence', 'evidence', '--authority-key', 'authority.pub', '--eve', 'eve.json')
evidence.replay(*options, '--policy', 'policy.json')

end, packets = parts(40010)
check(end == 'flow' and packets == [bytes(p) for p in small[small_begin:]], f'{end}: {len(packets)} packets')
end, packets = parts(40030)
check(end == 'flow' and packets == [bytes(p) for p in lasting[lasting_begin:]], f'{end}: {len(packets)} packets')
end, packets = parts(40020)
wanted = [bytes(p) for p in long[long_begin:]]
kept = sum(map(len, packets))
check(end == 'bound' and packets == wanted[:len(packets)] and FLOW_BYTES <= kept < FLOW_BYTES + len(packets[-1]),
      f'{end}: {kept} bytes')
check(not any('part' in r['decision'] and r['decision']['flow']['source_port'] == 40040 for r in evidence.listed()),
      'a connection without a finding is kept')
step(evidence.SLUICE, 'evidence', 'list', 'evidence', '--secret-key', 'authority.key', says=['packets, part 1'])
evidence.verify('--secret-key', 'authority.key')
with open('eve.json', encoding='utf8') as file:
    kinds = {json.loads(line)['event_type'] for line in file}
check('unknown' not in kinds, kinds)

try:
    import jsonschema
except ImportError:
    jsonschema = None
if jsonschema is not None:
    schema = json.loads((HERE.parent.parent.parent / 'control' / 'decision.schema.json').read_text(encoding='utf8'))
    for record in evidence.listed():
        for error in jsonschema.Draft202012Validator(schema).iter_errors(record['decision']):
            sys.exit(f'record {record["record"]}: {"/".join(map(str, error.absolute_path))}: {error.message}')

# Without that word nothing is kept but the finding's own packet.
os.rename('evidence', 'kept')
policy()
evidence.replay(*options, '--policy', 'policy.json')
check(not any('part' in r['decision'] for r in evidence.listed()), 'kept although nobody asked')
print('all steps done')
