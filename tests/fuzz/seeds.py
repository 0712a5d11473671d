#!/usr/bin/python3
"""Writes FOLDER/NAME/* for each fuzz target NAME: small inputs that its parser accepts, to start from.

Everything is made here from the RFCs, or taken from the literals of the unit tests and from config/sluice.json.
"""
import glob
import json
import os
import struct
import subprocess
import sys
import tempfile
from urllib.parse import urlsplit

import seed_devices
import seed_imports
import seed_tunnels
from seed_frames import frames, ipv4, link_layers, packet_rows, pcap, pcapng, udp
from seed_handshakes import certificates, dtls_datagrams, tls_streams
from seed_http import HTTP, coded_bodies, followed_bodies, http2_frame, http2_streams, websocket_frames
from seed_messages import (ROOT, dhcp_messages, dns_messages, dns_query, gquic_messages, hello, literals,
                           quic_datagrams, u16, vector, xiaomi_push_frames)

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, '../lab'))
from vendors import EXCHANGES  # noqa: E402


# Packs and their signatures

def minisign_files():
    return {name: text.encode().decode('unicode_escape').encode('latin1')
            for name, text in literals('tests/unit/minisign_samples.hh').items()}


def manifests_and_signatures():
    texts = {name: text.encode().decode('unicode_escape').encode('latin1')
             for name, text in literals('tests/unit/manifest_samples.hh').items()}
    return {**texts, 'both': texts['manifest_signature'] + texts['manifest_second_signature'],
            'lasting': texts['manifest_sample'].replace(b'2027-07-01T00:00:00Z', b'never')}


def pack_changes():
    """pack_fuzz.cc changes bytes of a good pack: position, value"""
    return {'good': b'\x01', 'header': b'\x01' + bytes([4, 0, 0x53]), 'deep': b'\x01' + struct.pack('<HB', 300, 1),
            'nothing': b'\x00SLPK'}


# Streams for the pipeline: the operations of pipeline_fuzz.cc

def segment(server, sequence, flags, payload, last=True, acknowledgement=0, back=False):
    """server: 0 DNS, 1 HTTP, 2 TLS, 3 proxy; sequence: from the number that the fuzzer starts at"""
    return (bytes([0x40 if last else 0, server | (0x80 if back else 0), flags]) + u16(sequence) + u16(acknowledgement) +
            vector(2, payload))


def datagram(server, payload):
    return bytes([0x44, server]) + vector(2, payload)


def header(server, sequence, flags, payload, options=b'', urgent=0, acknowledgement=0, back=False):
    """a whole TCP header; `sequence` as above"""
    words = 5 + len(options) // 4
    return bytes([0x45, server | (0x80 if back else 0)]) + vector(2, struct.pack(
        '>4xHHIBBHHH', sequence, 0, 0xfffffc00 + acknowledgement & 0xffffffff, words << 4, flags, 0xffff, 0, urgent) +
        options + payload)


def pipeline_inputs():
    whole = hello(800)
    messages = dns_messages()
    initials = [value for name, value in quic_datagrams().items() if 'initial' in name]
    streams = {
        'dns': datagram(0, messages['query']) + datagram(0, messages['answer']),
        'dns-tcp': segment(0, 0, 2, b'') + segment(0, 1, 0x10, vector(2, messages['query'])),
        'tls-shuffled': segment(2, 0, 2, b'') + segment(2, 501, 0x10, whole[500:]) + segment(2, 1, 0x10, whole[:500]),
        'http': segment(1, 0, 2, b'') + segment(1, 1, 0x10, HTTP['two'] + HTTP['chunked'] + HTTP['length']),
        'http-gap': segment(1, 1, 0x10, HTTP['get'][:40]) + segment(1, 200, 0x10, HTTP['two']) +
                    segment(1, 0, 0x10, b'', acknowledgement=1000, back=True),
        'proxy': segment(3, 0, 2, b'') + segment(3, 1, 0x10, HTTP['connect'] + whole[:600]) +
                 segment(3, 1 + len(HTTP['connect']) + 600, 0x11, whole[600:]),
        'http-answered': segment(1, 0, 2, b'') + segment(1, 1, 0x10, HTTP['get']) +
                         segment(1, 1, 0x10, HTTP['response'] + HTTP['moved'], back=True),
        'upgrade': segment(1, 0, 2, b'') + segment(1, 1, 0x10, HTTP['get']) +
                   segment(1, 1, 0x10, HTTP['upgrade'], back=True),
        'http2': segment(1, 0, 2, b'') + segment(1, 1, 0x10, http2_streams()['preface'] + http2_streams()['requests']) +
                 segment(1, 1, 0x10, http2_frame(4, 0, 0) + http2_streams()['answer'], back=True),
        'overlap': segment(1, 0, 2, b'') + segment(1, 0, 0x12, b'', acknowledgement=1, back=True) +
                   segment(1, 1, 0x10, HTTP['get']) + segment(1, 1, 0x10, HTTP['get'].swapcase()) +
                   segment(1, 1, 0x10, b'', acknowledgement=1 + len(HTTP['get']), back=True),
        'urgent': segment(1, 0, 2, b'') + header(1, 1, 0x38, HTTP['get'][:20] + b'Z' + HTTP['get'][20:], urgent=21),
        'options': header(1, 0, 2, b'', b'\x02\x04\x05\xb4\x01\x03\x03\x07\x01\x01\x08\x0a' + bytes(8)) +
                   header(1, 0, 0x12, b'', b'\x01\x01\x08\x0a' + bytes([0, 0, 1, 0] * 2), acknowledgement=1, back=True) +
                   header(1, 1, 0x18, HTTP['get'], b'\x01\x01\x08\x0a' + bytes(8)) +
                   header(1, 1, 0x18, HTTP['get'], b'\x13\x12' + bytes(18)),
        'time': segment(1, 1, 0x10, b'GET /') + b'\x07\xff' + segment(1, 6, 0x10, b' HTTP/1.1\r\n\r\n'),
        'frames': b''.join(b'\x46\x00' + vector(2, frame) for frame in frames().values()),
    }
    streams.update({f'quic-{number}': datagram(2, initial[:1499]) for number, initial in enumerate(initials)})
    return {f'{name}-{mode}': bytes([mode]) + body for name, body in streams.items() for mode in (0, 3)}


def reassembly_inputs():
    forward = b''.join(b'\x01' + u16(at) + u16(100) for at in range(0, 1000, 100))
    backward = b''.join(b'\x01' + u16(at) + u16(150) for at in range(900, -1, -100))
    holes = b''.join(b'\x02' + u16(at) + b'\x05' for at in range(0, 200, 10))
    copies = b''.join(bytes([0x11 + 16 * n % 48]) + u16(at) + u16(90) for n, at in enumerate(range(0, 400, 50)))
    return {'copies': copies + b'\x04' + u16(100) + copies, 'forward': forward + b'\x00' + u16(300), 'backward': backward, 'holes': holes + forward,
            'window': b'\x01' + u16(8100) + u16(500) + b'\x01' + u16(0) + u16(8999)}


# Requests of vendors' services in clear text: those of the lab

def vendor_requests():
    requests = {}
    for name, exchange in EXCHANGES.items():
        address = urlsplit(exchange.url)
        target = address.path + ('?' + address.query if address.query else '')
        head = ['POST' if exchange.body else 'GET', target, address.netloc, *exchange.headers, '', '']
        requests[name] = '\n'.join(head).encode() + exchange.body
    return requests


# Events as dataplane/event/event.hh lays them out, in memory's byte order

def event(kind, fields):
    body = b''
    for number, value in fields:
        data = value.encode() if isinstance(value, str) else struct.pack('<Q', value)
        body += struct.pack('<HH', number, len(data)) + data
    body += bytes(-len(body) % 8)
    address = bytes(10) + b'\xff\xff' + bytes([10, 0, 0, 1])
    return struct.pack('<I4BQqQI2H2HI', 80 + len(body), kind, 1, 6, 0, 1, 1700000000 * 10**9, 42, 1, 5000, 443, 0, 0,
                       0) + address + address + body


def events():
    flow = [(number, 1) for number in range(64, 75)]
    return {
        'alert': event(1, [(1, 0), (2, 32), (3, 'www.listed.example'), (4, 4), (5, 1), (6, 1), *flow]),
        'dns': event(2, [(16, 1), (17, 7), (18, 0x8180), (19, 'a.example'), (20, 1), (21, 'a.example'), (22, 1),
                         (23, 300), (24, '198.51.100.7')]),
        'dns-parts': event(2, [(16, 1), (18, 0x8180), (21, 'a'), (22, 16), (162, 'text'), (21, 'a'), (22, 65), (161, 1),
                               (162, '.'), (163, 1), (162, 'h2'), (163, 3), (161, 443), (163, 5), (161, 42),
                               (162, 'p.example'), (160, 1), (21, 'b'), (22, 6), (162, 'm'), (162, 'r'), (161, 1),
                               (160, 2), (21, ''), (22, 41), (161, 1232), (163, 8), (162, '\0\1\x18\0abc')]),
        'dhcp': event(12, [(176, 0), (177, 7), (178, 3), (179, 'aabbcc'), (183, '192.0.2.1'), (187, 'phone'),
                           (188, 'android-dhcp-13'), (189, '\1aabbcc'), (190, '\1\3'), (191, '192.0.2.53')]),
        'dhcpv6': event(12, [(322, 1), (323, 7), (324, '\0\3\0\1abcdef'), (326, '\0\x17\0\x18'), (203, 311),
                             (327, 'MSFT 5.0'), (329, 'phone.example'), (330, '2001:db8::5'), (191, '2001:db8::53')]),
        'mqtt': event(13, [(288, 'MQTT'), (289, 4), (290, 0xce), (291, 60), (292, 'id'), (293, 'user'), (294, 'topic')]),
        'ntp': event(14, [(295, 4), (296, 3), (297, 2), (298, 1)]),
        'stun': event(15, [(299, 2), (300, 1), (301, 'software'), (302, '192.0.2.1'), (303, 1234)]),
        'ssh': event(16, [(304, '2.0'), (305, 'client'), (306, '2.0'), (307, 'server')]),
        'mdns': event(17, [(16, 1), (17, 0), (18, 0x8400), (19, 'iPad.local'), (20, 1), (21, '_a._tcp.local'), (22, 12),
                           (23, 9), (24, 'iPad._a._tcp.local'), (160, 2), (21, 'x.local'), (22, 16), (162, 'model=1'),
                           (162, 'id=2'), (162, 'z'), (21, 'x'), (22, 33), (161, 0), (161, 0), (161, 80),
                           (162, 'iPad.local'), (21, 'x'), (22, 47), (162, 'x'), (21, ''), (22, 41), (163, 4)]),
        'llmnr': event(18, [(16, 0), (18, 0), (19, 'wpad'), (20, 1)]),
        'netbios': event(19, [(308, 1), (309, 0x8400), (310, 0x21), (311, '*'), (312, 0), (314, '192.0.2.1'),
                              (311, 'ANNA-PC'), (312, 32), (313, 1)]),
        'ssdp': event(20, [(315, 2), (316, 'uuid:1'), (317, 'uuid:1::x'), (318, 'ssdp:alive'), (319, 'Linux'),
                           (320, 'agent'), (321, 'http://192.0.2.1/')]),
        'arp': event(26, [(195, 2), (197, 'abcdef'), (196, '192.0.2.1'), (199, 'abcdef'), (198, '192.0.2.2')]),
        'nd': event(27, [(195, 134), (197, 'abcdef'), (198, 'fe80::1'), (200, 1800), (201, '2001:db8::53')]),
        'tls': event(3, [(32, 'a.example'), (33, 'h2'), (34, 0x0304), (35, 0x0303)]),
        'quic': event(4, [(36, 1), (37, 'a.example'), (33, 'h3')]),
        'http': event(5, [(48, 'GET'), (49, 'a.example'), (50, '/'), (52, 'HTTP/1.1'),
                          (53, 'Host'), (54, 'a.example')]),
        'flow': event(6, flow),
        'vendor': event(1, [(1, 0), (2, 49), (3, 'a.example'), (4, 5), (224, 'a.example'), (225, '/mistats?a=b'),
                            (226, 'X-Umeng-Sdk'), (227, 'Android/8'), (228, 'device_id=9b1c&model=M1'), (229, 1),
                            (230, 1)]),
        'vendor-http': event(5, [(49, '119.29.29.29'), (50, '/d?dn=a.example&ip=192.0.2.1'), (53, 'Cookie'),
                                 (54, 'id=1'), (211, 'a/b'), (209, '/c')]),
    }


def signature_decisions():
    """one decision a byte (tests/unit/signature_cases.hh): evenly spread ones make signatures of every kind"""
    return {f'spread-{step}': bytes(number * step % 251 for number in range(400)) for step in (37, 89, 113, 167, 199)}


def evidence_files():
    """lines of a chain, a record, and events that become one; evidence_fuzz.cc takes each for all of them"""
    zeros, uuid = '0' * 64, '0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77'
    rows = {'start': {'tap': uuid, 'authority': zeros, 'clock_state': 'ntp', 'cut_bytes': 0},
            'device': {'device': uuid, 'public_key': zeros},
            'record': {'device': uuid, 'bytes': 600, 'sha256': zeros, 'blocks': '0' * 32},
            'retired': {'through': 1}, 'tombstone': {'device': uuid}}
    result = {}
    for number, (kind, more) in enumerate(rows.items(), 1):
        line = {'number': number, 'time': '2026-11-21T04:16:27.123456+0000', 'kind': kind, **more, 'previous': zeros}
        result[f'line-{kind}'] = json.dumps(line, separators=(',', ':')).encode()
    places = [{'packet': 1, 'bytes': '0a0b'}, {'packet': 2, 'bytes': "0'"}, {'packet': '1'}]
    for name, matched in (('places', {'places': places}), ('name', {'field': 'tls.sni', 'value': 'a.example', 'places': []}),
                          ('hostile', {'field': 'tls.sni', 'value': "a' -x; id\n    sha256sum", 'places': {}})):
        decision = json.dumps({'matched': matched, 'sentence': '    rm x\n    rm y', 'rule': [], 'device': {'address': 7},
                               'capture': {'whole': True, 'packets': [{'rebuilt': True}]}}).encode()
        result[f'decision-{name}'] = decision
        result[f'record-{name}'] = b'SLUICE-EVIDENCE1' + struct.pack('<I', len(decision)) + decision + b'capture'
    result['head'] = b'7:' + zeros.encode()
    return {**result, **{f'event-{name}': record for name, record in events().items() if name.startswith('alert')}}


def ring_inputs():
    """operations of event_ring_fuzz.cc: bytes into the ring, an index moved, records taken"""
    result = {'push-pop': b''.join(b'\x03' + u16(size) + b'\x04' for size in (8, 800, 16000, 16000, 16000, 64))}
    for name, record in events().items():
        framed = struct.pack('<IIQ', len(record), 0, 1) + record
        moved = b''.join(b'\x00' + u16(at) + vector(1, framed[at:at + 200]) for at in range(0, len(framed), 200))
        result[name] = moved + b'\x01\x01' + u16(len(framed)) + b'\x04'
    return result


def lists():
    header = 'id,indicator,kind,class,recipient,role,purpose,carries,confidence,breaks,source,licence,tlp,first_seen,' \
             'last_verified,expires\n'
    rows = 'one,listed.example,domain,telemetry,Example,sdk,"counts, and more",ids,high,,own,CC0-1.0,clear,,,' \
           '2030-01-01\n' \
           ',192.0.2.0/24,cidr,known-c2-indicator,,,,,low,,own,CC0-1.0,clear,,,\n' \
           ',2001:db8::1,ip,advertising,,,,,medium,,own,CC0-1.0,clear,2024-01-01,,\n'
    result = {'whole': (header + rows).encode(), 'minimal': b'kind,indicator\nhost,a.example\n'}
    for path in glob.glob(os.path.join(ROOT, 'rules/packs/*.csv')):
        with open(path, 'rb') as file:
            result[os.path.basename(path)] = b''.join(file.readlines()[:20])
    return result


def signatures():
    result = {
        'payload': b'drop udp [192.0.2.0/24,!192.0.2.1] [1024:,!2000] <> $HOME_NET any (msg:"a\\; b"; content:"|c2 fe|x"; '
                   b'offset:1; depth:9; fast_pattern; content:!"y"; nocase; distance:-2; within:4; endswith; '
                   b'pcre:!"/a\\/b/RismxAEG"; classtype:domain-c2; reference:url,a.example; sid:1; rev:2; gid:3;)\r\n',
        'fields': b'# a comment\nalert http any any -> any 80 (msg:"m"; flow:established,to_server; \\\n http.uri; '
                  b'content:"/a"; startswith; http.host; content:"a.example"; metadata:class telemetry, expires 2030-01-01; '
                  b'sid:2;)\nalert tcp any any -> any any (msg:"n"; content:"b"; http_uri; pcre:"/c/U"; sid:3;)\n',
        'checks': b'alert tcp any any -> any any (msg:"c"; byte_extract:2,-1,n,relative,string,hex,multiplier 3,align 2; '
                  b'byte_math:bytes n, offset 4, oper >>, rvalue 7, result m, bitmask 0xf0, endian little; '
                  b'byte_test:1,!<=,m,n; byte_jump:3,5,from_end,post_offset -6,little; isdataat:!n,relative; '
                  b'content:"abcd"; offset:n; depth:m; fast_pattern:1,2; content:"e"; distance:m; within:n; prefilter; '
                  b'base64_decode:bytes 8, offset 2, relative; base64_data; content:"x"; rawbytes; sid:4;)\n',
        'transforms': b'alert http any any -> any any (msg:"t"; urilen:3<>20,norm; http.uri; url_decode; to_lowercase; '
                      b'xor:"0d0a"; xor:offset 1,extract 1 0; from_base64:bytes 3, offset 2, mode strict; '
                      b'subslice:-4,-1,truncate; pcrexform:"=(a+)"; gunzip:max-size 77; bsize:!3; content:"a"; '
                      b'http.host; dotprefix; dataset:isnotset,a,type string,state a.lst,match subdomain; tld; '
                      b'datarep:b,>,200,type string; http.user_agent; absent:or_else; content:!"b"; sid:5;)\n',
    }
    for path in glob.glob(os.path.join(ROOT, 'rules/packs/*.rules')):
        with open(path, encoding='utf8') as file:
            for number, rule in enumerate(file.read().split('\n\n')):
                result[f'{os.path.basename(path)}-{number}'] = rule.encode()
    return result


def rule_examples():
    result = {
        'talk': b'# a\n1 match\n  POST http://a.example:8080/x\n  X: |7c|\n  body a|00 ff|\n  answer 404 No\n  Y: z\n'
                b'  body b\n1 other tcp [2001:db8::1]:80\n  client a\n  server |0d0a|\n2 match hello a.example\r\n'
                b'2 other udp 192.0.2.1\n3 match capture a.pcap\n',
        'references': b'192.0.2.0/24\n1,popular.example\n',
    }
    for path in glob.glob(os.path.join(ROOT, 'rules/packs/*.examples')):
        with open(path, 'rb') as file:
            result[os.path.basename(path)] = b''.join(file.readlines()[:40])
    return result


def configurations():
    with open(os.path.join(ROOT, 'config/sluice.json'), 'rb') as file:
        return {'shipped': file.read(), 'least': b'{"mode": "enforce"}', 'empty': b'{}'}


def captures():
    packets = list(frames().values())
    raw = [ipv4(17, udp(53, dns_query('a.example')))]
    return {'pcap': pcap(1, packets), 'pcap-big-nanoseconds': pcap(101, raw, 0xa1b23c4d, '>'),
            'pcapng': pcapng(packets),
            'empty': pcap(1, []), 'cut': pcap(1, packets)[:-5]}


# Commands between the planes, written by flatc from their JSON form

def commands():
    schema = os.path.join(ROOT, 'dataplane/exchange/command.fbs')
    pack = {'name': 'vendors', 'channel': 'stable', 'sequence': 12, 'digest': 'ab' * 32, 'rows': 3}
    messages = {
        'status': ('Request', {'question_type': 'StatusQuery', 'question': {}}),
        'publish': ('Request', {'question_type': 'Publish', 'question': {
            'signatures': ['untrusted comment: a', 'untrusted comment: b'], 'allow_rollback': True}}),
        'hold': ('Request', {'question_type': 'Hold', 'question': {}}),
        'held': ('Reply', {'answer_type': 'Held', 'answer': {'rules': 3}}),
        'rules': ('Request', {'question_type': 'RulesQuery', 'question': {'generation': 7}}),
        'state': ('Reply', {'answer_type': 'Status', 'answer': {
            'state': 'inspecting', 'reason': '', 'since_ns': 1, 'generation': 2, 'ruleset_digest': 'cd' * 32,
            'packs': [pack, pack], 'version': '0.1.0'}}),
        'published': ('Reply', {'answer_type': 'Published', 'answer': {'generation': 3, 'digest': '', 'verify_us': 9}}),
        'files': ('Reply', {'answer_type': 'Rules', 'answer': {'count': 2}}),
        'refusal': ('Reply', {'answer_type': 'Refusal', 'answer': {'text': 'no'}}),
    }
    written = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (root, message) in messages.items():
            path = os.path.join(folder, name + '.json')
            with open(path, 'w', encoding='utf8') as file:
                json.dump(message, file)
            subprocess.run(['flatc', '--binary', '--root-type', 'sluice.wire.' + root, '-o', folder, schema, path],
                           check=True)
            with open(os.path.join(folder, name + '.bin'), 'rb') as file:
                written[name] = file.read()
    return written | {'hold-list': b'vendors/a-1\nvendors/a-2\nlocal/*\n'}


# Conditions of trials, and their times

def conditions():
    texts = ('blocks/device < 2.5', 'devices<=10', ' flows / block < 0.001 ', 'blocks < 999999999.999', 'blocks > 3',
             '30m', '31d')
    return {str(number): text.encode() for number, text in enumerate(texts)}


def accounts():
    token = b'sluice_' + b'a1-_' * 10 + b'xyz'
    account = {'name': 'anna', 'roles': ['analyst', 'auditor'], 'groups': ['cabinet'],
               'tokens': [{'id': '1a2b3c4d', 'digest': 'a' * 64, 'created': 1, 'expires': 0}]}
    line = {'number': 7, 'time': '2026-11-21T04:36:27.000000+0000', 'kind': 'done', 'actor': 'anna', 'proof': 'token',
            'from': '192.0.2.1', 'action': 'POST /v1/packs', 'of': 6, 'status': 200, 'previous': '0' * 64}
    refused = {'number': 8, 'time': '2026-11-21T04:36:28.000000+0000', 'kind': 'refused',
               'action': 'GET /' + '\u00e4' * 600, 'previous': 'f' * 64}
    return {'bearer': b'Bearer ' + token, 'account': json.dumps(account).encode(),
            'done': json.dumps(line).encode(), 'refused': json.dumps(refused).encode()}


def packet_filters():
    """Programs as `tcpdump -y EN10MB -ddd FILTER` writes them (code, jumps, value), each with a frame behind it."""
    programs = {
        'ip and udp port 53': (
            (40, 0, 0, 12), (21, 0, 10, 2048), (48, 0, 0, 23), (21, 0, 8, 17), (40, 0, 0, 20), (69, 6, 0, 8191),
            (177, 0, 0, 14), (72, 0, 0, 14), (21, 2, 0, 53), (72, 0, 0, 16), (21, 0, 1, 53), (6, 0, 0, 262144),
            (6, 0, 0, 0)),
        'ether[0] & 1 = 0 and len > 60': (
            (48, 0, 0, 0), (69, 3, 0, 1), (128, 0, 0, 0), (37, 0, 1, 60), (6, 0, 0, 262144), (6, 0, 0, 0)),
    }
    frame = bytes(12) + b'\x08\x00' + ipv4(17, udp(53, dns_query('a.example')))
    return {str(number): bytes([len(program)]) + b''.join(struct.pack('<HBBI', *one) for one in program) + frame
            for number, program in enumerate(programs.values())}


# Compiled databases without the sum at the end, which the fuzzer adds; and texts that hold literals of hs_scan_fuzz.cc

def database_files():
    def file(platform, databases):
        databases += [b''] * (15 - len(databases))
        return (b'SLUICEDB' + struct.pack('<3I', 2, 15, len(platform)) +
                b''.join(struct.pack('<Q', len(database)) for database in databases) +
                b'cd' * 32 + platform + b''.join(databases))
    return {'none': file(b'', []), 'two': file(b'5.4.0 test', [b'payload', b'', b'name'])}


def field_texts():
    return {'empty': b'', 'one': b'a', 'device': b'GET /?imei=123 .Xiaomi.com data.mistat\r\n\r\n',
            'runs': b'a' * 40 + b'q' * 70, 'long': b'Z' * 256, 'binary': bytes(20) + b'\xff' * 9,
            'keys': b'k7919=K15838=k0=0123456789abcdef'}


def main():
    targets = {
        'config': configurations(),
        'dhcp': dhcp_messages(),
        **seed_devices.messages(),
        'dns': dns_messages(),
        'tls': tls_streams(),
        'x509': certificates(),
        'dtls': dtls_datagrams(),
        'http': HTTP,
        'http2': http2_streams(),
        'content_decode': coded_bodies(),
        'files': followed_bodies(),
        'websocket': websocket_frames(),
        'xiaomi_push': xiaomi_push_frames(),
        'vendor_request': vendor_requests(),
        'quic': quic_datagrams(),
        'gquic': gquic_messages(),
        'indicator_list': lists(),
        'import': seed_imports.lists(),
        'databases': database_files(),
        'hs_scan': field_texts(),
        'signature': signatures(),
        'rule_examples': rule_examples(),
        'minisign': minisign_files(),
        'pack': pack_changes(),
        'keys': manifests_and_signatures(),
        'access': accounts(),
        'event': events(),
        'evidence': evidence_files(),
        'capture': captures(),
        'packet': {**link_layers(), **seed_tunnels.link_layers()},
        'reply': {f'{name}-{end}': bytes([end]) + frame for name, frame in frames().items() for end in range(4)},
        'fragment': seed_tunnels.fragments(),
        'packet_image': packet_rows(),
        'vpn': seed_tunnels.vpn(),
        'reassembly': reassembly_inputs(),
        'pipeline': pipeline_inputs(),
        'signature_match': signature_decisions(),
        'event_ring': ring_inputs(),
        'command': commands(),
        'promote_condition': conditions(),
        'packet_filter': packet_filters(),
    }
    if len(sys.argv) != 2:
        sys.exit('seeds.py FOLDER')
    missing = {os.path.basename(path).removesuffix('_fuzz.cc') for path in glob.glob(os.path.join(HERE, '*_fuzz.cc'))}
    missing -= targets.keys()
    if missing:
        sys.exit('no seeds for ' + ', '.join(sorted(missing)))
    for target, inputs in targets.items():
        folder = os.path.join(sys.argv[1], target)
        os.makedirs(folder, exist_ok=True)
        for name, data in inputs.items():
            with open(os.path.join(folder, name), 'wb') as file:
                file.write(data)


if __name__ == '__main__':
    main()
