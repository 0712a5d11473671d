"""A phone is offered one resolver by DHCP and asks it and others; another phone was never seen to be offered any."""
import sys

sys.path.insert(0, '..')
from client_hello import client_hello  # noqa: E402
from conversation import GATEWAY_MAC, PHONE_MAC, Conversation, write  # noqa: E402
from lookup import question  # noqa: E402
from scapy.layers.dhcp import BOOTP, DHCP  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402

PHONE, OTHER, OFFERED, CHOSEN = '10.0.0.2', '10.0.0.3', '192.0.2.53', '198.51.100.53'


def asks(port, phone, resolver):
    return Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / IP(question('www.example.org', port, phone, resolver))


def hello(port, resolver):
    return (Conversation(phone=PHONE, phone_port=port, server=resolver, server_port=853).opens()
            .phone_says(client_hello('dot.example', protocols=(b'dot',))).closes().packets)


acknowledgement = (Ether(src=GATEWAY_MAC, dst='ff:ff:ff:ff:ff:ff') / IP(src='10.0.0.1', dst='255.255.255.255')
                   / UDP(sport=67, dport=68)
                   / BOOTP(op=2, xid=7, yiaddr=PHONE, chaddr=bytes.fromhex(PHONE_MAC.replace(':', '')))
                   / DHCP(options=[('message-type', 'ack'), ('server_id', '10.0.0.1'), ('lease_time', 3600),
                                   ('name_server', OFFERED), 'end']))
write(sys.argv[1], [
    asks(40001, PHONE, CHOSEN),  # before the offer: nobody knows
    acknowledgement,
    asks(40002, PHONE, OFFERED),
    asks(40003, PHONE, CHOSEN),
    asks(40004, OTHER, CHOSEN),
    *hello(40005, CHOSEN),
    *hello(40006, OFFERED),
])
