"""A connection in two captures: the first ends after half of the ClientHello."""
import sys

sys.path.insert(0, '..')
from client_hello import client_hello  # noqa: E402
from conversation import Conversation, write  # noqa: E402

hello = client_hello('split.example.org')
packets = Conversation().opens().phone_says(hello[:100]).phone_says(hello[100:]).closes().packets
write(sys.argv[1], packets[:4])
write(sys.argv[2], packets[4:])
