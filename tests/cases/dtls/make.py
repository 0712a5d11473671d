"""A DTLS handshake between openssl s_client and s_server -listen (OpenSSL 3.0), datagram by datagram."""
import os
import re
import sys

sys.path.insert(0, '..')
from conversation import GATEWAY_MAC, PHONE_MAC, write  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402

with open(os.path.join('..', '..', 'unit', 'dtls_samples.hh'), encoding='utf8') as file:
    DATAGRAMS = {name: bytes.fromhex(''.join(re.findall(r'"([0-9a-f]*)"', value)))
                 for name, value in re.findall(r'string_view (\w+) =\s*([^;]*);', file.read())}

packets = []
for name, data in DATAGRAMS.items():
    if 'client' in name:
        frame = Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / IP(src='10.0.0.2', dst='198.51.100.7') / UDP(sport=40000, dport=4433)
    else:
        frame = Ether(src=GATEWAY_MAC, dst=PHONE_MAC) / IP(src='198.51.100.7', dst='10.0.0.2') / UDP(sport=4433, dport=40000)
    packets.append(frame / Raw(data))
write(sys.argv[1], packets)
