"""A ClientHello in a connection whose first three packets are not in the capture."""
import sys

sys.path.insert(0, '..')
from client_hello import client_hello  # noqa: E402
from conversation import Conversation, write  # noqa: E402

write(sys.argv[1], Conversation().opens().phone_says(client_hello('www.example.org')).closes().packets[3:])
