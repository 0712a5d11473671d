"""A datagram behind each encapsulation of tests/cases/tunnels.py, what no tunnel is, and pieces of datagrams."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../cases'))
from inner_traffic import ENDS, question  # noqa: E402
from seed_frames import ipv4, udp as datagram  # noqa: E402
from tunnels import TUNNELS, udp  # noqa: E402


def tunnels():
    return {f'{name}-{outer}-{inner}': tunnel.wrap(
        udp(inner, 'up', (5000, 53), question('www.listed.example'), ENDS[inner]), 'up', outer)
        for name, tunnel in TUNNELS.items() for outer in tunnel.outer for inner in tunnel.inner}


def link_layers():
    """as in seed_frames.py"""
    packet = ipv4(17, datagram(53, question('a.example')))
    nflog = struct.pack('<BBHHHI', 2, 0, 0, 8, 1, 0) + struct.pack('<HH', 4 + len(packet), 9) + packet
    air = b'\x88\x01' + bytes(24) + b'\xaa\xaa\x03\0\0\0\x08\0' + packet
    return {**{name: b'\0' + frame for name, frame in tunnels().items()},
            'ppp': b'\6\xff\x03\x00\x21' + packet, 'hdlc': b'\6\x0f\0\x08\0' + packet, 'nflog': b'\7' + nflog,
            'air': b'\x08' + air, 'radiotap': b'\x09\0\0\x09\0' + bytes(5) + air}


def vpn():
    """of a UDP payload's kinds; two bytes for its port before each"""
    ike = bytes(range(1, 9)) + bytes(8) + b'\x21\x20\x22\x08' + bytes(4) + struct.pack('>I', 28)
    return {'ike': b'\x01\xf4' + ike, 'marked': b'\x11\x94' + bytes(4) + ike, 'keep-alive': b'\x11\x94\xff',
            'esp': b'\x11\x94' + struct.pack('>II', 4096, 1) + bytes(40),
            'wireguard': b'\xca\x6c' + b'\1\0\0\0' + bytes(144),
            'openvpn': b'\x04\xaa\x38' + bytes(range(1, 9)) + bytes(5)}


def pieces(*rows):
    """(datagram, more, offset, length, flags, seconds), as fragment_fuzz.cc reads them"""
    return b''.join(struct.pack('>BHHB', which | more << 2 | flags, offset // 8, length, seconds)
                    for which, more, offset, length, flags, seconds in rows)


def fragments():
    return {'in-order': pieces((0, 1, 0, 1480, 0, 0), (0, 1, 1480, 1480, 0, 0), (0, 0, 2960, 100, 0, 0)),
            'v6-backwards': pieces((1, 0, 16, 5, 0, 0), (1, 1, 8, 8, 0, 0), (1, 1, 0, 8, 64, 0), (1, 1, 0, 8, 0, 0)),
            'duplicates': pieces((0, 1, 0, 64, 0, 0), (0, 1, 8, 8, 0, 0), (0, 0, 64, 8, 16, 0)),
            'overlap': pieces((0, 1, 0, 16, 0, 0), (0, 1, 8, 16, 0, 0)),
            'late': pieces((0, 1, 0, 16, 0, 0), (0, 0, 16, 8, 8, 31), (1, 1, 0, 16, 0, 0), (1, 0, 16, 8, 40, 61))}
