"""A DNS question from a phone, as bytes of each link layer, for the scripts that make captures."""
import struct

from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from conversation import GATEWAY_MAC, PHONE_MAC

# LINKTYPE numbers of https://www.tcpdump.org/linktypes.html
ETHERNET, RAW_IP, NULL, LINUX_COOKED, LINUX_COOKED_2 = 1, 101, 0, 113, 276
USER0 = 147  # reserved for private use: no program can know what its packets are


def question(name, port=40001, phone='10.0.0.2', resolver='192.0.2.53'):
    """-> the IP datagram"""
    return bytes(IP(src=phone, dst=resolver) / UDP(sport=port, dport=53) / DNS(id=port, rd=1, qd=DNSQR(qname=name)))


def ethernet(datagram):
    return bytes(Ether(src=PHONE_MAC, dst=GATEWAY_MAC, type=0x0800)) + datagram


# Each page below https://www.tcpdump.org/linktypes/ tells its header.
FRAMES = {
    ETHERNET: ethernet,
    RAW_IP: lambda datagram: datagram,
    NULL: lambda datagram: struct.pack('<I', 2) + datagram,  # AF_INET in the byte order of the writer
    LINUX_COOKED: lambda datagram: struct.pack('>HHH8sH', 0, 1, 6, bytes(8), 0x0800) + datagram,
    LINUX_COOKED_2: lambda datagram: struct.pack('>HHIHBB8s', 0x0800, 0, 1, 1, 0, 6, bytes(8)) + datagram,
    USER0: lambda datagram: datagram,
}
