"""A TLS 1.2 handshake; the server's flight lies in records of 100 bytes and in segments of 300."""
import sys

sys.path.insert(0, '..')
from client_hello import client_hello  # noqa: E402
from conversation import Conversation, write  # noqa: E402
from server_flight import APPLICATION_DATA, CHANGE_CIPHER_SPEC, server_flight  # noqa: E402

talk = Conversation().opens().phone_says(client_hello('www.example.org'))
flight = server_flight(record=100)
for at in range(0, len(flight), 300):
    talk.server_says(flight[at:at + 300])
talk.phone_says(CHANGE_CIPHER_SPEC + APPLICATION_DATA).closes()
write(sys.argv[1], talk.packets)
