"""The same first frame on another port, in three segments of which the last comes before the second."""
import sys

sys.path[:0] = ['..', '../../lab']
from conversation import Conversation, write  # noqa: E402
import xiaomi_push  # noqa: E402

hello = xiaomi_push.hello(xiaomi_push.Phone(network='wifi'))
talk = Conversation(server_port=8883).opens().phone_says(hello[:7]).phone_says(hello[7:90]).phone_says(hello[90:])
packets = talk.closes().packets
packets[4], packets[5] = packets[5], packets[4]
write(sys.argv[1], packets)
