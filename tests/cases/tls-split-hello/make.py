"""A ClientHello of a current browser's size spans three segments; the last two arrive in the wrong order."""
import sys

sys.path.insert(0, '..')
from client_hello import client_hello  # noqa: E402
from conversation import Conversation, write  # noqa: E402

hello = client_hello('split.example.org', padding=1700)
talk = Conversation().opens().phone_says(hello[:40]).phone_says(hello[40:1300]).phone_says(hello[1300:])
packets = talk.closes().packets
packets[4], packets[5] = packets[5], packets[4]
write(sys.argv[1], packets)
