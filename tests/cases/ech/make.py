"""Three hellos with ECH: before the HTTPS record, behind it, and behind it with another id."""
import sys

sys.path.insert(0, '..')
from client_hello import client_hello, extension, vector  # noqa: E402
from conversation import GATEWAY_MAC, PHONE_MAC, Conversation, write  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402


def u16(value):
    return value.to_bytes(2, 'big')


def with_ech(config_id):
    """draft-ietf-tls-esni-25 section 5: outer, HKDF-SHA256 and AES-128-GCM, id, enc, payload"""
    ech = b'\0' + u16(1) + u16(1) + bytes([config_id]) + vector(2, bytes(32)) + vector(2, bytes(100))
    return client_hello('public.example', more=extension(0xfe0d, ech))


# draft-ietf-tls-esni-25 section 4, in an HTTPS record (RFC 9460 section 2.2)
CONFIG = (b'\x07' + u16(0x20) + vector(2, bytes(32)) + vector(2, u16(1) + u16(1)) + b'\0'
          + vector(1, b'public.example') + vector(2, b''))
ECH = vector(2, u16(0xfe0d) + vector(2, CONFIG))
RDATA = u16(1) + b'\0' + u16(1) + vector(2, vector(1, b'h2')) + u16(5) + vector(2, ECH)
QUESTION = b'\x06hidden\x07example\0' + u16(65) + u16(1)
ANSWER = (u16(7) + u16(0x8180) + u16(1) + u16(1) + u16(0) + u16(0) + QUESTION
          + u16(0xc00c) + u16(65) + u16(1) + bytes(4) + vector(2, RDATA))


def talk(port, config_id):
    return Conversation(phone_port=port).opens().phone_says(with_ech(config_id)).closes().packets


dns = (Ether(src=GATEWAY_MAC, dst=PHONE_MAC) / IP(src='198.51.100.53', dst='10.0.0.2') / UDP(sport=53, dport=50000)
       / Raw(ANSWER))
write(sys.argv[1], talk(40000, 7) + [dns] + talk(40001, 7) + talk(40002, 8))
