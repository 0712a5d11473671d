"""Headers by hand, so that each field may be wrong: TCP (RFC 9293), UDP, IPv4 and its fragments (RFC 791), IPv6 (RFC 8200)."""
import ipaddress
import struct

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
TCP, UDP = 6, 17
MORE_FRAGMENTS = 0x2000


def checksum(data):
    """RFC 1071."""
    total = sum(struct.unpack(f'!{(len(data) + 1) // 2}H', data + b'\0' * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo(source, target, protocol, size):
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(target).packed
    return addresses + (struct.pack('!II', size, protocol) if len(addresses) > 8 else struct.pack('!HH', protocol, size))


def tcp(ends, sequence, acknowledgement, flags, data=b'', window=0xFFFF, urgent=0, options=b'', checksum_error=0,
        header_words=None):
    """ends: (source, source port, target, target port)."""
    source, source_port, target, target_port = ends
    options += b'\1' * (-len(options) % 4)
    words = header_words if header_words is not None else 5 + len(options) // 4
    header = struct.pack('!HHIIBBHHH', source_port, target_port, sequence % 2**32, acknowledgement % 2**32, words << 4,
                         flags, window, 0, urgent) + options
    right = checksum(pseudo(source, target, TCP, len(header) + len(data)) + header + data)
    return header[:16] + struct.pack('!H', right ^ checksum_error) + header[18:] + data


def udp(ends, data, checksum_error=0, length=None, no_checksum=False):
    source, source_port, target, target_port = ends
    size = 8 + len(data) if length is None else length
    header = struct.pack('!HHHH', source_port, target_port, size, 0)
    right = checksum(pseudo(source, target, UDP, 8 + len(data)) + header + data) or 0xFFFF
    return header[:6] + struct.pack('!H', 0 if no_checksum else right ^ checksum_error) + data


def ipv4(source, target, protocol, payload, identification=0, flags_offset=0x4000, hops=64, options=b'',
         checksum_error=0, total=None, version=4, service=0):
    options += b'\0' * (-len(options) % 4)
    size = 20 + len(options)
    header = struct.pack('!BBHHHBBH4s4s', version << 4 | size // 4, service, size + len(payload) if total is None else total,
                         identification, flags_offset, hops, protocol, 0, ipaddress.ip_address(source).packed,
                         ipaddress.ip_address(target).packed) + options
    return header[:10] + struct.pack('!H', checksum(header) ^ checksum_error) + header[12:] + payload


def ipv6(source, target, next_header, payload, hops=64, size=None):
    return struct.pack('!IHBB16s16s', 6 << 28, len(payload) if size is None else size, next_header, hops,
                       ipaddress.ip_address(source).packed, ipaddress.ip_address(target).packed) + payload


def fragment4(source, target, protocol, payload, identification, begin, end, more=None, **fields):
    """Bytes [begin, end) of a datagram's payload; `begin` in eighths."""
    more = end < len(payload) if more is None else more
    return ipv4(source, target, protocol, payload[begin:end], identification,
                begin // 8 | (MORE_FRAGMENTS if more else 0), **fields)


def fragment_header(next_header, identification, begin, more):
    """RFC 8200 section 4.5."""
    return struct.pack('!BBHI', next_header, 0, begin | (1 if more else 0), identification)


def fragment6(source, target, protocol, payload, identification, begin, end, more=None):
    more = end < len(payload) if more is None else more
    return ipv6(source, target, 44, fragment_header(protocol, identification, begin, more) + payload[begin:end])


def options6(next_header, body=b'\1\4\0\0\0\0'):
    """An options header (RFC 8200 sections 4.2, 4.3 and 4.6); the default is padding alone."""
    return bytes([next_header, (len(body) + 2) // 8 - 1]) + body
