"""A connection, and another one that is 950 s ahead in the middle of it, as some capturing machines write them."""
import sys

sys.path.insert(0, '..')
from conversation import START, Conversation  # noqa: E402
from scapy.utils import wrpcap  # noqa: E402

AHEAD_S = 950.0  # more than any time-out

first = Conversation(phone_port=40001).opens().phone_says(b'before').server_says(b'after').packets
ahead = Conversation(phone_port=40002).opens().packets
packets = [*first[:4], *ahead, *first[4:]]
for number, packet in enumerate(packets):
    packet.time = START + number + AHEAD_S * (4 <= number < 7)
wrpcap(sys.argv[1], packets, linktype=1)
