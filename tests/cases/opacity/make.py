"""A flow of each kind of opacity, told apart by the phone's port."""
import os
import re
import sys

sys.path.insert(0, '..')
from client_hello import client_hello, extension, vector  # noqa: E402
from conversation import GATEWAY_MAC, PHONE_MAC, Conversation, write  # noqa: E402
from scapy.layers.dns import DNS, DNSQR, DNSRR  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402
from server_flight import APPLICATION_DATA, CHANGE_CIPHER_SPEC, server_flight  # noqa: E402

# Client's Initials of QUIC version 1, protected by Python's `cryptography` as RFC 9001 section 5 says, with the
# connection id of its appendix A; they hold this folder's client_hello(): of doq.example with ALPN "doq", and of
# dns.resolver.example with "h3".
DOQ = bytes.fromhex(
    'c700000001088394c8f03e515708000040d4ae46b451659b7ca39cc0a54f94c48b73c6241718f7a15b1b16bf79af7f883514a11a62fc775e'
    '106b44620807fb11f6e475e90268d731e3ba76a4ddd08b31691433aa505bf8f9038ebd6e418d7cdc2fbf52ae741def9dfce4506517cf442f'
    'a00409e68d54d40960304f4cf098104e2352f091ef41aeb79f60c38e4ec40c855d7514f71eeaf973897f005c5e352f52a0c0ae4111cce17f'
    'd5425712ed430a0c87990e50dc6d29466150cec3c07a070e133d6a6f88d61cb48f4d856b1623586ee3129a08e3718c401d1d60e2548038af'
    '044547acb465')
DOH3 = bytes.fromhex(
    'ca00000001088394c8f03e515708000040dccc46b4511d9b7ca3e4c0a54f94c48b73c6241718f7a15b1b16bf79af7f883514a11a62fc775e'
    '106b44620807fb11f6e475e90268d731e3ba76a4ddd08b31691433aa505bf8f9038ebd6e418d7cdc2fbf52ae741def9dfcfc506517c64436'
    'a00416e68c56d41e7d224d50ea986270462c91f89c49a4c68f4bc68b49c560b55e5e1ef21ce9f970977f1d5c55352d52b9c4ba4918ccd47f'
    'f746701af443190ca09b2954c46b0e4e6958c6cbc8720f160b25727790ce04bc87458d631e2b5076c3088215ff6f5b5de602015fa10c5beb'
    'ec6d7c071ac2ab05f77ed7b1f1d6')

with open(os.path.join('..', '..', 'unit', 'dtls_samples.hh'), encoding='utf8') as file:
    DTLS_HELLO = next(bytes.fromhex(''.join(re.findall(r'"([0-9a-f]*)"', value)))
                      for name, value in re.findall(r'string_view (\w+) =\s*([^;]*);', file.read()) if 'client' in name)


def u16(value):
    return value.to_bytes(2, 'big')


def ech_hello(config_id):
    """draft-ietf-tls-esni-25 section 5: outer, HKDF-SHA256 and AES-128-GCM, id, enc, payload"""
    ech = b'\0' + u16(1) + u16(1) + bytes([config_id]) + vector(2, bytes(32)) + vector(2, bytes(100))
    return client_hello('public.example', more=extension(0xfe0d, ech))


def https_record(config_id):
    """draft-ietf-tls-esni-25 section 4, in an HTTPS record (RFC 9460 section 2.2)"""
    config = (bytes([config_id]) + u16(0x20) + vector(2, bytes(32)) + vector(2, u16(1) + u16(1)) + b'\0'
              + vector(1, b'public.example') + vector(2, b''))
    ech = vector(2, u16(0xfe0d) + vector(2, config))
    rdata = u16(1) + b'\0' + u16(5) + vector(2, ech)
    return (u16(7) + u16(0x8180) + u16(1) + u16(1) + u16(0) + u16(0) + b'\x06hidden\x07example\0' + u16(65) + u16(1)
            + u16(0xc00c) + u16(65) + u16(1) + bytes(4) + vector(2, rdata))


def datagram(port, server_port, content, server='198.51.100.7', from_server=False):
    ends = (PHONE_MAC, '10.0.0.2', port), (GATEWAY_MAC, server, server_port)
    (smac, source, sport), (dmac, destination, dport) = reversed(ends) if from_server else ends
    return Ether(src=smac, dst=dmac) / IP(src=source, dst=destination) / UDP(sport=sport, dport=dport) / Raw(content)


def says(port, first, server_port=443, server='198.51.100.7'):
    talk = Conversation(phone_port=port, server_port=server_port, server=server).opens().phone_says(first)
    return talk.server_says(APPLICATION_DATA).phone_says(APPLICATION_DATA).closes().packets


address = bytes(DNS(id=8, qr=1, qd=DNSQR(qname='named.example'), an=DNSRR(rrname='named.example', rdata='198.51.100.9')))
certified = (Conversation(phone_port=40018, server='198.51.100.10').opens().phone_says(client_hello(None))
             .server_says(server_flight()).phone_says(CHANGE_CIPHER_SPEC).server_says(CHANGE_CIPHER_SPEC)
             .phone_says(APPLICATION_DATA).closes().packets)
wireguard = b'\x01\0\0\0' + bytes(range(144))  # the length of a handshake initiation (WireGuard, NDSS 2017, 5.4.2)
unknown = b'\x99\x88\x77' * 20
packets = [
    *says(40001, client_hello('www.example.com')),
    *says(40002, client_hello(None), server='198.51.100.8'),
    *says(40003, ech_hello(7)),  # before the record: GREASE, as far as anybody can tell
    datagram(40020, 53, https_record(7), '198.51.100.53', from_server=True),
    *says(40004, ech_hello(7)),
    # The record was not for this phone.
    *Conversation(phone='10.0.0.3', phone_port=40022).opens().phone_says(ech_hello(7)).closes().packets,
    *says(40005, client_hello('dot.example', protocols=()), 853),
    *says(40006, client_hello('dot.example', protocols=(b'dot',)), 8443),
    *says(40007, client_hello('www.example.com'), 853),
    datagram(40008, 4784, DOQ),
    datagram(40009, 443, DOH3),
    *says(40010, client_hello('dns.resolver.example')),
    *says(40011, client_hello(None), server='198.51.100.88'),
    *says(40012, client_hello('entry.relay.example')),
    datagram(40013, 51820, wireguard),
    *Conversation(phone_port=40014, server_port=80).opens().phone_says(b'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n')
    .server_says(b'HTTP/1.1 204 No Content\r\n\r\n').closes().packets,
    datagram(40015, 40000, unknown),
    *Conversation(phone_port=40016).opens().packets[:1],
    datagram(40021, 53, address, '198.51.100.53', from_server=True),
    datagram(40017, 40000, unknown, '198.51.100.9'),
    *certified,
    datagram(40019, 853, DTLS_HELLO),
]
write(sys.argv[1], packets)
