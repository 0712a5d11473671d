"""Frames, and the files that hold captured ones."""
import struct

from seed_http import HTTP
from seed_messages import dns_query, hello, u16


def ipv4(protocol, segment):
    return struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(segment), 1, 0x4000, 64, protocol, 0,
                       bytes([10, 0, 0, 1]), bytes([203, 0, 113, 66])) + segment


def ipv6(protocol, segment):
    return struct.pack('>IHBB', 0x60000000, len(segment), protocol, 64) + \
        bytes(range(16)) + bytes(range(1, 17)) + segment


def udp(port, payload):
    return struct.pack('>4H', 5000, port, 8 + len(payload), 0) + payload


def tcp(port, sequence, flags, payload=b''):
    return struct.pack('>2H2I2B3H', 5000, port, sequence, 1, 0x50, flags, 0xffff, 0, 0) + payload


def ethernet(kind, packet, tags=b''):
    return bytes([2] * 12) + tags + u16(kind) + packet


def frames():
    query = udp(53, dns_query('www.listed.example'))
    later = ipv4(17, query)[:6] + b'\x20\x10' + ipv4(17, query)[8:]  # a fragment
    return {
        'dns': ethernet(0x0800, ipv4(17, query)),
        'dns-v6': ethernet(0x86dd, ipv6(17, query)),
        'hop-by-hop': ethernet(0x86dd, ipv6(0, b'\x11\0' + bytes(6) + query)),
        'syn': ethernet(0x0800, ipv4(6, tcp(443, 0, 2))),
        'tls': ethernet(0x0800, ipv4(6, tcp(443, 1, 0x18, hello()))),
        'http': ethernet(0x0800, ipv4(6, tcp(80, 1, 0x18, HTTP['get']))),
        'icmp': ethernet(0x0800, ipv4(1, b'\x08\0\xf7\xff' + bytes(4))),
        'qinq': ethernet(0x0800, ipv4(17, query), b'\x88\xa8\x00\x64\x81\x00\x00\x65'),
        'snap': ethernet(8 + len(ipv4(17, query)), b'\xaa\xaa\x03\0\0\0\x08\x00' + ipv4(17, query)),
        'fragment': ethernet(0x0800, later),
        'arp': ethernet(0x0806, bytes(46)),
    }


def link_layers():
    """one byte for the link layer, as in the enum LinkLayer, then the frame"""
    packet = ipv4(17, udp(53, dns_query('a.example')))
    others = {'raw': b'\1' + packet, 'raw-v6': b'\1' + ipv6(17, udp(53, dns_query('a.example'))),
              'null': b'\2\x02\0\0\0' + packet, 'cooked': b'\3' + bytes(14) + b'\x08\0' + packet,
              'cooked-2': b'\4\x08\0' + bytes(18) + packet}
    return {**{name: b'\0' + frame for name, frame in frames().items()}, **others}


def packet_rows():
    """frames one behind the other, as packet_image_fuzz.cc reads them: link layer, length, frame"""
    def row(link, frame):
        return bytes([link]) + u16(len(frame)) + frame

    whole = udp(53, dns_query('www.listed.example'))
    v4 = [ethernet(0x0800, ipv4(17, data)[:6] + u16(flags) + ipv4(17, data)[8:])
          for data, flags in ((whole[:16], 0x2000), (whole[16:], 2))]
    v6 = [ipv6(60, b'\x2c\0\x01\x04' + bytes(4) + b'\x11\0' + u16(offset) + bytes(4) + data)
          for data, offset in ((whole[:16], 1), (whole[16:], 16))]
    return {**{name: row(link[0], link[1:]) for name, link in link_layers().items()},
            'fragments': b''.join(row(0, each) for each in v4), 'backwards': b''.join(row(0, each) for each in v4[::-1]),
            'fragments-v6': b''.join(row(1, each) for each in v6),
            'service-headers': row(0, ethernet(0x894f, bytes.fromhex('0fc20201000005ff') + ipv4(17, whole)))}


def pcap(link, packets, magic=0xa1b2c3d4, order='<'):
    """https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html"""
    file = struct.pack(order + 'IHHiIII', magic, 2, 4, 0, 0, 65535, link)
    for number, packet in enumerate(packets):
        file += struct.pack(order + '4I', 1700000000 + number, 7, len(packet), len(packet)) + packet
    return file


def pcapng(packets):
    """https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html"""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        size = struct.pack('<I', 12 + len(body))
        return struct.pack('<I', kind) + size + body + size
    file = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))
    file += block(1, struct.pack('<HHI', 1, 0, 0) + struct.pack('<HH4s', 2, 4, b'eth0') +
                  struct.pack('<HHB3x', 9, 1, 9) + bytes(4))
    for number, packet in enumerate(packets):
        file += block(6, struct.pack('<5I', 0, 0, number, len(packet), len(packet)) + packet)
    return file
