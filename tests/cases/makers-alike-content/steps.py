"""Four phones in turn say the same to a host of each maker: an upload with an identifier, a form of an analytics SDK, a
look-up and a handshake. What is said of each must be the same once host, recipient and phone are made alike, under the
test's own rows and signatures and under everything that ships."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
from client_hello import client_hello  # noqa: E402
from conversation import Conversation, write  # noqa: E402
from lookup import ethernet, question  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
MAKERS = ['Apple', 'Google', 'Samsung', 'Xiaomi']
COLUMNS = 'id,indicator,kind,class,recipient,role,purpose,carries,confidence,breaks,source,licence,tlp'
UPLOAD = b'{"event": "start", "imei": "490154203237518", "model": "Model One"}'
FORM = b'channel=one&device_id=0123456789abcdef&id_type=1&policy=0&version=1&stat_value=eHl6&mistatv=3&size=3'


def host(maker):
    return f'telemetry.{maker.lower():x<7}.example'  # as long as each other, so that sizes tell nothing


def post(maker, target, kind, body):
    head = f'POST {target} HTTP/1.1\r\nHost: {host(maker)}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n'
    return head.encode() + body


def talks(maker, phone):
    """The packets of one phone; ports and addresses of the servers are the same for all."""
    uploads = [('/upload', 'application/json', UPLOAD), ('/mistats/v2', 'application/x-www-form-urlencoded', FORM),
               ('/app_logs', 'envelope/json', UPLOAD)]
    packets = [Ether(ethernet(question(host(maker), phone=phone)))]
    for number, upload in enumerate(uploads):
        talk = Conversation(phone=phone, phone_port=40000 + number, server_port=80).opens()
        talk.phone_says(post(maker, *upload)).server_says(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        packets += talk.closes().packets
    hello = Conversation(phone=phone, phone_port=40100).opens().phone_says(client_hello(host(maker)))
    return packets + hello.closes().packets


def said(maker, phone, *rules):
    """-> what the alerts say, with host, recipient, phone, time and what follows from them taken out"""
    write(f'{maker}.pcap', talks(maker, phone))
    out = step(SLUICE, 'replay', *rules, '--eve', '-', f'{maker}.pcap')
    alerts = [event for event in map(json.loads, out.splitlines()) if event['event_type'] == 'alert']
    for alert in alerts:
        alert['sluice'].pop('finding_id', None)  # made of device and host
        alert.pop('flow_id', None)
        alert.pop('community_id', None)  # of addresses, and the phone's is one
    text = json.dumps(alerts, sort_keys=True, indent=1)
    for word, instead in ((host(maker), 'HOST'), (f'{maker}.pcap', 'CAPTURE'), (phone, 'PHONE'), (maker, 'MAKER')):
        text = text.replace(word, instead)
    return text


with open('list.csv', 'w', encoding='utf8') as file:
    file.write(COLUMNS + '\n' + ''.join(
        f'row-{number},{host(maker)},domain,telemetry,{maker},phone-maker,usage statistics,model,high,nothing,made up,'
        'CC0-1.0,clear\n' for number, maker in enumerate(MAKERS)))
with open('upload.rules', 'w', encoding='utf8') as file:
    file.write('alert http any any -> any any (msg:"identifier"; http.request_body; content:"imei"; '
               'metadata:class clear-text-identifier, confidence high; sid:1000001; rev:1;)\n')

lists = {maker: f'row-{number}' for number, maker in enumerate(MAKERS)}
results = {maker: said(maker, f'10.0.0.{number + 2}', '--indicators', 'list.csv', '--signatures',
                       'upload.rules').replace(lists[maker], 'ROW') for number, maker in enumerate(MAKERS)}
for maker in MAKERS[1:]:
    check(results[maker] == results[MAKERS[0]], f'{maker} is said the same of as {MAKERS[0]}:\n{results[maker]}\n'
          f'---\n{results[MAKERS[0]]}')
first = json.loads(results[MAKERS[0]])
check({'telemetry', 'clear-text-identifier'} <= {alert['sluice']['class'] for alert in first}, 'both rules are met')
check(any(alert['sluice']['stage'] == 'content-decoded' for alert in first), 'a form is decoded, whoever gets it')

# What ships knows none of these hosts: what it finds is in what was sent, and the same for all.
packs = os.path.join(HERE, '../../../rules/packs/vendor-telemetry')
shipped = {maker: said(maker, f'10.0.0.{number + 2}', '--indicators', packs + '.csv', '--signatures', packs + '.rules')
           for number, maker in enumerate(MAKERS)}
for maker in MAKERS[1:]:
    check(shipped[maker] == shipped[MAKERS[0]], f'{maker} is said the same of as {MAKERS[0]} by what ships')
print('all steps done')
