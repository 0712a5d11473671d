"""Reads the packets of a classic pcap file, of either byte order and either time resolution, or of a pcapng file."""
import struct

import pcapng

# The magic number of draft-ietf-opsawg-pcap section 4, as it stands in the file.
BYTE_ORDERS = {
    b'\xd4\xc3\xb2\xa1': '<', b'\x4d\x3c\xb2\xa1': '<',  # micro- and nanoseconds
    b'\xa1\xb2\xc3\xd4': '>', b'\xa1\xb2\x3c\x4d': '>',
}


def packets(path):
    """-> [bytes of each packet]; ValueError where the file is neither kind or ends inside a packet"""
    with open(path, 'rb') as file:
        raw = file.read()
    if raw[:4] == pcapng.SECTION:
        return pcapng.packets(raw)
    order = BYTE_ORDERS.get(raw[:4])
    if order is None or len(raw) < 24:
        raise ValueError(f'{path} is no pcap file')
    found, at = [], 24
    while at < len(raw):
        if at + 16 > len(raw):
            raise ValueError(f'{path} ends inside the header of packet {len(found) + 1}')
        captured = struct.unpack_from(order + 'I', raw, at + 8)[0]
        at += 16
        if at + captured > len(raw):
            raise ValueError(f'{path} ends inside packet {len(found) + 1}')
        found.append(raw[at:at + captured])
        at += captured
    return found
