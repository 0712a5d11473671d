"""Captures in other forms than Scapy writes, and the plain pcap beside them that says what packets are in them."""
import struct

WHOLE = '.whole'  # as in run.py
START = 1_700_000_000


def pcap(frames, link_type=1):
    """-> the bytes of a classic pcap file, little-endian, microseconds (draft-ietf-opsawg-pcap section 4 and 5)"""
    head = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, link_type)
    return head + b''.join(record(frame, number) for number, frame in enumerate(frames))


def record(frame, number=0):
    return struct.pack('<IIII', START, number, len(frame), len(frame)) + frame


def write(path, content, frames=None):
    """CONTENT as it is; FRAMES are the packets that can be had from it, where it is no whole classic pcap"""
    with open(path, 'wb') as file:
        file.write(content)
    if frames is not None:
        with open(path + WHOLE, 'wb') as file:
            file.write(pcap(frames))
