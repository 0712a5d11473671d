"""DNS over UDP and TCP; dnsmasq writes down which name was asked for."""
import struct

import packets


def labels(name):
    return b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0'


def question(name, kind=1, flags=0x0100, extra=b'', counts=(1, 0, 0, 0), klass=1):
    return struct.pack('!6H', 0x4321, flags, *counts) + labels(name) + struct.pack('!HH', kind, klass) + extra


def by_udp(change=lambda message: message, version=4, wrong=None, **fields):
    def run(scene):
        message = change(question(scene.name, **fields))
        packet = packets.udp(scene.ends(version), message, **(wrong or {}))
        source, target = scene.phone.address[version], scene.phone.server[version]
        make = packets.ipv4 if version == 4 else packets.ipv6
        scene.phone.send(make(source, target, packets.UDP, packet))
    return run


def by_tcp(*cuts, order=None, before=0, length=0):
    """The question, behind `before` benign ones, cut at those places."""
    def run(scene):
        messages = [question(scene.decoy)] * before + [question(scene.name)]
        data = b''.join(struct.pack('!H', len(message) + length) + message for message in messages)
        stream = scene.stream(53).open()
        edges = [0, *cuts, len(data)]
        pieces = list(zip(edges, edges[1:]))
        for n in order or range(len(pieces)):
            stream.send(pieces[n][0], data[slice(*pieces[n])])
    return run


def mixed_case(message):
    return bytes(byte ^ 0x20 if n % 2 and 97 <= byte <= 122 else byte for n, byte in enumerate(message))


def decoy_first(**wrong):
    def run(scene):
        source, target = scene.phone.address[4], scene.phone.server[4]
        for name, fields in ((scene.decoy, wrong), (scene.name, {})):
            packet = packets.udp(scene.ends(), question(name), **fields)
            scene.phone.send(packets.ipv4(source, target, packets.UDP, packet))
    return run


def many_first(scene):
    """Benign questions from the same port before the listed one."""
    source, target = scene.phone.address[4], scene.phone.server[4]
    for name in [scene.decoy] * 6 + [scene.name]:
        packet = packets.udp(scene.ends(), question(name))
        scene.phone.send(packets.ipv4(source, target, packets.UDP, packet))


OPT = b'\0' + struct.pack('!HHIH', 41, 1232, 0, 0)
COOKIE = b'\0' + struct.pack('!HHIH', 41, 4096, 0x8000, 12) + struct.pack('!HH', 10, 8) + bytes(8)
CASES = [
    ('a name in mixed case', by_udp(mixed_case)),
    ('a question for AAAA', by_udp(kind=28)),
    ('a question for TXT', by_udp(kind=16)),
    ('a question for HTTPS', by_udp(kind=65)),
    ('a question for ANY', by_udp(kind=255)),
    ('a question of a type that nobody knows', by_udp(kind=65280)),
    ('a question with EDNS', by_udp(extra=OPT, counts=(1, 0, 0, 1))),
    ('a question with EDNS and a cookie', by_udp(extra=COOKIE, counts=(1, 0, 0, 1))),
    ('a question without recursion', by_udp(flags=0)),
    ('a question with reserved flags', by_udp(flags=0x0170)),
    ('a question of class CHAOS', by_udp(klass=3)),
    ('bytes behind the question', by_udp(lambda message: message + b'garbage')),
    ('a question without UDP checksum', by_udp(wrong={'no_checksum': True})),
    ('a question with a wrong UDP checksum', by_udp(wrong={'checksum_error': 1})),
    ('a question over IPv6', by_udp(version=6)),
    ('a UDP length shorter than the datagram', by_udp(lambda message: message, wrong={'length': 12})),
    ('a benign question with a wrong checksum first', decoy_first(checksum_error=5)),
    ('six benign questions first', many_first),
    ('a question over TCP', by_tcp()),
    ('a question over TCP, cut in the length', by_tcp(1)),
    ('a question over TCP, cut in the length, backwards', by_tcp(1, order=(1, 0))),
    ('a question over TCP, cut in the name', by_tcp(20)),
    ('a question over TCP in four segments, shuffled', by_tcp(2, 14, 20, order=(3, 1, 0, 2))),
    ('a question over TCP behind three others', by_tcp(before=3)),
    ('a question over TCP behind three others, cut', by_tcp(60, 150, before=3)),
]
