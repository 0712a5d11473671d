"""pcapng as draft-ietf-opsawg-pcapng has it, little-endian: as much of it as the cases write and read."""
import struct

SECTION = b'\x0a\x0d\x0d\x0a'  # section 4.1: the same in both byte orders
INTERFACE, ENHANCED_PACKET = 1, 6  # sections 4.2 and 4.3
NAME = 2  # section 4.2, option if_name
MICROSECONDS = 1_000_000


def _padded(content):
    return content + bytes(-len(content) % 4)


def block(kind, body):
    length = struct.pack('<I', len(body) + 12)
    return struct.pack('<I', kind) + length + body + length  # section 3.1


def section():
    return block(struct.unpack('<I', SECTION)[0], struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))


def interface(link_type, name=''):
    options = struct.pack('<HH', NAME, len(name)) + _padded(name.encode()) + bytes(4) if name else b''
    return block(INTERFACE, struct.pack('<HHI', link_type, 0, 0) + options)


def packet(number, content, seconds=1_700_000_000.0):
    """NUMBER of the interface, from 0, in the order in which the file declares them"""
    high, low = divmod(int(seconds * MICROSECONDS), 1 << 32)
    return block(ENHANCED_PACKET, struct.pack('<IIIII', number, high, low, len(content), len(content))
                 + _padded(content))


def packets(raw):
    """-> [bytes of each packet] of a little-endian file"""
    found, at = [], 0
    while at < len(raw):
        kind, length = struct.unpack_from('<II', raw, at)
        if length < 12 or at + length > len(raw):
            raise ValueError(f'the pcapng file ends inside the block at {at}')
        if kind == ENHANCED_PACKET:
            captured = struct.unpack_from('<I', raw, at + 20)[0]
            found.append(raw[at + 28:at + 28 + captured])
        at += length
    return found
