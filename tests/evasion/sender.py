"""Who sends the packets: raw frames from an address that no kernel owns, so that none answers for it."""
import socket
import struct
import time

import packets
from packets import ACK, PSH, SYN

PHONE4, PHONE6 = '192.168.77.77', 'fd77::77'
PHONE_MAC = bytes.fromhex('02000000004d')
ETH_P_ALL, PACKET_OUTGOING = 3, 4
QUIET_S = 0.02  # no answer for so long: none comes
ANSWER_LIMIT_S, ANSWER_TRIES = 0.5, 6
TIMESTAMP = 8
FIRST_NUMBER = 0xFFFFFF00  # of each connection, so that numbers wrap early


class Phone:
    """A packet socket, and the record of all that was sent and heard."""

    def __init__(self, lab, server4, server6, server_mac):
        self.server = {4: server4, 6: server6}
        self.address = {4: PHONE4, 6: PHONE6}
        self._mac = server_mac
        self._socket = lab.socket('inside', socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self._socket.bind(('inside0', ETH_P_ALL))
        self.record = []  # (time, frame)
        self.identification = 1

    def close(self):
        self._socket.close()

    def send(self, packet):
        """An IP packet of either version."""
        kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
        frame = self._mac + PHONE_MAC + struct.pack('!H', kind) + packet
        self.record.append((time.time(), frame))
        self._socket.send(frame)

    def hear(self, wanted=lambda packet: False, limit_s=QUIET_S):
        """Takes in what comes for the phone until `wanted` or nothing comes for a while; returns what was wanted."""
        deadline = time.monotonic() + limit_s
        while (left := deadline - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                frame, address = self._socket.recvfrom(65536)
            except TimeoutError:
                return None
            if address[2] == PACKET_OUTGOING or frame[:6] != PHONE_MAC:
                continue
            self.record.append((time.time(), frame))
            if wanted(frame[14:]):
                return frame[14:]
        return None


def tcp_of(packet):
    """(source port, target port, sequence, acknowledgement, flags) of an answer, or Nones."""
    size = 40 if packet[0] >> 4 == 6 else 4 * (packet[0] & 15)
    protocol = packet[6] if size == 40 and packet[0] >> 4 == 6 else packet[9]
    if protocol != packets.TCP or len(packet) < size + 20:
        return (None,) * 5
    source, target, sequence, acknowledgement, _, flags = struct.unpack('!HHIIBB', packet[size:size + 14])
    return source, target, sequence, acknowledgement, flags


class Stream:
    """One TCP connection. Offsets count from the first byte after the SYN."""

    def __init__(self, phone, port, server_port=80, version=4, options=b'\2\4\5\xb4', timestamps=False):
        self.phone, self.version = phone, version
        self.ends = (phone.address[version], port, phone.server[version], server_port)
        self.isn, self.server_next = FIRST_NUMBER + port, 0
        self.options, self.timestamps = options, timestamps
        self.clock = 100_000

    def segment(self, offset, data=b'', flags=ACK | PSH, acknowledgement=None, options=b'', timestamp=None, **fields):
        if self.timestamps and timestamp is not False:
            self.clock += 10
            value = self.clock if timestamp is None else timestamp
            options = struct.pack('!BBII', TIMESTAMP, 10, value % 2**32, self.server_clock) + options
        acknowledgement = self.server_next if acknowledgement is None else acknowledgement
        return packets.tcp(self.ends, self.isn + 1 + offset, acknowledgement if flags & ACK else 0, flags, data,
                          options=options, **fields)

    server_clock = 0

    def ip(self, segment, **fields):
        source, _, target, _ = self.ends
        if self.version == 6:
            return packets.ipv6(source, target, packets.TCP, segment, **fields)
        return packets.ipv4(source, target, packets.TCP, segment, **fields)

    def send(self, offset, data=b'', flags=ACK | PSH, ip=None, **fields):
        self.phone.send(self.ip(self.segment(offset, data, flags, **fields), **(ip or {})))
        return self

    def wait(self, until_end=False):
        """Until the endpoint says no more, or has ended its side."""
        source = self.ends[3]

        def update(packet):
            came_from, to, sequence, _, flags = tcp_of(packet)
            if (came_from, to) == (source, self.ends[1]) and flags is not None and not flags & packets.RST:
                size = 40 if self.version == 6 else 4 * (packet[0] & 15)
                total = len(packet) if self.version == 6 else struct.unpack('!H', packet[2:4])[0]
                header = 4 * (packet[size + 12] >> 4)
                self.server_next = sequence + total - size - header + (1 if flags & packets.FIN else 0)
                return until_end and bool(flags & packets.FIN)
            return False

        self.phone.hear(update, ANSWER_LIMIT_S * ANSWER_TRIES if until_end else QUIET_S)
        return self

    def syn(self, data=b'', flags=SYN, **fields):
        options = self.options
        if self.timestamps:
            options += struct.pack('!BBII', TIMESTAMP, 10, self.clock, 0)
        options += fields.pop('options', b'')
        packet = packets.tcp(self.ends, self.isn, 0, flags, data, options=options, **fields)
        self.last_syn = self.ip(packet)
        self.phone.send(self.last_syn)
        return self

    def answered(self):
        """Waits for the SYN+ACK, and asks again; TimeoutError where none comes."""
        def is_answer(packet):
            source, target, _, _, flags = tcp_of(packet)
            return (source, target) == (self.ends[3], self.ends[1]) and flags == SYN | ACK

        for _ in range(ANSWER_TRIES):
            if (packet := self.phone.hear(is_answer, ANSWER_LIMIT_S)) is not None:
                break
            self.phone.send(self.last_syn)
        else:
            raise TimeoutError
        self.server_next = tcp_of(packet)[2] + 1
        size = 40 if self.version == 6 else 4 * (packet[0] & 15)
        at, end = size + 20, size + 4 * (packet[size + 12] >> 4)
        while at + 1 < end and packet[at] != 0:
            if packet[at] == TIMESTAMP:
                self.server_clock = struct.unpack('!I', packet[at + 2:at + 6])[0]
            at += 1 if packet[at] == 1 else max(2, packet[at + 1])
        return self

    def open(self, **fields):
        self.syn(**fields)
        self.answered()
        return self.send(0, flags=ACK)
