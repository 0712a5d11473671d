"""A phone talks to servers in ways that name it: MQTT, NTP, STUN, SSH."""
import struct
import sys

sys.path.insert(0, '..')
from scapy.contrib.mqtt import MQTT, MQTTConnect  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402
from scapy.layers.ntp import NTPHeader  # noqa: E402

from conversation import GATEWAY_MAC, PHONE_MAC, Conversation, write  # noqa: E402


def asks(server, port, payload, answer):
    phone = IP(src='10.0.0.2', dst=server) / UDP(sport=40100, dport=port)
    back = IP(src=server, dst='10.0.0.2') / UDP(sport=port, dport=40100)
    return [Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / phone / payload,
            Ether(src=GATEWAY_MAC, dst=PHONE_MAC) / back / answer]


connect = MQTT(type=1) / MQTTConnect(
    protoname='MQTT', protolevel=4, usernameflag=1, passwordflag=1, willflag=1, cleansess=1, klive=60,
    clientId=b'dev-00aa11', willtopic=b'home/dev-00aa11/state', willmsg=b'off', username=b'anna', password=b'secret')
broker = Conversation(phone_port=40001, server_port=18883).opens()
broker.phone_says(bytes(connect)[:20]).phone_says(bytes(connect)[20:]).server_says(b'\x20\x02\0\0')
broker.phone_says(b'\x30\x08\0\x05topicx').closes()

shell = Conversation(phone_port=40002, server_port=2222).opens()
shell.server_says(b'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n').phone_says(b'SSH-2.0-JSCH_0.2.0\r\n').closes()

clock = asks('192.0.2.123', 123, NTPHeader(version=4, mode=3, leap=3),
             NTPHeader(version=4, mode=4, stratum=2, id='192.0.2.1'))

cookie, transaction = b'\x21\x12\xa4\x42', bytes(range(12))
mapped = struct.pack('>2BH', 0, 1, 40100 ^ 0x2112) + bytes(a ^ b for a, b in zip((203, 0, 113, 5), cookie))
stun = asks('192.0.2.34', 3478, b'\0\1\0\x08' + cookie + transaction + b'\x80\x22\0\x04test',
            b'\1\1\0\x0c' + cookie + transaction + b'\0\x20\0\x08' + mapped)
write(sys.argv[1], broker.packets + shell.packets + clock + stun)
