"""One phone's request just before midnight UTC of 14 November 2023, another's just after it; five packets each."""
import sys

from scapy.utils import wrpcap

sys.path.insert(0, '..')
from conversation import Conversation  # noqa: E402

MIDNIGHT = 1_700_006_400  # date -u -d 2023-11-15 +%s


def request(port, time):
    talk = Conversation(phone_port=port, server_port=80).opens()
    talk.phone_says(b'GET / HTTP/1.1\r\nHost: a.telemetry.example\r\n\r\n')
    talk.server_says(b'HTTP/1.1 204 No Content\r\n\r\n')
    for number, packet in enumerate(talk.packets):
        packet.time = time + number / 100
    return talk.packets


wrpcap(sys.argv[1], request(40001, MIDNIGHT - 1) + request(40002, MIDNIGHT), linktype=1)
