"""A folder of evidence for the cases about it: a phone looks a listed name up, says it in a ClientHello of three segments,
sends an HTTP request that a signature matches, and connects to a listed address."""
import json
import os
import pathlib
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scapy.layers.dns import DNS, DNSQR  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402

from client_hello import client_hello  # noqa: E402
from conversation import GATEWAY_MAC, PHONE_MAC, Conversation, write  # noqa: E402
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
PHONE, OTHER = '10.0.0.2', '10.0.0.3'
NAME, LISTED = 'a.telemetry.example', '203.0.113.9'
REQUEST = b'GET /v1/count?id=77 HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: x\r\n\r\n'
# By rule, what a record of it must hold: the bytes that matched, as they stand in the packets.
LABELS = b'\x01a\x09telemetry\x07example'
MATCHED = {'pack/name': {LABELS.hex(), NAME.encode().hex()}, 'pack/address': {bytes([203, 0, 113, 9]).hex()},
           'pack/7': {b'/v1/count'.hex()}}


def make_capture(path):
    question = (Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / IP(src=PHONE, dst='192.0.2.53') / UDP(sport=40001, dport=53)
                / DNS(id=7, rd=1, qd=DNSQR(qname=NAME)))
    hello = client_hello(NAME, padding=1700)
    talk = Conversation(phone=PHONE).opens().phone_says(hello[:40]).phone_says(hello[40:1300]).phone_says(hello[1300:])
    talk.packets[4], talk.packets[5] = talk.packets[5], talk.packets[4]
    request = Conversation(phone=PHONE, phone_port=40002, server_port=80).opens().phone_says(REQUEST)
    other = Conversation(phone=OTHER, phone_port=40003, server=LISTED).opens()
    write(path, [question, *talk.packets, *request.packets, *other.packets])


def make_pack(*options):
    """pack.slpk of three rules; OPTIONS: how it is signed"""
    pathlib.Path('list.csv').write_text('id,indicator,kind,class,recipient\n'
                                        'name,telemetry.example,domain,telemetry,Example Ltd\n'
                                        f'address,{LISTED},ip,anonymiser,Example Ltd\n', encoding='utf8')
    pathlib.Path('content.rules').write_text(
        'alert http any any -> any any (msg:"Example: a count was sent"; http.uri; content:"/v1/count"; sid:7; '
        'metadata:class telemetry; rev:2;)\n', encoding='utf8')
    step(SLUICE, 'rules', 'compile', '--name', 'pack', '--sequence', '5', '--created', '2026-11-01', '--output',
         'pack.slpk', *options, 'list.csv', 'content.rules')


def make_keys():
    step(SLUICE, 'evidence', 'keygen', '--secret-key', 'authority.key', '--public-key', 'authority.pub')


def replay(*more, capture='capture.pcap'):
    return step(SLUICE, 'replay', '--pack', 'pack.slpk', *more, capture)


def make_evidence():
    """The folder `evidence`, from capture.pcap, and the events of the run in eve.json"""
    make_keys()
    make_pack()
    make_capture('capture.pcap')
    replay('--evidence', 'evidence', '--authority-key', 'authority.pub', '--eve', 'eve.json')


def listed():
    """-> the records, with what they hold"""
    return json.loads(step(SLUICE, 'evidence', 'list', 'evidence', '--secret-key', 'authority.key', '--json'))


def head():
    """NUMBER:DIGEST, as the run said it in an event"""
    with open('eve.json', encoding='utf8') as file:
        said = [event['evidence'] for event in map(json.loads, file) if event['event_type'] == 'evidence']
    check(len(said) == 1, f'one event tells the end of the chain: {said}')
    return f'{said[0]["number"]}:{said[0]["digest"]}'


def verify(*options, **expected):
    return step(SLUICE, 'evidence', 'verify', 'evidence', *options, **expected)
