"""What goes through tunnels: a DNS question, an HTTP request and a ClientHello, each with a name, as IP packets."""
import struct

from client_hello import client_hello
from tunnels import ip, udp, with_checksum

ENDS = {4: ('10.0.0.2', '198.51.100.7'), 6: ('2001:db8:1::2', '2001:db8:2::7')}
KINDS = ('dns', 'tls', 'http')


def question(name):
    """RFC 1035 section 4.1"""
    labels = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.'))
    return struct.pack('>6H', 0x1234, 0x0100, 1, 0, 0, 0) + labels + struct.pack('>BHH', 0, 1, 1)


def tcp(version, way, port, sequence, acknowledgement, flags, payload=b'', server_port=443):
    source, destination = (port, server_port) if way == 'up' else (server_port, port)
    segment = struct.pack('>HHIIBBHHH', source, destination, sequence, acknowledgement, 0x50, flags, 0xffff, 0, 0)
    segment = with_checksum(version, way, 6, segment + payload, ENDS[version], 16)
    return ip(version, way, 6, segment, ENDS[version])


def packets(kind, version, name, port):
    """-> [(way, IP packet)]; the one at index 3 (dns: 0) holds the name"""
    if kind == 'dns':
        return [('up', udp(version, 'up', (port, 53), question(name), ENDS[version]))]
    said = client_hello(name) if kind == 'tls' else f'GET / HTTP/1.1\r\nHost: {name}\r\n\r\n'.encode()
    to = 443 if kind == 'tls' else 80
    return [('up', tcp(version, 'up', port, 100, 0, 0x02, server_port=to)),
            ('down', tcp(version, 'down', port, 900, 101, 0x12, server_port=to)),
            ('up', tcp(version, 'up', port, 101, 901, 0x10, server_port=to)),
            ('up', tcp(version, 'up', port, 101, 901, 0x18, said, server_port=to))]


def names_at(kind):
    return 0 if kind == 'dns' else 3
