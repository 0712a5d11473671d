"""Three signatures, of which one is dear on purpose, over datagrams that are known; with one worker and with several."""
import json
import os
import sys

from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
sys.path.insert(0, CASES)
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
# Of the dear one each place of 1,400 is tried, and each try reads all that is left. The last one: 2 to the power of 30
# ways to read thirty letters, each in vain, until PCRE2's limits end it.
RULES = r'''# The first line is no rule.
alert udp any any -> any 9 (msg:"cheap"; content:"hello"; sid:1;)

alert udp any any -> any 9 (msg:"dear"; content:"aaaa"; \
  pcre:"/[a-z]+[0-9]x/"; sid:2;)
alert udp any any -> any 9 (msg:"never"; content:"nobody says that"; sid:3;)
alert udp any any -> any 10 (msg:"limits"; content:"aaaa"; pcre:"/(a+)+$/"; sid:4;)
'''
COUNT = 40


def datagram(port, text, number):
    return (Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02') / IP(src='192.0.2.1', dst='198.51.100.1') /
            UDP(sport=1024 + number, dport=port) / text)


with open('r.rules', 'w', encoding='utf8') as file:
    file.write(RULES)
packets = []
for n in range(COUNT):
    packets += [datagram(9, b'hello', 3 * n), datagram(9, b'a' * 1400, 3 * n + 1), datagram(10, b'a' * 30 + b'!', 3 * n + 2)]
wrpcap('c.pcap', packets)
step(SLUICE, 'rules', 'compile', '--name', 'p', '--sequence', '1', '--output', 'p.slpk', 'r.rules')

for rules in (['--signatures', 'r.rules'], ['--pack', 'p.slpk'], ['--signatures', 'r.rules', '--workers', '3']):
    step(SLUICE, 'replay', *rules, '--rule-cost', 'cost.json', 'c.pcap')
    with open('cost.json', encoding='utf8') as file:
        report = json.load(file)
    check(report['signatures'] == 4 and report['never_tried'] == 1 and report['suspended'] == 0, report)
    by_sid = {rule['signature_id']: rule for rule in report['rules']}
    check(sorted(by_sid) == [1, 2, 4], report)
    check([by_sid[sid]['matched'] for sid in (1, 2, 4)] == [COUNT, 0, 0], report)
    check([by_sid[sid]['checked'] for sid in (1, 2, 4)] == [COUNT] * 3, report)
    check([by_sid[sid]['limits'] for sid in (1, 2, 4)] == [0, 0, COUNT], report)
    check([(by_sid[sid]['file'], by_sid[sid]['line']) for sid in (1, 2, 4)] ==
          [('r.rules', 2), ('r.rules', 4), ('r.rules', 7)], report)
    cycles = [rule['cycles'] for rule in report['rules']]
    check(cycles == sorted(cycles, reverse=True), report)
    check(all(rule['sampled'] and rule['cycles_per_check'] for rule in report['rules']), report)
    check(abs(sum(rule['share'] for rule in report['rules']) - 1) < 0.001, report)
    check(by_sid[1]['share_of_time'] is None, report)

said = step(SLUICE, 'rules', 'cost', '--from', 'cost.json', '--top', '1', says=['4 signatures', 'Cycles each'])
check(said.count('r.rules:') == 1, said)
top = json.loads(step(SLUICE, 'rules', 'cost', '--from', 'cost.json', '--top', '2', '--json'))
check(len(top['rules']) == 2, top)
step(SLUICE, 'rules', 'cost', '--from', 'nowhere.json', status=1, says=['nowhere.json'])
step(SLUICE, 'rules', 'resume', status=2, says=['--all'])
print('all steps done')
