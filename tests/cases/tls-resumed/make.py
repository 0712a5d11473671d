"""An abbreviated handshake (RFC 5246 section 7.3): hello, hello, ChangeCipherSpec, ciphertext."""
import sys

sys.path.insert(0, '..')
from client_hello import client_hello  # noqa: E402
from conversation import Conversation, write  # noqa: E402
from server_flight import APPLICATION_DATA, CHANGE_CIPHER_SPEC, server_flight  # noqa: E402

FINISHED = b'\x16\x03\x03\0\x28' + bytes(40)
hello = server_flight()
hello = b'\x16\x03\x03' + (hello[8] + 4).to_bytes(2, 'big') + hello[5:9 + hello[8]]  # of the flight its first message
talk = Conversation().opens().phone_says(client_hello('www.example.org'))
talk.server_says(hello + CHANGE_CIPHER_SPEC + FINISHED).phone_says(CHANGE_CIPHER_SPEC + FINISHED + APPLICATION_DATA)
write(sys.argv[1], talk.closes().packets)
