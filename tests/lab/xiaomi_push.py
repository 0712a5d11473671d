"""Xiaomi's push connection (TCP 5222) as a phone opens it and a server answers: frames, a client and a server.

The form is that of dataplane/parsers/xiaomi_push.hh, built here by other means: the protocol buffers by hand, the checksum by
zlib. Every value is made up.
"""

import hashlib
import struct
import threading
import zlib
from dataclasses import dataclass

PORT = 5222
LIMIT_S = 10.0


def opaque(label, length):
    """Bytes without meaning or pattern that are the same in each run, as ciphertext that somebody recorded."""
    return hashlib.shake_256(label.encode()).digest(length)


@dataclass(frozen=True)
class Phone:
    """What a phone's push service tells in clear text."""

    model: str = "PHONE-A1"
    build: str = "V99.0.1.0.TSTEXMP"
    device_id: str = "a-" + opaque("phone", 20).hex().upper()
    network: str = "mobile-lte-web.example"  # or "wifi"
    server: str = "push.example.net:5222"
    locale: str = "de_CH"
    api_level: int = 30
    connection_version: int = 106
    sdk_version: int = 41

    def known(self):
        """What may stand in no event."""
        return [self.device_id, *(name for name in self.network.split("-", 2)[2:] if name)]


# --- protocol buffers: fields as (number, value), in that order


def varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def message(*fields):
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


# --- frames


def frame(blob):
    covered = struct.pack("!HHI", 0xC2FE, 5, len(blob)) + blob
    return covered + struct.pack("!I", zlib.adler32(covered))


def clear(command, body):
    header = message((1, 0), (2, 0), (3, "xiaomi.com"), (5, command))
    return frame(struct.pack("!HHI", 2, len(header), len(body)) + header + body)


def hello(phone):
    """The first frame of the phone."""
    return clear("CONN", message((1, phone.connection_version), (2, phone.model), (3, phone.build),
                                 (4, phone.device_id), (5, phone.sdk_version), (6, phone.network), (7, phone.server),
                                 (8, phone.locale), (10, phone.api_level)))


def answer(address="192.0.2.77"):
    """The first frame of the server: a challenge, and the address that the phone came from."""
    return clear("CONN", message((1, opaque("challenge", 8).hex()), (2, address)))


def encrypted(label, length):
    """A later frame, of either side: only its length and checksum can be read."""
    return frame(opaque(label, length))


def keep_alive():
    return frame(b"")


# --- the two ends, over any stream socket


def read_frame(connection):
    """-> the blob of the next frame; None where the other side has closed"""
    start = _read(connection, 8)
    if start is None:
        return None
    magic, version, length = struct.unpack("!HHI", start)
    rest = _read(connection, length + 4)
    if (magic, version) != (0xC2FE, 5) or rest is None or struct.unpack("!I", rest[-4:])[0] != zlib.adler32(
            start + rest[:-4]):
        raise ValueError("no whole frame of the push protocol")
    return rest[:-4]


def _read(connection, length):
    data = b""
    while len(data) < length:
        more = connection.recv(length - len(data))
        if not more:
            return None
        data += more
    return data


def converse(connection, phone):
    """The phone's side: says what it is, and binds under encryption. -> the blobs that came back"""
    connection.settimeout(LIMIT_S)
    connection.sendall(hello(phone))
    blobs = [read_frame(connection)]
    connection.sendall(encrypted("bind", 180))
    return blobs + [read_frame(connection)]


def attend(connection):
    """The server's side of one connection, until the phone closes it."""
    connection.settimeout(LIMIT_S)
    with connection:
        if read_frame(connection) is None:
            return
        connection.sendall(answer(connection.getpeername()[0]))
        while read_frame(connection) is not None:
            connection.sendall(encrypted("bound", 420))


def serve(listener):
    """Attends to each connection in a thread of its own, until the listener is closed."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=attend, args=(connection,), daemon=True).start()
