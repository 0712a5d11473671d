"""Asks a DNS server for names made up below a name, at a rate, until it is ended; the answers are nobody's."""

import argparse
import random
import socket
import struct
import time


def question(number, name):
    """A query for the address of a name: RFC 1035 section 4.1."""
    labels = b"".join(bytes([len(label)]) + label for label in name.encode("ascii").split(b"."))
    return struct.pack("!6H", number & 0xFFFF, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server")
    parser.add_argument("name")
    parser.add_argument("--names", type=int, default=500, help="so many different ones (500)")
    parser.add_argument("--rate", type=float, default=500.0, help="questions a second (500)")
    options = parser.parse_args()
    draw = random.Random(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        begin, sent = time.monotonic(), 0
        while True:
            while sent < (time.monotonic() - begin) * options.rate:
                asker.sendto(question(sent, f"n{draw.randrange(options.names)}.{options.name}"), (options.server, 53))
                sent += 1
            time.sleep(0.002)


if __name__ == "__main__":
    main()
