"""One signature of each form, and what its author should be told of it."""
import os
import re
import sys

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
sys.path.insert(0, CASES)
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
RULES = r'''
alert http any any -> any any (msg:"uploads"; flow:to_server; http.host; content:"telemetry.example"; \
  http.uri; content:"/up"; startswith; flowbits:isset,seen; classtype:trojan-activity; sid:1;)
drop tcp any any -> any 8080 (content:"abcdef"; content:"|00 01|z"; distance:0; fast_pattern; sid:2;)
alert tcp any any -> any any (content:"abcdef"; content:"xyz"; distance:0; within:20; sid:3;)
alert dns any any -> any any (dns.query; pcre:"/[a-z]+[0-9]{8}\.example/"; sid:4;)
reject ip any any -> any any (ttl:<5; sid:5;)
alert tls any any -> any any (tls.sni; content:!"example"; sid:6;)
alert udp any any -> any any (content:"HELO"; nocase; offset:0; depth:4; sid:7;)
'''


def explained(sid, *more):
    """-> {title: [texts]} of what is said of that rule"""
    out = step(SLUICE, 'rules', 'explain', sid, *(more or ('--signatures', 'r.rules')))
    said, title = {}, None
    for line in out.splitlines():
        name, text = re.match(r'(.{11}) (.*)', line).groups()
        title = name.strip() or title
        said.setdefault(title, []).append(text)
    return said


def says(said, title, *words):
    text = ' '.join(said.get(title, []))
    check(all(word in text for word in words), f'{title} says {words}: {said}')


with open('r.rules', 'w', encoding='utf8') as file:
    file.write(RULES)

one = explained(1)
says(one, 'rule', 'r/1', 'line 2')
says(one, 'action', 'priority 1', 'A Network Trojan was detected')
says(one, 'looked for', 'the head of an HTTP request')
says(one, 'pattern', 'http.host "telemetry.example", 17 bytes', 'the longest', 'database of http.host')
check(one['buffers'] == ['http.host', 'content:"telemetry.example"', 'http.uri', 'content:"/up"', 'startswith'], one)
check(one['state'] == ['flowbits:isset,seen'] and one['packet'] == ['flow:to_server'], one)
says(one, 'slow', 'nothing')

two = explained(2)
says(two, 'action', 'drops: the flow, from there on')
says(two, 'looked for', 'in each direction of TCP as it comes, by the stream database', 'last 4096 bytes')
says(two, 'pattern', 'payload "|00 01|z", 3 bytes', 'the rule asks for it (fast_pattern)')
says(two, 'slow', '3 bytes', 'further apart than 4096 bytes')

says(explained(3), 'slow', 'nothing')

four = explained(4)
says(four, 'looked for', 'a DNS message')
says(four, 'pattern', 'dns.query /[a-z]+[0-9]{8}', 'prefilter')
says(four, 'pcre', 'PCRE2')
says(four, 'slow', 'bound to no place', 'superset')

five = explained(5)
says(five, 'action', 'tells the sender')
says(five, 'looked for', 'in each packet')
says(five, 'pattern', 'none: it has no contents')
says(five, 'slow', 'every packet', 'each packet that fits the header')

says(explained(6), 'pattern', 'none: it only says what must not be there')

seven = explained(7)
says(seven, 'looked for', 'in each datagram of UDP')
says(seven, 'pattern', '"helo", 4 bytes, in any case', 'its only content')
says(seven, 'slow', 'nothing')

step(SLUICE, 'rules', 'compile', '--name', 'p', '--sequence', '1', '--output', 'p.slpk', 'r.rules')
of_pack = explained(1, 'p.slpk')
says(of_pack, 'rule', 'p/1')
check({k: v for k, v in of_pack.items() if k != 'rule'} == {k: v for k, v in one.items() if k != 'rule'}, of_pack)
step(SLUICE, 'rules', 'explain', '99', '--signatures', 'r.rules', status=1, says=['no signature with sid 99'])
step(SLUICE, 'rules', 'explain', '1', status=2, says=['--signatures'])
print('all steps done')
