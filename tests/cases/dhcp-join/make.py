"""A phone joins a network: DHCP request and its confirmation."""
import sys

sys.path.insert(0, '..')
from scapy.layers.dhcp import BOOTP, DHCP  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402

from conversation import GATEWAY_MAC, PHONE_MAC, write  # noqa: E402

mac = bytes.fromhex(PHONE_MAC.replace(':', ''))
request = (Ether(src=PHONE_MAC, dst='ff:ff:ff:ff:ff:ff') / IP(src='0.0.0.0', dst='255.255.255.255')
           / UDP(sport=68, dport=67) / BOOTP(op=1, xid=0x3903f326, chaddr=mac) / DHCP(options=[
               ('message-type', 'request'), ('client_id', b'\1' + mac), ('requested_addr', '192.168.1.10'),
               ('hostname', b'annas-phone'), ('vendor_class_id', b'android-dhcp-13'),
               ('param_req_list', [1, 3, 6, 15, 26, 28, 51, 58, 59, 43]), 'end']))
ack = (Ether(src=GATEWAY_MAC, dst=PHONE_MAC) / IP(src='192.168.1.1', dst='192.168.1.10') / UDP(sport=67, dport=68)
       / BOOTP(op=2, xid=0x3903f326, yiaddr='192.168.1.10', chaddr=mac) / DHCP(options=[
           ('message-type', 'ack'), ('server_id', '192.168.1.1'), ('lease_time', 3600),
           ('subnet_mask', '255.255.255.0'), ('router', '192.168.1.1'), ('name_server', '192.168.1.1', '9.9.9.9'),
           'end']))
write(sys.argv[1], [request, ack])
